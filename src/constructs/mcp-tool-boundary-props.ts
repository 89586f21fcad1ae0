import { MeshMemberProps } from './membership';
import { Waypoint } from './waypoint';
import { JwtRequirement } from '../values/jwt';
import { McpFailureMode, McpGuardrail, McpOAuth, McpPrefix, McpSessionRouting } from '../values/mcp-proxy';
import { McpServer, McpTransport } from '../values/mcp-server';
import { RateLimit } from '../values/rate-limit';
import { Workload } from '../values/workload';
import { SecretKeyReference } from '../values/workload-options';

/** What a boundary with one server says of it; `servers` says the same of each of several. */
export interface McpOneServerProps {
  /**
   * The MCP server: deployed here or the team's own.
   *
   * @default - those of `servers`
   */
  readonly server?: Workload;
  /**
   * Names of the tools that `server` offers, as MCP's `tools/list` gives them.
   *
   * @default - those of `servers`
   */
  readonly tools?: string[];
  /**
   * Names of the prompts that `server` offers, of those that are granted by name.
   *
   * @default - none
   */
  readonly prompts?: string[];
  /**
   * URIs of the resources that `server` offers, of those that are granted by name.
   *
   * @default - none
   */
  readonly resources?: string[];
  /**
   * How `server` speaks MCP.
   *
   * @default McpTransport.STREAMABLE_HTTP
   */
  readonly transport?: McpTransport;
  /**
   * What `server` is shown in the caller's stead: a key of a Secret in its namespace, whose value is the token alone. It is sent as
   * `Authorization: Bearer <token>`. Refused where nobody in the path adds it.
   *
   * @default - nothing is added
   */
  readonly credentials?: SecretKeyReference;
}

/** What only a proxy that reads MCP before the servers can do (McpProvider.agentgateway). */
export interface McpProxyProps {
  /**
   * When names of tools and prompts begin with that of their server.
   *
   * @default McpPrefix.SEVERAL
   */
  readonly prefix?: McpPrefix;
  /**
   * What becomes of sessions while one of several servers is away.
   *
   * @default McpFailureMode.FAIL_CLOSED
   */
  readonly failureMode?: McpFailureMode;
  /**
   * Whether the proxy keeps sessions. Without them nobody can take over another's; servers that keep theirs need it to.
   *
   * @default McpSessionRouting.STATEFUL
   */
  readonly sessionRouting?: McpSessionRouting;
  /**
   * Who is shown messages, and may refuse or change them, in this order.
   *
   * @default - nobody
   */
  readonly guardrails?: McpGuardrail[];
  /**
   * What clients are told of where they get the tokens that `jwt` asks for.
   *
   * @default - nothing
   */
  readonly oauth?: McpOAuth;
}

/** Props of `McpToolBoundary`. */
export interface McpToolBoundaryProps extends MeshMemberProps, McpOneServerProps, McpProxyProps {
  /**
   * Several servers behind one boundary, or one outside the cluster, each by its name: lower case letters, digits and "-". To
   * callers a tool of one of several is called as in "crm_refund", a resource as in "crm+crm://customers": a second server renames
   * what the first one has, unless `prefix` was McpPrefix.ALWAYS from the start.
   *
   * @default - `server` alone
   */
  readonly servers?: { [name: string]: McpServer };
  /**
   * States that the server speaks revision 2026-07-28 and refuses requests whose `Mcp-Method` and `Mcp-Name` headers are
   * missing, repeated or say something else than their body. Then proxies that read headers tell tools apart; on a server that
   * does not check them, a caller could name one tool and call another. Mind the repeated ones: to Envoy and to Linkerd one of
   * the values is enough, so a server that reads the first or the last alone must not be stated to enforce them.
   *
   * @default false
   */
  readonly enforcesMirroredHeaders?: boolean;
  /**
   * Whether the server keeps sessions in the memory of a pod, as servers before revision 2026-07-28 may (`Mcp-Session-Id`).
   * Then the requests of a session come to one pod, as long as there are the same pods; refused where nobody sees to that. A proxy that
   * reads MCP sees to it without being told.
   *
   * @default false
   */
  readonly keepsSessions?: boolean;
  /**
   * Origins of the web pages whose requests are taken, such as "https://desk.example.com"; an empty list takes none. What is
   * no browser states no origin. It guards against pages that call a server by a name of their own; refused where nobody looks.
   * What a browser asks before such a page's requests (CORS preflight) is let through to the server for whoever was granted something;
   * a proxy that reads MCP (McpProvider.agentgateway) answers it itself, for whoever reaches the proxy.
   *
   * @default - nobody looks: MCP has the server do it
   */
  readonly allowedOrigins?: string[];
  /**
   * Tokens of requests, which are verified before the server; what they say can be granted something (`TokenCaller`). Refused
   * where nobody in the path reads them.
   *
   * @default - none are verified
   */
  readonly jwt?: JwtRequirement;
  /**
   * Most requests that are taken; more are answered with 429. Of a proxy that reads MCP, each of its pods takes so many (one, unless
   * the team scales it); of at most 16 callers when each has a limit.
   *
   * @default - no limit
   */
  readonly rateLimit?: RateLimit;
  /**
   * Unsafe: whether the header `Authorization` of callers reaches the server. A server that is shown a token made for it may use
   * it elsewhere, and one made for another must not be taken (MCP 2026-07-28, authorization). Otherwise it is taken away, or,
   * on Istio and without `jwt`, requests that carry one are refused.
   *
   * @default false
   */
  readonly unsafePassTokens?: boolean;
  /**
   * Name of the Service and stem of the other names.
   *
   * @default - the id
   */
  readonly name?: string;
  /**
   * Namespace of what is made here.
   *
   * @default - the mesh's
   */
  readonly namespace?: string;
  /**
   * Port that callers call, of the Service that is made here.
   *
   * @default 80; 8080 where a proxy reads MCP before the server (McpProvider.agentgateway), which takes none below 1024
   */
  readonly servicePort?: number;
  /**
   * Path of the MCP endpoint that callers call; no other path is reached. It is the path of `server` too; of `servers` each has its own
   * (`McpServer`), which a proxy that reads MCP translates to.
   *
   * @default '/mcp'; '/sse' of a server of the older transport that no proxy translates
   */
  readonly path?: string;
  /**
   * Path at which a server of the older transport takes messages, exactly, where no proxy translates; some have "/messages/".
   *
   * @default '/messages'
   */
  readonly messagesPath?: string;
  /**
   * Who reads the requests to the server.
   *
   * @default - on a mesh with waypoints the one that the namespace is bound to, or the only one there; one is made where there is none
   */
  readonly waypoint?: Waypoint;
}
