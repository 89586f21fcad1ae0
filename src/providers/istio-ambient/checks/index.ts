import { foreignCallers } from './foreign-callers';
import { mixedWaypoints } from './mixed-waypoints';
import { openWaypoints } from './open-waypoints';
import { sharedHosts } from './shared-hosts';
import { waypointLabels } from './waypoint-labels';
import { AccessLogFacts } from '../../../model/access-logs';
import { MeshModel } from '../../../model/mesh';
import { identified, Problem } from '../../../model/problem';
import { overfullPolicies } from '../../istio-shared/istio-limits';
import { unnamedLogProvider } from '../../istio-shared/istio-telemetry';

/** Reports problems of ambient meshes. */
export function checkAmbient(model: MeshModel, logs: AccessLogFacts): Problem[] {
  return [
    ...identified('AM301', foreignCallers(model)),
    ...identified('AM302', openWaypoints(model)),
    ...identified('AM303', waypointLabels(model)),
    ...identified('AM304', sharedHosts(model)),
    ...identified('AM220', overfullPolicies(model)),
    ...identified('AM305', unnamedLogProvider(model, logs)),
    ...identified('AM306', mixedWaypoints(model)),
  ];
}
