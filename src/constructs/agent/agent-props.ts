import { AgentMirror } from './agent-mirror';
import { CircuitBreaker } from '../../values/circuit-breaker';
import { ConnectionPool } from '../../values/connection-pool';
import { Fault } from '../../values/fault';
import { Workload } from '../../values/workload';
import { MeshMemberProps } from '../membership/membership';
import { CanarySplit } from '../routing/canary-split';
import { RouteRetries } from '../routing/route-options';
import { IWaypoint } from '../routing/waypoint';

/** The canary of an agent: a version, and the share of the requests that it gets. */
export interface AgentCanary extends CanarySplit {
  /** Name of the version that is the canary. */
  readonly version: string;
}

/** Props of `Agent`. */
export interface AgentProps extends MeshMemberProps {
  /**
   * The pods of the agent: one workload for each version, by the name of the version, such as `{ v1: Workload.deploy(...) }`. All versions
   * run with the ServiceAccount of the agent. The objects of a version are named `<agent>-<version>`. To roll out, add a version and later
   * remove the old one: no Deployment is replaced.
   */
  readonly versions: { [version: string]: Workload };
  /**
   * Version that serves callers by default: the Service with the name of the agent selects its pods. If this version is a
   * `Workload.existing`, callers use the existing Service of its pods instead. To promote another version, set `stable` to it.
   *
   * @default - the only version that is neither the canary nor the mirror. If there are several such versions, synth fails, unless the library creates no
   * Service for any version (pools serve them, `service` is false, or the pods exist). In that case no version is stable, and `url` throws
   */
  readonly stable?: string;
  /**
   * Version that gets `percent` of the requests to the agent, from callers inside the mesh and from gateways whose route targets the agent.
   * It also gets every request with the canary header (`header` and `headerValue`). If pools serve the versions, use `addCanary` of the
   * gateway instead.
   *
   * @default - none: the stable version gets all requests
   */
  readonly canary?: AgentCanary;
  /**
   * Version that gets copies of the requests from callers inside the mesh, to test it with real traffic. Callers get the response of the
   * version that the request goes to. The copies have the bodies and the credentials of the requests, and the Host header of a copy ends in
   * "-shadow". The mirror runs with the ServiceAccount of the agent and acts on a copy as on any request, so it must not write where the
   * other versions do. Callers of the agent may call it, and no other ones. Requests from gateways are copied only if the agent has a
   * `waypoint`; routes of gateways have a `mirror` of their own (Gateway API v1.6, HTTPRequestMirrorFilter). Synth fails on Linkerd.
   *
   * @default - none
   */
  readonly mirror?: AgentMirror;
  /**
   * Retries of failed calls inside the mesh. A failed call may already have had effects in the agent, and a retry repeats them. On Istio,
   * synth fails unless the cluster has the experimental channel of the Gateway API. Linkerd needs no channel, because it reads retries from
   * annotations.
   *
   * @default - the default of the proxies: Istio's Envoys retry twice if they cannot connect, other proxies never retry
   */
  readonly retries?: RouteRetries;
  /**
   * Timeout in seconds of calls inside the mesh, up to the end of the response: a whole number from 1 to 86400. A longer stream is cut off.
   *
   * @default - no timeout
   */
  readonly requestTimeoutSeconds?: number;
  /**
   * Faults that Istio's proxies inject into calls inside the mesh, for tests. Injected errors are not retried, and injected delays do not
   * count for `requestTimeoutSeconds`. Requests from gateways get faults only if the agent has a `waypoint`. Emits the route of the agent
   * as a VirtualService, because an HTTPRoute cannot inject faults (source: Istio 1.30, HTTPFaultInjection). Findings and the access report
   * list the faults (AM411). Synth fails on Linkerd.
   *
   * @default - none
   */
  readonly faults?: Fault[];
  /**
   * Name of the ServiceAccount and of the Service that callers use. The names of all other objects begin with it.
   *
   * @default - the construct id
   */
  readonly name?: string;
  /**
   * Namespace of the pods that the library deploys, and of existing pods whose `Workload.existing` sets no namespace.
   *
   * @default - the namespace of the mesh
   */
  readonly namespace?: string;
  /**
   * Whether the library creates a Service for each version that it deploys.
   *
   * @default - true, but false for versions that an InferencePool serves, because a Service would bypass the endpoint picker
   */
  readonly service?: boolean;
  /**
   * Port of the Services that the library creates.
   *
   * @default 80
   */
  readonly servicePort?: number;
  /**
   * Waypoint that inspects and authorizes the requests to the Services of the agent. The pods then accept connections from this waypoint
   * only. Synth fails if the agent has no Service, or if the mesh has no waypoints.
   *
   * @default - no waypoint: callers are authorized at the pods, by identity and port. On Istio ambient with `jwt`, `externalAuthorizer`,
   * `circuitBreaker` or `connectionPool`: the waypoint of the namespace. On Istio ambient with only `canary`, `mirror`, `retries`,
   * `requestTimeoutSeconds` or `faults`: the same waypoint, which then routes but authorizes nothing
   */
  readonly waypoint?: IWaypoint;
  /**
   * Circuit breaker (outlier detection), which stops requests to a pod after repeated failures. Synth fails if no proxy in the path
   * enforces it.
   *
   * @default - none
   */
  readonly circuitBreaker?: CircuitBreaker;
  /**
   * Limits of the connections and requests of each proxy. On ambient the waypoint of the namespace enforces them, and the pods accept
   * connections from it only. Synth fails on Linkerd.
   *
   * @default - no limits
   */
  readonly connectionPool?: ConnectionPool;
  /**
   * Whether Linkerd merges the Services of the agent with Services of the same name in linked clusters (federated Services). The clusters
   * share identities: a grant to a ServiceAccount also covers the ServiceAccount with the same namespace and name in each linked cluster.
   * Synth fails on other meshes.
   *
   * @default false
   */
  readonly federated?: boolean;
}
