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
      '`enforcesMirroredHeaders` of server two of crm cannot be true, because the HTTP+SSE transport has no headers Mcp-Method and Mcp-Name', agentgateway],
    ['a path of messages of one of several', crm(() => ({ servers: { one: of(), two: of({ messagesPath: '/m' }, deploy([8081])) } })), '`messagesPath` of server two of crm has no effect', agentgateway],
    ['a path of `server` that is not the one of the boundary', (mesh) => { new McpToolBoundary(mesh, 'crm', { path: '/mcp', server: of({ path: '/tools' }) }); },
      '`path` of crm is not the path of its server, and without an MCP proxy no component rewrites the path of a request; got ["/mcp","/tools"]'],
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
      '`path` of crm is not the path of its server, and without an MCP proxy no component rewrites the path of a request; got ["/mcp","/v2/mcp"]; allowed: the same path for both, or McpProvider.agentgateway; remove `path` of the boundary, or set `path` of the server to "/mcp"'],
    ['a server at the default path, which its callers do not call', crm(() => ({ path: '/remote/mcp', servers: { one: of() } })), '`path` of crm is not the path of its server, and without an MCP proxy no component rewrites the path of a request; got ["/remote/mcp","/mcp"]'],
    ['one that runs elsewhere than its proxy', crm(() => ({ servers: { one: of(), two: of({}, existing('two', { namespace: 'theirs', service: { name: 'two', port: 80 } })) } })),
      'a server of crm runs in another namespace than its MCP proxy, which would call a Service of the same name in its own namespace; got ["theirs","voice"]; allowed: servers in the namespace of the boundary; define a boundary in the namespace of each server', { ...agentgateway, existingNamespaces: ['theirs'] }],
    ['one that runs elsewhere than is said', crm(() => ({ namespace: 'voice', server: existing('two', { namespace: 'theirs' }), tools: ['find'] })),
      'the namespace of the boundary crm is not the namespace of its server; got ["voice","theirs"]; allowed: one namespace for both; remove `namespace` from the boundary', { existingNamespaces: ['theirs'] }],
    ['a path of messages where there is one endpoint', crm(() => ({ messagesPath: '/m' })),
      '`messagesPath` of crm has no effect, because the streamable HTTP transport has a single endpoint; got "/m"; allowed: no `messagesPath`, or McpTransport.SSE; remove `messagesPath`'],
    ['what would change nothing behind a proxy', crm(() => ({ failureMode: FailureMode.FAIL_OPEN, unsafePassTokens: true, credentials: { secretName: 's', key: 'k' } })),
      '`unsafePassTokens` of crm has no effect, because the server receives `credentials` instead of the callers\' tokens; got true', agentgateway],
    ['one of several that tells its health at its endpoint', crm(() => ({ servers: { one: of(), two: of({ path: '/v2' }, running({ ports: [Port.http(8081)], healthPath: '/v2/' })) } })),
      '`healthPath` is also the path of the MCP endpoint, so any client that may send health probes could call the MCP server; got "/v2/"', agentgateway],
    ['one pod behind two names', (mesh) => { const workload = deploy([8080]); crmOf(mesh, { servers: { one: of({}, workload), two: of({}, workload) } }); },
      'server one of tool server crm already uses this workload; got "server two of tool server crm"', agentgateway],
    ['one of several without a port', crm(() => ({ servers: { one: of(), two: of({}, existing('two', { ports: [], service: { name: 'two', port: 80, targetPort: 1 } })) } })),
      'the tool server crm has no port that callers can use; got []', agentgateway],
    ['a workload that is an agent, with tokens of the boundary', (mesh) => { const workload = deploy([8080]); new Agent(mesh, 'agent', { versions: { v1: workload } }); crmOf(mesh, { server: workload, jwt }); },
      'agent agent already uses this workload; got "tool server crm"'],
    ['a workload that is an agent, with a limit of the boundary', (mesh) => { const workload = deploy([8080]); new Agent(mesh, 'agent', { versions: { v1: workload } }); crmOf(mesh, { server: workload, rateLimit: { requestsPerSecond: 1 } }); },
      'agent agent already uses this workload; got "tool server crm"', linkerd],
  ],
  'the older transport': [
    ['mirrored headers', crm(() => ({ transport: McpTransport.SSE, enforcesMirroredHeaders: true, server: running({ replicas: 1 }) })),
      '`enforcesMirroredHeaders` of crm cannot be true, because the HTTP+SSE transport has no headers Mcp-Method and Mcp-Name; got {"enforcesMirroredHeaders":true}; allowed: McpTransport.STREAMABLE_HTTP, revision 2026-07-28; remove `enforcesMirroredHeaders`, or use McpTransport.STREAMABLE_HTTP'],
    ['several pods', crm(() => ({ transport: McpTransport.SSE })), 'a server of crm uses the HTTP+SSE transport, which keeps each session in one pod, but the server runs in several pods; got 2; allowed: one pod (`replicas` 1) for a server of the HTTP+SSE transport; set `replicas` to 1, or use McpTransport.STREAMABLE_HTTP'],
    ['several pods of one of several servers', crm(() => ({ servers: { one: of(), two: of({ transport: McpTransport.SSE }, deploy([8081])) } })), 'a server of crm uses the HTTP+SSE transport, which keeps each session in one pod, but the server runs in several pods; got 2', agentgateway],
    ['no pods', crm(() => ({ transport: McpTransport.SSE, server: running({ replicas: 0 }) })), 'a server of crm uses the HTTP+SSE transport, which keeps each session in one pod, but the server runs in several pods; got 0'],
    ['messages at no plain path', crm(() => ({ transport: McpTransport.SSE, server: running({ replicas: 1 }), messagesPath: '/m*' })), 'the path of the MCP endpoint is not a plain path; got "/m*"'],
    ['health told where messages are taken', crm(() => ({ transport: McpTransport.SSE, server: running({ replicas: 1, healthPath: '/Messages' }) })), '`healthPath` is also the path of the MCP endpoint, so any client that may send health probes could call the MCP server; got "/Messages"'],
  ],
  'what is offered and granted by name': [
    ['a prompt twice', crm(() => ({ prompts: ['p', 'p'] })), 'the name of a prompt is listed twice; got "p"; allowed: each prompt once; list the prompt once; if two servers have it, rename it on one server'],
    ['a resource twice', crm(() => ({ resources: ['a:b', 'a:b'] })), 'the name of a resource is listed twice; got "a:b"'],
    ['a tool that two servers have, where nothing tells them apart', crm(() => ({ ...several(), prefix: McpPrefix.NEVER })), 'the name of a tool is listed twice; got "find"', agentgateway],
    ['a prompt that MCP refuses', crm(() => ({ prompts: ['say hello'] })), 'the name of a prompt is not valid in MCP; got "say hello"; allowed: 1 to 128 letters, digits, "_", "-", "." and "/"; write it as prompts/list returns it'],
    ['a tool that a policy would read as a pattern', crm(() => ({ tools: ['find*'] })), 'the name of a tool is not valid in MCP; got "find*"'],
    ...['crm://a b', 'crm://*', 'crm://a,b', 'crm', 'crm:', 'CRM://a', 'crm://ü', `crm:${'x'.repeat(1001)}`].map((uri): Refused => [`a resource that a header cannot carry (${uri.slice(0, 20)})`, crm(() => ({ resources: [uri] })),
      `the URI of a resource has characters that the header Mcp-Name cannot carry; got ${JSON.stringify(uri)}; allowed: URIs of printable ASCII without spaces, "*" and ","; write it as resources/list returns it`]),
    ...['desk.example.com', 'https://desk.example.com/', 'https://*.example.com', 'null', 'https://Desk.example.com', 'https://desk.example.com:port'].map((origin): Refused =>
      [`an origin that no browser states (${origin})`, crm(() => ({ allowedOrigins: ['https://a.example.com', origin] })), `an entry of \`allowedOrigins\` is not an origin in the form that browsers send; got ${JSON.stringify(origin)}; allowed: "https://" or "http://", a host, and a port if it is not the default one; write it as in "https://desk.example.com"`]),
    ['a prompt that is not there', (mesh) => crmOf(mesh, { prompts: ['p'] }).grantPrompts(['q'], planner), 'the grant names a prompt that tool server crm does not declare; got "q"; allowed: p; use one of these prompts, or add the name to `prompts`', agentgateway],
    ['a resource that is not there', (mesh) => crmOf(mesh).grantResources(['a:b'], planner), 'the grant names a resource that tool server crm does not declare; got "a:b"; allowed: none; use one of these resources, or add the name to `resources`', agentgateway],
    ['a tool of one of several by the name that its own server has for it', (mesh) => crmOf(mesh, several()).grantTools(['find'], planner), 'the grant names a tool that tool server crm does not declare; got "find"; allowed: one_find, two_find', agentgateway],
    ['no tools', (mesh) => crmOf(mesh).grantTools([], planner), 'app/mesh/crm: the grant has no tools; got []; allowed: one tool or more; name the tools in the grant, or remove the grant', agentgateway],
    ['no prompts', (mesh) => crmOf(mesh).grantPrompts([], planner), 'the grant has no prompts; got []', agentgateway],
    ['no resources', (mesh) => crmOf(mesh).grantResources([], planner), 'the grant has no resources; got []', agentgateway],
    ['a tool to nobody', (mesh) => crmOf(mesh).grantTools(['find']), 'the grant has no callers; got []', agentgateway],
    ['several tools where nobody tells them apart', (mesh) => crmOf(mesh, { tools: ['find', 'refund'] }).grantTools(['find', 'refund'], planner),
      'no component in the path can enforce a grant of single tools of tool server crm: Envoy inspects paths, methods and headers, but not MCP messages in the body; got ["find","refund"]'],
    ['a resource where nobody tells them apart', (mesh) => crmOf(mesh, { resources: ['a:b'] }).grantResources(['a:b'], planner),
      'no component in the path can enforce a grant of single resources of tool server crm: Linkerd inspects paths, methods and headers, but not MCP messages in the body; got "a:b"', linkerd],
  ],
  'tokens as callers': [
    ['where nobody verifies tokens', granting(TokenCaller.of({ subject: 'alice' }), {}), 'the grant is for a TokenCaller, but the boundary does not verify tokens; got "alice"; allowed: a boundary with `jwt`; set `jwt` on the boundary, with the issuer of the tokens'],
    ['by claims, where nobody verifies tokens', granting(TokenCaller.of({ claims: { tier: 'gold' } }), {}), 'the grant is for a TokenCaller, but the boundary does not verify tokens; got {"tier":"gold"}', agentgateway],
    ['that say nothing', granting(TokenCaller.of({})), 'a TokenCaller has neither `subject` nor `claims`; got {}; allowed: a `subject`, or one or more `claims`; set `subject` or `claims`'],
    ['that say nothing but no claims', granting(TokenCaller.of({ claims: {}, caller: planner })), 'a TokenCaller has neither `subject` nor `claims`'],
    ...['*', 'al*', '', 'a\nb', 'ü', 'x'.repeat(513)].map((subject): Refused => [`a subject that a policy cannot state (${JSON.stringify(subject).slice(0, 10)})`, granting(TokenCaller.of({ subject })),
      '`subject` or `claims` of a TokenCaller has characters that a policy cannot match; got ']),
    ['a claim that a policy cannot state', granting(TokenCaller.of({ claims: { tier: 'g*' } })), '`subject` or `claims` of a TokenCaller has characters that a policy cannot match; got {"tier":"g*"}; allowed: printable ASCII without "*" in values; letters, digits, "_", ".", ":", "/" and "-" in names of claims; correct `subject` or `claims`'],
    ['a claim without a name', granting(TokenCaller.of({ claims: { '': 'gold' } })), '`subject` or `claims` of a TokenCaller has characters that a policy cannot match; got {"":"gold"}'],
    ['a claim whose name would end the key', granting(TokenCaller.of({ claims: { 'a][b': 'gold' } })), '`subject` or `claims` of a TokenCaller has characters that a policy cannot match; got {"a][b":"gold"}'],
    ['a claim that is no text', (mesh) => { granting(TokenCaller.of({ claims: { level: 5 as unknown as string } }))(mesh, mesh as never); }, 'TokenCaller.of: `claims.level` has the wrong type; got 5; allowed: a string; put it in quotes'],
    ['by the issuer as a claim', granting(TokenCaller.of({ claims: { iss: 'https://other.example.com' } })),
      '`claims` of a TokenCaller cannot contain "iss" or "sub"; got {"iss":"https://other.example.com"}; allowed: other claims; `subject` requires "sub", and `jwt` requires "iss"; use `subject`, or remove the claim'],
    ['by two subjects', granting(TokenCaller.of({ subject: 'alice', claims: { sub: 'bob' } })), '`claims` of a TokenCaller cannot contain "iss" or "sub"; got {"sub":"bob"}'],
    ['by two words of one claim', granting(TokenCaller.of({ claims: { scope: 'read write' } })), '`claims` of a TokenCaller has several words for "scope" or "permission", but a policy matches single words of these claims; got {"scope":"read write"}; allowed: a single word for scope or permission; keep one of the words'],
    ['at an agent', (mesh) => new Agent(mesh, 'agent', { versions: { v1: deploy() } }).grantCall(TokenCaller.of({ subject: 'alice' })), 'app/mesh/agent: only a grant of an McpToolBoundary accepts a TokenCaller; got "alice"; allowed: agents and identities; grant to the agent or identity that sends the token'],
    ['by claims at an agent', (mesh) => new Agent(mesh, 'agent', { versions: { v1: deploy() } }).grantCall(TokenCaller.of({ claims: { tier: 'gold' }, caller: planner })), 'only a grant of an McpToolBoundary accepts a TokenCaller; got {"tier":"gold"}'],
    ['sent by a caller that the mesh does not trust', granting(TokenCaller.of({ subject: 'alice', caller: Identity.of({ namespace: 'n', serviceAccount: 's', trustDomain: 'far.example' }) })),
      'the mesh does not trust the trust domain of identity far.example:n/s; got "far.example"'],
    ['sent by a caller that Kubernetes cannot name', granting(TokenCaller.of({ subject: 'alice', caller: Identity.of({ namespace: 'N', serviceAccount: 's' }) })), 'the namespace of a caller is not a valid Kubernetes name; got "N"'],
    ['sent by a TokenCaller', granting(TokenCaller.of({ subject: 'alice', caller: TokenCaller.of({ claims: { tier: 'gold' }, caller: planner }) })),
      '`caller` of a TokenCaller is a TokenCaller too; got {"tier":"gold"}; allowed: an agent or identity as `caller`; set `subject` and `claims` together in one TokenCaller'],
    ['of an issuer that a policy reads as a pattern', crm(() => ({ jwt: { ...jwt, issuer: 'https://*' } })), '`issuer` of `jwt` has characters that a policy cannot match; got "https://*"'],
    ['of an issuer without a name', crm(() => ({ jwt: { ...jwt, issuer: '' } })), '`issuer` of `jwt` has characters that a policy cannot match; got ""', agentgateway],
    ['for an audience without a name', crm(() => ({ jwt: { ...jwt, audiences: ['crm', ''] } })), '`audiences` of `jwt` has an empty entry; got ["crm",""]', agentgateway],
    ['whose keys are nowhere', crm(() => ({ jwt: { issuer: 'i' } })), '`jwksUri` or `jwks` of `jwt` does not state usable keys of the issuer; got []', agentgateway],
    ['whose keys are at no address', crm(() => ({ jwt: { issuer: 'i', jwksUri: 'keys' } })), '`jwksUri` or `jwks` of `jwt` does not state usable keys of the issuer; got ["keys"]', agentgateway],
    ['whose keys are at no address, with a patch of the policy that names it', (mesh) => {
      ApiObject.of(crmOf(mesh, { jwt: { issuer: 'i', jwksUri: 'keys' } }).node.findChild('proxy-jwt')).addJsonPatch(JsonPatch.add('/metadata/annotations', {}));
    }, '`jwksUri` or `jwks` of `jwt` does not state usable keys of the issuer; got ["keys"]', agentgateway],
    ['whose keys are private', crm(() => ({ jwt: { issuer: 'i', jwks: '{"keys":[{"kty":"RSA","d":"x"}]}' } })), '`jwksUri` or `jwks` of `jwt` does not state usable keys of the issuer', agentgateway],
    ['in a mesh that moves', crm(() => ({ jwt })), 'a token requirement (`jwt`) is not supported by MeshProvider.istioAmbient: during a migration, some requests would be checked by sidecars at the pods and others by waypoints', moving],
  ],
  'limits of a boundary': [
    ['of nothing', crm(() => ({ rateLimit: {} })), '`rateLimit` sets no limit, or `requestsPerSecondOfCaller` is above `requestsPerSecond`; got {}', linkerd],
    ['of part of a request', crm(() => ({ rateLimit: { requestsPerSecond: 0.5 } })), '`requestsPerSecond` is out of range; got 0.5', agentgateway],
    ['of no request for each', crm(() => ({ rateLimit: { requestsPerSecondOfCaller: 0 } })), '`requestsPerSecondOfCaller` is out of range; got 0', agentgateway],
    ['of each above that of all', crm(() => ({ rateLimit: { requestsPerSecond: 1, requestsPerSecondOfCaller: 2 } })), '`rateLimit` sets no limit, or `requestsPerSecondOfCaller` is above `requestsPerSecond`', linkerd],
  ],
  'the grants as kube-agentic-networking states them': [
    ['of several servers', (mesh) => { const boundary = crmOf(mesh, several()); boundary.grantAllTools(planner); new McpAccessPolicy(mesh, 'access', { boundary, backendName: 'crm' }); },
      ['AM361', 'app/mesh/access: an XAccessPolicy cannot express the grants of crm: it supports one MCP server, and the boundary has several; got ["one","two"]; allowed: an McpToolBoundary with one server; remove the McpAccessPolicy; the providers of the mesh still enforce the grants'], agentgateway],
    ['with tokens', (mesh) => { const boundary = crmOf(mesh, { jwt }); boundary.grantAllTools(planner); new McpAccessPolicy(mesh, 'access', { boundary, backendName: 'crm' }); },
      'an XAccessPolicy cannot express the grants of crm: it checks only the identity of the caller, and the boundary requires more; got ["jwt"]', agentgateway],
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
    [judged((mesh) => new Agent(mesh, 'judge', { versions: { v1: deploy() } }),
      Object.fromEntries(['*', 'tools/*', '*/list', 'ping', 'resources/templates/list'].map((method) => [method, GuardrailPhase.FULL]))), agentgateway],
    [calling({ kubernetesApiCidrs: ['10.0.0.1/32', 'fd00::1/128'] }, { mountToken: true })],
    [calling({ hosts: [ExternalHost.https('api-eu.example.com'), ExternalHost.https('api.eu.example.com')] })],
    [(mesh) => { new MeshEgress(mesh, 'out', { hosts: [ExternalHost.https('a.example.com', { port: 8443 })] }); calling({ hosts: [ExternalHost.https('a.example.com')] })(mesh, undefined!); }, sidecar],
    [(mesh) => { crmOf(mesh, { servers: { far: external('mcp.example.com') } }).grantAllTools(restricted(mesh, 'a', { networks: [{ cidr: '169.254.170.23/32', ports: [80] }, { cidr: '10.20.0.0/24', ports: [443] }] })); }],
    [(mesh) => { restricted(mesh, 'a', { hosts: [ExternalHost.https('a.example.com')] }); restricted(mesh, 'b', { hosts: [ExternalHost.https('a.example.com')] }); }, linkerd],
    [(mesh) => crmOf(mesh, { servers: { far: external('mcp.example.com') } }).grantAllTools(restricted(mesh))],
    [(mesh) => crmOf(mesh, { servers: { far: external('mcp.example.com', { credentials: { secretName: 's', key: 'k' } }) } }).grantAllTools(planner), agentgateway],
    [(mesh) => crmOf(mesh, { rateLimit: { requestsPerSecondOfCaller: 1 } })
      .grantAllTools(...Array.from({ length: 16 }, (_, i) => Identity.of({ namespace: 'ops', serviceAccount: `a${i}` }))), agentgateway],
  ];
  expect(taken.map(([build, props]) => problemsOf(build, props))).toEqual(taken.map(() => []));
});
