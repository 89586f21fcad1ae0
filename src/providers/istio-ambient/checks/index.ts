import { foreignCallers } from './foreign-callers';
import { openWaypoints } from './open-waypoints';
import { unreadServices } from './unread-services';
import { waypointLabels } from './waypoint-labels';
import { MeshModel } from '../../../model/mesh';
import { Problem } from '../../../model/problem';

/** What only waypoints get wrong, and what needs one. */
export function checkAmbient(model: MeshModel): Problem[] {
  return [...foreignCallers(model), ...openWaypoints(model), ...waypointLabels(model), ...unreadServices(model)];
}
