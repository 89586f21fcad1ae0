/** Which provider decides whether a feature is supported: the mesh provider, the gateway provider, or either of them. */
export type Asked = 'mesh' | 'gateway' | 'either';

/** All features that providers may support, each with its description and the provider that decides. */
export const FEATURES = {
  'identity': { asked: 'mesh', what: 'identity-based authorization of callers on the called port (`grantCall`)' },
  'path': { asked: 'mesh', what: 'path and method authorization for an MCP endpoint (`grantAllTools`)' },
  'tool': { asked: 'either', what: 'authorization of single MCP tools (`grantTool`)' },
  'item': { asked: 'mesh', what: 'authorization of single tools, prompts and resources by mirrored MCP headers, for servers that validate them (`enforcesMirroredHeaders`)' },
  'waypoint': { asked: 'mesh', what: 'waypoint proxies (`Waypoint`)' },
  'pool': { asked: 'gateway', what: 'inference pools with an endpoint picker, over mutual TLS (`InferencePool`)' },
  'gateway-route': { asked: 'gateway', what: 'ingress routing from hostnames to agents (`InferenceGateway`)' },
  'gateway-canary': { asked: 'gateway', what: 'weighted traffic split and header match at the gateway (`CanaryRoute` of a gateway)' },
  'gateway-retries': { asked: 'gateway', what: 'retries at the gateway (`retries` of a gateway route)' },
  'gateway-timeouts': { asked: 'gateway', what: 'request timeouts at the gateway (`requestTimeoutSeconds` of a gateway route)' },
  'client-certificates': { asked: 'gateway', what: 'client certificate validation at the gateway (`clientCaConfigMap`)' },
  'mesh-canary': { asked: 'mesh', what: 'weighted traffic split and header match inside the mesh (`addCanary` of an agent)' },
  'mesh-timeouts': { asked: 'mesh', what: 'request timeouts inside the mesh (`requestTimeoutSeconds` of an agent canary)' },
  'mesh-retries': { asked: 'mesh', what: 'retries inside the mesh (`retries` of an agent canary)' },
  'jwt': { asked: 'mesh', what: 'JWT validation in addition to the identity of the caller (`jwt`)' },
  'external-authorization': { asked: 'mesh', what: 'external authorization of every request (`externalAuthorizer`)' },
  'rate-limit': { asked: 'mesh', what: 'rate limits of a workload, in total and per caller (`rateLimit`)' },
  'circuit-breaking': { asked: 'mesh', what: 'circuit breaking: outlier detection ejects failing pods (`circuitBreaker`)' },
  'origin-check': { asked: 'either', what: 'Origin validation for requests from browsers (`allowedOrigins`)' },
  'tool-federation': { asked: 'gateway', what: 'MCP federation: several MCP servers behind one boundary (`servers`)' },
  'external-tools': { asked: 'either', what: 'external MCP servers behind a boundary (`McpServer.external`)' },
  'upstream-credentials': { asked: 'gateway', what: 'upstream credential injection (`credentials`)' },
  'guardrails': { asked: 'gateway', what: 'guardrails: an external processor inspects MCP messages with their arguments and results (`guardrails`)' },
  'mcp-oauth': { asked: 'gateway', what: 'OAuth protected resource metadata for MCP clients (`oauth`)' },
  'mcp-proxy': { asked: 'gateway', what: 'MCP proxy settings: name prefixes, session routing, failure mode (`prefix`, `sessionRouting`, `failureMode`)' },
  'tool-tokens': { asked: 'either', what: 'JWT validation for a tool server, and grants to token subjects and claims (`TokenCaller`)' },
  'tool-rate-limit': { asked: 'either', what: 'rate limits of a tool server, in total or per caller (`rateLimit`)' },
  'named-hosts': { asked: 'mesh', what: 'egress of one workload restricted to named external hosts (`egress`)' },
  'session-affinity': { asked: 'mesh', what: 'session affinity: requests of an MCP session reach the same pod (`keepsSessions`)' },
  'egress': { asked: 'mesh', what: 'egress of a namespace restricted to named external hosts (`MeshEgress`)' },
  'federation': { asked: 'mesh', what: 'multicluster federation of Services with the same name (`federated`, `ClusterLink`)' },
  'foreign-trust-domain': { asked: 'mesh', what: 'grants to callers in other trust domains (`trustedDomains`)' },
  'udp-media': { asked: 'mesh', what: 'UDP media ports excluded from the mesh (`MediaPort.udp`)' },
  'tcp-media': { asked: 'mesh', what: 'TCP media ports excluded from the mesh (`MediaPort.tcp`)' },
} as const satisfies Record<string, { readonly asked: Asked; readonly what: string }>;

/** A feature that a provider supports or refuses. */
export type Feature = keyof typeof FEATURES;

/** Why a provider does not support a feature, and which provider does. */
export interface Refusal {
  readonly reason: string;
  readonly instead: string;
  /** Set if the feature is not applicable to the provider, so that the reason of the other provider is reported. */
  readonly isNotApplicable?: true;
}

/** Features that a provider does not support. It supports every feature that is not listed. */
export type UnsupportedFeatures = Readonly<Partial<Record<Feature, Refusal>>>;
