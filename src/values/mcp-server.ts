import { ExternalHost } from './external-host';
import { Workload } from './workload';
import { SecretKeyReference } from './workload-options';
import { accepted } from '../input/guard';
import { Trait } from '../model/trait';

/** Transport of an MCP server. */
export enum McpTransport {
  /** Streamable HTTP: one endpoint, with or without sessions (MCP 2025-03-26 and later). */
  STREAMABLE_HTTP = 'StreamableHTTP',
  /**
   * The older HTTP with SSE transport (before MCP 2025-03-26), with one path for streams and one for messages. A stream and its messages must
   * reach the same pod, so the server needs `replicas: 1`, or an MCP proxy that pins sessions and offers streamable HTTP to callers.
   */
  SSE = 'SSE',
}

/** Options of `McpServer.of`: the tools, prompts and resources of an MCP server, and its transport. */
export interface McpServerOptions {
  /** Names of the tools, as in the response to `tools/list`. */
  readonly tools: string[];
  /**
   * Names of the prompts that can be granted by name.
   *
   * @default - no prompts
   */
  readonly prompts?: string[];
  /**
   * URIs of the resources that can be granted by name.
   *
   * @default - no resources
   */
  readonly resources?: string[];
  /**
   * Transport that the server uses.
   *
   * @default McpTransport.STREAMABLE_HTTP
   */
  readonly transport?: McpTransport;
  /**
   * Path of the MCP endpoint, or of the event stream with the SSE transport.
   *
   * @default '/mcp', or '/sse' with the SSE transport
   */
  readonly path?: string;
  /**
   * Upstream credentials for the server, from a Secret in the namespace of the boundary. The value of the key is the plain token. The proxy
   * sends it as `Authorization: Bearer <token>`, so callers do not need it. An error if no provider in the path supports it.
   *
   * @default - no credentials are added
   */
  readonly credentials?: SecretKeyReference;
}

/** Options of `McpServer.external`. */
export interface ExternalMcpServerOptions extends McpServerOptions {
  /**
   * The external host, which is called with certificate verification, at any port. If the host is behind a waypoint, callers use plain HTTP
   * inside the mesh (`http://mcp.example.com/mcp`), and for every ambient pod that port leads to the boundary. The ports 443 and 80 of the
   * host itself stay open to pods outside the namespaces of the mesh and to workloads without `egress`.
   */
  readonly host: ExternalHost;
}

/** An MCP server that runs in pods of the mesh or on an external host. */
export class McpServer {
  /** Returns an MCP server that runs in pods, deployed by the library or existing. */
  public static of(workload: Workload, options: McpServerOptions): McpServer {
    [workload, options] = accepted('McpServer.of', [workload, options]);
    return described(new McpServer(), options, { kind: 'pods', workload });
  }

  /** Returns an MCP server on an external host. */
  public static external(options: ExternalMcpServerOptions): McpServer {
    [options] = accepted('McpServer.external', [options]);
    return described(new McpServer(), options, { kind: 'external', hostname: options.host.hostname, port: options.host.port });
  }

  private constructor() {}
}

export interface McpServerDescription extends McpServerOptions {
  readonly place: { readonly kind: 'pods'; readonly workload: Workload } | { readonly kind: 'external'; readonly hostname: string; readonly port: number };
}

export const mcpServer = new Trait<McpServerDescription>('an McpServer');

function described(
  server: McpServer, { tools, prompts, resources, transport, path, credentials }: McpServerOptions, place: McpServerDescription['place'],
): McpServer {
  mcpServer.give(server, {
    tools: [...tools], prompts: [...prompts ?? []], resources: [...resources ?? []], transport, path, place,
    credentials: credentials && { ...credentials },
  });
  return server;
}
