import { foreignCallers } from './foreign-callers';
import { openWaypoints } from './open-waypoints';
import { sharedHosts } from './shared-hosts';
import { waypointLabels } from './waypoint-labels';
import { MeshModel } from '../../../model/mesh';
import { Problem } from '../../../model/problem';
import { tooManyRules } from '../../shared/istio-rules';

/** What only waypoints get wrong. */
export function checkAmbient(model: MeshModel): Problem[] {
  return [...foreignCallers(model), ...openWaypoints(model), ...waypointLabels(model), ...sharedHosts(model), ...tooManyRules(model)];
}
