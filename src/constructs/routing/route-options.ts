import { IRouteTarget } from '../../values/route-target';
import { TokenCaller } from '../../values/token-caller';

/** Options that all routes share. */
export interface RouteOptions {
  /**
   * Name of the HTTPRoute object.
   *
   * @default - the construct id; for a route to an McpToolBoundary with the name of the gateway and "-" before it
   */
  readonly name?: string;
  /**
   * Path prefix of the requests that the route handles, such as "/v1". It matches whole path segments: "/v1" matches "/v1/chat" but not
   * "/v10".
   *
   * @default - every path
   */
  readonly pathPrefix?: string;
  /**
   * Headers that a request must have for this route, with their exact values: at most 16. A request must have all of them. If several
   * routes for one host and path prefix match a request, the route with the most headers handles it (source: Gateway API v1.6,
   * HTTPRouteRule `matches`). Synth fails if two routes with equally many headers may match the same request. Any client can set headers,
   * but they only select a target and grant no access.
   *
   * @default - requests with any headers
   */
  readonly headers?: { [name: string]: string };
  /**
   * Text that replaces `pathPrefix` in the path of forwarded requests (source: Gateway API v1.6, HTTPPathModifier). With
   * `pathPrefix` "/desk" and the replacement "/", the target receives "/v1" for "/desk/v1". Path rules of the target apply to the new path.
   *
   * @default - the path is forwarded unchanged
   */
  readonly replacePrefixMatch?: string;
  /**
   * Mirror: a second target that gets copies of the requests, such as a new version under test.
   *
   * @default - none
   */
  readonly mirror?: RouteMirror;
  /**
   * Retries of failed requests by the gateway. A failed request may already have had effects in the target, and a retry repeats them. Synth
   * fails unless the cluster has the experimental channel of the Gateway API.
   *
   * @default - the default of the gateway: Istio's Envoys retry twice if they cannot connect, other proxies never retry
   */
  readonly retries?: RouteRetries;
  /**
   * Timeout of a request in seconds, up to the end of its response: a whole number from 1 to 86400. A longer stream is cut off. Synth fails
   * with GatewayProvider.istioAgentgateway.
   *
   * @default - no timeout
   */
  readonly requestTimeoutSeconds?: number;
  /**
   * CORS: origins whose web pages may read the responses of the route. The gateway answers their preflights itself, also without a token if
   * `jwt` is set, and forwards no preflight to a target. CORS denies no requests: the gateway forwards requests from other origins, and the
   * browser withholds the responses from their pages. Synth fails with GatewayProvider.istioAgentgateway.
   *
   * @default - no CORS: only pages of the gateway's own hosts can read responses; for a route to an McpToolBoundary its `allowedOrigins`, with the
   * methods and headers of MCP
   */
  readonly cors?: RouteCors;
  /**
   * Clients that may use the route: those whose token one of these matches. Other clients are answered with 403. The gateway needs `jwt`,
   * whose issuer the tokens have; its `exemptPaths`, and metadata of an McpToolBoundary, need no token here either. A gateway checks tokens by
   * path, so routes that only `headers` tell apart have the same `callers`. Clients have no mesh identity: `caller` of a TokenCaller is an
   * error. Synth fails with GatewayProvider.istioAgentgateway and at an existing Gateway (Istio 1.31, AuthorizationPolicy
   * `request.auth.claims`).
   *
   * @default - every client of the gateway
   */
  readonly callers?: TokenCaller[];
}

/** CORS settings of a route (source: Gateway API v1.6, HTTPCORSFilter). */
export interface RouteCors {
  /**
   * Origins of the allowed pages, such as "https://desk.example.com": 1 to 64. A single "*" allows every origin. Synth fails if it is
   * combined with other origins or with `allowCredentials`.
   */
  readonly allowedOrigins: string[];
  /**
   * HTTP methods that pages may use.
   *
   * @default ['GET', 'POST']
   */
  readonly allowedMethods?: string[];
  /**
   * Request headers that pages may set.
   *
   * @default ['authorization', 'content-type']
   */
  readonly allowedHeaders?: string[];
  /**
   * Response headers that pages may read, in addition to the headers that CORS always allows.
   *
   * @default - no further headers
   */
  readonly exposedHeaders?: string[];
  /**
   * Whether browsers send cookies and client certificates. Not needed for a token that the page sets in the `Authorization` header.
   *
   * @default false
   */
  readonly allowCredentials?: boolean;
  /**
   * Maximum time in seconds for which browsers cache the answer to a preflight: a whole number from 1 to 86400.
   *
   * @default - 5 seconds, the default of the Gateway API
   */
  readonly maxAgeSeconds?: number;
}

/** Retries of a route (sources: Gateway API v1.6, HTTPRouteRetry; Linkerd 2.20, retry annotations). */
export interface RouteRetries {
  /** Maximum number of retries after the first try: 1 to 65535. */
  readonly attempts: number;
  /**
   * Status codes of responses that are retried: 400 to 599.
   *
   * @default - on Istio no status codes, only connection failures are retried. On Linkerd 502, 503 and 504
   */
  readonly codes?: number[];
}

/** A second target of a route that gets copies of its requests (source: Gateway API v1.6, HTTPRequestMirrorFilter). */
export interface RouteMirror {
  /**
   * Target of the copies: a version of an agent with a Service. The gateway is allowed to call it, and discards its responses. The target
   * cannot distinguish copies from other requests, so it must not write to the same systems as the first target.
   */
  readonly target: IRouteTarget;
  /**
   * Percentage of the requests that are copied: a whole number from 1 to 100.
   *
   * @default 100
   */
  readonly percent?: number;
}
