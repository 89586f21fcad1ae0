import { SecretKey } from './deployment-facts';
import { Item } from './item-grants';
import { McpProxyNode } from './mcp-proxy';
import { Located } from './problem';
import { Endpoint } from './request-rule';
import { WaypointNode } from './waypoint';
import { WorkloadNode } from './workload';

/** An MCP tool boundary: one or several MCP servers with their tools, prompts and resources. */
export interface ToolServerNode {
  readonly origin: Located;
  readonly name: string;
  /** Endpoint that callers use, with its grants: the server itself or the MCP proxy in front of it. */
  readonly endpoint: WorkloadNode;
  readonly targets: readonly ToolTarget[];
  /** Path of the MCP endpoint for callers. */
  readonly endpointPath: string;
  /** Tools, prompts and resources that can be granted by name. */
  readonly items: readonly Item[];
  /** Waypoint that inspects the requests. Undefined if the proxies in the pods inspect them. */
  readonly waypoint?: WaypointNode;
  /** MCP proxy in front of the servers, if there is one. */
  readonly mcpProxy?: McpProxyNode;
}

/** An MCP server behind a boundary: pods in the mesh, or an external host. */
export interface ToolTarget {
  readonly name: string;
  readonly place: { readonly kind: 'pods'; readonly workload: WorkloadNode } | { readonly kind: 'external'; readonly hostname: string; readonly port: number };
  readonly transport: McpTransportName;
  /** Path of the MCP endpoint, or of the event stream with the older SSE transport. */
  readonly path: string;
  /** Upstream credentials that the proxy injects. */
  readonly credentials?: SecretKey;
}

export type McpTransportName = 'StreamableHTTP' | 'SSE';

/** Methods of the streamable HTTP transport (MCP 2025-06-18, Transports). */
const STREAMABLE_METHODS = ['DELETE', 'GET', 'POST'];

/** Returns the endpoints of a server. The older SSE transport has one path for streams and one for messages. */
export function endpointsOf(transport: McpTransportName, path: string, messagesPath: string): Endpoint[] {
  return transport === 'SSE' ? [{ path, methods: ['GET'] }, { path: messagesPath, methods: ['POST'] }] : [{ path, methods: STREAMABLE_METHODS }];
}
