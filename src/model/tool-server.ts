import { Located } from './problem';
import { WaypointNode } from './waypoint';
import { WorkloadNode } from './workload';

/** An MCP server and its named tools. */
export interface ToolServerNode {
  readonly origin: Located;
  readonly name: string;
  readonly workload: WorkloadNode;
  readonly tools: readonly string[];
  /** The path of its MCP endpoint. */
  readonly endpointPath: string;
  readonly waypoint: WaypointNode;
}
