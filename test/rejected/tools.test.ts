import { ApiObject, JsonPatch } from 'cdk8s';
import { Refused, saidMoreThanOnce, testRefused } from './corpus';
import {
  sidecar, linkerd, agentgateway, moving, planner, jwt, running, restricted, crmOf, crm, of, external, several, judged, granting, calling,
  resource,
} from './tool-programs';
import {
  Agent, AgentMeshProps, ExternalHost, GuardrailPhase, Identity, McpAccessPolicy, FailureMode, McpPrefix, McpSessionRouting, McpServer,
  McpToolBoundary, McpTransport, MeshEgress, MeshProvider, Port, TokenCaller,
} from '../../src';
import { deploy, existing } from '../story';
import { Build, problemsOf } from '../synth';

const refused: Record<string, Refused[]> = {
  'the servers of a boundary': [
    ['a server beside servers', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find'] }), servers: { one: of({}, deploy([8081])) } }); },
      'app/mesh/crm: the boundary has both `server` and `servers`; got ["server","one"]; allowed: either `server`, or `servers`; move `server` into `servers`, with a name of its own', agentgateway],
    ['a server beside no servers', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: of(), servers: {} }); }, 'the boundary has both `server` and `servers`; got ["server"]'],
    ['what one of several states and cannot hold', crm(() => ({ servers: { one: of(), two: of({ transport: McpTransport.SSE, enforcesMirroredHeaders: true }, running({ replicas: 1, ports: [Port.http(8081)] })) } })),
      '`enforcesMirroredHeaders` of server two of crm cannot hold: the HTTP+SSE transport has no mirrored headers', agentgateway],
    ['a path of messages of one of several', crm(() => ({ servers: { one: of(), two: of({ messagesPath: '/m' }, deploy([8081])) } })), '`messagesPath` of server two of crm has no effect', agentgateway],
    ['a path of `server` that is not the one of the boundary', (mesh) => { new McpToolBoundary(mesh, 'crm', { path: '/mcp', server: of({ path: '/tools' }) }); },
      'the server of crm has another path than the boundary, and there is no MCP proxy to translate; got ["/mcp","/tools"]'],
    ['no server', (mesh) => { new McpToolBoundary(mesh, 'crm', {}); }, 'app/mesh/crm: the boundary has no server; got nothing; allowed: `server`, or one or more `servers`; set `server` to the MCP server'],
    ['no server behind a proxy', (mesh) => { new McpToolBoundary(mesh, 'crm', { servers: {} }); }, 'the boundary has no server; got {}', agentgateway],
    ['tokens of the boundary and of its server', crm(() => ({ jwt, server: running({ jwt }) })), '`jwt` or `rateLimit` is set on the boundary and also on its server; got ["jwt"]; allowed: once; set it on the boundary only'],
    ['limits of the boundary and of its server', crm(() => ({ rateLimit: { requestsPerSecond: 2 }, server: running({ rateLimit: { requestsPerSecond: 1 } }) })),
      '`jwt` or `rateLimit` is set on the boundary and also on its server; got ["rateLimit"]', linkerd],
    ['tokens and limits of the boundary and of one of its servers', crm(() => ({
      servers: { one: of(), two: of({}, running({ jwt, rateLimit: { requestsPerSecond: 1 } })) }, jwt, rateLimit: { requestsPerSecond: 1 },
    })), '`jwt` or `rateLimit` is set on the boundary and also on its server; got ["jwt","rateLimit"]', agentgateway],
    ['a server that Kubernetes cannot name', crm(() => ({ servers: { 'one': of(), 'T wo': of({}, deploy([8081])) } })), 'the name of the server is not a valid Kubernetes name; got "T wo"', agentgateway],
    ['servers that would be one to the tree', crm(() => ({ servers: { 'a/b': of(), 'a--b': of({}, deploy([8081])) } })), 'the name of the server is not a valid Kubernetes name; got "a/b"', agentgateway],
    ['a server too long beside the boundary', crm(() => ({ servers: { one: of(), ['x'.repeat(60)]: of({}, deploy([8081])) } })), `the name of the server is too long; got "crm-${'x'.repeat(60)}"`, agentgateway],
    ['one of several without tools', crm(() => ({ servers: { one: of(), two: of({ tools: [] }, deploy([8081])) } })), 'server two has no tools; got []; allowed: one name or more', agentgateway],
    ['one of several at no plain path', crm(() => ({ servers: { one: of(), two: of({ path: '/mcp?x' }, deploy([8081])) } })), 'the path of the MCP endpoint is not a plain path; got "/mcp?x"', agentgateway],
    ['one of several at a path that a policy reads as a pattern', crm(() => ({ servers: { one: of(), two: of({ path: '/mcp*' }, deploy([8081])) } })), 'the path of the MCP endpoint is not a plain path; got "/mcp*"', agentgateway],
    ['another path than callers call, where nobody translates', crm(() => ({ servers: { one: of({ path: '/v2/mcp' }) }, path: '/mcp' })),
      'the server of crm has another path than the boundary, and there is no MCP proxy to translate; got ["/mcp","/v2/mcp"]; allowed: the same path for both, or McpProvider.agentgateway; remove `path` of the boundary, or set `path` of the server to "/mcp"'],
    ['a server at the default path, which its callers do not call', crm(() => ({ path: '/remote/mcp', servers: { one: of() } })), 'the server of crm has another path than the boundary, and there is no MCP proxy to translate; got ["/remote/mcp","/mcp"]'],
    ['one that runs elsewhere than its proxy', crm(() => ({ servers: { one: of(), two: of({}, existing('two', { namespace: 'theirs', service: { name: 'two', port: 80 } })) } })),
      'a server of crm runs in another namespace than its MCP proxy, which would call a Service of the same name in its own namespace; got ["theirs","voice"]; allowed: servers in the namespace of the boundary; define a boundary in the namespace of each server', { ...agentgateway, existingNamespaces: ['theirs'] }],
    ['one that runs elsewhere than is said', crm(() => ({ namespace: 'voice', server: existing('two', { namespace: 'theirs' }), tools: ['find'] })),
      'the namespace of the boundary crm is not the namespace of its server; got ["voice","theirs"]; allowed: one namespace for both; remove `namespace` from the boundary', { existingNamespaces: ['theirs'] }],
    ['a path of messages where there is one endpoint', crm(() => ({ messagesPath: '/m' })),
      '`messagesPath` of crm has no effect: streamable HTTP has a single endpoint; got "/m"; allowed: no `messagesPath`, or McpTransport.SSE; remove it'],
    ['what would change nothing behind a proxy', crm(() => ({ failureMode: FailureMode.FAIL_OPEN, unsafePassTokens: true, credentials: { secretName: 's', key: 'k' } })),
      '`unsafePassTokens` of crm has no effect: the server receives `credentials` instead of the callers\' tokens; got true', agentgateway],
    ['one of several that tells its health at its endpoint', crm(() => ({ servers: { one: of(), two: of({ path: '/v2' }, running({ ports: [Port.http(8081)], healthPath: '/v2/' })) } })),
      'the health path is also the MCP endpoint, so everybody who may probe it could call the MCP server; got "/v2/"', agentgateway],
    ['one pod behind two names', (mesh) => { const workload = deploy([8080]); crmOf(mesh, { servers: { one: of({}, workload), two: of({}, workload) } }); },
      'the workload is already used by server one of tool server crm; got "server two of tool server crm"', agentgateway],
    ['one of several without a port', crm(() => ({ servers: { one: of(), two: of({}, existing('two', { ports: [], service: { name: 'two', port: 80, targetPort: 1 } })) } })),
      'the tool server crm has no port that callers can use; got []', agentgateway],
    ['a workload that is an agent, with tokens of the boundary', (mesh) => { const workload = deploy([8080]); new Agent(mesh, 'agent', { workload }); crmOf(mesh, { server: workload, jwt }); },
      'the workload is already used by agent agent; got "tool server crm"'],
    ['a workload that is an agent, with a limit of the boundary', (mesh) => { const workload = deploy([8080]); new Agent(mesh, 'agent', { workload }); crmOf(mesh, { server: workload, rateLimit: { requestsPerSecond: 1 } }); },
      'the workload is already used by agent agent; got "tool server crm"', linkerd],
  ],
  'the older transport': [
    ['mirrored headers', crm(() => ({ transport: McpTransport.SSE, enforcesMirroredHeaders: true, server: running({ replicas: 1 }) })),
      '`enforcesMirroredHeaders` of crm cannot hold: the HTTP+SSE transport has no mirrored headers; got {"enforcesMirroredHeaders":true}; allowed: McpTransport.STREAMABLE_HTTP, revision 2026-07-28; remove `enforcesMirroredHeaders`, or use McpTransport.STREAMABLE_HTTP'],
    ['several pods', crm(() => ({ transport: McpTransport.SSE })), 'a server of crm keeps its streams in one pod, but runs in several pods; got 2; allowed: one pod (`replicas` 1) for a server of the HTTP+SSE transport; set `replicas` to 1, or use streamable HTTP'],
    ['several pods of one of several servers', crm(() => ({ servers: { one: of(), two: of({ transport: McpTransport.SSE }, deploy([8081])) } })), 'a server of crm keeps its streams in one pod, but runs in several pods; got 2', agentgateway],
    ['no pods', crm(() => ({ transport: McpTransport.SSE, server: running({ replicas: 0 }) })), 'a server of crm keeps its streams in one pod, but runs in several pods; got 0'],
    ['messages at no plain path', crm(() => ({ transport: McpTransport.SSE, server: running({ replicas: 1 }), messagesPath: '/m*' })), 'the path of the MCP endpoint is not a plain path; got "/m*"'],
    ['health told where messages are taken', crm(() => ({ transport: McpTransport.SSE, server: running({ replicas: 1, healthPath: '/Messages' }) })), 'the health path is also the MCP endpoint, so everybody who may probe it could call the MCP server; got "/Messages"'],
  ],
  'what is offered and granted by name': [
    ['a prompt twice', crm(() => ({ prompts: ['p', 'p'] })), 'the name of a prompt is ambiguous: it is listed twice; got "p"; allowed: each prompt once; remove or rename one of the two'],
    ['a resource twice', crm(() => ({ resources: ['a:b', 'a:b'] })), 'the name of a resource is ambiguous: it is listed twice; got "a:b"'],
    ['a tool that two servers have, where nothing tells them apart', crm(() => ({ ...several(), prefix: McpPrefix.NEVER })), 'the name of a tool is ambiguous: it is listed twice; got "find"', agentgateway],
    ['a prompt that MCP refuses', crm(() => ({ prompts: ['say hello'] })), 'the name of a prompt is not valid in MCP; got "say hello"; allowed: 1 to 128 letters, digits, "_", "-", "." and "/"; write it as prompts/list returns it'],
    ['a tool that a policy would read as a pattern', crm(() => ({ tools: ['find*'] })), 'the name of a tool is not valid in MCP; got "find*"'],
    ...['crm://a b', 'crm://*', 'crm://a,b', 'crm', 'crm:', 'CRM://a', 'crm://ü', `crm:${'x'.repeat(1001)}`].map((uri): Refused => [`a resource that a header cannot carry (${uri.slice(0, 20)})`, crm(() => ({ resources: [uri] })),
      `the URI of a resource cannot be carried in a header; got ${JSON.stringify(uri)}; allowed: URIs of printable ASCII without spaces, "*" and ","; write it as resources/list returns it`]),
    ...['desk.example.com', 'https://desk.example.com/', 'https://*.example.com', 'null', 'https://Desk.example.com', 'https://desk.example.com:port'].map((origin): Refused =>
      [`an origin that no browser states (${origin})`, crm(() => ({ allowedOrigins: ['https://a.example.com', origin] })), `an entry of \`allowedOrigins\` is not an origin as browsers send it; got ${JSON.stringify(origin)}; allowed: "https://" or "http://", a host, and a port if it is not the default one; write it as in "https://desk.example.com"`]),
    ['a prompt that is not there', (mesh) => crmOf(mesh, { prompts: ['p'] }).grantPrompts(['q'], planner), 'the tool server crm has no such prompt; got "q"; allowed: p; use one of its prompts, or add the name to `prompts`', agentgateway],
    ['a resource that is not there', (mesh) => crmOf(mesh).grantResources(['a:b'], planner), 'the tool server crm has no such resource; got "a:b"; allowed: none; use one of its resources, or add the name to `resources`', agentgateway],
    ['a tool of one of several by the name that its own server has for it', (mesh) => crmOf(mesh, several()).grantTools(['find'], planner), 'the tool server crm has no such tool; got "find"; allowed: one_find, two_find', agentgateway],
    ['no tools', (mesh) => crmOf(mesh).grantTools([], planner), 'app/mesh/crm: the grant has no tools; got []; allowed: one tool or more; name the tools in the grant, or remove the grant', agentgateway],
    ['no prompts', (mesh) => crmOf(mesh).grantPrompts([], planner), 'the grant has no prompts; got []', agentgateway],
    ['no resources', (mesh) => crmOf(mesh).grantResources([], planner), 'the grant has no resources; got []', agentgateway],
    ['a tool to nobody', (mesh) => crmOf(mesh).grantTools(['find']), 'the grant has no callers; got []', agentgateway],
    ['several tools where nobody tells them apart', (mesh) => crmOf(mesh, { tools: ['find', 'refund'] }).grantTools(['find', 'refund'], planner),
      'no component in the path can enforce a grant of one tool of crm: Envoy reads paths, methods and headers, not the MCP messages in the body; got ["find","refund"]'],
    ['a resource where nobody tells them apart', (mesh) => crmOf(mesh, { resources: ['a:b'] }).grantResources(['a:b'], planner),
      'no component in the path can enforce a grant of one resource of crm: Linkerd reads paths, methods and headers, not the MCP messages in the body; got "a:b"', linkerd],
  ],
  'tokens as callers': [
    ['where nobody verifies tokens', granting(TokenCaller.of({ subject: 'alice' }), {}), 'a TokenCaller is granted access at a server that verifies no tokens; got "alice"; allowed: a boundary with `jwt`; set `jwt` of the boundary to the issuer of the tokens'],
    ['by claims, where nobody verifies tokens', granting(TokenCaller.of({ claims: { tier: 'gold' } }), {}), 'a TokenCaller is granted access at a server that verifies no tokens; got {"tier":"gold"}', agentgateway],
    ['that say nothing', granting(TokenCaller.of({})), 'a TokenCaller requires nothing of the token; got {}; allowed: a `subject`, or one or more `claims`; set `subject` or `claims`'],
    ['that say nothing but no claims', granting(TokenCaller.of({ claims: {}, caller: planner })), 'a TokenCaller requires nothing of the token'],
    ...['*', 'al*', '', 'a\nb', 'ü', 'x'.repeat(513)].map((subject): Refused => [`a subject that a policy cannot state (${JSON.stringify(subject).slice(0, 10)})`, granting(TokenCaller.of({ subject })),
      '`subject` or `claims` of a TokenCaller cannot be matched by a policy; got ']),
    ['a claim that a policy cannot state', granting(TokenCaller.of({ claims: { tier: 'g*' } })), '`subject` or `claims` of a TokenCaller cannot be matched by a policy; got {"tier":"g*"}; allowed: printable ASCII without "*" in values; letters, digits, "_", ".", ":", "/" and "-" in names of claims; correct the TokenCaller'],
    ['a claim without a name', granting(TokenCaller.of({ claims: { '': 'gold' } })), '`subject` or `claims` of a TokenCaller cannot be matched by a policy; got {"":"gold"}'],
    ['a claim whose name would end the key', granting(TokenCaller.of({ claims: { 'a][b': 'gold' } })), '`subject` or `claims` of a TokenCaller cannot be matched by a policy; got {"a][b":"gold"}'],
    ['a claim that is no text', (mesh) => { granting(TokenCaller.of({ claims: { level: 5 as unknown as string } }))(mesh, mesh as never); }, 'TokenCaller.of: `claims.level` has the wrong type; got 5; allowed: a string; put it in quotes'],
    ['by the issuer as a claim', granting(TokenCaller.of({ claims: { iss: 'https://other.example.com' } })),
      '`claims` of a TokenCaller cannot contain "iss" or "sub"; got {"iss":"https://other.example.com"}; allowed: `subject` for "sub"; the issuer is the one in `jwt` of the boundary; use `subject`, or remove the claim'],
    ['by two subjects', granting(TokenCaller.of({ subject: 'alice', claims: { sub: 'bob' } })), '`claims` of a TokenCaller cannot contain "iss" or "sub"; got {"sub":"bob"}'],
    ['by two words of one claim', granting(TokenCaller.of({ claims: { scope: 'read write' } })), 'a TokenCaller requires several words of a claim that is matched word by word; got {"scope":"read write"}; allowed: a single word for scope or permission; require one of the words'],
    ['at an agent', (mesh) => new Agent(mesh, 'agent', { workload: deploy() }).grantCall(TokenCaller.of({ subject: 'alice' })), 'app/mesh/agent: a grant to a TokenCaller is only possible at tool servers; got "alice"; allowed: callers with an identity; grant access to the agent or identity that carries the token'],
    ['by claims at an agent', (mesh) => new Agent(mesh, 'agent', { workload: deploy() }).grantCall(TokenCaller.of({ claims: { tier: 'gold' }, caller: planner })), 'a grant to a TokenCaller is only possible at tool servers; got {"tier":"gold"}'],
    ['carried by somebody whom the mesh does not trust', granting(TokenCaller.of({ subject: 'alice', caller: Identity.of({ namespace: 'n', serviceAccount: 's', trustDomain: 'far.example' }) })),
      'the mesh does not trust the trust domain of identity far.example:n/s; got "far.example"'],
    ['carried by somebody whom Kubernetes cannot name', granting(TokenCaller.of({ subject: 'alice', caller: Identity.of({ namespace: 'N', serviceAccount: 's' }) })), 'the namespace of a caller is not a valid Kubernetes name; got "N"'],
    ['carried by whoever has another', granting(TokenCaller.of({ subject: 'alice', caller: TokenCaller.of({ claims: { tier: 'gold' }, caller: planner }) })),
      '`caller` of a TokenCaller is a TokenCaller too; got {"tier":"gold"}; allowed: an agent or identity as `caller`; set `subject` and `claims` together in one TokenCaller'],
    ['of an issuer that a policy reads as a pattern', crm(() => ({ jwt: { ...jwt, issuer: 'https://*' } })), '`issuer` of `jwt` cannot be verified; got "https://*"'],
    ['of an issuer without a name', crm(() => ({ jwt: { ...jwt, issuer: '' } })), '`issuer` of `jwt` cannot be verified; got ""', agentgateway],
    ['for an audience without a name', crm(() => ({ jwt: { ...jwt, audiences: ['crm', ''] } })), '`audiences` of `jwt` has an empty entry; got ["crm",""]', agentgateway],
    ['whose keys are nowhere', crm(() => ({ jwt: { issuer: 'i' } })), 'the keys of `jwt` cannot verify tokens; got []', agentgateway],
    ['whose keys are at no address', crm(() => ({ jwt: { issuer: 'i', jwksUri: 'keys' } })), 'the keys of `jwt` cannot verify tokens; got ["keys"]', agentgateway],
    ['whose keys are at no address, with a patch of the policy that names it', (mesh) => {
      ApiObject.of(crmOf(mesh, { jwt: { issuer: 'i', jwksUri: 'keys' } }).node.findChild('proxy-jwt')).addJsonPatch(JsonPatch.add('/metadata/annotations', {}));
    }, 'the keys of `jwt` cannot verify tokens; got ["keys"]', agentgateway],
    ['whose keys are private', crm(() => ({ jwt: { issuer: 'i', jwks: '{"keys":[{"kty":"RSA","d":"x"}]}' } })), 'the keys of `jwt` cannot verify tokens', agentgateway],
    ['in a mesh that moves', crm(() => ({ jwt })), 'a token requirement (`jwt`) is not supported by MeshProvider.istioAmbient: a namespace between two data planes would check requests partly at pods and partly at waypoints', moving],
  ],
  'limits of a boundary': [
    ['of nothing', crm(() => ({ rateLimit: {} })), '`rateLimit` has no limit, or the limit for each caller exceeds the total; got {}', linkerd],
    ['of part of a request', crm(() => ({ rateLimit: { requestsPerSecond: 0.5 } })), '`requestsPerSecond` is out of range; got 0.5', agentgateway],
    ['of no request for each', crm(() => ({ rateLimit: { requestsPerSecondOfCaller: 0 } })), '`requestsPerSecondOfCaller` is out of range; got 0', agentgateway],
    ['of each above that of all', crm(() => ({ rateLimit: { requestsPerSecond: 1, requestsPerSecondOfCaller: 2 } })), '`rateLimit` has no limit, or the limit for each caller exceeds the total', linkerd],
  ],
  'the grants as kube-agentic-networking states them': [
    ['of several servers', (mesh) => { const boundary = crmOf(mesh, several()); boundary.grantAllTools(planner); new McpAccessPolicy(mesh, 'access', { boundary, backendName: 'crm' }); },
      ['AM361', 'app/mesh/access: an XAccessPolicy cannot express the grants of crm: it supports one server; got ["one","two"]; allowed: an McpToolBoundary with one server; remove the export, and let a provider enforce the grants'], agentgateway],
    ['with tokens', (mesh) => { const boundary = crmOf(mesh, { jwt }); boundary.grantAllTools(planner); new McpAccessPolicy(mesh, 'access', { boundary, backendName: 'crm' }); },
      'an XAccessPolicy cannot express the grants of crm: requests are checked for more than the caller; got ["jwt"]', agentgateway],
  ],
};

testRefused(refused);

test('most programs report one problem, the others only its consequences', () => {
  expect(saidMoreThanOnce(refused)).toEqual({
    'a server that Kubernetes cannot name': 2,
    'one of several without a port': 2,
    'servers that would be one to the tree': 2,
    'tokens and limits of the boundary and of one of its servers': 3,
    'what would change nothing behind a proxy': 2,
  });
});

test('similar valid programs are accepted', () => {
  const taken: readonly [Build, Partial<AgentMeshProps>?][] = [
    [crm(() => ({ credentials: { secretName: '1.2', key: 'token' } })), agentgateway],
    [crm(() => ({ servers: { one: of({ path: '/mcp' }) }, path: '/mcp' }))],
    [crm(() => ({ servers: { one: of({ path: '/v2/mcp' }) }, path: '/mcp' })), agentgateway],
    [crm(() => ({ servers: { one: of() } }))],
    [crm(() => ({ transport: McpTransport.SSE, server: running({ replicas: 1 }), messagesPath: '/sse' }))],
    [crm(() => ({ transport: McpTransport.SSE, server: existing('crm'), enforcesMirroredHeaders: false }))],
    [crm(() => ({ keepsSessions: true, sessionRouting: McpSessionRouting.STATEFUL })), agentgateway],
    [crm(() => ({ transport: McpTransport.SSE, server: running({ replicas: 1 }), messagesPath: '/post' })), agentgateway],
    [crm(() => ({ rateLimit: { requestsPerSecond: 5, requestsPerSecondOfCaller: 5 } })), linkerd],
    [crm(() => ({ jwt: { ...jwt, issuer: 'http://keycloak.auth.svc:8080' }, oauth: { resource } })), { mesh: MeshProvider.linkerd(), ...agentgateway }],
    [crm(() => ({ jwt: { ...jwt, issuer: 'urn:issuer' }, oauth: { resource } })), { ...linkerd, ...agentgateway }],
    [judged((mesh) => new Agent(mesh, 'judge', { workload: deploy() }),
      Object.fromEntries(['*', 'tools/*', '*/list', 'ping', 'resources/templates/list'].map((method) => [method, GuardrailPhase.FULL]))), agentgateway],
    [calling({ kubernetesApiCidrs: ['10.0.0.1/32', 'fd00::1/128'] }, { mountToken: true })],
    [calling({ hosts: [ExternalHost.https('api-eu.example.com'), ExternalHost.https('api.eu.example.com')] })],
    [(mesh) => { new MeshEgress(mesh, 'out', { hosts: [ExternalHost.https('a.example.com', { port: 8443 })] }); calling({ hosts: [ExternalHost.https('a.example.com')] })(mesh, undefined!); }, sidecar],
    [(mesh) => { restricted(mesh, 'a', { hosts: [ExternalHost.https('a.example.com')] }); restricted(mesh, 'b', { hosts: [ExternalHost.https('a.example.com')] }); }, linkerd],
    [(mesh) => crmOf(mesh, { servers: { far: external('mcp.example.com') } }).grantAllTools(restricted(mesh))],
    [(mesh) => crmOf(mesh, { servers: { far: external('mcp.example.com', { credentials: { secretName: 's', key: 'k' } }) } }).grantAllTools(planner), agentgateway],
    [(mesh) => crmOf(mesh, { rateLimit: { requestsPerSecondOfCaller: 1 } })
      .grantAllTools(...Array.from({ length: 16 }, (_, i) => Identity.of({ namespace: 'ops', serviceAccount: `a${i}` }))), agentgateway],
  ];
  expect(taken.map(([build, props]) => problemsOf(build, props))).toEqual(taken.map(() => []));
});
