/** What a check looks for. */
interface CheckFacts {
  readonly title: string;
  /** Set where the program and the team's own objects disagree, and the team may mean it. */
  readonly acknowledgeable?: true;
}

/** Every check by its id. An id is public contract: it never moves to another check. */
export const CHECKS = {
  AM001: { title: 'A value is not one that the prop accepts.' },
  AM002: { title: 'No provider in the path enforces what was asked for.' },

  AM101: { title: 'A Namespace of the app is not enrolled in the mesh that names it.', acknowledgeable: true },
  AM102: { title: 'Pods of the app leave the mesh, or the mesh does not capture all of their ports.', acknowledgeable: true },
  AM103: { title: 'A policy of the app allows what the mesh denies.', acknowledgeable: true },
  AM104: { title: 'A policy of the app accepts plain text where the mesh demands mutual TLS.', acknowledgeable: true },
  AM105: { title: 'An object of the app routes the requests of a Service or host of the mesh.', acknowledgeable: true },
  AM106: { title: 'An object of the app configures Envoy itself, past every policy.', acknowledgeable: true },
  AM107: { title: 'An object of the app opens the egress that the mesh restricts.', acknowledgeable: true },
  AM108: { title: 'A second Telemetry of the app makes the telemetry of a namespace undefined.', acknowledgeable: true },
  AM109: { title: 'A Namespace or pod template is enrolled in two data planes.' },
  AM110: { title: 'Two objects are one object on the cluster.' },
  AM111: { title: 'Two objects are written to one file.' },
  AM112: { title: 'A route attaches to no listener of the Gateway of the app.' },
  AM113: { title: 'Pods of the app are probed by HTTP where a rate limit counts the probes.', acknowledgeable: true },
  AM114: { title: 'A Service of the app is not what the program says of it.' },
  AM121: { title: 'A policy of the app lets callers in to a gateway that the mesh closes to them.', acknowledgeable: true },
  AM122: { title: 'An object of the mesh was changed so that it does not do what the program says.' },
  AM123: { title: 'A Gateway of the app has other proxies than the program says.', acknowledgeable: true },

  AM201: { title: 'Two workloads or proxies share a ServiceAccount.' },
  AM202: { title: 'A workload has the name of an object that a controller generates.' },
  AM203: { title: 'A selector also selects the pods of another workload.' },
  AM204: { title: 'A workload or policy is in a namespace that the mesh does not have, or must not have.' },
  AM205: { title: 'A port of a pool at the inner gateway is taken.' },
  AM206: { title: 'A gateway has more pools than it can have listeners.' },
  AM207: { title: 'The deny-all of the mesh closes a gateway of the team.' },
  AM208: { title: 'Two routes match the same requests.' },
  AM209: { title: 'A pool would skip a token or an authorizer that its workload demands.' },
  AM210: { title: 'No proxy reads the requests that a demand is about.' },
  AM211: { title: 'The versions behind one Service demand different things of requests.' },
  AM212: { title: 'The Service of a canary has the name of another Service.' },
  AM213: { title: 'A host outside the cluster is allowed for one workload and for its whole namespace.' },
  AM214: { title: 'Callers of a server outside the cluster can go around its boundary.' },
  AM215: { title: 'A route leads to a workload that lost its Service to a pool.' },
  AM216: { title: 'An agent has no workload.' },
  AM217: { title: 'A grant names an agent that nobody can call.' },
  AM218: { title: 'An identity is the ServiceAccount "default", which other pods have too.' },
  AM219: { title: 'A grant crosses two meshes that no data plane connects.' },
  AM220: { title: 'A list of an object is longer than its kind takes.' },
  AM221: { title: 'A gateway or waypoint that the app makes is stated as existing.' },
  AM222: { title: 'The pods of an endpoint picker each know a part of the prefix caches.', acknowledgeable: true },

  AM301: { title: 'Envoy cannot tell a caller of another trust domain from its namesake.' },
  AM302: { title: 'A waypoint of the team is not closed.' },
  AM303: { title: 'The labels of a Service of the team do not send its requests through its waypoint.' },
  AM304: { title: 'A host outside the cluster has two paths, or two workloads of one identity disagree on it.' },
  AM311: { title: 'The revision of the sidecars is not a label value.' },
  AM312: { title: 'The sidecar of a caller does not see what the caller was granted.' },
  AM313: { title: 'A picker serves TLS where its sidecar demands mutual TLS.' },
  AM321: { title: 'A fact of the Linkerd installation is not one that Linkerd accepts.' },
  AM322: { title: 'Linkerd does not apply a circuit breaker or a retry as stated.' },
  AM323: { title: 'Linkerd allows a host for a whole namespace, and others are there.' },
  AM324: { title: 'Linkerd would count the probes of a health path against a rate limit, or deny them at an opaque port.' },
  AM331: { title: 'A namespace of the migration is unknown, or its stage is.' },
  AM332: { title: 'Callers with sidecars would be refused by a workload that is in ambient already.' },
  AM341: { title: 'The GatewayClass is not one of the gateway provider.' },
  AM342: { title: 'A gateway of istio-agentgateway does not enforce what the route\'s workload demands.' },
  AM351: { title: 'A boundary does not fit into the objects of agentgateway.' },
  AM352: { title: 'A proxy of agentgateway cannot listen, route or connect as stated.' },
  AM361: { title: 'An XAccessPolicy cannot state the grants of a boundary.' },

  AM401: { title: 'Ports of a granted workload stay closed.', acknowledgeable: true },
  AM402: { title: 'A NetworkPolicy of the app keeps from pods what the mesh brings them.', acknowledgeable: true },
  AM403: { title: 'An acknowledgement is of something that no check found.' },
} as const satisfies Record<string, CheckFacts>;

/** The id of a check. */
export type CheckId = keyof typeof CHECKS;

/** Ids that a team may acknowledge. */
export const ACKNOWLEDGEABLE: readonly CheckId[] = (Object.keys(CHECKS) as CheckId[]).filter((id) => 'acknowledgeable' in CHECKS[id]);

export function isCheckId(id: string): id is CheckId {
  return Object.hasOwn(CHECKS, id);
}
