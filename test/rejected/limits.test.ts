import { Refused, saidMoreThanOnce, testRefused } from './corpus';
import { agentgateway, crmOf, jwt, linkerd, moving, external, sidecar } from './tool-programs';
import {
  Agent, AgentMesh, AgentMeshProps, ExternalHost, GuardrailPhase, Identity, InferenceGateway, McpServer, McpToolBoundary, MeshEgress,
} from '../../src';
import { deploy, JWKS } from '../story';
import { problemsOf } from '../synth';

/** A list that grows with the program: how many entries its kind takes, a program with so many, and what is said of one more. */
interface Limit {
  readonly most: number;
  readonly make: (mesh: AgentMesh, count: number) => void;
  readonly message: Refused[2];
  readonly on?: Partial<AgentMeshProps>;
}

const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const callers = (count: number, length = 0) => many(count, (i) => Identity.of({ namespace: 'ops', serviceAccount: `c${i}`.padEnd(length, 'x') }));
const called = (mesh: AgentMesh, count: number) => new Agent(mesh, 'agent', { versions: { v1: deploy() } }).grantCall(...callers(count));
const items = (mesh: AgentMesh, count: number) => {
  const tools = many(count - 2, (i) => `t${i}`); // beside them, what there is and who speaks
  const crm = new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools, enforcesMirroredHeaders: true }) });
  tools.forEach((tool) => crm.grantTools([tool], Identity.of({ namespace: 'ops', serviceAccount: tool })));
};
const hosts = (mesh: AgentMesh, count: number) => void new MeshEgress(mesh, 'out', { hosts: many(count, (i) => `h${i}.example.com`).map((host) => ExternalHost.https(host)) });
const gateway = (mesh: AgentMesh, count = 1) => new InferenceGateway(mesh, 'gw', { hostnames: many(count, (i) => `h${i}.example.com`), tls: { secretName: 'tls' } });
const tooManyCallers = 'the callers of agent agent do not fit into one AuthorizationPolicy; got "8193 callers"; allowed: at most 8192; give this callee fewer callers: replace it by two agents or McpToolBoundaries, each for a part of the callers [AM220]';
const tooManyRules = 'the grants of tool server crm do not fit into one AuthorizationPolicy; got "513 rules"; allowed: at most 512';

/** At each limit an API server with these kinds took what is written, and nothing above it. */
const LIMITS: Readonly<Record<string, Limit>> = {
  'callers of an agent in ambient': { most: 8192, make: called, message: tooManyCallers },
  'callers of an agent on sidecars': { most: 8192, make: called, message: tooManyCallers, on: sidecar },
  'callers of an agent in a mesh that moves': { most: 8192, make: called, message: tooManyCallers, on: moving },
  'callers of an agent that a gateway leads to': {
    most: 8191, make: (mesh, count) => {
      const agent = new Agent(mesh, 'agent', { versions: { v1: deploy() } });
      agent.grantCall(...callers(count));
      gateway(mesh).addRoute('r', { target: agent.version() });
    }, message: tooManyCallers,
  },
  'callers of a tool server in ambient': { most: 8192, make: (mesh, count) => crmOf(mesh).grantAllTools(...callers(count)), message: 'the callers of tool server crm do not fit into one AuthorizationPolicy; got "8193 callers"' },
  'rules of a tool server in ambient': { most: 512, make: items, message: tooManyRules },
  'rules of a tool server on sidecars': { most: 512, make: items, message: tooManyRules, on: sidecar },
  'rules of a tool server in a mesh that moves': { most: 512, make: items, message: tooManyRules, on: moving },
  'hosts that sidecars see': { most: 256, make: hosts, message: 'the hosts of out do not fit into one ServiceEntry; got "257 hosts"; allowed: at most 256; divide the hosts between two MeshEgress [AM220]', on: sidecar },
  'hosts that Linkerd allows': { most: 1024, make: hosts, message: 'the hosts of out do not fit into one TLSRoute; got "1025 hosts"; allowed: at most 1024; divide the hosts between two MeshEgress [AM220]', on: linkerd },
  'callers that Linkerd names': {
    most: 9708, make: (mesh, count) => new Agent(mesh, 'agent', { versions: { v1: deploy() } }).grantCall(...callers(count, 53)),
    message: 'the callers of agent agent do not fit into one MeshTLSAuthentication; got "1000027 characters"; allowed: at most 1000000; give this callee fewer callers: replace it by two agents or McpToolBoundaries, each for a part of the callers [AM220]', on: linkerd,
  },
  'hosts of a gateway': { most: 16, make: gateway, message: 'the gateway has more hostnames than one HTTPRoute can have; got 17' },
  'pools of a gateway': {
    most: 64, make: (mesh, count) => {
      const one = gateway(mesh);
      many(count, (i) => one.addPool(`p${i}`, { workload: deploy(), innerPort: 20_000 + i }));
    }, message: ['AM206', 'gateway gw has more pools in namespace voice than its inner gateways can have listeners; got [65]'],
  },
  'servers of a boundary': {
    most: 32, make: (mesh, count) => void crmOf(mesh, { servers: Object.fromEntries(many(count, (i) => [`s${i}`, external(`s${i}.example.com`)])) }),
    message: ['AM351', 'tool server crm has more servers than agentgateway accepts; got 33'], on: agentgateway,
  },
  'audiences of a boundary': { most: 64, make: (mesh, count) => void crmOf(mesh, { jwt: { ...jwt, audiences: many(count, (i) => `a${i}`) } }), message: 'tool server crm has more audiences than agentgateway accepts; got 65', on: agentgateway },
  'characters of an issuer': { most: 256, make: (mesh, count) => void crmOf(mesh, { jwt: { ...jwt, issuer: 'i'.repeat(count) } }), message: 'tool server crm has more characters of the issuer than agentgateway accepts; got 257', on: agentgateway },
  'characters of keys': {
    most: 65_536, make: (mesh, count) => void crmOf(mesh, { jwt: { ...jwt, jwks: JWKS.padEnd(count) } }), message: 'tool server crm has more characters of the issuer\'s keys than agentgateway accepts; got 65537', on: agentgateway,
  },
  'guardrails of a boundary': {
    most: 16, make: (mesh, count) => {
      const judge = new Agent(mesh, 'judge', { versions: { v1: deploy() } });
      crmOf(mesh, { guardrails: many(count, () => ({ service: judge, methods: { '*': GuardrailPhase.FULL } })) });
    }, message: 'tool server crm has more guardrails than agentgateway accepts; got 17', on: agentgateway,
  },
  'callers that agentgateway counts': {
    most: 16, make: (mesh, count) => crmOf(mesh, { rateLimit: { requestsPerSecondOfCaller: 1 } }).grantAllTools(...callers(count)),
    message: 'agentgateway cannot limit the requests of so many callers of tool server crm separately; got "17 callers"', on: agentgateway,
  },
};

test.each(Object.entries(LIMITS).map(([name, limit]) => [name, limit.most, limit] as const))('%s: %d are accepted', (_, most, { make, on }) => {
  expect(problemsOf((mesh) => make(mesh, most), on)).toEqual([]);
});

const refused: Record<string, Refused[]> = {
  'what is before a host outside': [
    ['callers of its boundary', (mesh) => crmOf(mesh, { servers: { far: external('mcp.example.com') } }).grantAllTools(...callers(8193)), 'the callers of tool server crm do not fit into one AuthorizationPolicy; got "8193 callers"'],
  ],
  'one more is refused': Object.entries(LIMITS).map(([name, { most, make, message, on }]): Refused => [name, (mesh) => make(mesh, most + 1), message, on]),
};

testRefused(refused);

test('one more is reported once', () => {
  expect(saidMoreThanOnce(refused)).toEqual({ 'callers of its boundary': 2 }); // nobody keeps them from the host
});
