/** Whose answer counts: the mesh provider's, the gateway provider's, or that of either one which can. */
export type Asked = 'mesh' | 'gateway' | 'either';

/** What a program may ask of its providers, in words, and who is asked. */
export const FEATURES = {
  'identity': { asked: 'mesh', what: 'callers are admitted by proven identity, at the port that is called (`grantCall`)' },
  'path': { asked: 'mesh', what: 'only the path and the methods of an MCP endpoint are reached (`grantAllTools`)' },
  'tool': { asked: 'either', what: 'callers are granted single MCP tools (`grantTool`)' },
  'item': { asked: 'mesh', what: 'callers are granted single tools, prompts and resources of a server that checks its mirrored headers (`enforcesMirroredHeaders`)' },
  'waypoint': { asked: 'mesh', what: 'a proxy of its own reads requests inside the mesh (`Waypoint`)' },
  'pool': { asked: 'gateway', what: 'an endpoint picker chooses the pod that serves, over mutual TLS (`InferencePool`)' },
  'gateway-route': { asked: 'gateway', what: 'requests from outside are let in for named hosts and led to agents (`InferenceGateway`)' },
  'gateway-canary': { asked: 'gateway', what: 'requests from outside are split by header and weight (`CanaryRoute` of a gateway)' },
  'gateway-retries': { asked: 'gateway', what: 'requests from outside are tried again (`retries` of a gateway\'s route)' },
  'gateway-timeouts': { asked: 'gateway', what: 'requests from outside are bounded in time (`requestTimeoutSeconds` of a gateway\'s route)' },
  'client-certificates': { asked: 'gateway', what: 'clients of the gateway must show a certificate (`clientCaConfigMap`)' },
  'mesh-canary': { asked: 'mesh', what: 'calls inside the mesh are split by header and weight (`addCanary` of an agent)' },
  'mesh-timeouts': { asked: 'mesh', what: 'calls inside the mesh are bounded in time (`requestTimeoutSeconds` of an agent\'s canary)' },
  'mesh-retries': { asked: 'mesh', what: 'calls inside the mesh are tried again (`retries` of an agent\'s canary)' },
  'jwt': { asked: 'mesh', what: 'requests must carry a token of an issuer, beside the caller\'s identity (`jwt`)' },
  'external-authorization': { asked: 'mesh', what: 'a service of the team is asked about every request (`externalAuthorizer`)' },
  'rate-limit': { asked: 'mesh', what: 'requests to a workload are bounded per second, in all and for each caller (`rateLimit`)' },
  'circuit-breaking': { asked: 'mesh', what: 'pods that keep failing are left out for a while (`circuitBreaker`)' },
  'origin-check': { asked: 'either', what: 'requests of web pages are refused but for named origins (`allowedOrigins`)' },
  'tool-federation': { asked: 'gateway', what: 'several MCP servers are behind one boundary (`servers`)' },
  'external-tools': { asked: 'either', what: 'an MCP server outside the cluster is behind a boundary (`McpServer.external`)' },
  'upstream-credentials': { asked: 'gateway', what: 'a server is shown credentials that no caller has (`credentials`)' },
  'guardrails': { asked: 'gateway', what: 'a service of the team judges MCP messages, arguments and results among them (`guardrails`)' },
  'mcp-oauth': { asked: 'gateway', what: 'MCP clients are told where they get their tokens (`oauth`)' },
  'mcp-proxy': { asked: 'gateway', what: 'names, sessions and failures of MCP servers are handled by a proxy (`prefix`, `sessionRouting`, `failureMode`)' },
  'tool-tokens': { asked: 'either', what: 'tokens of a tool server\'s callers are verified, and what they say is granted something (`TokenCaller`)' },
  'tool-rate-limit': { asked: 'either', what: 'requests to a tool server are bounded per second, in all or for each caller (`rateLimit`)' },
  'named-hosts': { asked: 'mesh', what: 'pods of one workload call named hosts outside the cluster and no others (`egress`)' },
  'session-affinity': { asked: 'mesh', what: 'requests of one MCP session come to one pod (`keepsSessions`)' },
  'egress': { asked: 'mesh', what: 'what leaves the cluster is denied but for named hosts (`MeshEgress`)' },
  'federation': { asked: 'mesh', what: 'a Service is one with its namesakes in linked clusters (`federated`, `ClusterLink`)' },
  'foreign-trust-domain': { asked: 'mesh', what: 'callers of another trust domain are granted something (`trustedDomains`)' },
  'udp-media': { asked: 'mesh', what: 'UDP ports for media are left outside the mesh (`MediaPort.udp`)' },
  'tcp-media': { asked: 'mesh', what: 'TCP ports for media are left outside the mesh (`MediaPort.tcp`)' },
} as const satisfies Record<string, { readonly asked: Asked; readonly what: string }>;

/** What a provider may be able to do; who cannot do it refuses the program that asks for it. */
export type Feature = keyof typeof FEATURES;

/** Why a provider lacks a capability, and who has it. */
export interface Refusal {
  readonly reason: string;
  readonly instead: string;
  /** Set where it is nothing that it would ever be asked: the other one's reason says more. */
  readonly isNotApplicable?: true;
}

/** What a provider lacks, and why; what is not named it can do. */
export type UnsupportedFeatures = Readonly<Partial<Record<Feature, Refusal>>>;
