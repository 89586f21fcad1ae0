/** Description of one check. */
interface CheckFacts {
  readonly title: string;
  /** Set for checks whose finding can be intended, because the program and objects outside the library disagree. */
  readonly acknowledgeable?: true;
}

/** All checks by id. Ids are public contract: an id is never reused for another check. */
export const CHECKS = {
  AM001: { title: 'A prop has an invalid value.' },
  AM002: { title: 'A requested feature is not supported by any provider in the path.' },
  AM003: { title: 'A call was given a value that it cannot use, such as one that is not of the declared type. The call fails at once.' },

  AM101: { title: 'A Namespace in the app is not enrolled in the mesh that lists it.', acknowledgeable: true },
  AM102: { title: 'Pods in the app opt out of the mesh, or exclude ports from it.', acknowledgeable: true },
  AM103: { title: 'A policy in the app allows traffic that the mesh denies.', acknowledgeable: true },
  AM104: { title: 'A policy in the app accepts plaintext where the mesh requires mutual TLS.', acknowledgeable: true },
  AM105: { title: 'An object in the app routes requests for a Service or host of the mesh.', acknowledgeable: true },
  AM106: { title: 'An object in the app configures Envoy directly and can bypass every policy.', acknowledgeable: true },
  AM107: { title: 'An object in the app opens egress that the mesh restricts.', acknowledgeable: true },
  AM108: { title: 'A second Telemetry in the app conflicts with the Telemetry of the mesh in the same namespace.', acknowledgeable: true },
  AM109: { title: 'A Namespace or pod template is enrolled in more than one data plane.' },
  AM110: { title: 'Two objects have the same API group, kind, namespace and name.' },
  AM111: { title: 'Two objects are written to the same output file.' },
  AM112: { title: 'A route does not match any listener of a Gateway in the app.' },
  AM113: { title: 'Pods in the app have HTTP probes that count against a rate limit.', acknowledgeable: true },
  AM114: { title: 'A Service in the app differs from its description in the program.' },
  AM115: { title: 'Pods of the app pass for a workload or proxy of the mesh.', acknowledgeable: true },
  AM116: { title: 'Pods of the app do not have the ServiceAccount that the program says they have.' },
  AM121: { title: 'A policy in the app lets callers connect to a gateway that the mesh closes to them.', acknowledgeable: true },
  AM122: { title: 'An object of the mesh was changed so that it no longer does what the program states.' },
  AM123: { title: 'The proxies of a Gateway in the app differ from their description in the program.', acknowledgeable: true },

  AM201: { title: 'Two workloads or proxies share a ServiceAccount, so the mesh cannot distinguish them.' },
  AM202: { title: 'A workload or Service has the name of an object that a controller generates.' },
  AM203: { title: 'A selector also matches the pods of another workload.' },
  AM204: { title: 'A workload or policy is in a namespace outside the mesh, or the mesh includes a system namespace.' },
  AM205: { title: 'The inner gateway port of a pool is already in use.' },
  AM206: { title: 'A gateway has more pools than a Gateway can have listeners.' },
  AM207: { title: 'The deny-all policy of the mesh blocks an existing gateway.' },
  AM208: { title: 'Two routes of a gateway match the same requests.' },
  AM209: { title: 'A pool cannot enforce the JWT or external authorizer of its workload.' },
  AM210: { title: 'A request-level requirement is on a workload whose requests no proxy inspects.' },
  AM211: { title: 'Canary versions behind one Service have different request requirements.' },
  AM212: { title: 'The Service of a canary has the same name as another Service.' },
  AM213: { title: 'An external host is allowed for one workload and also for its whole namespace.' },
  AM214: { title: 'Callers of an external MCP server can bypass its boundary.' },
  AM215: { title: 'A route targets a workload whose Service was removed because a pool serves it.' },
  AM216: { title: 'An agent has no workload.' },
  AM217: { title: 'A grant targets an agent that cannot be called.' },
  AM218: { title: 'An identity is the ServiceAccount "default", which other pods share.' },
  AM219: { title: 'A grant crosses two meshes with different data planes.' },
  AM220: { title: 'A list in an object is longer than its kind allows.' },
  AM221: { title: 'A gateway or waypoint is declared as existing but is created by the app.' },
  AM222: { title: 'An endpoint picker with prefix-cache scoring has several replicas, each of which knows only part of the cache state.', acknowledgeable: true },
  AM223: { title: 'Two meshes of one cluster have one namespace.' },

  AM301: { title: 'Envoy cannot distinguish a caller in another trust domain from one with the same namespace and ServiceAccount.' },
  AM302: { title: 'An existing waypoint does not deny by default.' },
  AM303: { title: 'The labels of an existing Service do not bind it to its waypoint.' },
  AM304: { title: 'An external host has two egress paths, or workloads with the same identity differ on whether they may call it.' },
  AM311: { title: 'The sidecar revision is not a valid label value.' },
  AM312: { title: 'The sidecar of a caller is not configured to reach a callee that the caller was granted.' },
  AM313: { title: 'An endpoint picker serves its own TLS where its sidecar requires mutual TLS.' },
  AM321: { title: 'An option that describes the Linkerd installation has a value that Linkerd does not accept.' },
  AM322: { title: 'Linkerd cannot apply a circuit breaker or retries as configured.' },
  AM323: { title: 'Linkerd would allow a host for every workload of a namespace, not only for the one that declares it.' },
  AM324: { title: 'Linkerd would count health probes against a rate limit, or deny them at an opaque port.' },
  AM331: { title: 'The migration names an unknown namespace.' },
  AM332: { title: 'Callers with sidecars would be denied by a workload that is already in ambient mode.' },
  AM341: { title: 'The GatewayClass does not belong to the gateway provider.' },
  AM342: { title: 'An istio-agentgateway gateway does not enforce a requirement of the workload behind its route.' },
  AM351: { title: 'A boundary cannot be expressed in agentgateway resources.' },
  AM352: { title: 'An agentgateway proxy cannot listen, route or connect as configured.' },
  AM361: { title: 'An XAccessPolicy cannot express the grants of a boundary.' },

  AM401: { title: 'Some ports of a workload stay closed although callers have grants.', acknowledgeable: true },
  AM402: { title: 'A NetworkPolicy in the app blocks the port at which the mesh delivers traffic to pods.', acknowledgeable: true },
  AM403: { title: 'An acknowledgement matches no problem.' },
} as const satisfies Record<string, CheckFacts>;

/** Id of a check. */
export type CheckId = keyof typeof CHECKS;

/** Ids that `AgentMesh.acknowledge` accepts. */
export const ACKNOWLEDGEABLE: readonly CheckId[] = (Object.keys(CHECKS) as CheckId[]).filter((id) => 'acknowledgeable' in CHECKS[id]);

export function isCheckId(id: string): id is CheckId {
  return Object.hasOwn(CHECKS, id);
}
