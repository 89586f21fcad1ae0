import { WaypointNode } from './waypoint';

/** A Service before a workload. */
export interface ServiceNode {
  readonly name: string;
  readonly namespace: string;
  readonly port: number;
  /** The pods' port that it leads to. */
  readonly targetPort: number;
  /** Set where the team owns the Service: the labels that it says the Service has. */
  readonly statedLabels?: Readonly<Record<string, string>>;
  /** The waypoint that reads the requests to it, where one does. */
  readonly waypoint?: WaypointNode;
}
