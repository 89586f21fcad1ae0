/** Role of a provider: the mesh, the gateways for clients, or the proxy that inspects MCP messages. */
export type Role = 'mesh' | 'gateway' | 'mcp';

/** The features that a program may use, in words, and the roles of which one must support it. */
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
  'client-certificates': { decidedBy: ['gateway'], what: 'client certificate validation at the gateway (`clientCaConfigMapName`)' },
  'mesh-canary': { decidedBy: ['mesh'], what: 'weighted traffic split and header match inside the mesh (`addCanary` of an agent)' },
  'mesh-timeouts': { decidedBy: ['mesh'], what: 'request timeouts inside the mesh (`requestTimeoutSeconds` of an agent canary)' },
  'mesh-retries': { decidedBy: ['mesh'], what: 'retries inside the mesh (`retries` of an agent canary)' },
  'jwt': { decidedBy: ['mesh'], what: 'JWT validation in addition to the identity of the caller (`jwt`)' },
  'external-authorization': { decidedBy: ['mesh'], what: 'external authorization of every request (`externalAuthorizer`)' },
  'rate-limit': { decidedBy: ['mesh'], what: 'rate limits of a workload, in total and per caller (`rateLimit`)' },
  'circuit-breaking': { decidedBy: ['mesh'], what: 'circuit breaking: outlier detection ejects failing pods (`circuitBreaker`)' },
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
  'session-affinity': { decidedBy: ['mesh'], what: 'session affinity: requests of an MCP session reach the same pod (`keepsSessions`)' },
  'egress': { decidedBy: ['mesh'], what: 'egress of a namespace restricted to named external hosts (`MeshEgress`)' },
  'federation': { decidedBy: ['mesh'], what: 'multicluster federation of Services with the same name (`federated`, `ClusterLink`)' },
  'foreign-trust-domain': { decidedBy: ['mesh'], what: 'grants to callers in other trust domains (`trustedDomains`)' },
  'udp-media': { decidedBy: ['mesh'], what: 'UDP media ports excluded from the mesh (`MediaPort.udp`)' },
  'tcp-media': { decidedBy: ['mesh'], what: 'TCP media ports excluded from the mesh (`MediaPort.tcp`)' },
} as const satisfies Record<string, { readonly decidedBy: readonly Role[]; readonly what: string }>;

/** What a provider may be able to do; who cannot do it refuses the program that asks for it. */
export type Feature = keyof typeof FEATURES;

/** Why a provider lacks a capability, and who has it. */
export interface Refusal {
  readonly reason: string;
  readonly instead: string;
}

/** The features that a provider does not support, and why. */
export type UnsupportedFeatures = Readonly<Partial<Record<Feature, Refusal>>>;

/** What a provider declares: the features that it supports, and why it does not support others. A feature that it does not name is refused. */
export interface FeatureDeclaration {
  /** As in a program: "MeshProvider.istioAmbient". */
  readonly label: string;
  readonly supported: readonly Feature[];
  readonly unsupported: UnsupportedFeatures;
}

/** Returns why a provider does not support a feature, or nothing where it declares that it does. */
export function declaredRefusal({ label, supported, unsupported }: FeatureDeclaration, feature: Feature): Refusal | undefined {
  return unsupported[feature] ?? (supported.includes(feature) ? undefined : unsupportedBy(label));
}

/** The refusal of a provider that gives no reason of its own. */
export function unsupportedBy(label: string): Refusal {
  return { reason: `${label} does not support it`, instead: 'another provider' };
}
