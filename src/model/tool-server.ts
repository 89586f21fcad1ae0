import { Item } from './item-grants';
import { McpProxyNode } from './mcp-proxy';
import { Located } from './problem';
import { Endpoint } from './request-rule';
import { WaypointNode } from './waypoint';
import { SecretKey, WorkloadNode } from './workload';

/** A boundary before one MCP server or several, and what they offer by name. */
export interface ToolServerNode {
  readonly origin: Located;
  readonly name: string;
  /** What callers call, and who may ask it for what: the server itself, or the proxy before it. */
  readonly endpoint: WorkloadNode;
  readonly targets: readonly ToolTarget[];
  /** The path of its MCP endpoint, as callers call it. */
  readonly endpointPath: string;
  /** Everything that is granted by name. */
  readonly items: readonly Item[];
  /** Who reads the requests before it; none where that is done at its pods. */
  readonly waypoint?: WaypointNode;
  /** The proxy before it that reads MCP, where there is one. */
  readonly mcpProxy?: McpProxyNode;
}

/** An MCP server behind a boundary: pods of the mesh, or a host outside the cluster. */
export interface ToolTarget {
  readonly name: string;
  readonly place: { readonly kind: 'pods'; readonly workload: WorkloadNode } | { readonly kind: 'external'; readonly hostname: string; readonly port: number };
  readonly transport: McpTransportName;
  /** Where it speaks MCP; of the older transport, where its streams begin. */
  readonly path: string;
  /** What it is shown in the caller's stead. */
  readonly credentials?: SecretKey;
}

export type McpTransportName = 'StreamableHTTP' | 'SSE';

/** Methods of MCP's streamable HTTP transport (MCP 2025-06-18, Transports). */
const STREAMABLE_METHODS = ['DELETE', 'GET', 'POST'];

/** What callers of a server ask for; the older transport has its streams at one path, and takes messages at another. */
export function endpointsOf(transport: McpTransportName, path: string, messagesPath: string): Endpoint[] {
  return transport === 'SSE' ? [{ path, methods: ['GET'] }, { path: messagesPath, methods: ['POST'] }] : [{ path, methods: STREAMABLE_METHODS }];
}
