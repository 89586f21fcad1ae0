import { foreignCallers } from './foreign-callers';
import { openWaypoints } from './open-waypoints';
import { sharedHosts } from './shared-hosts';
import { waypointLabels } from './waypoint-labels';
import { MeshModel } from '../../../model/mesh';
import { identified, Problem } from '../../../model/problem';
import { overfullPolicies } from '../../istio-shared/istio-limits';

/** Reports problems of ambient meshes. */
export function checkAmbient(model: MeshModel): Problem[] {
  return [
    ...identified('AM301', foreignCallers(model)),
    ...identified('AM302', openWaypoints(model)),
    ...identified('AM303', waypointLabels(model)),
    ...identified('AM304', sharedHosts(model)),
    ...identified('AM220', overfullPolicies(model)),
  ];
}
