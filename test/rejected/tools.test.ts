import { ApiObject, JsonPatch } from 'cdk8s';
import { Refused, saidMoreThanOnce, testRefused } from './corpus';
import { sidecar, linkerd, agentgateway, moving, planner, jwt, running, restricted, crmOf, crm, of, external, several, judged, granting, calling, resource } from './tool-programs';
import { Agent, AgentMeshProps, GuardrailPhase, Identity, McpAccessPolicy, McpFailureMode, McpPrefix, McpSessionRouting, McpToolBoundary, McpTransport, MeshEgress, MeshProvider, TokenCaller } from '../../src';
import { deploy, existing } from '../story';
import { Build, problemsOf } from '../synth';

const refused: Record<string, Refused[]> = {
  'the servers of a boundary': [
    ['a server beside servers', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: deploy([8080]), tools: ['find'], servers: { one: of({}, deploy([8081])) } }); },
      'app/mesh/crm: the boundary says of one server what `servers` say of each; got ["server","tools"]; allowed: either `server` and what it offers, or `servers`; state it in McpServer', agentgateway],
    ['what one server offers, beside servers', crm(() => ({ ...several(), tools: ['find'], prompts: ['p'], resources: ['a:b'], transport: McpTransport.SSE, credentials: { secretName: 's', key: 'k' } })),
      'the boundary says of one server what `servers` say of each; got ["tools","prompts","resources","transport","credentials"]', agentgateway],
    ['no server', (mesh) => { new McpToolBoundary(mesh, 'crm', { tools: ['find'] }); }, 'app/mesh/crm: the boundary has no server; got nothing; allowed: `server`, or one or more `servers`; name the MCP server'],
    ['no server behind a proxy', (mesh) => { new McpToolBoundary(mesh, 'crm', { servers: {} }); }, 'the boundary has no server; got {}', agentgateway],
    ['tokens of the boundary and of its server', crm(() => ({ jwt, server: running({ jwt }) })), 'what is asked of requests is said of the boundary and of its server; got ["jwt"]; allowed: once; state it of the boundary'],
    ['limits of the boundary and of its server', crm(() => ({ rateLimit: { requestsPerSecond: 2 }, server: running({ rateLimit: { requestsPerSecond: 1 } }) })),
      'what is asked of requests is said of the boundary and of its server; got ["rateLimit"]', linkerd],
    ['tokens and limits of the boundary and of one of its servers', crm(() => ({
      servers: { one: of(), two: of({}, running({ jwt, rateLimit: { requestsPerSecond: 1 } })) }, jwt, rateLimit: { requestsPerSecond: 1 },
    })), 'what is asked of requests is said of the boundary and of its server; got ["jwt","rateLimit"]', agentgateway],
    ['a server that Kubernetes cannot name', crm(() => ({ servers: { 'one': of(), 'T wo': of({}, deploy([8081])) } })), 'the name of the server is not a valid Kubernetes name; got "T wo"', agentgateway],
    ['servers that would be one to the tree', crm(() => ({ servers: { 'a/b': of(), 'a--b': of({}, deploy([8081])) } })), 'the name of the server is not a valid Kubernetes name; got "a/b"', agentgateway],
    ['a server too long beside the boundary', crm(() => ({ servers: { one: of(), ['x'.repeat(60)]: of({}, deploy([8081])) } })), `the name of the server is too long; got "crm-${'x'.repeat(60)}"`, agentgateway],
    ['one of several without tools', crm(() => ({ servers: { one: of(), two: of({ tools: [] }, deploy([8081])) } })), 'server two has no tools; got []; allowed: one name or more', agentgateway],
    ['one of several at no plain path', crm(() => ({ servers: { one: of(), two: of({ path: '/mcp?x' }, deploy([8081])) } })), 'the path of server two is not a plain path; got "/mcp?x"', agentgateway],
    ['one of several at a path that a policy reads as a pattern', crm(() => ({ servers: { one: of(), two: of({ path: '/mcp*' }, deploy([8081])) } })), 'the path of the MCP endpoint is not a plain path; got "/mcp*"', agentgateway],
    ['another path than callers call, where nobody translates', crm(() => ({ servers: { one: of({ path: '/v2/mcp' }) }, path: '/mcp' })),
      'the server of crm is at another path than its callers call, and nobody translates; got ["/mcp","/v2/mcp"]; allowed: one `path`, or McpProvider.agentgateway; drop the one of the boundary, or state "/mcp" as the server\'s'],
    ['a server at the default path, which its callers do not call', crm(() => ({ path: '/remote/mcp', servers: { one: of() } })), 'the server of crm is at another path than its callers call, and nobody translates; got ["/remote/mcp","/mcp"]'],
    ['one that runs elsewhere than its proxy', crm(() => ({ servers: { one: of(), two: of({}, existing('two', { namespace: 'theirs', service: { name: 'two', port: 80 } })) } })),
      'a server of crm runs in another namespace than its proxy, which would call its namesake; got ["theirs","voice"]; allowed: servers of one namespace behind one boundary; put a boundary into the namespace of each', { ...agentgateway, existingNamespaces: ['theirs'] }],
    ['one that runs elsewhere than is said', crm(() => ({ namespace: 'voice', server: existing('two', { namespace: 'theirs' }), tools: ['find'] })),
      'the server of crm runs elsewhere than the boundary is said to be; got ["voice","theirs"]; allowed: one namespace; drop `namespace` of one of the two', { existingNamespaces: ['theirs'] }],
    ['a path of messages where there is one endpoint', crm(() => ({ messagesPath: '/m' })),
      '`messagesPath` of crm would change nothing: streamable HTTP has one endpoint; got "/m"; allowed: no `messagesPath` here; drop it'],
    ['what would change nothing behind a proxy', crm(() => ({ messagesPath: '/m', failureMode: McpFailureMode.FAIL_OPEN, unsafePassTokens: true, credentials: { secretName: 's', key: 'k' } })),
      '`unsafePassTokens` of crm would change nothing: the server is shown `credentials` in their stead; got true', agentgateway],
    ['one of several that tells its health at its endpoint', crm(() => ({ servers: { one: of(), two: of({ path: '/v2' }, running({ ports: [8081], healthPath: '/v2/' })) } })),
      'the health path is the MCP endpoint, which would be open to whoever may ask for health; got "/v2/"', agentgateway],
    ['one pod behind two names', (mesh) => { const workload = deploy([8080]); crmOf(mesh, { servers: { one: of({}, workload), two: of({}, workload) } }); },
      'the workload already is server one of tool server crm; got "server two of tool server crm"', agentgateway],
    ['one of several without a port', crm(() => ({ servers: { one: of(), two: of({}, existing('two', { ports: [], service: { name: 'two', port: 80, targetPort: 1 } })) } })),
      'the tool server crm has no port that callers could use; got []', agentgateway],
    ['a workload that is an agent, with tokens of the boundary', (mesh) => { const workload = deploy([8080]); new Agent(mesh, 'agent', { workload }); crmOf(mesh, { server: workload, jwt }); },
      'the workload already is agent agent; got "tool server crm"'],
    ['a workload that is an agent, with a limit of the boundary', (mesh) => { const workload = deploy([8080]); new Agent(mesh, 'agent', { workload }); crmOf(mesh, { server: workload, rateLimit: { requestsPerSecond: 1 } }); },
      'the workload already is agent agent; got "tool server crm"', linkerd],
  ],
  'the older transport': [
    ['mirrored headers', crm(() => ({ transport: McpTransport.SSE, enforcesMirroredHeaders: true, server: running({ replicas: 1 }) })),
      'the server of crm mirrors no headers: the older transport has none; got {"enforcesMirroredHeaders":true}; allowed: McpTransport.STREAMABLE_HTTP, revision 2026-07-28; drop one of the two'],
    ['several pods', crm(() => ({ transport: McpTransport.SSE })), 'a server of crm keeps its streams in one pod, and has several; got 2; allowed: one pod (`replicas: 1`) of a server of the older transport; set `replicas: 1`, or have it speak streamable HTTP'],
    ['several pods of one of several servers', crm(() => ({ servers: { one: of(), two: of({ transport: McpTransport.SSE }, deploy([8081])) } })), 'a server of crm keeps its streams in one pod, and has several; got 2', agentgateway],
    ['no pods', crm(() => ({ transport: McpTransport.SSE, server: running({ replicas: 0 }) })), 'a server of crm keeps its streams in one pod, and has several; got 0'],
    ['messages at no plain path', crm(() => ({ transport: McpTransport.SSE, server: running({ replicas: 1 }), messagesPath: '/m*' })), 'the path of the MCP endpoint is not a plain path; got "/m*"'],
    ['health told where messages are taken', crm(() => ({ transport: McpTransport.SSE, server: running({ replicas: 1, healthPath: '/Messages' }) })), 'the health path is the MCP endpoint, which would be open to whoever may ask for health; got "/Messages"'],
  ],
  'what is offered and granted by name': [
    ['a prompt twice', crm(() => ({ prompts: ['p', 'p'] })), 'a prompt is named twice; got "p"; allowed: each prompt once; drop one'],
    ['a resource twice', crm(() => ({ resources: ['a:b', 'a:b'] })), 'a resource is named twice; got "a:b"'],
    ['a tool that two servers have, where nothing tells them apart', crm(() => ({ ...several(), prefix: McpPrefix.NEVER })), 'a tool is named twice; got "find"', agentgateway],
    ['a prompt that MCP refuses', crm(() => ({ prompts: ['say hello'] })), 'a prompt has a name that MCP refuses; got "say hello"; allowed: 1 to 128 letters, digits, "_", "-", "." and "/"; write it as prompts/list gives it'],
    ['a tool that a policy would read as a pattern', crm(() => ({ tools: ['find*'] })), 'a tool has a name that MCP refuses; got "find*"'],
    ...['crm://a b', 'crm://*', 'crm://a,b', 'crm', 'crm:', 'CRM://a', 'crm://ü', `crm:${'x'.repeat(1001)}`].map((uri): Refused => [`a resource that a header cannot carry (${uri.slice(0, 20)})`, crm(() => ({ resources: [uri] })),
      `a resource has a URI that a header cannot carry; got ${JSON.stringify(uri)}; allowed: URIs of printable ASCII without blanks, "*" and ","; write it as resources/list gives it`]),
    ...['desk.example.com', 'https://desk.example.com/', 'https://*.example.com', 'null', 'https://Desk.example.com', 'https://desk.example.com:port'].map((origin): Refused =>
      [`an origin that no browser states (${origin})`, crm(() => ({ allowedOrigins: ['https://a.example.com', origin] })), `an origin is not one that a browser states; got ${JSON.stringify(origin)}; allowed: "https://" or "http://", a host and a port where it is not the usual one; write it as in "https://desk.example.com"`]),
    ['a prompt that is not there', (mesh) => crmOf(mesh, { prompts: ['p'] }).grantPrompts(['q'], planner), 'the tool server crm has no such prompt; got "q"; allowed: p; name one of its prompts, or add it to `prompts`', agentgateway],
    ['a resource that is not there', (mesh) => crmOf(mesh).grantResources(['a:b'], planner), 'the tool server crm has no such resource; got "a:b"; allowed: none; name one of its resources, or add it to `resources`', agentgateway],
    ['a tool of one of several by the name that its own server has for it', (mesh) => crmOf(mesh, several()).grantTool('find', planner), 'the tool server crm has no such tool; got "find"; allowed: one_find, two_find', agentgateway],
    ['no tools', (mesh) => crmOf(mesh).grantTools([], planner), 'app/mesh/crm: a grant names no tool; got []; allowed: one tool or more; name what is granted, or drop the grant', agentgateway],
    ['no prompts', (mesh) => crmOf(mesh).grantPrompts([], planner), 'a grant names no prompt; got []', agentgateway],
    ['no resources', (mesh) => crmOf(mesh).grantResources([], planner), 'a grant names no resource; got []', agentgateway],
    ['a tool to nobody', (mesh) => crmOf(mesh).grantTool('find'), 'a grant names no caller; got []', agentgateway],
    ['several tools where nobody tells them apart', (mesh) => crmOf(mesh, { tools: ['find', 'refund'] }).grantTools(['find', 'refund'], planner),
      'a grant of one tool of crm is enforced by nobody here: Envoy reads paths, methods and headers, not the MCP messages in the body; got ["find","refund"]'],
    ['a resource where nobody tells them apart', (mesh) => crmOf(mesh, { resources: ['a:b'] }).grantResources(['a:b'], planner),
      'a grant of one resource of crm is enforced by nobody here: Linkerd reads paths, methods and headers, not the MCP messages in the body; got "a:b"', linkerd],
  ],
  'tokens as callers': [
    ['where nobody verifies tokens', granting(TokenCaller.of({ subject: 'alice' }), {}), 'a grant by what tokens say, at a server whose tokens nobody verifies; got "alice"; allowed: a boundary with `jwt`; state whose tokens they are'],
    ['by claims, where nobody verifies tokens', granting(TokenCaller.of({ claims: { tier: 'gold' } }), {}), 'a grant by what tokens say, at a server whose tokens nobody verifies; got {"tier":"gold"}', agentgateway],
    ['that say nothing', granting(TokenCaller.of({})), 'a grant to whoever has a token says nothing of the token; got {}; allowed: a `subject`, or one or more `claims`; state one'],
    ['that say nothing but no claims', granting(TokenCaller.of({ claims: {}, caller: planner })), 'a grant to whoever has a token says nothing of the token'],
    ...['*', 'al*', '', 'a\nb', 'ü', 'x'.repeat(513)].map((subject): Refused => [`a subject that a policy cannot state (${JSON.stringify(subject).slice(0, 10)})`, granting(TokenCaller.of({ subject })),
      'a token cannot be told by it; got ']),
    ['a claim that a policy cannot state', granting(TokenCaller.of({ claims: { tier: 'g*' } })), 'a token cannot be told by it; got {"tier":"g*"}; allowed: printable ASCII without "*" in values; letters, digits, "_", ".", ":", "/" and "-" in names of claims; correct it'],
    ['a claim without a name', granting(TokenCaller.of({ claims: { '': 'gold' } })), 'a token cannot be told by it; got {"":"gold"}'],
    ['a claim whose name would end the key', granting(TokenCaller.of({ claims: { 'a][b': 'gold' } })), 'a token cannot be told by it; got {"a][b":"gold"}'],
    ['a claim that is no text', granting(TokenCaller.of({ claims: { level: 5 as unknown as string } })), 'a token cannot be told by it; got {"level":5}'],
    ['by the issuer as a claim', granting(TokenCaller.of({ claims: { iss: 'https://other.example.com' } })),
      'the issuer and the subject of a token are no other claims; got {"iss":"https://other.example.com"}; allowed: `subject`, and the issuer that the boundary names in `jwt`; state it as `subject`, or drop it'],
    ['by two subjects', granting(TokenCaller.of({ subject: 'alice', claims: { sub: 'bob' } })), 'the issuer and the subject of a token are no other claims; got {"sub":"bob"}'],
    ['by two words of one claim', granting(TokenCaller.of({ claims: { scope: 'read write' } })), 'a claim of words is asked for more than one of them; got {"scope":"read write"}; allowed: one word of scope or permission; grant it by one of them'],
    ['at an agent', (mesh) => new Agent(mesh, 'agent', { workload: deploy() }).grantCall(TokenCaller.of({ subject: 'alice' })), 'app/mesh/agent: tokens are told apart at tool servers alone; got "alice"; allowed: callers by identity; grant it to who carries the token'],
    ['by claims at an agent', (mesh) => new Agent(mesh, 'agent', { workload: deploy() }).grantCall(TokenCaller.of({ claims: { tier: 'gold' }, caller: planner })), 'tokens are told apart at tool servers alone; got {"tier":"gold"}'],
    ['carried by somebody whom the mesh does not trust', granting(TokenCaller.of({ subject: 'alice', caller: Identity.of({ namespace: 'n', serviceAccount: 's', trustDomain: 'far.example' }) })),
      'the mesh does not trust the trust domain of identity far.example:n/s; got "far.example"'],
    ['carried by somebody whom Kubernetes cannot name', granting(TokenCaller.of({ subject: 'alice', caller: Identity.of({ namespace: 'N', serviceAccount: 's' }) })), 'the namespace of a caller is not a valid Kubernetes name; got "N"'],
    ['carried by whoever has another', granting(TokenCaller.of({ subject: 'alice', caller: TokenCaller.of({ claims: { tier: 'gold' }, caller: planner }) })),
      'a token is carried by who has another one; got {"tier":"gold"}; allowed: a `caller` by identity; state `subject` and `claims` together, in one TokenCaller'],
    ['of an issuer that a policy reads as a pattern', crm(() => ({ jwt: { ...jwt, issuer: 'https://*' } })), 'the issuer of the tokens is none that can be verified; got "https://*"'],
    ['of an issuer without a name', crm(() => ({ jwt: { ...jwt, issuer: '' } })), 'the issuer of the tokens is none that can be verified; got ""', agentgateway],
    ['for an audience without a name', crm(() => ({ jwt: { ...jwt, audiences: ['crm', ''] } })), 'an audience of the tokens is empty; got ["crm",""]', agentgateway],
    ['whose keys are nowhere', crm(() => ({ jwt: { issuer: 'i' } })), 'the tokens are not ones that can be verified; got []', agentgateway],
    ['whose keys are at no address', crm(() => ({ jwt: { issuer: 'i', jwksUri: 'keys' } })), 'the tokens are not ones that can be verified; got ["keys"]', agentgateway],
    ['whose keys are at no address, with a patch of the policy that names it', (mesh) => {
      ApiObject.of(crmOf(mesh, { jwt: { issuer: 'i', jwksUri: 'keys' } }).node.findChild('tokens')).addJsonPatch(JsonPatch.add('/metadata/annotations', {}));
    }, 'the tokens are not ones that can be verified; got ["keys"]', agentgateway],
    ['whose keys are private', crm(() => ({ jwt: { issuer: 'i', jwks: '{"keys":[{"kty":"RSA","d":"x"}]}' } })), 'the tokens are not ones that can be verified', agentgateway],
    ['in a mesh that moves', crm(() => ({ jwt })), 'a token that requests must carry is not to be had with MeshProvider.istioAmbient: a namespace between two data planes would check requests partly at pods and partly at waypoints', moving],
  ],
  'limits of a boundary': [
    ['of nothing', crm(() => ({ rateLimit: {} })), 'the rate limit is none, or a caller may do more than all together; got {}', linkerd],
    ['of part of a request', crm(() => ({ rateLimit: { requestsPerSecond: 0.5 } })), '`requestsPerSecond` is out of range; got 0.5', agentgateway],
    ['of no request for each', crm(() => ({ rateLimit: { requestsPerSecondOfCaller: 0 } })), '`requestsPerSecondOfCaller` is out of range; got 0', agentgateway],
    ['of each above that of all', crm(() => ({ rateLimit: { requestsPerSecond: 1, requestsPerSecondOfCaller: 2 } })), 'a caller may do more than all together', linkerd],
  ],
  'the grants as kube-agentic-networking states them': [
    ['of several servers', (mesh) => { const boundary = crmOf(mesh, several()); boundary.grantAllTools(planner); new McpAccessPolicy(mesh, 'access', { boundary, backendName: 'crm' }); },
      'app/mesh/access: an XAccessPolicy cannot express the grants of crm: it supports one server; got ["one","two"]; allowed: an McpToolBoundary with one server; remove the export, and let a provider enforce the grants', agentgateway],
    ['with tokens', (mesh) => { const boundary = crmOf(mesh, { jwt }); boundary.grantAllTools(planner); new McpAccessPolicy(mesh, 'access', { boundary, backendName: 'crm' }); },
      'an XAccessPolicy cannot express the grants of crm: requests are checked for more than the caller; got ["jwt"]', agentgateway],
  ],
};

testRefused(refused);

test('most refusals say one thing, and no more than what follows from it', () => {
  expect(saidMoreThanOnce(refused)).toEqual({
    'a server that Kubernetes cannot name': 2,
    'one of several at no plain path': 2,
    'one of several without a port': 2,
    'servers that would be one to the tree': 2,
    'tokens and limits of the boundary and of one of its servers': 3,
    'what would change nothing behind a proxy': 3,
  });
});

test('what is alike and well said is taken', () => {
  const taken: readonly [Build, Partial<AgentMeshProps>?][] = [
    [crm(() => ({ credentials: { secretName: '1.2', key: 'token' } })), agentgateway],
    [crm(() => ({ servers: { one: of({ path: '/mcp' }) }, path: '/mcp' }))],
    [crm(() => ({ servers: { one: of({ path: '/v2/mcp' }) }, path: '/mcp' })), agentgateway],
    [crm(() => ({ servers: { one: of() } }))],
    [crm(() => ({ transport: McpTransport.SSE, server: running({ replicas: 1 }), messagesPath: '/sse' }))],
    [crm(() => ({ transport: McpTransport.SSE, server: existing('crm'), enforcesMirroredHeaders: false }))],
    [crm(() => ({ keepsSessions: true, sessionRouting: McpSessionRouting.STATEFUL })), agentgateway],
    [crm(() => ({ rateLimit: { requestsPerSecond: 5, requestsPerSecondOfCaller: 5 } })), linkerd],
    [crm(() => ({ jwt: { ...jwt, issuer: 'http://keycloak.auth.svc:8080' }, oauth: { resource } })), { mesh: MeshProvider.linkerd(), ...agentgateway }],
    [crm(() => ({ jwt: { ...jwt, issuer: 'urn:issuer' }, oauth: { resource } })), { ...linkerd, ...agentgateway }],
    [judged((mesh) => new Agent(mesh, 'judge', { workload: deploy() }),
      Object.fromEntries(['*', 'tools/*', '*/list', 'ping', 'resources/templates/list'].map((method) => [method, GuardrailPhase.FULL]))), agentgateway],
    [calling({ kubernetesApiCidrs: ['10.0.0.1/32', 'fd00::1/128'] }, { mountToken: true })],
    [calling({ hostnames: ['api-eu.example.com', 'api.eu.example.com'] })],
    [(mesh) => { new MeshEgress(mesh, 'out', { hostnames: ['a.example.com'], port: 8443 }); calling({ hostnames: ['a.example.com'] })(mesh, undefined!); }, sidecar],
    [(mesh) => { restricted(mesh, 'a', { hostnames: ['a.example.com'] }); restricted(mesh, 'b', { hostnames: ['a.example.com'] }); }, linkerd],
    [(mesh) => crmOf(mesh, { servers: { far: external('mcp.example.com') } }).grantAllTools(restricted(mesh))],
    [(mesh) => crmOf(mesh, { servers: { far: external('mcp.example.com', { credentials: { secretName: 's', key: 'k' } }) } }).grantAllTools(planner), agentgateway],
    [(mesh) => crmOf(mesh, { rateLimit: { requestsPerSecondOfCaller: 1 } })
      .grantAllTools(...Array.from({ length: 16 }, (_, i) => Identity.of({ namespace: 'ops', serviceAccount: `a${i}` }))), agentgateway],
  ];
  expect(taken.map(([build, props]) => problemsOf(build, props))).toEqual(taken.map(() => []));
});
