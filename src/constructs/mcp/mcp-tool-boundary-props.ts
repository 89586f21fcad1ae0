import { JwtRequirement } from '../../values/jwt';
import { McpFailureMode, McpGuardrail, McpOAuth, McpPrefix, McpSessionRouting } from '../../values/mcp-proxy';
import { McpServer, McpTransport } from '../../values/mcp-server';
import { RateLimit } from '../../values/rate-limit';
import { Workload } from '../../values/workload';
import { SecretKeyReference } from '../../values/workload-options';
import { MeshMemberProps } from '../membership/membership';
import { IWaypoint } from '../routing/waypoint';

/** Props of a boundary with one server. For several servers, `servers` takes the same values for each. */
export interface McpOneServerProps {
  /**
   * The MCP server, deployed here or existing.
   *
   * @default - the servers in `servers`
   */
  readonly server?: Workload;
  /**
   * Names of the tools of `server`, as MCP's `tools/list` returns them.
   *
   * @default - the tools of `servers`
   */
  readonly tools?: string[];
  /**
   * Names of the prompts of `server` that can be granted by name.
   *
   * @default - none
   */
  readonly prompts?: string[];
  /**
   * URIs of the resources of `server` that can be granted by URI.
   *
   * @default - none
   */
  readonly resources?: string[];
  /**
   * MCP transport of `server`.
   *
   * @default McpTransport.STREAMABLE_HTTP
   */
  readonly transport?: McpTransport;
  /**
   * Upstream credentials of `server`: a key of a Secret in its namespace, whose value is the bare token. The proxy sends it as
   * `Authorization: Bearer <token>`. Synth fails if no component in the path can add it.
   *
   * @default - none
   */
  readonly credentials?: SecretKeyReference;
}

/** Props that only an MCP proxy in front of the servers can enforce (McpProvider.agentgateway). */
export interface McpProxyProps {
  /**
   * When names of tools and prompts get the name of their server as a prefix.
   *
   * @default McpPrefix.SEVERAL
   */
  readonly prefix?: McpPrefix;
  /**
   * Whether sessions continue while one of several servers is unavailable.
   *
   * @default McpFailureMode.FAIL_CLOSED
   */
  readonly failureMode?: McpFailureMode;
  /**
   * Whether the proxy keeps sessions. Without sessions no caller can take over the session of another one. Servers that keep sessions
   * need a proxy that keeps them.
   *
   * @default McpSessionRouting.STATEFUL
   */
  readonly sessionRouting?: McpSessionRouting;
  /**
   * Guardrail services that receive messages, in this order, and may reject or change them.
   *
   * @default - none
   */
  readonly guardrails?: McpGuardrail[];
  /**
   * OAuth metadata that tells MCP clients where to get the tokens that `jwt` requires.
   *
   * @default - none
   */
  readonly oauth?: McpOAuth;
}

/** Props of `McpToolBoundary`. */
export interface McpToolBoundaryProps extends MeshMemberProps, McpOneServerProps, McpProxyProps {
  /**
   * Several servers behind one boundary, or an external server, by name: lower case letters, digits and "-". Their order has no meaning.
   * With several servers, callers use a tool as "crm_refund" and a resource as "crm+crm://customers". Adding a second server therefore
   * renames the tools of the first one, unless `prefix` was McpPrefix.ALWAYS from the start.
   *
   * @default - `server` alone
   */
  readonly servers?: { [name: string]: McpServer };
  /**
   * States that the server speaks MCP revision 2026-07-28 and rejects requests whose `Mcp-Method` and `Mcp-Name` headers are missing,
   * repeated or different from the body. Proxies can then authorize single tools by these headers. On a server that does not check them,
   * a caller could name one tool in the headers and call another one in the body.
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
  /**
   * Origins of the web pages that may call the server, such as "https://desk.example.com". An empty list allows no web page. Clients that
   * are not browsers send no Origin and are not affected. The check protects against web pages that reach a server through a DNS name of
   * their own (DNS rebinding). Synth fails if no component in the path can check origins.
   *
   * CORS preflight requests of an allowed page reach the server for every caller that has a grant. An MCP proxy
   * (McpProvider.agentgateway) answers them itself, for everybody who reaches the proxy.
   *
   * @default - no check: MCP requires the server to check origins
   */
  readonly allowedOrigins?: string[];
  /**
   * JSON Web Tokens that are verified before requests reach the server, and whose claims can be granted access (`TokenCaller`). Synth
   * fails if no component in the path can verify them.
   *
   * @default - none: tokens are not verified
   */
  readonly jwt?: JwtRequirement;
  /**
   * Rate limit of requests, above which requests get status 429. With an MCP proxy each proxy pod counts on its own; there is one pod
   * unless you scale it. A limit for each caller works for at most 16 callers there.
   *
   * @default - no limit
   */
  readonly rateLimit?: RateLimit;
  /**
   * Unsafe: whether the `Authorization` header of callers is forwarded to the server. A server that receives a token issued for it may
   * use that token elsewhere, and must not accept a token issued for another server (MCP 2026-07-28, authorization). By default the
   * header is stripped. On Istio without `jwt`, requests that carry the header are denied instead.
   *
   * @default false
   */
  readonly unsafePassTokens?: boolean;
  /**
   * Name of the Service. The names of the other objects begin with it.
   *
   * @default - the construct id
   */
  readonly name?: string;
  /**
   * Namespace of the objects that are created here.
   *
   * @default - the namespace of the mesh
   */
  readonly namespace?: string;
  /**
   * Port of the Service that is created here, which callers use.
   *
   * @default 80; 8080 with an MCP proxy (McpProvider.agentgateway), which cannot use ports below 1024
   */
  readonly servicePort?: number;
  /**
   * Path of the MCP endpoint that callers use. No other path is reachable. It is also the path of `server`. Each of several `servers` has
   * a path of its own (`McpServer`), to which an MCP proxy translates.
   *
   * @default '/mcp'; '/sse' for a server of the HTTP+SSE transport without an MCP proxy
   */
  readonly path?: string;
  /**
   * Exact path of the message endpoint of a server of the HTTP+SSE transport, without an MCP proxy. Some servers use "/messages/".
   *
   * @default '/messages'
   */
  readonly messagesPath?: string;
  /**
   * Waypoint that inspects and authorizes the requests to the server.
   *
   * @default - on a mesh with waypoints: the waypoint that the namespace is bound to, or the first one there; if there is none, one is
   * created
   */
  readonly waypoint?: IWaypoint;
}
