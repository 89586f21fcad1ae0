import { Located } from './problem';

/** A proxy inside the mesh that reads the requests to Services. */
export interface WaypointNode {
  readonly origin: Located;
  readonly name: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** The team's own: no object is emitted for it. */
  readonly existing: boolean;
  /** The team says that it lets nothing through that no policy names: no policy of ours closes it. */
  readonly deniesByDefault: boolean;
}
