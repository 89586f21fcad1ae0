import { ICaller } from './identity';
import { CalleeReference } from './references';

/**
 * A callee of a `Call`: an Agent with all its versions, one version (`agent.version()`), a Backend, an McpToolBoundary, an
 * InferenceGateway or an InferencePool. A class of yours can be a callee too: its `asCallee` returns the `asCallee` of such a construct.
 */
export interface ICallee {
  /** Reference to the callee. */
  readonly asCallee: CalleeReference;
  /** Display name in messages. */
  readonly title: string;
}

/** A hypothetical request for `AgentMesh.decide`, which returns whether the program allows it: to a callee of the app, or to an external host. */
export interface Call {
  /**
   * Callee of the request.
   *
   * @default - the external host that `host` names
   */
  readonly callee?: ICallee;
  /**
   * Caller of the request. It has no effect if the callee is a gateway, because a gateway does not authenticate its clients by mesh
   * identity. A call of an external host needs one: the agent, workload or identity of the pods that call.
   *
   * @default - an unauthenticated caller, such as a client outside the cluster
   */
  readonly caller?: ICaller;
  /**
   * Source address of the connection, such as "10.0.0.7", for ports that are open to some networks (`unauthenticatedPorts`). It grants
   * nothing at other ports.
   *
   * @default - unknown: a port that is open to some networks counts as open
   */
  readonly sourceAddress?: string;
  /**
   * Port to which the caller connects. For an agent, a version, a backend or a boundary it is the port of the Service, or a port of the
   * pods if there is no Service. For a pool it is the port of its `url`, or a port of its pods, and for a gateway the
   * port of its listeners. Media ports of the pods are accepted too, and ports of the proxy in each pod: on Linkerd 4191, with sidecars of
   * Istio 15020, 15021 and 15090.
   *
   * `decide` answers for calls to the Service, not for calls to a pod address. If the Service forwards its port to a pod port with another
   * number, `decide` denies the pod port. In the cluster, a granted caller can connect to the pod port, unless a waypoint authorizes the
   * calls.
   *
   * For a call of an external host it is the port of the host.
   *
   * @default - the port of the Service, otherwise the first port of the pods; for a pool the port of its `url`; 443 for an external host
   */
  readonly port?: number;
  /**
   * Host of the request, as in the `Host` header. For a gateway it may be any host, and the gateway denies hosts that it does not serve.
   * For a workload it must be a host name of its Service. Without `callee` it is the exact DNS name of an external host, such as
   * "api.example.com". Then set `caller` and, if needed, `port`, but no other prop, because proxies do not inspect requests to external
   * hosts.
   *
   * @default - the first host name of the gateway, or the host name of the Service
   */
  readonly host?: string;
  /**
   * Path of the request. A pool with `allowedModels` serves few paths, and "/" is not one of them.
   *
   * @default - the endpoint path of a tool server; for a pool or a tenant a path that it serves, such as "/v1/chat/completions"; otherwise "/"
   */
  readonly path?: string;
  /**
   * HTTP method of the request.
   *
   * @default 'POST'
   */
  readonly method?: string;
  /**
   * Headers of the request that routes match, such as "x-canary". They select a route but grant no access.
   *
   * @default - no such headers
   */
  readonly headers?: { [name: string]: string };
  /**
   * Value of the `Origin` header, such as "https://desk.example.com". If `method` is OPTIONS, the request is a CORS preflight.
   *
   * @default - no `Origin` header
   */
  readonly origin?: string;
  /**
   * Name of the model in the body of the request, for a callee that is a pool, a tenant, or a gateway with a route to a pool. "" is a
   * request whose body names no model. `decide` throws for a name that no model of the pool has, if the library knows all names: those of
   * Workload.vllm, of InferenceModelRewrites and of `allowedModels`.
   *
   * @default - a model that requests at the pool may name
   */
  readonly model?: string;
  /**
   * Name of the MCP tool that the request calls, with the prefix if callers use one. Also for a gateway with a route to an
   * McpToolBoundary, with the `path` of its endpoint.
   *
   * @default - the request calls no tool
   */
  readonly tool?: string;
  /**
   * Issuer of the JWT in the request, as in the claim `iss`. `decide` treats the JWT as valid.
   *
   * @default - no token; if the caller is a TokenCaller, or `tokenSubject` or `tokenClaims` is set, the issuer of the callee's `jwt`
   */
  readonly tokenIssuer?: string;
  /**
   * Subject of the JWT in the request, as in the claim `sub`.
   *
   * @default - no subject
   */
  readonly tokenSubject?: string;
  /**
   * Other claims of the JWT in the request.
   *
   * @default - no other claims
   */
  readonly tokenClaims?: { [name: string]: string };
}

/** Answer of `AgentMesh.decide` about a call. */
export interface Decision {
  /** Whether the call is allowed now. A namespace of `auditOnlyNamespaces` denies no call. */
  readonly allowed: boolean;
  /**
   * Whether the call is allowed once no namespace is audit-only: the grants and rules of the program alone. The same as `allowed` if the
   * call does not enter an audit-only namespace.
   */
  readonly allowedWhenEnforced: boolean;
  /** Reason for the decision, as text. */
  readonly reason: string;
  /**
   * Whether the call of an external host is allowed because nothing restricts the caller, and not because the program names the host.
   *
   * @default false
   */
  readonly unrestricted?: boolean;
}
