import { ICaller } from './identity';
import { CalleeReference } from './references';

/**
 * A callee: an Agent with all its versions, one version (`agent.version()`), an McpToolBoundary, an InferenceGateway, an InferencePool, or a
 * class of yours that returns the reference of one.
 */
export interface ICallee {
  /** Reference to the callee. */
  readonly asCallee: CalleeReference;
  /** Display name in messages. */
  readonly title: string;
}

/** A hypothetical request, for `AgentMesh.decide`. */
export interface Call {
  /** Callee of the request. */
  readonly callee: ICallee;
  /**
   * Caller of the request. A gateway does not identify its clients, so there the caller makes no difference.
   *
   * @default - an unauthenticated caller, such as a client outside the cluster
   */
  readonly caller?: ICaller;
  /**
   * Called port: of the Service of a workload, of its pods if it has no Service, of the pods of a pool, or of the listeners of a gateway. A call
   * to a pod by its address is another call: without a waypoint a granted caller may make it too. For a workload it can also be
   * the admin port of the mesh proxy in the pods if the policies of the mesh apply to it (Linkerd: 4191).
   *
   * @default - the port that callers use
   */
  readonly port?: number;
  /**
   * Host of the request, as in the `Host` header. A gateway denies hosts that it does not serve. For a workload it is one of the host
   * names of its Service.
   *
   * @default - the first host name of a gateway, or the Service of a workload
   */
  readonly host?: string;
  /**
   * Path of the request.
   *
   * @default - the endpoint path of a tool server, or "/"
   */
  readonly path?: string;
  /**
   * HTTP method of the request.
   *
   * @default 'POST'
   */
  readonly method?: string;
  /**
   * Headers of the request that routes match, such as "x-canary". They select a route and grant no access.
   *
   * @default - no such headers
   */
  readonly headers?: { [name: string]: string };
  /**
   * Value of the `Origin` header, such as "https://desk.example.com". With method OPTIONS the request is a CORS preflight.
   *
   * @default - no `Origin` header
   */
  readonly origin?: string;
  /**
   * MCP tool that the request calls, by the name that callers use.
   *
   * @default - the request calls no tool
   */
  readonly tool?: string;
  /**
   * Issuer of the valid JWT in the request.
   *
   * @default - no token
   */
  readonly tokenIssuer?: string;
  /**
   * Subject of the JWT, as in the claim `sub`.
   *
   * @default - no subject
   */
  readonly tokenSubject?: string;
  /**
   * Other claims of the JWT.
   *
   * @default - no other claims
   */
  readonly tokenClaims?: { [name: string]: string };
}

/** Decision of `AgentMesh.decide` about a call. */
export interface Decision {
  /** Whether the call is allowed. */
  readonly allowed: boolean;
  /** Reason for the decision, as one sentence. */
  readonly reason: string;
}
