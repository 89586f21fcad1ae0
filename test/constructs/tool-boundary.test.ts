import { Testing } from 'cdk8s';
import {
  Agent, AgentMesh, AgentMeshProps, Call, Cluster, ExternalHost, GatewayApiChannel, GuardrailPhase, Identity, McpProvider, McpServer,
  McpToolBoundary, McpTransport, MeshProvider, Port, TokenCaller, Workload,
} from '../../src';
import { BoundaryOptions, boundaryProps, deploy, existing, IMAGE, JWKS } from '../story';
import { Build, meshOf, synth } from '../synth';

const sidecar = { mesh: MeshProvider.istioSidecar() };
const linkerd = { mesh: MeshProvider.linkerd(), cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) };
const agentgateway = { mcp: McpProvider.agentgateway() };
const who = (serviceAccount: string) => Identity.of({ namespace: 'ops', serviceAccount });
const issuer = 'https://issuer.example.com';
const jwt = { issuer, jwks: JWKS };
const running = (options: object) => Workload.deploy({ image: IMAGE, ports: [Port.http(8080)], ...options });
const crmIn = (mesh: AgentMesh, props: BoundaryOptions = {}) => new McpToolBoundary(mesh, 'crm', boundaryProps(props, { tools: ['find', 'refund'] }));
const restricted = (mesh: AgentMesh, id = 'kept') => new Agent(mesh, id, { versions: { v1: running({ egress: {} }) } });

/** Who may call a boundary, as a mesh tells it. */
function deciding(grant: (crm: McpToolBoundary, mesh: AgentMesh) => void, boundary: BoundaryOptions, props: Partial<AgentMeshProps>) {
  const { mesh } = meshOf(() => {}, props);
  const crm = crmIn(mesh, boundary);
  grant(crm, mesh);
  return (call: Partial<Call>) => mesh.decide({ callee: crm, ...call });
}

describe('a call with a token', () => {
  const token = (tokenSubject?: string, tokenClaims?: Call['tokenClaims'], tokenIssuer = issuer) => ({ tokenIssuer, tokenSubject, tokenClaims });
  const byToken = (crm: McpToolBoundary) => crm.grantAllTools(TokenCaller.of({ subject: 'alice' }), TokenCaller.of({ claims: { tier: 'gold', org: 'x' }, caller: who('a') }));
  test.each([['a waypoint', {}], ['sidecars', sidecar], ['agentgateway', agentgateway], ['agentgateway on Linkerd', { ...linkerd, ...agentgateway }]] as const)('is allowed by its claims, with %s', (_, on) => {
    const decide = deciding(byToken, { jwt: { ...jwt, required: false } }, on);
    const allows = (caller: string, said: object) => decide({ caller: who(caller), ...said }).allowed;
    expect([
      allows('anybody', token('alice')), allows('a', token('alice')), allows('a', token(undefined, { tier: 'gold', org: 'x' })), allows('a', token('bob', { tier: 'gold', org: 'x', more: 'y' })),
    ]).toEqual([true, true, true, true]);
    expect([
      allows('anybody', token('bob')), allows('anybody', token('alice', {}, 'https://other.example.com')), allows('anybody', {}), allows('a', token(undefined, { tier: 'gold' })),
      allows('a', token(undefined, { tier: 'silver', org: 'x' })), allows('b', token(undefined, { tier: 'gold', org: 'x' })), decide(token('alice')).allowed,
    ]).toEqual([false, false, false, false, false, false, false]);
  });
  test('has a decision that names the token', () => {
    const decide = deciding(byToken, { jwt: { ...jwt, required: false } }, {});
    expect(decide({ caller: who('x'), ...token('alice') })).toMatchObject({ allowed: true, reason: `any caller with a token from ${issuer} (sub=alice) was granted every tool of crm, at /mcp` });
    expect(decide({ caller: who('a'), ...token(undefined, { tier: 'gold', org: 'x' }) }).reason).toBe(`identity ops/a with a token from ${issuer} (org=x, tier=gold) was granted every tool of crm, at /mcp`);
    expect(decide({ caller: who('x') })).toEqual({
      allowed: false, allowedWhenEnforced: false, reason: `identity cluster.local/ns/ops/sa/x may make this call to tool server crm only with a token from ${issuer} (sub=alice); the call carries no token`,
    });
    expect(decide(token('alice')).reason).toBe('tool server crm cannot be called without an authenticated identity');
  });
  test('needs the token that is required of all callers', () => {
    const decide = deciding((crm) => crm.grantAllTools(who('a'), TokenCaller.of({ subject: 'alice', caller: who('b') })), { jwt }, {});
    expect([decide({ caller: who('a'), ...token() }), decide({ caller: who('b'), ...token('alice') })].map(({ allowed }) => allowed)).toEqual([true, true]);
    expect([decide({ caller: who('a') }), decide({ caller: who('b'), ...token('bob') })].map(({ allowed }) => allowed)).toEqual([false, false]);
  });
  test('may use only the items granted to the token, and open a session', () => {
    const decide = deciding((crm) => {
      crm.grantTools(['find'], who('a'));
      crm.grantTools(['refund'], TokenCaller.of({ subject: 'alice', caller: who('a') }));
    }, { jwt: { ...jwt, required: false } }, agentgateway);
    const allows = (said: object) => decide({ caller: who('a'), ...said }).allowed;
    expect([allows({}), allows({ tool: 'find' }), allows({ tool: 'refund', ...token('alice') }), allows({ tool: 'find', ...token('alice') })]).toEqual([true, true, true, true]);
    expect([allows({ tool: 'refund' }), allows({ tool: 'refund', ...token('bob') })]).toEqual([false, false]);
    const onlyByToken = deciding((crm) => crm.grantTools(['refund'], TokenCaller.of({ subject: 'alice' })), { jwt: { ...jwt, required: false } }, agentgateway);
    expect([onlyByToken({ caller: who('x') }).allowed, onlyByToken({ caller: who('x'), ...token('alice') }).allowed]).toEqual([false, true]);
  });
});

test('a call of the SSE transport without a path uses the path of its method', () => {
  const decide = deciding((crm) => crm.grantAllTools(who('a')), { transport: McpTransport.SSE, server: running({ replicas: 1 }) }, {});
  const asked = (call: object) => decide({ caller: who('a'), ...call }).allowed;
  expect([asked({}), asked({ method: 'GET' }), asked({ path: '/messages' }), asked({ method: 'GET', path: '/sse' })]).toEqual([true, true, true, true]);
  expect([asked({ method: 'DELETE' }), asked({ path: '/sse' }), asked({ method: 'GET', path: '/messages' }), asked({ path: '/mcp' })]).toEqual([false, false, false, false]);
});

describe('the access report', () => {
  const report = (build: Build, props: Partial<AgentMeshProps> = {}) => {
    const { chart, mesh } = meshOf(build, props);
    Testing.synth(chart);
    return mesh.describeAccess().split('\n');
  };
  const of = (lines: string[], head: string) => {
    const start = lines.indexOf(head);
    expect(start).not.toBe(-1);
    const rest = lines.slice(start + 1);
    return rest.slice(0, rest.findIndex((line) => !line.startsWith('  ')));
  };
  test('names the callers by token', () => {
    const lines = report((mesh) => crmIn(mesh, { jwt: { ...jwt, required: false } }).grantAllTools(who('b'), TokenCaller.of({ subject: 'alice' }), TokenCaller.of({ claims: { tier: 'gold' }, caller: who('a') })));
    expect(of(lines, 'tool server crm (find, refund)')).toEqual([
      `  <- any caller with a token from ${issuer} (sub=alice): every tool, at /mcp, through waypoint voice/voice-waypoint`,
      `  <- identity ops/a with a token from ${issuer} (tier=gold): every tool, at /mcp, through waypoint voice/voice-waypoint`,
      '  <- identity ops/b: every tool, at /mcp, through waypoint voice/voice-waypoint',
    ]);
  });
  test('names the required token and the rate limits', () => {
    const lines = report((mesh) => crmIn(mesh, { jwt, rateLimit: { requestsPerSecond: 5 } }).grantTools(['find'], who('a')), agentgateway);
    expect(of(lines, 'tool server crm (find, refund)')).toEqual([
      `  <- identity ops/a: tool find, at /mcp, through MCP proxy voice/crm:8080, with a token from ${issuer}, at most 5 requests per second and pod in total`,
    ]);
  });
  test('says where credentials of callers are forwarded', () => {
    const line = (props: object) => of(report((mesh) => crmIn(mesh, props).grantAllTools(who('a')), sidecar), 'tool server crm (find, refund)');
    expect(line({ unsafePassTokens: true })).toEqual(['  <- identity ops/a: every tool, at /mcp, FORWARDED: the MCP server receives the credentials of callers']);
    expect(line({})).toEqual(['  <- identity ops/a: every tool, at /mcp']);
  });
  test('names the external servers of a boundary', () => {
    const far = () => McpServer.external({ host: ExternalHost.https('mcp.example.com', { port: 8443 }), tools: ['search'] });
    expect(of(report((mesh) => crmIn(mesh, { servers: { far: far() } }).grantAllTools(restricted(mesh))), 'tool server crm (search)'))
      .toEqual(['  <- agent kept: every tool, at http://mcp.example.com/mcp, through waypoint voice/voice-waypoint, to mcp.example.com:8443']);
    const near = McpServer.external({ host: ExternalHost.https('near.example.com'), tools: ['look'] });
    expect(of(report((mesh) => crmIn(mesh, { servers: { far: far(), near, own: McpServer.of(deploy([8080]), { tools: ['find'] }) } }).grantTools(['far_search'], restricted(mesh)), agentgateway), 'tool server crm (far_search, near_look, own_find)'))
      .toEqual(['  <- agent kept: tool far_search, at /mcp, through MCP proxy voice/crm:8080, to mcp.example.com:8443 and near.example.com:443']);
  });
  test('names the external hosts of workloads', () => {
    const lines = report((mesh) => { new Agent(mesh, 'a', { versions: { v1: running({ egress: { hosts: [ExternalHost.https('a.example.com'), ExternalHost.https('b.example.com')] } }) } }); });
    expect(of(lines, 'egress of agent a')).toEqual(['  -> a.example.com:443', '  -> b.example.com:443']);
  });
  test('names the proxy as a caller of its guardrail service', () => {
    const lines = report((mesh) => { crmIn(mesh, { guardrails: [{ service: new Agent(mesh, 'judge', { versions: { v1: deploy() } }), methods: { '*': GuardrailPhase.FULL } }] }); }, agentgateway);
    expect(of(lines, 'agent judge')).toEqual(['  <- the proxy of tool server crm: port 8000']);
  });
});

describe('existing servers', () => {
  test('keep their namespace and Service behind a proxy', () => {
    const objects = synth((mesh) => crmIn(mesh, {
      servers: { one: McpServer.of(existing('one', { namespace: 'theirs', service: { name: 'one-svc', port: 9000 } }), { tools: ['find'] }) },
    }).grantTools(['find'], who('a')), { ...agentgateway, existingNamespaces: ['theirs'] });
    expect(objects.names('Gateway')).toEqual(['Gateway/theirs/crm']);
    expect(objects.get('AgentgatewayBackend', 'crm', 'theirs').spec.mcp.targets).toEqual([{ name: 'one', static: { backendRef: { name: 'one-svc' }, port: 9000, path: '/mcp', protocol: 'StreamableHTTP' } }]);
    expect(objects.names('Service')).toEqual([]);
  });
});

test('later changes of the given props have no effect', () => {
  const tools = ['find'];
  const scopes = ['read'];
  const claims: Record<string, string> = { tier: 'gold' };
  const hosts = [ExternalHost.https('a.example.com')];
  const objects = synth((mesh) => {
    const crm = crmIn(mesh, { servers: { one: McpServer.of(running({ egress: { hosts } }), { tools }) }, jwt, oauth: { resource: 'https://crm', scopes } });
    const gold = TokenCaller.of({ claims, caller: who('a') });
    for (const list of [tools, scopes]) list.push('later.example.com');
    hosts.push(ExternalHost.https('later.example.com'));
    claims.tier = 'silver';
    crm.grantAllTools(gold);
    expect(crm.tools).toEqual(['find']);
  }, agentgateway);
  expect(objects.get('AgentgatewayPolicy', 'crm-tokens').spec.traffic.jwtAuthentication.mcp.resourceMetadata.scopesSupported).toEqual(['read']);
  expect(objects.get('AgentgatewayPolicy', 'crm').spec.backend.mcp.authorization.policy.matchExpressions[0]).toContain('jwt["tier"] == "gold"');
  expect(objects.names('ServiceEntry')).toEqual(['ServiceEntry/voice/voice-external-a-example-com']);
});
