import { ExternalHost, ExternalHostProtocol } from './external-host';
import { Workload } from './workload';
import { SecretKeyReference } from './workload-options';
import { accepted } from '../input/guard';
import { Trait } from '../model/trait';

/** Transport of an MCP server. */
export enum McpTransport {
  /** Streamable HTTP: one endpoint, with or without sessions (MCP 2025-03-26 and later). */
  STREAMABLE_HTTP = 'StreamableHTTP',
  /**
   * HTTP+SSE, the transport before MCP 2025-03-26, with one path for event streams and one for messages. A stream and its messages must
   * reach the same pod. Synth therefore fails for a `Workload.deploy` with more than one replica. Existing pods need one replica too, or an
   * MCP proxy, which pins sessions to pods. Callers of an MCP proxy use streamable HTTP.
   */
  SSE = 'SSE',
}

/** Options of `McpServer.of`: facts about the MCP server, such as its tools and its path. They are the same on every mesh. */
export interface McpServerOptions {
  /** Names of the tools that can be granted, as in the response to `tools/list`. */
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
   * Path of the MCP endpoint of the server, or of the event stream with the SSE transport.
   *
   * @default '/mcp', or '/sse' with the SSE transport
   */
  readonly path?: string;
  /**
   * Exact path of the message endpoint with the SSE transport. Some servers use "/messages/". An MCP proxy does not use it, because it gets
   * the path from the server.
   *
   * @default '/messages'
   */
  readonly messagesPath?: string;
  /**
   * Upstream credentials, from a Secret in the namespace of the boundary. The value of the key is the plain token. The MCP proxy sends it
   * to the server as `Authorization: Bearer <token>`, so callers do not need it. Synth fails without an MCP proxy
   * (McpProvider.agentgateway).
   *
   * @default - no credentials are added
   */
  readonly credentials?: SecretKeyReference;
  /**
   * Whether the server rejects requests whose `Mcp-Method` and `Mcp-Name` headers are missing, repeated or different from the body (source:
   * MCP 2026-07-28). If true, the mesh authorizes single tools by these headers. Do not set it for a server that does not check them: a
   * caller could then send the name of a granted tool in the headers and call another tool in the body. Not needed with
   * `McpProvider.agentgateway`, whose proxy reads the body.
   *
   * Callers with grants of single tools must then use POST with the header `MCP-Protocol-Version: 2026-07-28`, so older clients are denied.
   * This does not apply to callers granted with `grantAllTools`.
   *
   * The server must reject repeated headers, because Envoy and Linkerd accept a request if one of the values matches. Do not set it for a
   * server that reads only the first or only the last value.
   *
   * @default false
   */
  readonly enforcesMirroredHeaders?: boolean;
  /**
   * States that the server answers requests for OAuth protected resource metadata (RFC 9728) itself: GET of
   * `/.well-known/oauth-protected-resource`, also with the path of the endpoint at its end. Callers with a grant, and everybody at a gateway
   * with a route to the boundary, then reach these paths without the token that `jwt` requires. An MCP proxy serves the metadata itself
   * (`oauth` of the boundary), so this is an error there, and also without `jwt`.
   *
   * @default false
   */
  readonly servesOAuthMetadata?: boolean;
  /**
   * Whether the server keeps sessions in the memory of a pod, as servers before MCP 2026-07-28 may (`Mcp-Session-Id`). If true, the mesh
   * sends all requests of a session to one pod, as long as the set of pods does not change (session affinity). Synth fails if no component
   * in the path can do this. An MCP proxy always sends a session to one pod, also if `keepsSessions` is false.
   *
   * @default false
   */
  readonly keepsSessions?: boolean;
}

/** Options of `McpServer.external`. */
export interface ExternalMcpServerOptions extends McpServerOptions {
  /**
   * External host of the server, with any port. The MCP proxy (McpProvider.agentgateway) or the waypoint (Istio ambient) calls it over TLS
   * and verifies its certificate.
   *
   * With a waypoint, callers call the hostname over plain HTTP at the port of the boundary (`servicePort`, by default 80), as in
   * `http://mcp.example.com/mcp`. At this port, all ambient pods of the cluster reach the boundary instead of the host. At ports 80 and 443
   * and at the port of `host`, except the port of the boundary, the host itself stays open to workloads without `egress`, and to pods
   * outside the namespaces of the mesh unless `closesExternalHosts` of the mesh is true.
   */
  readonly host: ExternalHost;
}

/**
 * An MCP server that runs in pods of the mesh or on an external host.
 *
 * @example
 * // workload: a Workload with the pods of the server
 * const near = McpServer.of(workload, { tools: ['find_ticket'] });
 * const far = McpServer.external({ host: ExternalHost.https('mcp.example.com'), tools: ['forecast'] });
 */
export class McpServer {
  /** Returns an MCP server that runs in pods of the mesh, deployed or existing. */
  public static of(workload: Workload, options: McpServerOptions): McpServer {
    [workload, options] = accepted('McpServer.of', [workload, options]);
    return described(new McpServer(), options, { kind: 'pods', workload });
  }

  /** Returns an MCP server on an external host. */
  public static external(options: ExternalMcpServerOptions): McpServer {
    [options] = accepted('McpServer.external', [options]);
    return described(new McpServer(), options, { kind: 'external', hostname: options.host.hostname, port: options.host.port, isTls: options.host.protocol === ExternalHostProtocol.TLS });
  }

  private constructor() {}
}

export interface McpServerDescription extends McpServerOptions {
  readonly place: { readonly kind: 'pods'; readonly workload: Workload } | { readonly kind: 'external'; readonly hostname: string; readonly port: number; readonly isTls: boolean };
}

export const mcpServer = new Trait<McpServerDescription>('an McpServer');

function described(
  server: McpServer, { tools, prompts, resources, credentials, ...options }: McpServerOptions, place: McpServerDescription['place'],
): McpServer {
  const { transport, path, messagesPath, enforcesMirroredHeaders, servesOAuthMetadata, keepsSessions } = options;
  mcpServer.give(server, {
    tools: [...tools], prompts: [...prompts ?? []], resources: [...resources ?? []], transport, path, messagesPath, enforcesMirroredHeaders,
    servesOAuthMetadata, keepsSessions, credentials: credentials && { ...credentials }, place,
  });
  return server;
}
