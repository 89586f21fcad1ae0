import { Located } from './problem';

/** A waypoint: a proxy in the mesh that inspects the requests to Services. */
export interface WaypointNode {
  readonly origin: Located;
  readonly name: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Whether the waypoint exists already. The library then emits no Gateway for it. */
  readonly existing: boolean;
  /** Whether an existing waypoint already denies by default, so that the library emits no deny-all policy for it. */
  readonly deniesByDefault: boolean;
}
