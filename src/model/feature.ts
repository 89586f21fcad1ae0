/** Role of a provider: the mesh, the gateways for clients, or the proxy that inspects MCP messages. */
export type Role = 'mesh' | 'gateway' | 'mcp';

/** The features that a program may use, in words, and the roles of which one must support it. */
export const FEATURES = {
  'identity': { decidedBy: ['mesh'], what: 'callers are admitted by proven identity, at the port that is called (`grantCall`)' },
  'path': { decidedBy: ['mesh'], what: 'only the path and the methods of an MCP endpoint are reached (`grantAllTools`)' },
  'tool': { decidedBy: ['mesh', 'mcp'], what: 'callers are granted single MCP tools (`grantTool`)' },
  'item': { decidedBy: ['mesh'], what: 'callers are granted single tools, prompts and resources of a server that checks its mirrored headers (`enforcesMirroredHeaders`)' },
  'waypoint': { decidedBy: ['mesh'], what: 'a proxy of its own reads requests inside the mesh (`Waypoint`)' },
  'pool': { decidedBy: ['gateway'], what: 'an endpoint picker chooses the pod that serves, over mutual TLS (`InferencePool`)' },
  'gateway-route': { decidedBy: ['gateway'], what: 'requests from outside are let in for named hosts and led to agents (`InferenceGateway`)' },
  'gateway-canary': { decidedBy: ['gateway'], what: 'requests from outside are split by header and weight (`CanaryRoute` of a gateway)' },
  'gateway-retries': { decidedBy: ['gateway'], what: 'requests from outside are tried again (`retries` of a gateway\'s route)' },
  'gateway-timeouts': { decidedBy: ['gateway'], what: 'requests from outside are bounded in time (`requestTimeoutSeconds` of a gateway\'s route)' },
  'client-certificates': { decidedBy: ['gateway'], what: 'clients of the gateway must show a certificate (`clientCaConfigMap`)' },
  'mesh-canary': { decidedBy: ['mesh'], what: 'calls inside the mesh are split by header and weight (`addCanary` of an agent)' },
  'mesh-timeouts': { decidedBy: ['mesh'], what: 'calls inside the mesh are bounded in time (`requestTimeoutSeconds` of an agent\'s canary)' },
  'mesh-retries': { decidedBy: ['mesh'], what: 'calls inside the mesh are tried again (`retries` of an agent\'s canary)' },
  'jwt': { decidedBy: ['mesh'], what: 'requests must carry a token of an issuer, beside the caller\'s identity (`jwt`)' },
  'external-authorization': { decidedBy: ['mesh'], what: 'a service of the team is asked about every request (`externalAuthorizer`)' },
  'rate-limit': { decidedBy: ['mesh'], what: 'requests to a workload are bounded per second, in all and for each caller (`rateLimit`)' },
  'circuit-breaking': { decidedBy: ['mesh'], what: 'pods that keep failing are left out for a while (`circuitBreaker`)' },
  'origin-check': { decidedBy: ['mesh', 'mcp'], what: 'requests of web pages are refused but for named origins (`allowedOrigins`)' },
  'tool-federation': { decidedBy: ['mcp'], what: 'several MCP servers are behind one boundary (`servers`)' },
  'external-tools': { decidedBy: ['mesh', 'mcp'], what: 'an MCP server outside the cluster is behind a boundary (`McpServer.external`)' },
  'upstream-credentials': { decidedBy: ['mcp'], what: 'a server is shown credentials that no caller has (`credentials`)' },
  'guardrails': { decidedBy: ['mcp'], what: 'a service of the team judges MCP messages, arguments and results among them (`guardrails`)' },
  'mcp-oauth': { decidedBy: ['mcp'], what: 'MCP clients are told where they get their tokens (`oauth`)' },
  'mcp-proxy': { decidedBy: ['mcp'], what: 'names, sessions and failures of MCP servers are handled by a proxy (`prefix`, `sessionRouting`, `failureMode`)' },
  'tool-tokens': { decidedBy: ['mesh', 'mcp'], what: 'tokens of a tool server\'s callers are verified, and what they say is granted something (`TokenCaller`)' },
  'tool-rate-limit': { decidedBy: ['mesh', 'mcp'], what: 'requests to a tool server are bounded per second, in all or for each caller (`rateLimit`)' },
  'named-hosts': { decidedBy: ['mesh'], what: 'pods of one workload call named hosts outside the cluster and no others (`egress`)' },
  'session-affinity': { decidedBy: ['mesh'], what: 'requests of one MCP session come to one pod (`keepsSessions`)' },
  'egress': { decidedBy: ['mesh'], what: 'what leaves the cluster is denied but for named hosts (`MeshEgress`)' },
  'federation': { decidedBy: ['mesh'], what: 'a Service is one with its namesakes in linked clusters (`federated`, `ClusterLink`)' },
  'foreign-trust-domain': { decidedBy: ['mesh'], what: 'callers of another trust domain are granted something (`trustedDomains`)' },
  'udp-media': { decidedBy: ['mesh'], what: 'UDP ports for media are left outside the mesh (`MediaPort.udp`)' },
  'tcp-media': { decidedBy: ['mesh'], what: 'TCP ports for media are left outside the mesh (`MediaPort.tcp`)' },
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
