import {
  Agent, AgentMesh, AgentMeshProps, EndpointPicker, InferenceGateway, InferencePool, McpProvider, McpServer, McpToolBoundary, MediaPort,
  MeshProvider, MigrationStage, Port, UnauthenticatedPort, Waypoint, Workload, WorkloadOptions,
} from '../../src';
import { linkerd, sidecar } from '../rejected/tool-programs';
import { deploy, existing, IMAGE, JWKS } from '../story';
import { Manifests, outcomeOf } from '../synth';

const OPA = { provider: 'opa', serviceName: 'opa', serviceNamespace: 'opa-system' };

/** What can be said of any pods beside their ports, and what shows that it holds for those whose selector is given. */
interface Field {
  readonly said: Partial<WorkloadOptions>;
  readonly shown: (program: Program) => boolean;
}

interface Program {
  readonly objects: Manifests;
  readonly report: string;
  /** Labels that select the pods. */
  readonly labels: Readonly<Record<string, string>>;
}

const has = (expected: object) => (one: unknown): boolean => expect.objectContaining(expected).asymmetricMatch(one);
const ofPods = (kind: string, { objects, labels }: Program, field: string) =>
  objects.all.filter((one) => one.kind === kind && JSON.stringify(one.spec[field]?.matchLabels) === JSON.stringify(labels));
const containers = (program: Program) => ofPods('Deployment', program, 'selector').flatMap(({ spec }) => spec.template.spec.containers);

const FIELDS: Readonly<Record<string, Field>> = {
  'egress': {
    said: { egress: { namespaces: ['db'] } },
    shown: (program) => ofPods('NetworkPolicy', program, 'podSelector').some(({ spec }) => spec.policyTypes.includes('Egress') && JSON.stringify(spec.egress).includes('"db"')),
  },
  'jwt': {
    said: { jwt: { issuer: 'https://issuer.example.com', jwks: JWKS } },
    shown: ({ objects }) => objects.all.some(({ kind, spec }) => kind === 'RequestAuthentication' && spec.jwtRules.some(has({ issuer: 'https://issuer.example.com' }))),
  },
  'externalAuthorizer': {
    said: { externalAuthorizer: OPA },
    shown: ({ objects }) => objects.all.some(({ kind, spec }) => kind === 'AuthorizationPolicy' && spec.action === 'CUSTOM' && spec.provider.name === 'opa'),
  },
  'rateLimit': {
    said: { rateLimit: { requestsPerSecond: 7 } },
    shown: ({ objects }) => objects.all.some(({ kind, spec }) => kind === 'HTTPLocalRateLimitPolicy' && spec.total.requestsPerSecond === 7),
  },
  'mediaPorts': {
    said: { mediaPorts: [MediaPort.udp(40000)] },
    shown: (program) => /UDP 40000\n {2}<- anyone who can reach the pods: NOT PROTECTED/.test(program.report)
      && (containers(program).length === 0 || containers(program).some(({ ports }) => ports.some(has({ containerPort: 40000, protocol: 'UDP' })))),
  },
  'unauthenticatedPorts': {
    said: { ports: [Port.http(8000), Port.http(9000)], unauthenticatedPorts: [UnauthenticatedPort.of(9000)] },
    shown: (program) => {
      const opened = ofPods('AuthorizationPolicy', program, 'selector').some(({ spec }) => JSON.stringify(spec.rules) === '[{"to":[{"operation":{"ports":["9000"]}}]}]');
      const [server] = ofPods('Server', program, 'podSelector').filter(({ spec }) => spec.port === 9000);
      const authorized = program.objects.all.some(({ kind, spec }) => kind === 'AuthorizationPolicy' && spec.requiredAuthenticationRefs?.[0].kind === 'NetworkAuthentication' && spec.targetRef.name === server?.metadata.name);
      return / port 9000\n {2}<- anyone who can reach the pods: NOT AUTHENTICATED/.test(program.report.replace(/,/g, '')) && (opened || authorized);
    },
  },
  'TCP ports': {
    said: { ports: [Port.tcp(8000)] },
    shown: (program) => program.objects.all.some(({ kind, metadata, spec }) => kind === 'Service' && metadata.name !== 'llm-pods' && spec.ports.some(({ appProtocol }: { appProtocol?: string }) => /^tcp$|opaque/.test(appProtocol ?? '')))
      || ofPods('Server', program, 'podSelector').some(({ spec }) => spec.proxyProtocol === 'opaque'),
  },
  'gRPC ports': {
    said: { ports: [Port.grpc(8000)] },
    shown: (program) => program.objects.all.some(({ kind, metadata, spec }) => kind === 'Service' && !/-epp|^gw/.test(metadata.name) && spec.ports.some(has({ appProtocol: 'kubernetes.io/h2c' }))),
  },
  'healthPath': {
    said: { healthPath: '/healthz' },
    shown: (program) => containers(program).some(({ readinessProbe }) => readinessProbe?.httpGet?.path === '/healthz') || program.report.includes(', GET /healthz\n'),
  },
};

type Give = (mesh: AgentMesh, said: Partial<WorkloadOptions>) => void;

/** Where a workload can be given, with the labels that its pods have then. */
type Place = readonly [give: Give, labels: Readonly<Record<string, string>>, on?: Partial<AgentMeshProps>, meshes?: readonly string[]];

const APP = { app: 'own' };
const named = (name: string) => ({ 'app.kubernetes.io/name': name });
const versioned = (version: string) => ({ ...named('agent'), 'app.kubernetes.io/version': version });
const made = (said: Partial<WorkloadOptions>) => Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], ...said });
/** The team's, with a Service that goes through the waypoint `way` where there is one. */
const theirs = (mesh: AgentMesh, said: Partial<WorkloadOptions>) =>
  existing('own', { service: { name: 'own', port: 80, ...(isAmbient(mesh) && { labels: { 'istio.io/use-waypoint': 'way' } }) }, ...said });
const isAmbient = (mesh: AgentMesh) => mesh.describeAccess().includes('ztunnel');
const way = (mesh: AgentMesh) => (isAmbient(mesh) ? { waypoint: new Waypoint(mesh, 'way') } : {});
const gateway = (mesh: AgentMesh) => new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
const agentgateway = { mcp: McpProvider.agentgateway() };
/** Where its proxies can be told who calls. */
const BY_PROXY = ['ambient', 'Linkerd'];

const PLACES: Readonly<Record<string, Place>> = {
  'an agent': [(mesh, said) => void new Agent(mesh, 'agent', { versions: { v1: made(said) } }), versioned('v1')],
  'an agent that runs already': [(mesh, said) => void new Agent(mesh, 'agent', { versions: { v1: theirs(mesh, said) }, ...way(mesh) }), APP],
  'a version': [(mesh, said) => void new Agent(mesh, 'agent', { versions: { v1: made(said), v2: made(said) }, stable: 'v1' }), versioned('v2')],
  'a tool server': [(mesh, said) => void new McpToolBoundary(mesh, 'crm', { server: McpServer.of(made(said), { tools: ['t'] }) }), named('crm')],
  'a tool server that runs already': [(mesh, said) => void new McpToolBoundary(mesh, 'crm', { server: McpServer.of(theirs(mesh, said), { tools: ['t'] }), ...way(mesh) }), APP],
  'the only one of named tool servers': [(mesh, said) => void new McpToolBoundary(mesh, 'crm', { servers: { one: McpServer.of(made(said), { tools: ['t'] }) } }), named('crm')],
  'a tool server behind a proxy': [(mesh, said) => void new McpToolBoundary(mesh, 'crm', { server: McpServer.of(made(said), { tools: ['t'] }) }), named('crm-server'), agentgateway, BY_PROXY],
  'a tool server behind a proxy that runs already': [(mesh, said) => void new McpToolBoundary(mesh, 'crm', {
    server: McpServer.of(existing('own', { service: { name: 'own', port: 80 }, ...said }), { tools: ['t'] }),
  }), APP, agentgateway, BY_PROXY],
  'one of several tool servers behind a proxy': [(mesh, said) => void new McpToolBoundary(mesh, 'crm', {
    servers: { one: McpServer.of(deploy([8080]), { tools: ['t'] }), two: McpServer.of(made(said), { tools: ['t'] }) },
  }), named('crm-two'), agentgateway, BY_PROXY],
  'the servers of a pool': [(mesh, said) => void gateway(mesh).addPool('llm', { workload: made(said) }), named('llm')],
  'the servers of a pool that run already': [(mesh, said) => void gateway(mesh).addPool('llm', { workload: existing('own', said) }), APP],
  'a version that a pool serves': [(mesh, said) => void gateway(mesh).addPool('llm', { workload: new Agent(mesh, 'agent', { versions: { v1: made(said) } }).version() }), versioned('v1')],
  'the picker of a pool': [(mesh, said) => void gateway(mesh).addPool('llm', { workload: deploy([8001]), picker: pickerOf(said) }), APP],
  'the picker of a pool of the team': [(mesh, said) => void InferencePool.fromPoolName(gateway(mesh), 'llm', { poolName: 'llm', workload: existing('vllm'), picker: pickerOf(said) }), APP],
};

/** A picker watches the Kubernetes API. */
const pickerOf = ({ egress, ...said }: Partial<WorkloadOptions>) => EndpointPicker.existing(
  existing('own', { service: { name: 'own', port: 80 }, ...said, ...(egress && { egress: { ...egress, kubernetesApiCidrs: ['10.0.0.1/32'] } }) }), { selfSignedTls: false },
);

const MESHES: Readonly<Record<string, Partial<AgentMeshProps>>> = {
  ambient: {}, sidecars: sidecar, Linkerd: linkerd,
  ...Object.fromEntries(Object.values(MigrationStage).map((stage) => [`the way from sidecars (${stage})`, { mesh: MeshProvider.istioAmbient({ migration: { voice: stage } }) }])),
};

/** Where nothing has to be done: what runs already says itself what it speaks and how it is probed, and the mesh reads neither. */
const NOTHING_TO_DO = [
  /^healthPath of (.* that runs? already|the picker .*) (in ambient|on the way from sidecars \(enrolled\))$/,
  /^TCP ports of an agent that runs already (in ambient|on sidecars|on the way .*)$/, /^gRPC ports of .* that runs already/, /^gRPC ports of the picker/,
];

const CELLS = Object.entries(MESHES).flatMap(([mesh, on]) => Object.entries(PLACES)
  .filter(([, [, , , meshes]]) => meshes?.includes(mesh) ?? true)
  .flatMap(([place, [give, labels, by]]) => Object.entries(FIELDS)
    .map(([name, field]) => ({ name: `${name} of ${place} ${mesh === 'ambient' ? 'in' : 'on'} ${mesh}`, give, labels, field, props: { ...on, ...by } })))
  .filter(({ name }) => !NOTHING_TO_DO.some((pattern) => pattern.test(name))));

test.each(CELLS.map((cell) => [cell.name, cell] as const))('%s is enforced or refused', (_, { give, labels, field, props }) => {
  const { problems, objects, access } = outcomeOf((mesh) => give(mesh, field.said), props);
  if (problems.length > 0) return;
  expect(field.shown({ objects, report: access, labels })).toBe(true);
});
