/** Description of one check. */
interface CheckFacts {
  readonly title: string;
  /** Set for checks whose problems can be intended, because they depend on objects outside the library. */
  readonly acknowledgeable?: true;
}

/** All checks by id. Ids are public contract: an id is never reused for another check. */
export const CHECKS = {
  AM001: { title: 'A prop has an invalid value.' },
  AM002: { title: 'A requested feature is not supported by any provider in the path.' },
  AM003: { title: 'A constructor or method of the library was called with an argument of the wrong type, or with a value that it cannot use. The call fails at once.' },

  AM101: { title: 'A Namespace object in the app does not enroll its namespace in the mesh, although the mesh includes this namespace.', acknowledgeable: true },
  AM102: { title: 'Pods in the app opt out of the mesh, or exclude ports from it.', acknowledgeable: true },
  AM103: { title: 'A policy in the app allows traffic that the mesh denies.', acknowledgeable: true },
  AM104: { title: 'A policy in the app accepts plaintext where the mesh requires mutual TLS.', acknowledgeable: true },
  AM105: { title: 'An object in the app, such as an HTTPRoute, changes the routing of a Service or host that the mesh routes.', acknowledgeable: true },
  AM106: { title: 'An EnvoyFilter or WasmPlugin in the app changes Envoy proxies of the mesh, and could disable their authorization.', acknowledgeable: true },
  AM107: { title: 'An object in the app, such as a NetworkPolicy, allows egress that the mesh restricts.', acknowledgeable: true },
  AM108: { title: 'A second Telemetry in the app conflicts with the Telemetry of the mesh in the same namespace.', acknowledgeable: true },
  AM109: { title: 'A Namespace or pod template is enrolled in more than one data plane.' },
  AM110: { title: 'Two objects have the same API group, kind, namespace and name.' },
  AM111: { title: 'Two objects are written to the same output file.' },
  AM112: { title: 'A route does not match any listener of a Gateway in the app.' },
  AM113: { title: 'Pods in the app have HTTP probes that count against a rate limit of the mesh.', acknowledgeable: true },
  AM114: { title: 'A Service object in the app differs from what Workload.existing states or Workload.fromConstruct read.' },
  AM115: { title: 'Pods in the app have the ServiceAccount or the labels of a workload or proxy of the mesh, so they get its grants or its requests.', acknowledgeable: true },
  AM116: { title: 'Pods in the app have another ServiceAccount than Workload.existing states.' },
  AM117: { title: 'An object in the app was changed after Workload.fromConstruct read its pods.' },
  AM121: { title: 'A NetworkPolicy in the app allows connections to a gateway or proxy from callers that the mesh denies.', acknowledgeable: true },
  AM122: { title: 'A patch, label or annotation changed an object that the library emitted, so that it no longer does what the program states.' },
  AM123: { title: 'A Gateway object in the app has another class or ServiceAccount than InferenceGateway.fromGatewayName states.', acknowledgeable: true },
  AM124: { title: 'An InferenceModelRewrite in the app can allow models that `allowedModels` of a pool excludes.' },

  AM201: { title: 'Two workloads or proxies share a ServiceAccount, so the mesh cannot distinguish them.' },
  AM202: { title: 'A workload or Service has the same name as an object that a controller generates for a gateway, waypoint or MCP proxy.' },
  AM203: { title: 'The selector of a workload also matches the pods of another workload.' },
  AM204: { title: 'A workload or policy is in a namespace outside the mesh, or the mesh includes a system namespace.' },
  AM205: { title: 'The port at which the inner gateway listens for an InferencePool is also a port of another workload or proxy in the namespace.' },
  AM206: { title: 'An inner gateway has more InferencePools than a Gateway can have listeners.' },
  AM207: { title: 'The deny-all policy of the mesh blocks an existing gateway.' },
  AM208: { title: 'Two routes of a gateway match the same requests.' },
  AM209: { title: 'Requests through an InferencePool would skip the token check or the external authorizer of its workload.' },
  AM210: { title: 'A workload has `jwt`, `rateLimit` or another request setting, but no proxy inspects the requests of its callers.' },
  AM211: { title: 'Canary versions behind one Service have different request requirements.' },
  AM212: { title: 'An agent has several versions with Services, and none of them is stable.' },
  AM213: { title: 'An external host is allowed for one workload and also for its whole namespace.' },
  AM214: { title: 'Callers of a boundary can call its external MCP server directly, and so bypass the boundary.' },
  AM215: { title: 'A route targets a workload that has no Service, because its pods are in an InferencePool.' },
  AM216: { title: 'An agent has no versions.' },
  AM217: { title: 'An agent has grants, but no port or no Service that callers could use.' },
  AM218: { title: 'An identity is the ServiceAccount "default", which other pods share.' },
  AM219: { title: 'The caller and the callee of a grant are not on one data plane, or not in one cluster.' },
  AM220: { title: 'A list or text in an emitted object is longer than its kind allows.' },
  AM221: { title: 'A gateway or waypoint is declared as existing, but the app creates it.' },
  AM222: { title: 'An endpoint picker has several active replicas, and plugins that keep state in one replica.' },
  AM223: { title: 'Two meshes of one cluster include the same namespace.' },
  AM224: { title: 'An environment variable has the URL of a Service that does not exist, because the pods are in an InferencePool.' },
  AM225: { title: '`grantPorts` or `metricsPort` names the port that callers with grantCall use.' },
  AM226: { title: 'A gateway strips or refuses the tokens that the target of its route requires.' },
  AM227: { title: 'CORS preflights, which carry no token, could reach the target of another route of a gateway that requires tokens.' },
  AM228: { title: 'A port for callers without an identity has another use, or its workload requires tokens.' },
  AM229: { title: 'A namespace in `auditOnlyNamespaces` does not belong to the mesh.' },
  AM230: { title: 'A gateway in an audit-only namespace has targets in namespaces that enforce.' },
  AM231: { title: 'A route to an McpToolBoundary lets no client in, or lets every client in, or is not at the address that clients are told.' },
  AM232: { title: 'Routes of a gateway that only headers tell apart allow different callers.' },
  AM233: { title: 'Requests for metadata, which need no token, could reach the target of another route of a gateway that requires tokens.' },
  AM234: { title: 'An endpoint picker cannot call a server that its configuration names.' },
  AM236: { title: 'Callers inside the mesh could choose their tenant or priority at an InferencePool.' },
  AM237: { title: 'An InferencePool does not fit its model servers.' },
  AM238: { title: 'The number of model servers of an InferencePool would be set twice, or their PodDisruptionBudget allows no eviction at the fewest replicas.' },
  AM239: { title: 'The autoscaling of an InferencePool would not see the requests, or could not start the first pod.' },
  AM240: { title: 'Prefill servers of an InferencePool cannot work together with its decode servers or its endpoint picker.' },
  AM241: { title: 'The selector of an InferencePool with prefill servers also matches the pods of another workload.' },

  AM301: { title: 'Envoy cannot distinguish a caller in another trust domain from one with the same namespace and ServiceAccount.' },
  AM302: { title: 'An existing waypoint is in a namespace outside the mesh, where the library emits no deny-all policy.' },
  AM303: { title: 'The labels of an existing Service do not send its requests to the waypoint that the program states.' },
  AM304: { title: 'An external host has two egress paths, or workloads with the same identity differ on whether they may call it.' },
  AM305: { title: 'The extension provider of access logs has no name.' },
  AM306: { title: 'A waypoint serves an audit-only namespace and would deny its callers.' },
  AM311: { title: 'The sidecar revision is not a valid label value.' },
  AM312: { title: 'The sidecar of a caller is not configured to reach a callee that the caller was granted.' },
  AM313: { title: 'An endpoint picker serves its own TLS where its sidecar requires mutual TLS.' },
  AM314: { title: 'The sidecar of a workload could not distinguish an external host from another host, port or Service.' },
  AM321: { title: 'An option that describes the Linkerd installation has a value that Linkerd does not accept.' },
  AM322: { title: 'Linkerd cannot apply a circuit breaker or retries as configured.' },
  AM323: { title: 'Linkerd would allow a host for every workload of a namespace, not only for the one that declares it.' },
  AM324: { title: 'Linkerd would count health probes against a rate limit, or deny them at an opaque port.' },
  AM331: { title: '`migration` names a namespace that is not in the mesh.' },
  AM332: { title: 'Callers with sidecars would be denied by a workload that is already in ambient mode.' },
  AM341: { title: 'The GatewayClass does not belong to the gateway provider.' },
  AM342: { title: 'An istio-agentgateway gateway does not enforce a requirement of the workload behind its route.' },
  AM351: { title: 'A boundary cannot be expressed in agentgateway resources.' },
  AM352: { title: 'An agentgateway proxy cannot listen, route or connect as configured.' },
  AM361: { title: 'An XAccessPolicy cannot express the grants of a boundary.' },

  AM401: { title: 'Some ports of a workload stay closed although callers have grants.', acknowledgeable: true },
  AM402: { title: 'A NetworkPolicy in the app blocks the port at which the mesh delivers traffic to pods, or a port for callers without an identity.', acknowledgeable: true },
  AM403: { title: 'An acknowledgement matches no problem.' },
  AM404: { title: 'A namespace is audit-only: every call into it is allowed.', acknowledgeable: true },
  AM405: { title: 'Pods of the app have the address of a callee in an audit-only namespace but no grant.', acknowledgeable: true },
  AM411: { title: 'Faults are injected into calls, which is for tests.', acknowledgeable: true },
} as const satisfies Record<string, CheckFacts>;

/** Id of a check. */
export type CheckId = keyof typeof CHECKS;

/** Ids that `AgentMesh.acknowledge` accepts. */
export const ACKNOWLEDGEABLE: readonly CheckId[] = (Object.keys(CHECKS) as CheckId[]).filter((id) => 'acknowledgeable' in CHECKS[id]);

export function isCheckId(id: string): id is CheckId {
  return Object.hasOwn(CHECKS, id);
}
