/** Role of a provider: the mesh, the gateways for clients, or the proxy that inspects MCP messages. */
export type Role = 'mesh' | 'gateway' | 'mcp';

/**
 * The features that a program may use, each with a text for messages and with the roles that decide about it. One of these roles must
 * support the feature.
 */
export const FEATURES = {
  'identity': { decidedBy: ['mesh'], what: 'identity-based authorization of callers on the called port (`grantCall`)' },
  'path': { decidedBy: ['mesh'], what: 'path and method authorization for an MCP endpoint (`grantAllTools`)' },
  'tool': { decidedBy: ['mesh', 'mcp'], what: 'authorization of single MCP tools (`grantTools`)' },
  'item': { decidedBy: ['mesh'], what: 'authorization of single tools, prompts and resources by mirrored MCP headers, for servers that validate them (`enforcesMirroredHeaders`)' },
  'waypoint': { decidedBy: ['mesh'], what: 'waypoint proxies (`Waypoint`)' },
  'pool': { decidedBy: ['gateway'], what: 'inference pools with an endpoint picker, over mutual TLS (`InferencePool`)' },
  'gateway-route': { decidedBy: ['gateway'], what: 'ingress routing from hostnames to agents (`InferenceGateway`)' },
  'gateway-canary': { decidedBy: ['gateway'], what: 'weighted traffic split and header match at the gateway (`CanaryRoute` of a gateway)' },
  'gateway-retries': { decidedBy: ['gateway'], what: 'retries at the gateway (`retries` of a gateway route)' },
  'gateway-timeouts': { decidedBy: ['gateway'], what: 'request timeouts at the gateway (`requestTimeoutSeconds` of a gateway route)' },
  'gateway-jwt': { decidedBy: ['gateway'], what: 'JWT validation of requests from clients at the gateway (`jwt` of an `InferenceGateway`)' },
  'gateway-cors': { decidedBy: ['gateway'], what: 'CORS at the gateway: preflights of browsers are answered (`cors` of a gateway route)' },
  'client-certificates': { decidedBy: ['gateway'], what: 'client certificate validation at the gateway (`clientCaConfigMapName`)' },
  'trusted-proxies': { decidedBy: ['gateway'], what: 'client addresses that trusted proxies in front of the gateway forward (`trustedProxies`)' },
  'mesh-canary': { decidedBy: ['mesh'], what: 'weighted traffic split and header match inside the mesh (`canary` of an agent)' },
  'mesh-mirror': { decidedBy: ['mesh'], what: 'copies of calls inside the mesh for another version (`mirror` of an agent)' },
  'mesh-timeouts': { decidedBy: ['mesh'], what: 'request timeouts inside the mesh (`requestTimeoutSeconds` of an agent)' },
  'mesh-retries': { decidedBy: ['mesh'], what: 'retries inside the mesh (`retries` of an agent)' },
  'fault-injection': { decidedBy: ['mesh'], what: 'fault injection inside the mesh: delays and errors for tests (`faults`)' },
  'jwt': { decidedBy: ['mesh'], what: 'JWT validation in addition to the identity of the caller (`jwt`)' },
  'external-authorization': { decidedBy: ['mesh'], what: 'external authorization of every request (`externalAuthorizer`)' },
  'rate-limit': { decidedBy: ['mesh'], what: 'rate limits of a workload, in total and per caller (`rateLimit`)' },
  'circuit-breaking': { decidedBy: ['mesh'], what: 'circuit breaking: outlier detection ejects failing pods (`circuitBreaker`)' },
  'connection-pool': { decidedBy: ['mesh'], what: 'connection limits: connections and requests of each proxy (`connectionPool`)' },
  'origin-check': { decidedBy: ['mesh', 'mcp'], what: 'Origin validation for requests from browsers (`allowedOrigins`)' },
  'tool-federation': { decidedBy: ['mcp'], what: 'MCP federation: several MCP servers behind one boundary (`servers`)' },
  'external-tools': { decidedBy: ['mesh', 'mcp'], what: 'external MCP servers behind a boundary (`McpServer.external`)' },
  'upstream-credentials': { decidedBy: ['mcp'], what: 'upstream credential injection (`credentials`)' },
  'guardrails': { decidedBy: ['mcp'], what: 'guardrails: an external processor inspects MCP messages with their arguments and results (`guardrails`)' },
  'mcp-oauth': { decidedBy: ['mcp'], what: 'OAuth protected resource metadata for MCP clients (`oauth`)' },
  'mcp-proxy': { decidedBy: ['mcp'], what: 'MCP proxy settings: name prefixes, session routing, failure mode (`prefix`, `sessionRouting`, `failureMode`)' },
  'tool-tokens': { decidedBy: ['mesh', 'mcp'], what: 'JWT validation for a tool server, and grants to token subjects and claims (`TokenCaller`)' },
  'tool-rate-limit': { decidedBy: ['mesh', 'mcp'], what: 'rate limits of a tool server, in total or per caller (`rateLimit`)' },
  'named-hosts': { decidedBy: ['mesh'], what: 'egress of one workload restricted to named external hosts (`egress`)' },
  'tcp-hosts': { decidedBy: ['mesh'], what: 'egress to named external hosts whose protocol is not TLS from the first byte (`ExternalHost.tcp`)' },
  'wildcard-hosts': { decidedBy: ['mesh'], what: 'egress to all external hosts below a domain (`ExternalHost.tls` with "*.")' },
  'private-hosts': { decidedBy: ['mesh'], what: 'egress to named external hosts with private addresses (`cidrs` of `ExternalHost`)' },
  'external-networks': { decidedBy: ['mesh'], what: 'egress to networks outside the mesh, by address (`networks` of `egress`)' },
  'audit': { decidedBy: ['mesh'], what: 'adoption in stages: namespaces in which policies are reported and not enforced (`auditOnlyNamespaces`)' },
  'closed-hosts': { decidedBy: ['mesh'], what: 'external hosts closed to pods of other namespaces (`closesExternalHosts`)' },
  'session-affinity': { decidedBy: ['mesh'], what: 'session affinity: requests of an MCP session reach the same pod (`keepsSessions`)' },
  'egress': { decidedBy: ['mesh'], what: 'egress of a namespace restricted to named external hosts (`MeshEgress`)' },
  'federation': { decidedBy: ['mesh'], what: 'multicluster federation of Services with the same name (`federated`, `ClusterLink`)' },
  'foreign-trust-domain': { decidedBy: ['mesh'], what: 'grants to callers in other trust domains (`trustedDomains`)' },
  'udp-media': { decidedBy: ['mesh'], what: 'UDP media ports excluded from the mesh (`MediaPort.udp`)' },
  'tcp-media': { decidedBy: ['mesh'], what: 'TCP media ports excluded from the mesh (`MediaPort.tcp`)' },
  'unauthenticated-ports': { decidedBy: ['mesh'], what: 'single ports for callers without an identity (`unauthenticatedPorts`)' },
} as const satisfies Record<string, { readonly decidedBy: readonly Role[]; readonly what: string }>;

/** Id of a feature. If a program uses a feature that no provider supports, synth fails. */
export type Feature = keyof typeof FEATURES;

/** The reason why a provider does not support a feature, and what to use instead. */
export interface Refusal {
  readonly reason: string;
  readonly instead: string;
}

/** The features that a provider does not support, and why. */
export type UnsupportedFeatures = Readonly<Partial<Record<Feature, Refusal>>>;

/** The features that a provider supports, and the reasons why it does not support others. A feature in neither list is not supported. */
export interface FeatureDeclaration {
  /** Name of the factory, such as "MeshProvider.istioAmbient". */
  readonly label: string;
  readonly supported: readonly Feature[];
  readonly unsupported: UnsupportedFeatures;
}

/** Returns why a provider does not support a feature, or nothing if it supports the feature. */
export function declaredRefusal({ label, supported, unsupported }: FeatureDeclaration, feature: Feature): Refusal | undefined {
  return unsupported[feature] ?? (supported.includes(feature) ? undefined : unsupportedBy(label));
}

/** Returns the fix for a refusal, such as "use MeshProvider.linkerd". Releases and channels are set in `cluster` instead. */
export function wayTo({ instead }: Refusal): string {
  return /^(GatewayApiChannel|IstioRelease)\.\w+$/.test(instead) ? `set ${instead} in \`cluster\` of the mesh (Cluster.of), if the cluster has it` : `use ${instead}`;
}

/** Returns the refusal for a provider that states no reason. */
export function unsupportedBy(label: string): Refusal {
  return { reason: `${label} does not support this feature`, instead: 'another provider' };
}
