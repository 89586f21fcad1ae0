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

/** Options of `McpServer.of`: facts about the MCP server itself, such as its tools and its path. They do not depend on the mesh. */
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
   * Exact path of the message endpoint with the SSE transport. Some servers use "/messages/". An MCP proxy learns it from the server.
   *
   * @default '/messages'
   */
  readonly messagesPath?: string;
  /**
   * Upstream credentials for the server, from a Secret in the namespace of the boundary. The value of the key is the plain token. The proxy
   * sends it as `Authorization: Bearer <token>`, so callers do not need it. An error if no provider in the path supports it.
   *
   * @default - no credentials are added
   */
  readonly credentials?: SecretKeyReference;
  /**
   * States that the server speaks MCP revision 2026-07-28 and rejects requests whose `Mcp-Method` and `Mcp-Name` headers are missing,
   * repeated or different from the body. Proxies can then authorize single tools by these headers. On a server that does not check them,
   * a caller could name one tool in the headers and call another one in the body. An MCP proxy (McpProvider.agentgateway) reads the body.
   *
   * Repeated headers matter: Envoy and Linkerd accept a request if one of the values matches. Do not set this for a server that reads
   * only the first or only the last value.
   *
   * @default false
   */
  readonly enforcesMirroredHeaders?: boolean;
  /**
   * Whether the server keeps sessions in the memory of a pod, as servers before revision 2026-07-28 may (`Mcp-Session-Id`). All requests
   * of a session then go to one pod, as long as the set of pods does not change. Synth fails if no component in the path can do this. An
   * MCP proxy always does it.
   *
   * @default false
   */
  readonly keepsSessions?: boolean;
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

/**
 * An MCP server that runs in pods of the mesh or on an external host.
 *
 * @example
 * const near = McpServer.of(workload, { tools: ['find_ticket'] });
 * const far = McpServer.external({ host: ExternalHost.https('mcp.example.com'), tools: ['forecast'] });
 */
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
  server: McpServer, { tools, prompts, resources, credentials, ...options }: McpServerOptions, place: McpServerDescription['place'],
): McpServer {
  const { transport, path, messagesPath, enforcesMirroredHeaders, keepsSessions } = options;
  mcpServer.give(server, {
    tools: [...tools], prompts: [...prompts ?? []], resources: [...resources ?? []], transport, path, messagesPath, enforcesMirroredHeaders,
    keepsSessions, credentials: credentials && { ...credentials }, place,
  });
  return server;
}
