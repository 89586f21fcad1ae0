import { Item } from './item-grants';
import { Located } from './problem';
import { ToolFront } from './tool-front';
import { WaypointNode } from './waypoint';
import { WorkloadNode } from './workload';

/** An MCP server and its named tools. */
export interface ToolServerNode {
  readonly origin: Located;
  readonly name: string;
  readonly workload: WorkloadNode;
  readonly tools: readonly string[];
  /** Everything that is granted by name, tools among it. */
  readonly items: readonly Item[];
  /** The path of its MCP endpoint. */
  readonly endpointPath: string;
  /** Who reads the requests before it; none where that is done at its pods. */
  readonly waypoint?: WaypointNode;
  /** The proxy before it that reads MCP, where there is one. */
  readonly front?: ToolFront;
}
