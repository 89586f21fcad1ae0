import { FailureMode } from '../../values/failure-mode';
import { JwtRequirement } from '../../values/jwt';
import { McpGuardrail, McpOAuth, McpPrefix, McpSessionRouting } from '../../values/mcp-proxy';
import { McpServer } from '../../values/mcp-server';
import { RateLimit } from '../../values/rate-limit';
import { MeshMemberProps } from '../membership/membership';
import { IWaypoint } from '../routing/waypoint';

/** Props that only an MCP proxy in front of the servers can enforce (McpProvider.agentgateway). */
export interface McpProxyProps {
  /**
   * When names of tools and prompts get the name of their server as a prefix.
   *
   * @default McpPrefix.SEVERAL
   */
  readonly prefix?: McpPrefix;
  /**
   * Whether sessions fail while one of several servers is unavailable, so that clients never see an incomplete list of tools, or continue
   * with the available servers (agentgateway 1.4, failureMode).
   *
   * @default FailureMode.FAIL_CLOSED
   */
  readonly failureMode?: FailureMode;
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
export interface McpToolBoundaryProps extends MeshMemberProps, McpProxyProps {
  /**
   * The MCP server: pods that are deployed here, existing pods, or an external host. Exactly one of `server` and `servers` is required.
   *
   * @default - the servers in `servers`
   */
  readonly server?: McpServer;
  /**
   * Several servers behind one boundary, by name: lower case letters, digits and "-". Their order has no meaning. With several servers,
   * callers use a tool as "crm_refund" and a resource as "crm+crm://customers". Adding a second server therefore renames the tools of the
   * first one, unless `prefix` was McpPrefix.ALWAYS from the start.
   *
   * @default - `server` alone
   */
  readonly servers?: { [name: string]: McpServer };
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
   * Namespace of the objects that are created here. It must be the namespace of the server.
   *
   * @default - the namespace of an existing server; otherwise the namespace of the mesh
   */
  readonly namespace?: string;
  /**
   * Port of the Service that is created here, which callers use.
   *
   * @default 80; 8080 with an MCP proxy (McpProvider.agentgateway), which cannot use ports below 1024
   */
  readonly servicePort?: number;
  /**
   * Path of the MCP endpoint that callers use. No other path is reachable. An MCP proxy (McpProvider.agentgateway) translates it to the path
   * of each server (`McpServer`). Without an MCP proxy, callers use the path of the server, and another path here is an error.
   *
   * @default - the path of `server`; '/mcp' at an MCP proxy with `servers`, or with a server of the HTTP+SSE transport
   */
  readonly path?: string;
  /**
   * Waypoint that inspects and authorizes the requests to the server.
   *
   * @default - on a mesh with waypoints: the waypoint that the namespace is bound to, or the first one there; if there is none, one is
   * created
   */
  readonly waypoint?: IWaypoint;
}
