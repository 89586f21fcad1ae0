import { CircuitBreaker } from '../../values/circuit-breaker';
import { ConnectionPool } from '../../values/connection-pool';
import { FailureMode } from '../../values/failure-mode';
import { Fault } from '../../values/fault';
import { JwtRequirement } from '../../values/jwt';
import { McpGuardrail, McpOAuth, McpPrefix, McpSessionRouting } from '../../values/mcp-proxy';
import { McpServer } from '../../values/mcp-server';
import { RateLimit } from '../../values/rate-limit';
import { MeshMemberProps } from '../membership/membership';
import { IWaypoint } from '../routing/waypoint';

/**
 * Props that only an MCP proxy in front of the servers can enforce. Synth fails if one is set and the mesh has no `mcp`
 * (McpProvider.agentgateway).
 */
export interface McpProxyProps {
  /**
   * Whether the names of tools and prompts get the name of their server as a prefix, as in "crm_refund".
   *
   * @default McpPrefix.SEVERAL
   */
  readonly prefix?: McpPrefix;
  /**
   * What happens to sessions while one of several servers is unavailable (source: agentgateway 1.4, failureMode). With FAIL_CLOSED
   * sessions fail, so that clients never get an incomplete list of tools. With FAIL_OPEN sessions continue with the available servers.
   *
   * @default FailureMode.FAIL_CLOSED
   */
  readonly failureMode?: FailureMode;
  /**
   * Whether the MCP proxy keeps sessions. Without sessions, no caller can take over the session of another caller. If a server keeps
   * sessions (`keepsSessions`), the proxy must keep them too.
   *
   * @default McpSessionRouting.STATEFUL
   */
  readonly sessionRouting?: McpSessionRouting;
  /**
   * Guardrail services. The MCP proxy sends each MCP message to them in this order, and they may reject or change it.
   *
   * @default - none
   */
  readonly guardrails?: McpGuardrail[];
  /**
   * OAuth protected resource metadata that the MCP proxy serves. It tells MCP clients where to get the tokens that `jwt` requires.
   *
   * @default - none
   */
  readonly oauth?: McpOAuth;
}

/** Props of `McpToolBoundary`. */
export interface McpToolBoundaryProps extends MeshMemberProps, McpProxyProps {
  /**
   * MCP server of the boundary: pods that the library deploys, existing pods, or an external host. Set either `server` or `servers`.
   *
   * @default - the servers in `servers`
   */
  readonly server?: McpServer;
  /**
   * MCP servers of the boundary by name. A name has lower case letters, digits and "-". Their order has no meaning. Several servers need an
   * MCP proxy (McpProvider.agentgateway). Callers then use the tool `refund` of server `crm` as "crm_refund", and its resource
   * `crm://customers` as "crm+crm://customers". Adding a second server therefore renames the tools of the first one, unless `prefix` was
   * McpPrefix.ALWAYS before.
   *
   * @default - `server` alone
   */
  readonly servers?: { [name: string]: McpServer };
  /**
   * Origins of the web pages that may call the server, such as "https://desk.example.com". An empty list allows no web page. Requests
   * without an `Origin` header, as clients other than browsers send them, are not affected. The check protects against DNS rebinding, where
   * a web page reaches the server through a DNS name of the attacker. Synth fails if no component in the path can check origins.
   *
   * CORS preflight requests from an allowed origin are forwarded to the server, if the caller has a grant. An MCP proxy
   * (McpProvider.agentgateway) answers them itself, also for callers without a grant.
   *
   * @default - no check: MCP requires the server to check origins
   */
  readonly allowedOrigins?: string[];
  /**
   * JWT validation of requests before they reach the server, in addition to the identity of the caller. With it, tools can be granted to
   * subjects and claims of tokens (`TokenCaller`). Synth fails if no component in the path can validate tokens.
   *
   * @default - none: tokens are not verified
   */
  readonly jwt?: JwtRequirement;
  /**
   * Rate limit of each pod of the server. Requests above the limit get status 429. With an MCP proxy, each pod of the proxy counts instead
   * (there is one, unless you scale the proxy), and a limit per caller works for at most 16 callers. Synth fails if no component in the
   * path can limit requests.
   *
   * @default - no limit
   */
  readonly rateLimit?: RateLimit;
  /**
   * Faults that Istio's proxies inject into calls to the server, for tests, as `faults` of an `Agent`. Synth fails with an MCP proxy, for
   * an external server, and on Linkerd, because no proxy would inject them.
   *
   * @default - none
   */
  readonly faults?: Fault[];
  /**
   * Limits of the connections and requests of each proxy, as `connectionPool` of an `Agent`. Synth fails with an MCP proxy and on Linkerd.
   *
   * @default - no limits
   */
  readonly connectionPool?: ConnectionPool;
  /**
   * Outlier detection: when callers stop sending requests to a pod of the server that keeps failing. Synth fails with an MCP proxy, and for a
   * Service that exists already.
   *
   * @default - none
   */
  readonly circuitBreaker?: CircuitBreaker;
  /**
   * Unsafe: whether the `Authorization` header of callers is forwarded to the server. The server could then use the token of a caller at
   * other services. The server must itself reject tokens that were not issued for it (source: MCP 2026-07-28, authorization). If false,
   * Linkerd and the MCP proxy strip the header. Istio without an MCP proxy strips the bearer tokens that `jwt` validates, and denies every
   * other request with the header.
   *
   * @default false
   */
  readonly unsafePassTokens?: boolean;
  /**
   * Name of the Service that callers use. The names of the other objects begin with it.
   *
   * @default - the construct id
   */
  readonly name?: string;
  /**
   * Namespace of the objects that the library creates for the boundary. It must be the namespace of the server.
   *
   * @default - the namespace of an existing server; otherwise the namespace of the mesh
   */
  readonly namespace?: string;
  /**
   * Port of the Service that the library creates. Callers use this port.
   *
   * @default 80; 8080 with an MCP proxy (McpProvider.agentgateway), which cannot use ports below 1024
   */
  readonly servicePort?: number;
  /**
   * Path of the MCP endpoint that callers use. Requests to other paths are denied. An MCP proxy (McpProvider.agentgateway) translates it to
   * the path of each server (`path` of `McpServer`). Without an MCP proxy, synth fails if it is not the path of the server.
   *
   * @default - the path of `server`. With an MCP proxy and `servers`, or with an MCP proxy and a server of the HTTP+SSE transport, '/mcp'
   */
  readonly path?: string;
  /**
   * Waypoint that inspects and authorizes the requests to the server, on Istio ambient without an MCP proxy.
   *
   * @default - the waypoint of the namespace: the one to which the namespace is bound, otherwise the first one defined in it, otherwise a
   * new one
   */
  readonly waypoint?: IWaypoint;
}
