import { ApiObject, Testing } from 'cdk8s';
import { IConstruct } from 'constructs';
import {
  Agent, AgentMesh, AgentMeshProps, AvailabilityMode, Backend, CanaryRoute, ClusterLink, EndpointPicker, EndpointPickerConfig,
  ExternalHost, Fault, GatewayExposure,
  Identity, InferenceGateway, InferenceModelRewrite, InferenceObjective, InferencePool, InferenceRoute, InferenceTenant,
  McpAccessPolicy, McpServer, McpToolBoundary, McpTransport, MeshEgress, MeshProvider, MigrationStage, Port, UnauthenticatedPort, Waypoint, Workload,
} from '../../src';
import { withPrefill } from '../disaggregated';
import { cases } from '../providers/cases';
import { GatewayName, MeshName, MESHES, meshOn, NEWEST } from '../providers/suite';
import { boundaryProps, deploy, existing, IMAGE, JWKS } from '../story';
import { Build, meshOf } from '../synth';

/** The constructs that emit objects. */
export const CONSTRUCTS = {
  AgentMesh, Agent, Backend, InferenceGateway, InferencePool, InferenceObjective, InferenceTenant, InferenceModelRewrite,
  CanaryRoute, InferenceRoute, McpToolBoundary, Waypoint, MeshEgress, ClusterLink,
  McpAccessPolicy,
} as const;
export type ConstructName = keyof typeof CONSTRUCTS;

/** An object as a construct of a program emits it. */
export interface Emitted {
  readonly mesh: MeshName;
  readonly by: GatewayName;
  readonly construct: ConstructName;
  /** The id of the construct, which is the name of its main object. */
  readonly of: string;
  /** Its place below the construct, by ids. */
  readonly path: string;
  readonly kind: string;
  readonly name: string;
  /** Whether `ApiObject.of(construct)` returns it. */
  readonly isMain: boolean;
}

const IN_FULL = Workload.deploy.bind(Workload);
const gateway = (mesh: AgentMesh, options: object = {}) => new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' }, ...options });
const agent = (mesh: AgentMesh, id = 'agent') => new Agent(mesh, id, { versions: { v1: deploy(), v2: deploy([8000, 9000]) }, stable: 'v1' });

const scaled = () => IN_FULL({
  image: IMAGE, ports: [Port.http(8000)], podDisruptionBudget: { maxUnavailable: 1 }, horizontalPodAutoscaler: { maxReplicas: 4 },
});

const OPEN = { unauthenticatedPorts: [UnauthenticatedPort.of(9443)] };

const grpcPool = (picker: Workload) => ({ workload: existing('vllm', { ports: [Port.grpc(8000)] }), picker: EndpointPicker.existing(picker) });

/** Programs beside the cases of each feature: what a feature does not name, but adds objects. */
const MORE: readonly Build[] = [
  (mesh) => {
    new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() }, canary: { version: 'v2', percent: 5 }, requestTimeoutSeconds: 5 });
  },
  (mesh) => {
    const demanding = () => IN_FULL({ image: IMAGE, ports: [Port.http(8000)], jwt: { issuer: 'i', jwks: JWKS }, externalAuthorizer: { provider: 'opa', serviceName: 'opa', serviceNamespace: 'opa' } });
    new Agent(mesh, 'agent', { versions: { v1: demanding(), v2: demanding() }, circuitBreaker: {}, canary: { version: 'v2', percent: 5 } });
  },
  (mesh) => {
    const [near, far] = ['near', 'far'].map((namespace) => new Agent(mesh, namespace, { namespace, versions: { v1: deploy() } }).version());
    gateway(mesh).addCanary('canary', { stable: near, canary: far, percent: 5 });
  },
  (mesh) => { gateway(mesh, { deniedCidrs: ['10.0.0.0/8'], tls: { secretName: 'tls', secretNamespace: 'certs' } }).addRoute('route', { target: agent(mesh).version('v1') }); },
  (mesh) => { gateway(mesh).addPool('llm', { workload: deploy(), picker: EndpointPicker.deploy(), allowedModels: ['base'], autoscaling: { serverAddress: 'http://prometheus:9090', maxReplicas: 4 } }); },
  (mesh) => {
    const jwt = { issuer: 'https://id.example.com', jwks: JWKS, claimHeaders: { 'x-llm-d-inference-objective': 'tier' } };
    const pool = new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' }, jwt }).addPool('llm', { workload: deploy() });
    new InferenceObjective(mesh, 'gold', { pool, priority: -10 });
    new InferenceModelRewrite(mesh, 'chat', { pool, targets: [{ model: 'chat-v1' }] });
  },
  (mesh) => { new InferenceGateway(mesh, 'models', { exposure: GatewayExposure.IN_MESH }).addPool('llm', { workload: deploy() }).grantInfer(Identity.of({ namespace: 'ops', serviceAccount: 'console' })); },
  ...[
    () => ({ workload: deploy(), picker: EndpointPicker.deploy({ config: EndpointPickerConfig.agents() }) }),
    () => grpcPool(existing('picker', { ports: [Port.grpc(9002)], service: { name: 'picker', port: 9002 } })),
  ].map((options): Build => (mesh) => {
    const pool = new InferenceGateway(mesh, 'models', { exposure: GatewayExposure.IN_MESH }).addPool('llm', options());
    new InferenceTenant(mesh, 'desk', { pool }).grantInfer(Identity.of({ namespace: 'ops', serviceAccount: 'console' }));
  }),
  (mesh) => { gateway(mesh).addPool('llm', { workload: scaled(), picker: EndpointPicker.deploy() }); },
  (mesh) => {
    const config = EndpointPickerConfig.loadOnly();
    const scaling = { availability: AvailabilityMode.ACTIVE_ACTIVE, config, horizontalPodAutoscaler: { maxReplicas: 4 } };
    gateway(mesh).addPool('llm', { workload: deploy(), picker: EndpointPicker.deploy({ ...scaling, metricsAuthentication: true }) });
  },
  (mesh) => {
    gateway(mesh).addPool('llm', grpcPool(existing('picker', { ports: [Port.grpc(9002)], service: { name: 'picker', port: 9002 } })));
  },
  (mesh) => { new Agent(mesh, 'agent', { versions: { v1: scaled() } }); },
  (mesh) => { new McpToolBoundary(mesh, 'crm', { ...boundaryProps({ server: deploy([8080]) }), faults: [Fault.abort(503)] }); },
  (mesh) => { new McpToolBoundary(mesh, 'crm', boundaryProps({ server: scaled() })); },
  (mesh) => {
    const workload = existing('vllm', { egress: { kubernetesApiCidrs: ['10.0.0.1/32'] } });
    const picker = existing('picker', { ports: [Port.http(9002)], service: { name: 'picker', port: 9002 }, egress: { kubernetesApiCidrs: ['10.0.0.1/32'] } });
    InferencePool.fromPoolName(gateway(mesh), 'llm', { poolName: 'llm', workload, picker: EndpointPicker.existing(picker) });
  },
  (mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('agent', { ports: [Port.http(8000), Port.http(9000)] }) } }); },
  (mesh) => { new Agent(mesh, 'agent', { versions: { v1: IN_FULL({ image: IMAGE, ports: [Port.http(8000)], healthPath: '/up', egress: {} }) } }); },
  (mesh) => { new McpToolBoundary(mesh, 'crm', boundaryProps({ server: existing('crm', { ports: [Port.http(8000), Port.http(9000)], service: { name: 'crm', port: 80 } }) })); },
  (mesh) => { new McpToolBoundary(mesh, 'crm', boundaryProps({ server: IN_FULL({ image: IMAGE, ports: [Port.http(8080), Port.http(9090)], healthPath: '/up' }), enforcesMirroredHeaders: true })); },
  (mesh) => { new McpToolBoundary(mesh, 'crm', boundaryProps({ transport: McpTransport.SSE, server: IN_FULL({ image: IMAGE, ports: [Port.http(8080)], replicas: 1 }) })); },
  (mesh) => { new McpToolBoundary(mesh, 'crm', boundaryProps({ jwt: { issuer: 'https://issuer.example.com', jwksUri: 'https://issuer.example.com/keys' }, unsafePassTokens: true })); },
  (mesh) => { new McpToolBoundary(mesh, 'crm', boundaryProps({ server: IN_FULL({ image: IMAGE, ports: [Port.http(8080)], externalAuthorizer: { provider: 'opa', serviceName: 'opa', serviceNamespace: 'opa' } }) })); },
  (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.external({ host: ExternalHost.https('mcp.example.com'), tools: ['find'] }), jwt: { issuer: 'i', jwks: JWKS, required: false } }); },
  (mesh) => {
    new McpToolBoundary(mesh, 'crm', {
      servers: { one: McpServer.of(deploy([8080]), { tools: ['find'], credentials: { secretName: 's', key: 'k' } }), two: McpServer.external({ host: ExternalHost.https('mcp.example.com', { port: 8443 }), tools: ['find'] }) },
    });
  },
  (mesh) => {
    const boundary = new McpToolBoundary(mesh, 'crm', boundaryProps({}));
    boundary.grantAllTools(Identity.of({ namespace: 'ops', serviceAccount: 'auditor' }));
    new McpAccessPolicy(mesh, 'access', { boundary, backendName: 'crm' });
  },
  (mesh) => { new Backend(mesh, 'cache', { workload: IN_FULL({ image: IMAGE, ports: [Port.tcp(6379), Port.tcp(16379), Port.tcp(9443)], egress: {}, ...OPEN }), peers: true }); },
  (mesh) => { new McpToolBoundary(mesh, 'crm', boundaryProps({ server: IN_FULL({ image: IMAGE, ports: [Port.http(8080), Port.tcp(9443)], ...OPEN }) })); },
  (mesh) => {
    const picker = existing('picker', { ports: [Port.http(9002), Port.tcp(9443)], service: { name: 'picker', port: 9002 }, ...OPEN });
    gateway(mesh).addPool('llm', { workload: IN_FULL({ image: IMAGE, ports: [Port.http(8000), Port.tcp(9443)], ...OPEN }), picker: EndpointPicker.existing(picker) });
  },
  (mesh) => {
    const ports = [Port.http(8000), Port.tcp(5600), Port.tcp(9443)];
    const scaling = { podDisruptionBudget: { maxUnavailable: 1 }, horizontalPodAutoscaler: { maxReplicas: 4 } };
    gateway(mesh).addPool('llm', withPrefill({ prefill: { workload: IN_FULL({ image: IMAGE, ports, egress: {}, ...scaling, ...OPEN }) } }));
  },
  (mesh) => { gateway(mesh, { loadBalancerClass: 'service.k8s.aws/nlb' }); },
  (mesh) => { new Waypoint(mesh, 'waypoint'); },
  (mesh) => { Waypoint.fromGatewayName(mesh, 'waypoint', { gatewayName: 'waypoint' }); },
  (mesh) => { InferenceGateway.fromGatewayName(mesh, 'gw', { gatewayName: 'gw', namespace: 'voice', hostnames: ['a.example.com'] }); },
];

const METRICS = { scraper: Identity.of({ namespace: 'monitoring', serviceAccount: 'prometheus' }) };
const BY: readonly GatewayName[] = ['istio', 'istioAgentgateway', 'agentgateway'];

let emitted: readonly Emitted[] | undefined;

/** Every object of every program on every mesh, where the program is not refused. */
export function emittedObjects(): readonly Emitted[] {
  return emitted ??= MESHES.flatMap((mesh) => BY.flatMap((by) => {
    const asked = cases.filter(({ feature }) => feature !== 'foreign-trust-domain').map(({ asks }) => asks);
    const props = { ...meshOn(mesh, NEWEST, by), metrics: METRICS };
    const audited = objectsOf((one) => { new McpToolBoundary(one, 'crm', boundaryProps({})); }, { ...props, auditOnlyNamespaces: ['voice'] });
    return [...[...asked, ...MORE].flatMap((build) => objectsOf(build, props)), ...audited].map((one) => ({ ...one, mesh, by }));
  }));
}

/** The objects of a mesh that moves to ambient, which has those of both data planes. */
export function movingObjects(): Omit<Emitted, 'mesh' | 'by'>[] {
  const tools: Build = (mesh) => void new McpToolBoundary(mesh, 'crm', boundaryProps({})).grantAllTools(new Agent(mesh, 'agent', { versions: { v1: deploy() } }));
  return Object.values(MigrationStage).flatMap((stage) => objectsOf(tools, { mesh: MeshProvider.istioAmbient({ migration: { voice: stage } }) }));
}

function objectsOf(build: Build, props: Partial<AgentMeshProps>): Omit<Emitted, 'mesh' | 'by'>[] {
  const { chart } = meshOf(build, props);
  try {
    Testing.synth(chart);
  } catch {
    return []; // refused on these providers
  }
  return chart.node.findAll().filter((one): one is ApiObject => ApiObject.isApiObject(one)).map((object) => {
    const owner = object.node.scopes.reverse().find((one) => constructOf(one) !== undefined)!;
    const path = object.node.path.slice(owner.node.path.length + 1);
    const main = owner.node.defaultChild && ApiObject.of(owner);
    return { construct: constructOf(owner)!, of: owner.node.id, path, kind: object.kind, name: object.name, isMain: main === object };
  });
}

/** What a program gets for what exists already, by the names of classes that it does not see. */
const EXISTING: Readonly<Record<string, ConstructName>> = { ExistingGateway: 'InferenceGateway', ExistingPool: 'InferencePool', ExistingWaypoint: 'Waypoint' };

function constructOf(one: IConstruct): ConstructName | undefined {
  return EXISTING[one.constructor.name] ?? (Object.keys(CONSTRUCTS) as ConstructName[]).find((name) => one instanceof CONSTRUCTS[name]);
}
