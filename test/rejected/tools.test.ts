import { Refused, saidMoreThanOnce, testRefused } from './corpus';
import {
  Agent, AgentMesh, AgentMeshProps, GatewayApiChannel, GatewayProvider, GuardrailPhase, ICallee, ICaller, Identity,
  McpAccessPolicy, McpFailureMode, McpPrefix, McpServer, McpServerOptions, McpSessionRouting, McpToolBoundary, McpToolBoundaryProps, McpTransport,
  MeshEgress, MeshProvider, MigrationStage, SecretKeyReference, TokenCaller, Waypoint, Workload, WorkloadEgress,
} from '../../src';
import { deploy, existing, IMAGE, JWKS } from '../story';
import { Build, problemsOf } from '../synth';

const sidecar = { provider: MeshProvider.istioSidecar() };
const linkerd = { provider: MeshProvider.linkerd(), gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL };
const agentgateway = { gateway: GatewayProvider.agentgateway() };
const moving = { provider: MeshProvider.istioAmbient({ migration: { voice: MigrationStage.PERMISSIVE } }) };

const planner = Identity.of({ namespace: 'ops', serviceAccount: 'planner' });
const jwt = { issuer: 'https://issuer.example.com', jwks: JWKS };
const running = (options: object) => Workload.deploy({ image: IMAGE, ports: [8080], ...options });
const confined = (mesh: AgentMesh, id = 'kept', egress: WorkloadEgress = {}) => new Agent(mesh, id, { workload: running({ egress }) });
const crmOf = (mesh: AgentMesh, props: Partial<McpToolBoundaryProps> = {}) =>
  new McpToolBoundary(mesh, 'crm', { ...(props.servers ? {} : { server: deploy([8080]), tools: ['find'] }), ...props });
const crm = (props: () => Partial<McpToolBoundaryProps>): Build => (mesh) => void crmOf(mesh, props());
const of = (options: Partial<McpServerOptions> = {}, workload = deploy([8080])) => McpServer.of(workload, { tools: ['find'], ...options });
const outside = (hostname: string, options: object = {}) => McpServer.external({ hostname, tools: ['find'], ...options });
const several = () => ({ servers: { one: of(), two: of({}, deploy([8081])) } });
const judged = (judge: (mesh: AgentMesh) => ICallee, methods: Record<string, GuardrailPhase> = { '*': GuardrailPhase.FULL }): Build => (mesh) =>
  void crmOf(mesh, { guardrails: [{ judge: judge(mesh), methods }] });
const granting = (caller: ICaller, props: Partial<McpToolBoundaryProps> = { jwt }): Build => (mesh) => crmOf(mesh, props).grantAllTools(caller);
const calling = (egress: WorkloadEgress, options: object = {}): Build => (mesh) => void new Agent(mesh, 'caller', { workload: running({ egress, ...options }) });
const resource = 'https://crm.example.com/mcp';

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
    ['a server that Kubernetes cannot name', crm(() => ({ servers: { 'one': of(), 'T wo': of({}, deploy([8081])) } })), 'the name of the server is not a name that Kubernetes takes; got "T wo"', agentgateway],
    ['a server too long beside the boundary', crm(() => ({ servers: { one: of(), ['x'.repeat(60)]: of({}, deploy([8081])) } })), `the name of the server is too long; got "crm-${'x'.repeat(60)}"`, agentgateway],
    ['one of several without tools', crm(() => ({ servers: { one: of(), two: of({ tools: [] }, deploy([8081])) } })), 'server two has no tools; got []; allowed: one name or more', agentgateway],
    ['one of several at no plain path', crm(() => ({ servers: { one: of(), two: of({ path: '/mcp?x' }, deploy([8081])) } })), 'the path of server two is not a plain path; got "/mcp?x"', agentgateway],
    ['one of several at a path that a policy reads as a pattern', crm(() => ({ servers: { one: of(), two: of({ path: '/mcp*' }, deploy([8081])) } })), 'the path of the MCP endpoint is not a plain path; got "/mcp*"', agentgateway],
    ['another path than callers call, where nobody translates', crm(() => ({ servers: { one: of({ path: '/v2/mcp' }) }, path: '/mcp' })),
      'the server of crm is at another path than its callers call, and nobody translates; got ["/mcp","/v2/mcp"]; allowed: one `path`, or GatewayProvider.agentgateway; drop the one of the boundary'],
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
  'servers outside the cluster': [
    ...['*.example.com', 'localhost', 'mcp.tools.svc', 'mcp.tools.svc.cluster.local', 'mcp', '10.0.0.1', 'https://mcp.example.com', 'MCP.example.com', '', 'mcp.svc.example.com', 'a.cluster.local'].map((hostname): Refused =>
      [`what is no host outside (${hostname})`, crm(() => ({ servers: { far: outside(hostname) } })),
        `server far is no host outside the cluster; got ${JSON.stringify(hostname)}; allowed: a lower case DNS name with a dot, none of the cluster's own; write it as in "mcp.example.com"; pods of the mesh are \`McpServer.of\``]),
    ...[0, 65536, 1.5].map((port): Refused => [`a port that is none (${port})`, crm(() => ({ servers: { far: outside('mcp.example.com', { port }) } })), `the port of server far is none; got ${port}; allowed: whole numbers from 1 to 65535; correct it`]),
    ['with sidecars', crm(() => ({ servers: { far: outside('mcp.example.com') } })),
      'an MCP server outside the cluster is not to be had with MeshProvider.istioSidecar and GatewayProvider.istio: sidecars judge requests at pods of the mesh, and outside there is none; got ["mcp.example.com"]; allowed: MeshProvider.istioAmbient', sidecar],
    ['on Linkerd', crm(() => ({ servers: { far: outside('mcp.example.com') } })),
      'an MCP server outside the cluster is not to be had with MeshProvider.linkerd and GatewayProvider.istio: Linkerd judges requests at pods of the mesh, and outside there is none', linkerd],
    ['sessions of a host outside', crm(() => ({ servers: { far: outside('mcp.example.com') }, keepsSessions: true })), 'the sessions of crm are those of a host outside, which keeps them together itself; got "mcp.example.com"'],
    ['a path of a host outside that a policy reads as a pattern', crm(() => ({ servers: { far: outside('mcp.example.com', { path: '/a*' }) } })), 'the path of the MCP endpoint is not a plain path; got "/a*"'],
    ['callers of the mesh that nobody keeps from it', (mesh) => crmOf(mesh, { servers: { far: outside('mcp.example.com') } }).grantAllTools(new Agent(mesh, 'free', { workload: deploy() }), confined(mesh)),
      'app/mesh/crm: callers of crm could call mcp.example.com themselves, past what they were granted; got ["agent free"]; allowed: callers of the mesh whose pods have an `egress` without it; or a server that is shown `credentials` which no caller has; state `egress` of each caller (an empty one lets nothing out), or `credentials` of the server'],
    ['callers that say that they call it', (mesh) => crmOf(mesh, { servers: { far: outside('mcp.example.com') } }).grantAllTools(confined(mesh, 'named', { hostnames: ['mcp.example.com'] })),
      'callers of crm could call mcp.example.com themselves, past what they were granted; got ["agent named"]', agentgateway],
    ['callers that nobody describes', (mesh) => crmOf(mesh, { servers: { far: outside('mcp.example.com') } }).grantTool('find', planner), 'past what they were granted; got ["identity ops/planner"]', agentgateway],
    ['whoever has a token', (mesh) => crmOf(mesh, { servers: { far: outside('mcp.example.com') }, jwt }).grantAllTools(TokenCaller.of({ subject: 'alice' })),
      'past what they were granted; got ["whoever has a token of https://issuer.example.com for alice"]', agentgateway],
    ['one of two versions that is not kept from it', (mesh) => {
      const agent = new Agent(mesh, 'agent', { versions: { v1: running({ egress: {}, existingServiceAccount: 'both' }), v2: running({ existingServiceAccount: 'both' }) } });
      crmOf(mesh, { servers: { far: outside('mcp.example.com') } }).grantAllTools(agent);
    }, 'past what they were granted; got ["agent agent"]', agentgateway],
  ],
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
    ['a judge of no methods', judged((mesh) => new Agent(mesh, 'judge', { workload: deploy() }), {}), 'a guardrail names no method, and would judge nothing; got {}', agentgateway],
    ...['tools call', '', 'tools/', '/list', '**', 'Tools/call', '*/*'].map((method): Refused =>
      [`a judge of what is no method (${method})`, judged((mesh) => new Agent(mesh, 'judge', { workload: deploy() }), { 'tools/call': GuardrailPhase.FULL, [method]: GuardrailPhase.REQUEST }),
        `a guardrail is for methods that MCP does not have, and would not judge them; got [${JSON.stringify(method)}]`, agentgateway]),
    ['word of tokens that nobody asks for', crm(() => ({ oauth: { resource } })), `clients are told where to get tokens that nobody asks for; got "${resource}"; allowed: \`oauth\` beside a \`jwt\` that is required; state \`jwt\``, agentgateway],
    ['word of tokens that need not be carried', crm(() => ({ oauth: { resource }, jwt: { ...jwt, required: false } })), 'clients are told where to get tokens that nobody asks for', agentgateway],
    ...['crm', 'urn:crm', 'https://', 'https://a b', 'https://[x'].map((bad): Refused => [`a resource that is no address (${bad})`, crm(() => ({ jwt, oauth: { resource: bad } })),
      `the resource of \`oauth\` is no address; got ${JSON.stringify(bad)}; allowed: an https:// or http:// URI; write it as clients call the boundary`, agentgateway]),
    ...[{ secretName: 'A', key: 'token' }, { secretName: 'crm', key: '' }, { secretName: 'crm', key: 'a/b' }, { secretName: '', key: 'token' }, { secretName: 'crm' } as SecretKeyReference].map((credentials): Refused =>
      [`credentials that are no key of a Secret (${credentials.secretName}/${credentials.key})`, crm(() => ({ credentials })),
        `the credentials of server crm are no key of a Secret; got ${JSON.stringify(credentials)}; allowed: the name of a Secret in the namespace of the boundary, and one of its keys; correct the reference`, agentgateway]),
    ['more callers than it counts each for itself', (mesh) => crmOf(mesh, { rateLimit: { requestsPerSecondOfCaller: 1 } }).grantAllTools(...Array.from({ length: 17 }, (_, i) => Identity.of({ namespace: 'ops', serviceAccount: `a${i}` }))),
      'app/mesh/crm: agentgateway cannot count the requests of each caller of crm alone; got "17 callers"; allowed: at most 16; bound all together (`requestsPerSecond`), or spread the callers over two boundaries', agentgateway],
    ['callers whom it cannot count each for itself', granting(TokenCaller.of({ claims: { tier: 'gold' } }), { jwt, rateLimit: { requestsPerSecondOfCaller: 1 } }),
      'agentgateway cannot count the requests to crm of each of several callers who are one to it; got "whoever has a token of https://issuer.example.com whose tier is gold"; allowed: callers by identity or by the subject of their token; bound all together (`requestsPerSecond`), or grant by `subject`', agentgateway],
    ...([
      ['servers', 33, 32, () => ({ servers: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`s${i}`, outside(`s${i}.example.com`)])) })],
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
    ['a host outside that Linkerd keeps the proxy from', crm(() => ({ servers: { far: outside('mcp.example.com') } })),
      'the proxy of crm would be kept from hosts outside: Linkerd reads TLSRoute v1alpha2, which only the experimental channel of the Gateway API serves; got ["mcp.example.com"]; allowed: GatewayApiChannel.EXPERIMENTAL; use GatewayApiChannel.EXPERIMENTAL', { provider: MeshProvider.linkerd(), ...agentgateway }],
    ['an issuer that Linkerd keeps the proxy from', crm(() => ({ jwt, oauth: { resource } })), 'the proxy of crm would be kept from hosts outside: Linkerd reads TLSRoute v1alpha2, which only the experimental channel of the Gateway API serves; got ["issuer.example.com"]',
      { provider: MeshProvider.linkerd(), ...agentgateway }],
    ['a limit at a server that the proxy alone calls', (mesh) => { crmOf(mesh, { server: running({ rateLimit: { requestsPerSecond: 1 } }) }); },
      'what is asked of requests to tool server crm would be asked of the proxy that reads MCP before it, and of no caller; got ["rateLimit"]; allowed: `jwt` and `rateLimit` of the boundary; a server behind agentgateway asks nothing of requests itself; state it of the boundary, drop it, or use GatewayProvider.istio', { ...linkerd, ...agentgateway }],
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
    ['carried by somebody whom Kubernetes cannot name', granting(TokenCaller.of({ subject: 'alice', caller: Identity.of({ namespace: 'N', serviceAccount: 's' }) })), 'the namespace of a caller is not a name that Kubernetes takes; got "N"'],
    ['carried by whoever has another', granting(TokenCaller.of({ subject: 'alice', caller: TokenCaller.of({ claims: { tier: 'gold' }, caller: planner }) })),
      'a token is carried by who has another one; got {"tier":"gold"}; allowed: a `caller` by identity; state `subject` and `claims` together, in one TokenCaller'],
    ['of an issuer that a policy reads as a pattern', crm(() => ({ jwt: { ...jwt, issuer: 'https://*' } })), 'the issuer of the tokens is none that can be verified; got "https://*"'],
    ['of an issuer without a name', crm(() => ({ jwt: { ...jwt, issuer: '' } })), 'the issuer of the tokens is none that can be verified; got ""', agentgateway],
    ['for an audience without a name', crm(() => ({ jwt: { ...jwt, audiences: ['crm', ''] } })), 'an audience of the tokens is empty; got ["crm",""]', agentgateway],
    ['whose keys are nowhere', crm(() => ({ jwt: { issuer: 'i' } })), 'the tokens are not ones that can be verified; got []', agentgateway],
    ['whose keys are at no address', crm(() => ({ jwt: { issuer: 'i', jwksUri: 'keys' } })), 'the tokens are not ones that can be verified; got ["keys"]', agentgateway],
    ['whose keys are private', crm(() => ({ jwt: { issuer: 'i', jwks: '{"keys":[{"kty":"RSA","d":"x"}]}' } })), 'the tokens are not ones that can be verified', agentgateway],
    ['in a mesh that moves', crm(() => ({ jwt })), 'a token that requests must carry is not to be had with MeshProvider.istioAmbient and GatewayProvider.istio: a namespace that is between two data planes would have its requests judged at pods and at waypoints', moving],
  ],
  'limits of a boundary': [
    ['of nothing', crm(() => ({ rateLimit: {} })), 'the rate limit is none, or a caller may do more than all together; got {}', linkerd],
    ['of part of a request', crm(() => ({ rateLimit: { requestsPerSecond: 0.5 } })), '`requestsPerSecond` is out of range; got 0.5', agentgateway],
    ['of no request for each', crm(() => ({ rateLimit: { requestsPerSecondOfCaller: 0 } })), '`requestsPerSecondOfCaller` is out of range; got 0', agentgateway],
    ['of each above that of all', crm(() => ({ rateLimit: { requestsPerSecond: 1, requestsPerSecondOfCaller: 2 } })), 'a caller may do more than all together', linkerd],
  ],
  'what pods call outside': [
    ...['*.example.com', 'kubernetes.default.svc', 'api', '10.0.0.1', 'API.example.com', '', 'api.example.com:443'].map((host): Refused => [`what is no host (${host})`, calling({ hostnames: ['ok.example.com', host] }),
      `a host that agent caller calls is no exact DNS name of a host outside; got ${JSON.stringify(host)}; allowed: lower case DNS names with a dot, without "*.", and none of the cluster's own; write it as in "api.example.com"`]),
    ...[sidecar, linkerd].map((on): Refused => [`a host that everybody there may call (${on.provider.label})`, (mesh) => {
      new MeshEgress(mesh, 'out', { hostnames: ['a.example.com', 'b.example.com'] });
      calling({ hostnames: ['b.example.com'] })(mesh, undefined!);
    }, 'app/mesh/caller: a host that agent caller calls is let out of the namespace for everybody there already; got ["b.example.com"]; allowed: `egress` of a workload, or a MeshEgress; drop it from one of the two (out)', on]),
    ...[sidecar, linkerd].map((on): Refused => [`a host that everybody there may call, said later (${on.provider.label})`, (mesh) => {
      calling({ hostnames: ['b.example.com'] })(mesh, undefined!);
      new MeshEgress(mesh, 'out', { hostnames: ['a.example.com', 'b.example.com'] });
    }, 'app/mesh/caller: a host that agent caller calls is let out of the namespace for everybody there already; got ["b.example.com"]', on]),
    ['a network that is none', calling({ kubernetesApiCidrs: ['10.0.0.1/32', '10.0.0.1'] }, { mountToken: true }), 'a network of the Kubernetes API is none; got "10.0.0.1"; allowed: CIDRs such as "10.0.0.1/32"; correct `kubernetesApiCidrs`'],
    ...['10.0.0.0/23', '0.0.0.0/0', 'fd00::/63'].map((network): Refused => [`a network wider than an API server's (${network})`, calling({ kubernetesApiCidrs: ['10.0.0.1/32', network] }, { mountToken: true }),
      `a network of the Kubernetes API is wider than that of an API server; got "${network}"; allowed: prefixes of 24 bits or more, 64 of IPv6; name the addresses of the API server`]),
    ['the Kubernetes API without a token for it', calling({ kubernetesApiCidrs: ['10.0.0.0/24'] }), 'agent caller has no token for the Kubernetes API, and is let call it; got ["10.0.0.0/24"]; allowed: `kubernetesApiCidrs` beside `mountToken`; drop one, or state `mountToken`'],
    ['a host too long for an object to be named after', calling({ hostnames: [`${'a-a-a-a-a.'.repeat(20)}com`] }), 'a host that agent caller calls is no exact DNS name of a host outside'],
    ['versions of one identity that call different hosts', (mesh) => {
      new Agent(mesh, 'agent', { versions: { v1: running({ existingServiceAccount: 'one', egress: { hostnames: ['a.example.com'] } }), v2: running({ existingServiceAccount: 'one' }) } });
    }, 'app/mesh/agent: agent agent v2 has the identity of agent agent v1, and would be let call the same hosts; got [["a.example.com"],"no `egress`"]; allowed: one `egress` for all that have one ServiceAccount; state the same of each version, or make them two agents'],
    ['hosts of everybody beside those of a workload on Linkerd', (mesh) => { new MeshEgress(mesh, 'out', { hostnames: ['b.example.com'] }); calling({ hostnames: ['a.example.com'] })(mesh, undefined!); },
      'app/mesh/caller: agent caller would also be let out to the hosts of out, which Linkerd lets everybody of the namespace call; got ["b.example.com"]; allowed: either hosts of workloads or a MeshEgress in a namespace; name the hosts of both in one MeshEgress, or part the namespace', linkerd],
    ['callers by name of a host outside, on Linkerd', (mesh) => crmOf(mesh, { servers: { far: outside('mcp.example.com') } })
      .grantAllTools(new Agent(mesh, 'named', { namespace: 'far', workload: running({ egress: { hostnames: ['a.example.com'] } }) })),
    'app/mesh/crm: Linkerd lets a host out of a namespace, and others are in that of tool server crm; got "mcp.example.com"', { ...linkerd, ...agentgateway }],
    ['a token for the Kubernetes API without its networks', calling({}, { mountToken: true }), 'agent caller has a token for the Kubernetes API, and may not call it; got {"mountToken":true}; allowed: `kubernetesApiCidrs` of its `egress`; name the networks of the API server, as `kubectl get endpoints kubernetes` tells them'],
    ['a tool server with a token for the Kubernetes API', crm(() => ({ server: running({ mountToken: true }) })), 'tool server crm has a token for the Kubernetes API, and may not call it'],
    ['named hosts in a mesh that moves', calling({ hostnames: ['a.example.com'] }),
      'a way out of the cluster for agent caller alone is not to be had with MeshProvider.istioAmbient: a namespace that is between two data planes would let a host out by a waypoint and by sidecars, of which neither is all of it; got ["a.example.com"]; allowed: a mesh that has arrived in ambient', moving],
    ['named hosts on Linkerd without TLSRoutes', calling({ hostnames: ['a.example.com'] }), 'a way out of the cluster for agent caller alone is not to be had with MeshProvider.linkerd: Linkerd reads TLSRoute v1alpha2', { provider: MeshProvider.linkerd() }],
    ['a host that Linkerd would let out for others of the namespace', (mesh) => { confined(mesh, 'named', { hostnames: ['a.example.com'] }); confined(mesh, 'kept'); new Agent(mesh, 'free', { workload: deploy() }); },
      'app/mesh/named: Linkerd lets a host out of a namespace, and others are in that of agent named; got "a.example.com"; allowed: a namespace whose workloads name the host, or have an `egress` without hosts; or a MeshEgress, which says so; state an `egress` without hosts of agent free, or part the namespace', linkerd],
    ['a host that Linkerd would let out for others beside a proxy', (mesh) => {
      crmOf(mesh, { servers: { far: outside('mcp.example.com') } }).grantAllTools(confined(mesh, 'kept'));
      confined(mesh, 'open', { hostnames: ['a.example.com'] });
    }, 'app/mesh/crm: Linkerd lets a host out of a namespace, and others are in that of the proxy of tool server crm; got "mcp.example.com"; allowed: a namespace whose workloads name the host, or have an `egress` without hosts; or a MeshEgress, which says so; state an `egress` without hosts of agent open, or part the namespace', { ...linkerd, ...agentgateway }],
    ['a host that two namespaces call through one waypoint', (mesh) => {
      const shared = new Waypoint(mesh, 'shared');
      for (const namespace of ['voice', 'far']) shared.bindNamespace(namespace);
      confined(mesh, 'a', { hostnames: ['a.example.com'] });
      new Agent(mesh, 'b', { namespace: 'far', workload: running({ egress: { hostnames: ['a.example.com'] } }) });
    }, 'app/mesh/b: host a.example.com of agent b goes another way already, for agent a; got ["namespace voice","namespace far"]; allowed: in a namespace, and at a waypoint, either workloads that call a host or one boundary before it; give each namespace a waypoint of its own',
    { existingNamespaces: ['far'] }],
    ['a namespace past the mesh that is none', calling({ namespaces: ['Data Base'] }), 'a namespace that agent caller calls is not a name that Kubernetes takes; got "Data Base"'],
    ['a namesake elsewhere of who calls a host', calling({ hostnames: ['a.example.com'] }), 'a waypoint cannot tell callers of other.example from their namesakes of cluster.local, and agent caller is behind one', { trustedDomains: ['other.example'] }],
    ['a server outside past which a network leads', (mesh) => crmOf(mesh, { servers: { far: outside('mcp.example.com') } })
      .grantAllTools(new Agent(mesh, 'open', { workload: running({ mountToken: true, egress: { kubernetesApiCidrs: ['104.18.7.0/24'] } }) })),
    'callers of crm could call mcp.example.com themselves, past what they were granted; got ["agent open"]'],
    ['a host that a workload calls, and a boundary stands before', (mesh) => { confined(mesh, 'a', { hostnames: ['mcp.example.com'] }); crmOf(mesh, { servers: { far: outside('mcp.example.com') } }); },
      'app/mesh/crm: host mcp.example.com of tool server crm goes another way already, for agent a; got ["namespace voice","tool server crm"]'],
    ['a host that two boundaries stand before', (mesh) => { for (const id of ['crm', 'desk']) new McpToolBoundary(mesh, id, { servers: { far: outside('mcp.example.com') } }); },
      'app/mesh/desk: host mcp.example.com of tool server desk goes another way already, for tool server crm; got ["tool server crm","tool server desk"]'],
    ['hosts of what runs where the mesh was not told to', (mesh) => { new Agent(mesh, 'agent', { workload: existing('a', { namespace: 'theirs', egress: { hostnames: ['a.example.com'] } }) }); },
      'agent agent runs in a namespace that is not one of the mesh; got "theirs"'],
  ],
  'the grants as kube-agentic-networking states them': [
    ['of several servers', (mesh) => { const boundary = crmOf(mesh, several()); boundary.grantAllTools(planner); new McpAccessPolicy(mesh, 'access', { boundary, backendName: 'crm' }); },
      'app/mesh/access: the XAccessPolicy of crm cannot say it: it is for one server; got ["one","two"]; allowed: a boundary of one server; enforce it by a provider, and do without the export', agentgateway],
    ['with tokens', (mesh) => { const boundary = crmOf(mesh, { jwt }); boundary.grantAllTools(planner); new McpAccessPolicy(mesh, 'access', { boundary, backendName: 'crm' }); },
      'the XAccessPolicy of crm cannot say it: more is asked of requests than who sends them; got ["jwt"]', agentgateway],
  ],
};

testRefused(refused);

test('most refusals say one thing, and no more than what follows from it', () => {
  expect(saidMoreThanOnce(refused)).toEqual({
    'a host that everybody there may call (MeshProvider.linkerd)': 2,
    'a host that everybody there may call, said later (MeshProvider.linkerd)': 2,
    'a judge of another mesh': 4,
    'a path of a host outside that a policy reads as a pattern': 2,
    'a server that Kubernetes cannot name': 2,
    'one of several at no plain path': 2,
    'one of several without a port': 3,
    'tokens and limits of the boundary and of one of its servers': 3,
    'what would change nothing behind a proxy': 3,
  });
});

test('what is alike and well said is taken', () => {
  const taken: readonly [Build, Partial<AgentMeshProps>?][] = [
    [crm(() => ({ credentials: { secretName: 'crm.token', key: 'token' } })), agentgateway],
    [crm(() => ({ servers: { one: of({ path: '/mcp' }) }, path: '/mcp' }))],
    [crm(() => ({ servers: { one: of({ path: '/v2/mcp' }) }, path: '/mcp' })), agentgateway],
    [crm(() => ({ servers: { one: of() } }))],
    [crm(() => ({ transport: McpTransport.SSE, server: running({ replicas: 1 }), messagesPath: '/sse' }))],
    [crm(() => ({ transport: McpTransport.SSE, server: existing('crm'), enforcesMirroredHeaders: false }))],
    [crm(() => ({ keepsSessions: true, sessionRouting: McpSessionRouting.STATEFUL })), agentgateway],
    [crm(() => ({ rateLimit: { requestsPerSecond: 5, requestsPerSecondOfCaller: 5 } })), linkerd],
    [crm(() => ({ jwt: { ...jwt, issuer: 'http://keycloak.auth.svc:8080' }, oauth: { resource } })), { provider: MeshProvider.linkerd(), ...agentgateway }],
    [crm(() => ({ jwt: { ...jwt, issuer: 'urn:issuer' }, oauth: { resource } })), { ...linkerd, ...agentgateway }],
    [judged((mesh) => new Agent(mesh, 'judge', { workload: deploy() }),
      Object.fromEntries(['*', 'tools/*', '*/list', 'ping', 'resources/templates/list'].map((method) => [method, GuardrailPhase.FULL]))), agentgateway],
    [calling({ kubernetesApiCidrs: ['10.0.0.1/32', 'fd00::1/128'] }, { mountToken: true })],
    [calling({ hostnames: ['api-eu.example.com', 'api.eu.example.com'] })],
    [(mesh) => { new MeshEgress(mesh, 'out', { hostnames: ['a.example.com'], port: 8443 }); calling({ hostnames: ['a.example.com'] })(mesh, undefined!); }, sidecar],
    [(mesh) => { confined(mesh, 'a', { hostnames: ['a.example.com'] }); confined(mesh, 'b', { hostnames: ['a.example.com'] }); }, linkerd],
    [(mesh) => crmOf(mesh, { servers: { far: outside('mcp.example.com') } }).grantAllTools(confined(mesh))],
    [(mesh) => crmOf(mesh, { servers: { far: outside('mcp.example.com', { credentials: { secretName: 's', key: 'k' } }) } }).grantAllTools(planner), agentgateway],
    [(mesh) => crmOf(mesh, { rateLimit: { requestsPerSecondOfCaller: 1 } })
      .grantAllTools(...Array.from({ length: 16 }, (_, i) => Identity.of({ namespace: 'ops', serviceAccount: `a${i}` }))), agentgateway],
  ];
  expect(taken.map(([build, props]) => problemsOf(build, props))).toEqual(taken.map(() => []));
});
