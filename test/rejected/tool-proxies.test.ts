import { Refused, saidMoreThanOnce, testRefused } from './corpus';
import { sidecar, linkerd, agentgateway, jwt, running, crmOf, crm, external, several, judged, granting, resource } from './tool-programs';
import {
  Agent, AgentMesh, GatewayProvider, GuardrailPhase, Identity, InferenceGateway, McpFailureMode, McpPrefix, McpSessionRouting, MeshProvider,
  SecretKeyReference, TokenCaller, Waypoint,
} from '../../src';
import { deploy, existing } from '../story';

const refused: Record<string, Refused[]> = {
  'what only a proxy that reads MCP does': [
    ['several servers', crm(() => several()), 'a boundary of several `servers` is not to be had with GatewayProvider.istio: nobody in the path puts the lists of several MCP servers together; got ["one","two"]; allowed: GatewayProvider.agentgateway'],
    ['credentials', crm(() => ({ credentials: { secretName: 'crm', key: 'token' } })),
      'what a server is shown in the caller\'s stead (`credentials`) is not to be had with GatewayProvider.istio: nobody in the path is given credentials but in its configuration, where everybody could read them; got ["crm"]'],
    ['a judge', judged((mesh) => new Agent(mesh, 'judge', { workload: deploy() })),
      'a judge of messages (`guardrails`) is not to be had with GatewayProvider.istio: nobody in the path reads MCP messages that could be shown to a judge; got ["agent judge"]'],
    ['word of where tokens are issued', crm(() => ({ jwt, oauth: { resource } })),
      `what MCP clients are told of their tokens (\`oauth\`) is not to be had with GatewayProvider.istio: nobody in the path answers for the authorization of MCP servers; got "${resource}"`],
    ['prefixes, failures and sessions', crm(() => ({ prefix: McpPrefix.NEVER, failureMode: McpFailureMode.FAIL_OPEN, sessionRouting: McpSessionRouting.STATEFUL })),
      'what a proxy that reads MCP would be told (`prefix`, `failureMode`, `sessionRouting`) is not to be had with GatewayProvider.istio: without a proxy that reads MCP, names and sessions are the server\'s own; got ["prefix","failureMode","sessionRouting"]', linkerd],
    ['a judge with sidecars, where agentgateway is not told who calls', judged((mesh) => new Agent(mesh, 'judge', { workload: deploy() })),
      'a judge of messages (`guardrails`) is not to be had with GatewayProvider.agentgateway: MeshProvider.istioSidecar has no way to tell agentgateway\'s proxies who calls', { ...sidecar, ...agentgateway }],
    ['tokens on Linkerd', crm(() => ({ jwt })), 'a token that requests must carry is not to be had with MeshProvider.linkerd and GatewayProvider.istio: Linkerd verifies no tokens; got "https://issuer.example.com"; allowed: GatewayProvider.agentgateway, or MeshProvider.istioAmbient or MeshProvider.istioSidecar', linkerd],
    ['a limit on Istio', crm(() => ({ rateLimit: { requestsPerSecond: 5 } })), 'a rate limit is not to be had with MeshProvider.istioAmbient and GatewayProvider.istio: Istio has no rate limits but in Envoy\'s own configuration; got {"requestsPerSecond":5}; allowed: GatewayProvider.agentgateway or MeshProvider.linkerd; use GatewayProvider.agentgateway or MeshProvider.linkerd, or do without'],
    ['a limit with sidecars', crm(() => ({ rateLimit: { requestsPerSecond: 5 } })), 'a rate limit is not to be had with MeshProvider.istioSidecar and GatewayProvider.istio: Istio has no rate limits but in Envoy\'s own configuration', sidecar],
    ['one pod for a session on Linkerd', crm(() => ({ keepsSessions: true })), 'one pod for a session of crm is not to be had with MeshProvider.linkerd: Linkerd chooses a pod for each request, whatever its headers say; got {"keepsSessions":true}', linkerd],
    ['a check of web pages on Linkerd', crm(() => ({ allowedOrigins: ['https://desk.example.com'] })), 'a check of web pages is not to be had with MeshProvider.linkerd and GatewayProvider.istio: Linkerd allows requests and denies none', linkerd],
  ],
  'what a proxy that reads MCP is told': [
    ['sessions that it is told not to keep', crm(() => ({ keepsSessions: true, sessionRouting: McpSessionRouting.STATELESS })),
      'crm keeps sessions, and its proxy is told to keep none; got {"keepsSessions":true,"sessionRouting":"Stateless"}; allowed: either of the two; drop one', agentgateway],
    ['a judge that is no agent', judged(() => existing('judge')), 'the judge of a guardrail is none that the proxy could ask; got "app=judge"; allowed: an Agent of this mesh in namespace voice, in one version that has a Service; define it there', agentgateway],
    ['a judge in another namespace', judged((mesh) => new Agent(mesh, 'judge', { workload: deploy(), namespace: 'far' })), 'the judge of a guardrail is none that the proxy could ask; got "agent judge"', agentgateway],
    ['a judge of another mesh', (mesh, chart) => {
      const other = new AgentMesh(chart, 'other', { namespace: 'voice', existingNamespaces: ['voice'], provider: MeshProvider.istioAmbient(), gateway: GatewayProvider.istio() });
      crmOf(mesh, { guardrails: [{ judge: new Agent(other, 'judge', { workload: deploy() }), methods: { '*': GuardrailPhase.FULL } }] });
    }, 'the judge of a guardrail is none that the proxy could ask; got "agent judge"', agentgateway],
    ['a judge in two versions', judged((mesh) => new Agent(mesh, 'judge', { versions: { v1: deploy(), v2: deploy() } })), 'the judge of a guardrail is none that the proxy could ask', agentgateway],
    ['a judge without a Service', judged((mesh) => new Agent(mesh, 'judge', { workload: deploy(), service: false })), 'the judge of a guardrail is none that the proxy could ask', agentgateway],
    ...([
      ['a circuit breaker', { circuitBreaker: {} }, {}, ['ambient', 'Linkerd']], ['a token', {}, { jwt }, ['ambient']],
      ['an authorizer', {}, { externalAuthorizer: { provider: 'opa', serviceName: 'opa', serviceNamespace: 'opa-system' } }, ['ambient']],
      ['something else than HTTP', {}, { opaquePorts: [8080] }, ['ambient', 'Linkerd']],
    ] as const).flatMap(([what, agent, workload, meshes]) => meshes.map((mesh): Refused => [`a judge with ${what} (${mesh})`,
      judged((of) => new Agent(of, 'judge', { workload: running(workload), ...agent })), /^\[app\/mesh\] app\/mesh\/crm: agent judge cannot judge messages: agentgateway asks its pods itself/, mesh === 'Linkerd' ? { ...linkerd, ...agentgateway } : agentgateway])),
    ['a judge behind a waypoint', judged((mesh) => new Agent(mesh, 'judge', { workload: running({}), waypoint: new Waypoint(mesh, 'way') })),
      'agent judge cannot judge messages: agentgateway asks its pods itself, by gRPC and without a token; got ["waypoint way"]; allowed: an Agent without `waypoint`, `circuitBreaker`, `jwt` and `externalAuthorizer`, and a port that is not in `opaquePorts`; drop what stands before it', agentgateway],
    ['a judge whose pods a pool took over', (mesh) => {
      const judge = new Agent(mesh, 'judge', { workload: deploy() });
      crmOf(mesh, { guardrails: [{ judge, methods: { '*': GuardrailPhase.FULL } }] });
      new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addPool('llm', { servers: judge.version() });
    }, 'app/mesh/crm: agent judge has no Service at which agentgateway could ask it, since a pool serves it; got "judge"; allowed: an Agent that no pool serves, or with `service: true`; use another judge', agentgateway],
    ['a judge of no methods', judged((mesh) => new Agent(mesh, 'judge', { workload: deploy() }), {}), 'a guardrail names no method, and would judge nothing; got {}', agentgateway],
    ...['tools call', '', 'tools/', '/list', '**', 'Tools/call', '*/*'].map((method): Refused =>
      [`a judge of what is no method (${method})`, judged((mesh) => new Agent(mesh, 'judge', { workload: deploy() }), { 'tools/call': GuardrailPhase.FULL, [method]: GuardrailPhase.REQUEST }),
        `a guardrail is for methods that MCP does not have, and would not judge them; got [${JSON.stringify(method)}]`, agentgateway]),
    ['word of tokens that nobody asks for', crm(() => ({ oauth: { resource } })), `clients are told where to get tokens that nobody asks for; got "${resource}"; allowed: \`oauth\` beside a \`jwt\` that is required; state \`jwt\``, agentgateway],
    ['word of tokens that need not be carried', crm(() => ({ oauth: { resource }, jwt: { ...jwt, required: false } })), 'clients are told where to get tokens that nobody asks for', agentgateway],
    ...['crm', 'urn:crm', 'https://', 'https://a b', 'https://[x', 'https://u:p@crm.example.com', 'https://crm.example.com/#x'].map((bad): Refused => [`a resource that is no address (${bad})`, crm(() => ({ jwt, oauth: { resource: bad } })),
      `the resource of \`oauth\` is no address; got ${JSON.stringify(bad)}; allowed: an https:// or http:// URI; write it as clients call the boundary`, agentgateway]),
    ['a resource that carries a key', crm(() => ({ jwt, oauth: { resource: 'https://crm.example.com/mcp?token=abc' } })), 'the resource of `oauth` carries a secret, which would stand in the manifest; got ["token"]', agentgateway],
    ...[{ secretName: 'A', key: 'token' }, { secretName: '*.crm', key: 'token' }, { secretName: 'crm', key: '' }, { secretName: 'crm', key: 'a/b' }, { secretName: '', key: 'token' }, { secretName: 'crm' } as SecretKeyReference].map((credentials): Refused =>
      [`credentials that are no key of a Secret (${credentials.secretName}/${credentials.key})`, crm(() => ({ credentials })),
        `the credentials of server crm are no key of a Secret; got ${JSON.stringify(credentials)}; allowed: the name of a Secret in the namespace of the boundary, and one of its keys; correct the reference`, agentgateway]),
    ['more callers than it counts each for itself', (mesh) => crmOf(mesh, { rateLimit: { requestsPerSecondOfCaller: 1 } }).grantAllTools(...Array.from({ length: 17 }, (_, i) => Identity.of({ namespace: 'ops', serviceAccount: `a${i}` }))),
      'app/mesh/crm: agentgateway cannot count the requests of each caller of crm alone; got "17 callers"; allowed: at most 16; bound all together (`requestsPerSecond`), or spread the callers over two boundaries', agentgateway],
    ['callers whom it cannot count each for itself', granting(TokenCaller.of({ claims: { tier: 'gold' } }), { jwt, rateLimit: { requestsPerSecondOfCaller: 1 } }),
      'agentgateway cannot count the requests to crm of each of several callers who are one to it; got "whoever has a token of https://issuer.example.com whose tier is gold"; allowed: callers by identity or by the subject of their token; bound all together (`requestsPerSecond`), or grant by `subject`', agentgateway],
    ...([
      ['servers', 33, 32, () => ({ servers: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`s${i}`, external(`s${i}.example.com`)])) })],
      ['characters of the issuer', 257, 256, () => ({ jwt: { ...jwt, issuer: 'i'.repeat(257) } })],
      ['audiences', 65, 64, () => ({ jwt: { ...jwt, audiences: Array.from({ length: 65 }, (_, i) => `a${i}`) } })],
    ] as const).map(([what, count, most, props]): Refused => [`more ${what} than it takes`, crm(props),
      `crm has more ${what} than agentgateway takes; got ${count}; allowed: at most ${most}; spread them over two boundaries, or name fewer`, agentgateway]),
    ['more guardrails than it takes', (mesh) => {
      const judge = new Agent(mesh, 'judge', { workload: deploy() });
      crmOf(mesh, { guardrails: Array.from({ length: 17 }, () => ({ judge, methods: { '*': GuardrailPhase.FULL } })) });
    }, 'crm has more guardrails than agentgateway takes; got 17; allowed: at most 16', agentgateway],
    ['a limit of all and of each', crm(() => ({ rateLimit: { requestsPerSecond: 5, requestsPerSecondOfCaller: 1 } })),
      'agentgateway counts the requests to crm of all together or of each caller, not both; got {"requestsPerSecond":5,"requestsPerSecondOfCaller":1}; allowed: one of the two; drop one', agentgateway],
    ['a host outside that Linkerd keeps the proxy from', crm(() => ({ servers: { far: external('mcp.example.com') } })),
      'the proxy of crm would be kept from hosts outside: Linkerd reads TLSRoute v1alpha2, which only the experimental channel of the Gateway API serves; got ["mcp.example.com"]; allowed: GatewayApiChannel.EXPERIMENTAL; use GatewayApiChannel.EXPERIMENTAL', { provider: MeshProvider.linkerd(), ...agentgateway }],
    ['an issuer that Linkerd keeps the proxy from', crm(() => ({ jwt, oauth: { resource } })), 'the proxy of crm would be kept from hosts outside: Linkerd reads TLSRoute v1alpha2, which only the experimental channel of the Gateway API serves; got ["issuer.example.com"]',
      { provider: MeshProvider.linkerd(), ...agentgateway }],
    ['a limit at a server that the proxy alone calls', (mesh) => { crmOf(mesh, { server: running({ rateLimit: { requestsPerSecond: 1 } }) }); },
      'what is asked of requests to tool server crm would be asked of the proxy that reads MCP before it, and of no caller; got ["rateLimit"]; allowed: `jwt` and `rateLimit` of the boundary; a server behind agentgateway asks nothing of requests itself; state it of the boundary, drop it, or use GatewayProvider.istio', { ...linkerd, ...agentgateway }],
  ],
};

testRefused(refused);

test('most refusals say one thing, and no more than what follows from it', () => {
  expect(saidMoreThanOnce(refused)).toEqual({
    'a judge of another mesh': 5,
    'a judge whose pods a pool took over': 2,
  });
});
