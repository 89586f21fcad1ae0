import { Refused, saidMoreThanOnce, testRefused } from './corpus';
import { sidecar, linkerd, agentgateway, jwt, running, crmOf, crm, external, several, judged, granting, resource } from './tool-programs';
import {
  Agent, AgentMesh, GatewayProvider, GuardrailPhase, Identity, InferenceGateway, FailureMode, McpPrefix, McpSessionRouting, MeshProvider, Port,
  TokenCaller, Waypoint,
} from '../../src';
import { deploy } from '../story';

const refused: Record<string, Refused[]> = {
  'what only a proxy that reads MCP does': [
    ['several servers', crm(() => several()), 'a boundary with several `servers` is not supported by MeshProvider.istioAmbient: merging the tools of several MCP servers needs an MCP proxy, and this mesh has none; got ["one","two"]; allowed: McpProvider.agentgateway'],
    ['credentials', crm(() => ({ credentials: { secretName: 'crm', key: 'token' } })),
      'upstream credentials (`credentials`) is not supported by MeshProvider.istioAmbient: without an MCP proxy, credentials would have to be in the configuration of a proxy, where everyone who may read this configuration sees them; got ["crm"]'],
    ['a judge', judged((mesh) => new Agent(mesh, 'judge', { versions: { v1: deploy() } })),
      'a guardrail service for MCP messages (`guardrails`) is not supported by MeshProvider.istioAmbient: sending MCP messages to an external processor needs an MCP proxy, and this mesh has none; got ["agent judge"]'],
    ['word of where tokens are issued', crm(() => ({ jwt, oauth: { resource } })),
      `OAuth metadata for MCP clients (\`oauth\`) is not supported by MeshProvider.istioAmbient: serving OAuth metadata needs an MCP proxy, and this mesh has none; got "${resource}"`],
    ['prefixes, failures and sessions', crm(() => ({ prefix: McpPrefix.NEVER, failureMode: FailureMode.FAIL_OPEN, sessionRouting: McpSessionRouting.STATEFUL })),
      'configuration of an MCP proxy (`prefix`, `failureMode`, `sessionRouting`) is not supported by MeshProvider.linkerd: without an MCP proxy, the MCP server itself decides its names and sessions; got ["prefix","failureMode","sessionRouting"]', linkerd],
    ['a judge with sidecars, where agentgateway is not told who calls', judged((mesh) => new Agent(mesh, 'judge', { versions: { v1: deploy() } })),
      'a guardrail service for MCP messages (`guardrails`) is not supported by McpProvider.agentgateway: MeshProvider.istioSidecar cannot pass caller identities to the proxies of agentgateway', { ...sidecar, ...agentgateway }],
    ['tokens on Linkerd', crm(() => ({ jwt })), 'a token requirement (`jwt`) is not supported by MeshProvider.linkerd: Linkerd does not verify tokens; got "https://issuer.example.com"; allowed: McpProvider.agentgateway, or MeshProvider.istioAmbient or MeshProvider.istioSidecar', linkerd],
    ['a limit on Istio', crm(() => ({ rateLimit: { requestsPerSecond: 5 } })), 'a rate limit is not supported by MeshProvider.istioAmbient: Istio configures rate limits only through EnvoyFilter, which the library does not emit; got {"requestsPerSecond":5}; allowed: McpProvider.agentgateway or MeshProvider.linkerd; use McpProvider.agentgateway or MeshProvider.linkerd, or remove the feature from the program'],
    ['a limit with sidecars', crm(() => ({ rateLimit: { requestsPerSecond: 5 } })), 'a rate limit is not supported by MeshProvider.istioSidecar: Istio configures rate limits only through EnvoyFilter, which the library does not emit', sidecar],
    ['one pod for a session on Linkerd', crm(() => ({ keepsSessions: true })), 'session affinity for crm (`keepsSessions`) is not supported by MeshProvider.linkerd: Linkerd chooses a pod for each request and ignores the session header; got {"keepsSessions":true}', linkerd],
    ['a check of web pages on Linkerd', crm(() => ({ allowedOrigins: ['https://desk.example.com'] })), 'Origin validation (`allowedOrigins`) is not supported by MeshProvider.linkerd: Linkerd cannot deny requests by their `Origin` header and still allow requests without this header', linkerd],
  ],
  'what a proxy that reads MCP is told': [
    ['sessions that it is told not to keep', crm(() => ({ keepsSessions: true, sessionRouting: McpSessionRouting.STATELESS })),
      '`keepsSessions` of crm contradicts `sessionRouting` STATELESS, with which the MCP proxy keeps no sessions; got {"keepsSessions":true,"sessionRouting":"Stateless"}; allowed: either `keepsSessions` or STATELESS; remove `keepsSessions` or `sessionRouting`', agentgateway],
    ['a judge in another namespace', judged((mesh) => new Agent(mesh, 'judge', { versions: { v1: deploy() }, namespace: 'far' })), 'the MCP proxy cannot reach the guardrail service; got "agent judge"', agentgateway],
    ['a judge of another mesh', (mesh, chart) => {
      const other = new AgentMesh(chart, 'other', { namespace: 'voice', existingNamespaces: ['voice'], mesh: MeshProvider.istioAmbient(), gateway: GatewayProvider.istio() });
      crmOf(mesh, { guardrails: [{ service: new Agent(other, 'judge', { versions: { v1: deploy() } }), methods: { '*': GuardrailPhase.FULL } }] });
    }, 'the MCP proxy cannot reach the guardrail service; got "agent judge"', agentgateway],
    ['a judge in two versions', judged((mesh) => new Agent(mesh, 'judge', { versions: { v1: deploy(), v2: deploy() }, stable: 'v1' })), 'the MCP proxy cannot reach the guardrail service', agentgateway],
    ['a judge without a Service', judged((mesh) => new Agent(mesh, 'judge', { versions: { v1: deploy() }, service: false })), 'the MCP proxy cannot reach the guardrail service', agentgateway],
    ...([
      ['a circuit breaker', { circuitBreaker: {} }, {}, ['ambient', 'Linkerd']], ['a token', {}, { jwt }, ['ambient']],
      ['an authorizer', {}, { externalAuthorizer: { provider: 'opa', serviceName: 'opa', serviceNamespace: 'opa-system' } }, ['ambient']],
      ['something else than HTTP', {}, { ports: [Port.tcp(8080)] }, ['ambient', 'Linkerd']],
    ] as const).flatMap(([what, agent, workload, meshes]) => meshes.map((mesh): Refused => [`a judge with ${what} (${mesh})`,
      judged((of) => new Agent(of, 'judge', { versions: { v1: running(workload) }, ...agent })), /^\[app\/mesh\] app\/mesh\/crm: agent judge cannot be a guardrail service: agentgateway calls its pods directly/, mesh === 'Linkerd' ? { ...linkerd, ...agentgateway } : agentgateway])),
    ['a judge behind a waypoint', judged((mesh) => new Agent(mesh, 'judge', { versions: { v1: running({}) }, waypoint: new Waypoint(mesh, 'way') })),
      'agent judge cannot be a guardrail service: agentgateway calls its pods directly, over gRPC and without a token; got ["waypoint way"]; allowed: an Agent without `waypoint`, `circuitBreaker`, `connectionPool`, `jwt` and `externalAuthorizer`, with a port that speaks gRPC; remove these settings from the agent', agentgateway],
    ['a judge that speaks no HTTP', judged((mesh) => new Agent(mesh, 'judge', { versions: { v1: running({ ports: [Port.tcp(8080)] }) } })),
      'got ["Port.tcp(8080)"]; allowed: an Agent without `waypoint`, `circuitBreaker`, `connectionPool`, `jwt` and `externalAuthorizer`, with a port that speaks gRPC; remove these settings from the agent, and declare the port as `Port.grpc(8080)`', agentgateway],
    ['a judge whose pods a pool took over', (mesh) => {
      const judge = new Agent(mesh, 'judge', { versions: { v1: deploy() } });
      crmOf(mesh, { guardrails: [{ service: judge, methods: { '*': GuardrailPhase.FULL } }] });
      new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addPool('llm', { workload: judge.version() });
    }, 'guardrail service agent judge has no Service that agentgateway could call, because its pods are in an InferencePool; got "judge"; allowed: an Agent outside pools, or an Agent with `service` true; use another guardrail service', agentgateway],
    ['a judge of no methods', judged((mesh) => new Agent(mesh, 'judge', { versions: { v1: deploy() } }), {}), '`methods` of a guardrail is empty, so the guardrail service would inspect no message; got {}', agentgateway],
    ...['tools call', '', 'tools/', '/list', '**', 'Tools/call', '*/*'].map((method): Refused =>
      [`a judge of what is no method (${method})`, judged((mesh) => new Agent(mesh, 'judge', { versions: { v1: deploy() } }), { 'tools/call': GuardrailPhase.FULL, [method]: GuardrailPhase.REQUEST }),
        `\`methods\` of a guardrail has a method that MCP does not have; got [${JSON.stringify(method)}]`, agentgateway]),
    ['word of tokens that nobody asks for', crm(() => ({ oauth: { resource } })), `\`oauth\` tells clients where to get tokens, but \`jwt\` does not require a token; got "${resource}"; allowed: \`oauth\` together with \`jwt\` whose \`required\` is true; set \`jwt\` with \`required\` true`, agentgateway],
    ['word of tokens that need not be carried', crm(() => ({ oauth: { resource }, jwt: { ...jwt, required: false } })), '`oauth` tells clients where to get tokens, but `jwt` does not require a token', agentgateway],
    ...['crm', 'urn:crm', 'https://', 'https://a b', 'https://[x', 'https://u:p@crm.example.com', 'https://crm.example.com/#x'].map((bad): Refused => [`a resource that is no address (${bad})`, crm(() => ({ jwt, oauth: { resource: bad } })),
      `\`resource\` of \`oauth\` is not a URI; got ${JSON.stringify(bad)}; allowed: an https:// or http:// URI; use the URI at which clients call the boundary`, agentgateway]),
    ['a resource that carries a key', crm(() => ({ jwt, oauth: { resource: 'https://crm.example.com/mcp?token=abc' } })), '`resource` of `oauth` contains a secret, which would be written to the manifest; got ["token"]', agentgateway],
    ...[{ secretName: 'A', key: 'token' }, { secretName: '*.crm', key: 'token' }, { secretName: 'crm', key: '' }, { secretName: 'crm', key: 'a/b' }, { secretName: '', key: 'token' }].map((credentials): Refused =>
      [`credentials that are no key of a Secret (${credentials.secretName}/${credentials.key})`, crm(() => ({ credentials })),
        `\`credentials\` of server crm do not refer to a key of a Secret; got ${JSON.stringify(credentials)}; allowed: the name of a Secret in the namespace of the boundary, and one of its keys; correct \`secretName\` or \`key\``, agentgateway]),
    ['more callers than it counts each for itself', (mesh) => crmOf(mesh, { rateLimit: { requestsPerSecondOfCaller: 1 } }).grantAllTools(...Array.from({ length: 17 }, (_, i) => Identity.of({ namespace: 'ops', serviceAccount: `a${i}` }))),
      'app/mesh/crm: agentgateway cannot limit the requests of so many callers of tool server crm separately; got "17 callers"; allowed: at most 16; use a total limit (`requestsPerSecond`), or divide the callers between two McpToolBoundaries', agentgateway],
    ['callers that it cannot count one by one', granting(TokenCaller.of({ claims: { tier: 'gold' } }), { jwt, rateLimit: { requestsPerSecondOfCaller: 1 } }),
      'agentgateway cannot limit the requests to tool server crm per caller, because it cannot distinguish callers that a grant matches only by a claim; got "any caller with a token from https://issuer.example.com (tier=gold)"; allowed: grants to agents, to identities, or to a `subject` of a token; use a total limit (`requestsPerSecond`), or grant by `subject`', agentgateway],
    ...([
      ['servers', 33, 32, () => ({ servers: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`s${i}`, external(`s${i}.example.com`)])) })],
      ['characters of the issuer', 257, 256, () => ({ jwt: { ...jwt, issuer: 'i'.repeat(257) } })],
      ['audiences', 65, 64, () => ({ jwt: { ...jwt, audiences: Array.from({ length: 65 }, (_, i) => `a${i}`) } })],
    ] as const).map(([what, count, most, props]): Refused => [`more ${what} than it takes`, crm(props),
      `tool server crm has more ${what} than agentgateway accepts; got ${count}; allowed: at most ${most}; divide the tools and callers between two McpToolBoundaries, or state fewer`, agentgateway]),
    ['more guardrails than it takes', (mesh) => {
      const judge = new Agent(mesh, 'judge', { versions: { v1: deploy() } });
      crmOf(mesh, { guardrails: Array.from({ length: 17 }, () => ({ service: judge, methods: { '*': GuardrailPhase.FULL } })) });
    }, 'tool server crm has more guardrails than agentgateway accepts; got 17; allowed: at most 16', agentgateway],
    ['a limit of all and of each', crm(() => ({ rateLimit: { requestsPerSecond: 5, requestsPerSecondOfCaller: 1 } })),
      '`rateLimit` of tool server crm sets a total limit and a limit per caller, but agentgateway enforces only one of them; got {"requestsPerSecond":5,"requestsPerSecondOfCaller":1}; allowed: either `requestsPerSecond` or `requestsPerSecondOfCaller`; remove `requestsPerSecond` or `requestsPerSecondOfCaller`', agentgateway],
    ['a host outside that Linkerd keeps the proxy from', crm(() => ({ servers: { far: external('mcp.example.com') } })),
      'the MCP proxy of tool server crm could not call external hosts: Linkerd uses TLSRoute v1alpha2, which only the experimental channel of the Gateway API serves; got ["mcp.example.com"]; allowed: GatewayApiChannel.EXPERIMENTAL; set GatewayApiChannel.EXPERIMENTAL in `cluster` of the mesh (Cluster.of), if the cluster has it, or remove the external hosts', { mesh: MeshProvider.linkerd(), ...agentgateway }],
    ['an issuer that Linkerd keeps the proxy from', crm(() => ({ jwt, oauth: { resource } })), 'the MCP proxy of tool server crm could not call external hosts: Linkerd uses TLSRoute v1alpha2, which only the experimental channel of the Gateway API serves; got ["issuer.example.com"]',
      { mesh: MeshProvider.linkerd(), ...agentgateway }],
    ['a limit at a server that the proxy alone calls', (mesh) => { crmOf(mesh, { server: running({ rateLimit: { requestsPerSecond: 1 } }) }); },
      'these settings of tool server crm would apply to requests from the MCP proxy in front of it, not to requests from callers; got ["rateLimit"]; allowed: `jwt` and `rateLimit` of the boundary; `Port.http` and no request settings on a server behind an MCP proxy; move the settings to the boundary, remove them, or define the AgentMesh without `mcp`', { ...linkerd, ...agentgateway }],
  ],
};

testRefused(refused);

test('most programs report one problem, the others only its consequences', () => {
  expect(saidMoreThanOnce(refused)).toEqual({
    'a judge of another mesh': 5,
    'a judge whose pods a pool took over': 2,
  });
});
