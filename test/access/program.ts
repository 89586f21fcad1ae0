import { BlockList } from 'net';
import { Testing } from 'cdk8s';
import {
  Agent, AgentMesh, AgentMeshProps, EndpointPicker, GatewayProvider, Identity, InferenceGateway, McpServer, McpToolBoundary, MeshProvider, Port,
  Workload,
} from '../../src';
import { Decision, TokenSaid } from '../../src/analysis/call';
import { decide, EnforcedFacts } from '../../src/analysis/decision';
import { meshContext } from '../../src/constructs/membership/mesh-context';
import { MeshModel } from '../../src/model/mesh';
import { principalOf } from '../../src/model/principal';
import { WorkloadNode } from '../../src/model/workload';
import { deploy, existing, IMAGE } from '../story';
import { Manifest, meshOf } from '../synth';

export const PROVIDERS = {
  'Istio ambient': () => MeshProvider.istioAmbient(),
  'Istio sidecars': () => MeshProvider.istioSidecar(),
  'Linkerd': () => MeshProvider.linkerd(),
};

export type ProviderName = keyof typeof PROVIDERS;

/** Who reads what comes from outside: a gateway whose pods are members of the mesh. */
export const EDGES: Readonly<Record<ProviderName, () => GatewayProvider>> = {
  'Istio ambient': () => GatewayProvider.istio(),
  'Istio sidecars': () => GatewayProvider.istio(),
  'Linkerd': () => GatewayProvider.istioAgentgateway(),
};

export const HOME = 'cluster.local';

export type Labels = Readonly<Record<string, string>>;

/** A pod as the mesh sees it. */
export interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly serviceAccount: string;
  readonly labels: Labels;
  readonly annotations?: Labels;
  /** The pod's spec, where it is known. */
  readonly spec?: any;
  /** Of the identity that it can prove; none outside every mesh. */
  readonly trustDomain?: string;
}

/** What runs: the objects that were compiled, those that the team brings, and the pods. */
export interface World {
  readonly objects: readonly Manifest[];
  readonly pods: readonly Pod[];
  /**
   * Trust domains whose certificates can be verified.
   *
   * @default - that of the mesh
   */
  readonly trusted?: readonly string[];
}

/** One request on its way, from a pod to a Service or, without one, straight to the pod. */
export interface Attempt {
  readonly from: Pod;
  readonly to: Pod;
  /** Name of the Service that is addressed, in the namespace of the pod. */
  readonly service?: string;
  readonly port: number;
  /**
   * Address that the connection comes from.
   *
   * @default '10.0.0.1'
   */
  readonly sourceAddress?: string;
  readonly path: string;
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What its token says; none where it carries none that is good. */
  readonly token?: TokenSaid;
}

export interface Verdict {
  readonly allowed: boolean;
  /** What the caller would see, and why. */
  readonly status: string;
}

export const allow = (status: string): Verdict => ({ allowed: true, status });
export const deny = (status: string): Verdict => ({ allowed: false, status });

/** Whether an address is in a network. */
export function isWithin(cidr: string, address: string): boolean {
  const [network, prefix] = cidr.split('/');
  const family = (text: string) => (text.includes(':') ? 'ipv6' : 'ipv4');
  const list = new BlockList();
  list.addSubnet(network, Number(prefix ?? (family(network) === 'ipv4' ? 32 : 128)), family(network));
  return list.check(address, family(address));
}

export const of = ({ objects }: World, wanted: string): Manifest[] => objects.filter(({ kind }) => kind === wanted);

export const selects = (selector: Labels, labels: Labels): boolean => Object.entries(selector).every(([key, value]) => labels[key] === value);

export function servicesBefore(world: World, { namespace, labels }: Pod): Manifest[] {
  return of(world, 'Service').filter(({ metadata, spec }) => metadata.namespace === namespace && spec.selector && selects(spec.selector, labels));
}

export interface Program {
  readonly world: World;
  readonly model: MeshModel;
  readonly gateways: EnforcedFacts;
}

export const pod = (namespace: string, name: string, more: Partial<Pod> = {}): Pod => ({
  namespace, name, serviceAccount: name, labels: { app: name }, trustDomain: HOME, ...more,
});

/** Pods that the library does not deploy: the existing agent, the existing caller, pods with the same names elsewhere, and pods without grants. */
export const EXISTING: readonly Pod[] = [
  pod('voice', 'archive'),
  pod('ops', 'auditor'),
  pod('voice', 'auditor'),
  pod('voice', 'intruder'),
  pod('voice', 'voice-waypoint', { labels: { app: 'has-the-account-of-the-waypoint' } }),
  pod('elsewhere', 'assistant'),
  pod('elsewhere', 'archive'),
  pod('elsewhere', 'intruder'),
  pod('outside', 'intruder', { trustDomain: undefined }),
  pod('monitoring', 'prometheus'),
  pod('elsewhere', 'prometheus'),
  pod('monitoring', 'foreign-prometheus', { serviceAccount: 'prometheus', trustDomain: 'other.example' }),
  pod('voice', 'foreign-assistant', { serviceAccount: 'assistant', trustDomain: 'other.example' }),
  pod('ops', 'foreign-auditor', { serviceAccount: 'auditor', trustDomain: 'other.example' }),
];

/** The Service that the team has before its own agent. */
export const ARCHIVE_SERVICE: Manifest = {
  apiVersion: 'v1', kind: 'Service', metadata: { name: 'archive', namespace: 'voice' },
  spec: { selector: { app: 'archive' }, ports: [{ name: 'http', appProtocol: 'http', port: 9000, targetPort: 8000, protocol: 'TCP' }] },
};

/** The voice-agents story, with an agent and a caller that the team brings, and an agent that nobody granted anything. */
export function voiceAgents(mesh: AgentMesh, pools: boolean): void {
  const version = (tag: string) => Workload.deploy({ image: `registry.example.com/assistant:${tag}`, ports: [Port.http(8000)], replicas: 3, healthPath: '/health' });
  const assistant = new Agent(mesh, 'assistant', { versions: { v1: version('1.4.2'), v2: version('2.0.0') }, stable: 'v1' });
  const gateway = new InferenceGateway(mesh, 'voice-gw', { hostnames: ['voice.example.com'], tls: { secretName: 'voice-tls' } });
  const target = (name: string) => (pools ? gateway.addPool(`assistant-${name}`, { workload: assistant.version(name), picker: EndpointPicker.deploy() }) : assistant.version(name));
  gateway.addCanary('chat', { stable: target('v1'), canary: target('v2'), percent: 5 });
  const crm = new McpToolBoundary(mesh, 'crm', { server: McpServer.of(Workload.deploy({ image: IMAGE, ports: [Port.http(8080)] }), { tools: ['find_customer', 'refund'] }) });
  crm.grantAllTools(assistant, Identity.of({ namespace: 'ops', serviceAccount: 'auditor' }));
  const archive = new Agent(mesh, 'archive', {
    versions: { v1: Workload.existing({ labels: { app: 'archive' }, serviceAccount: 'archive', ports: [Port.http(8000)], service: { name: 'archive', port: 9000 } }) },
  });
  const summarizer = new Agent(mesh, 'summarizer', { versions: { v1: deploy() } });
  summarizer.grantCall(archive);
  archive.grantCall(assistant);
  new Agent(mesh, 'idle', { versions: { v1: deploy() } });
}

/** Who reads the metrics of the story's proxies and pickers. */
export const SCRAPER = Identity.of({ namespace: 'monitoring', serviceAccount: 'prometheus' });

export function voiceProgram(provider: ProviderName, props?: Partial<AgentMeshProps>): Program {
  if (props) return voiceProgramWith(provider, props);
  const known = voicePrograms.get(provider) ?? voiceProgramWith(provider, { metrics: { scraper: SCRAPER } });
  voicePrograms.set(provider, known);
  return known;
}

const voicePrograms = new Map<ProviderName, Program>();

function voiceProgramWith(provider: ProviderName, props: Partial<AgentMeshProps>): Program {
  return completed(programOf(provider, (mesh) => voiceAgents(mesh, provider !== 'Linkerd'), props), { objects: [ARCHIVE_SERVICE], pods: [] });
}

/** With what the team brings, and everybody who may try. */
export function completed({ objects, pods, trusted, ...rest }: ReturnType<typeof programOf>, others: World): Program {
  return { ...rest, world: { objects: [...objects, ...others.objects], pods: [...pods, ...others.pods, ...EXISTING], trusted } };
}

/** A program on a provider: its objects, the pods that they deploy, and its model. */
export function programOf(
  provider: ProviderName, build: (mesh: AgentMesh) => void, props: Partial<AgentMeshProps> = {},
): Omit<Program, 'world'> & World {
  const { chart, mesh } = meshOf(build, { mesh: PROVIDERS[provider](), gateway: EDGES[provider](), ...props });
  const objects: Manifest[] = Testing.synth(chart);
  const { model, gateway, mesh: { limitations } } = meshContext.of(mesh);
  const gateways: EnforcedFacts = {
    routing: (node) => gateway.caller(model, node).principal,
    serving: (pool) => gateway.server(model, pool).principal,
    limitations,
    stage: 'now',
  };
  return { objects, pods: [...deployedPods(objects), ...gatewayPods(objects)], trusted: [HOME, ...props.trustedDomains ?? []], model, gateways };
}

/** The pods of Deployments. Those of an agent with one version have the name of the agent here. */
export function deployedPods(objects: readonly Manifest[]): Pod[] {
  const deployments = objects.filter(({ kind }) => kind === 'Deployment');
  const isOnlyVersion = ({ metadata: { namespace }, spec: { template } }: Manifest) => deployments.filter((other) =>
    other.metadata.namespace === namespace && other.spec.template.spec.serviceAccountName === template.spec.serviceAccountName).length === 1;
  return deployments.map((one) => {
    const { metadata, spec: { template } } = one;
    const { labels, annotations } = template.metadata;
    return pod(metadata.namespace!, isOnlyVersion(one) && labels['app.kubernetes.io/version'] ? labels['app.kubernetes.io/name'] : metadata.name, {
      serviceAccount: template.spec.serviceAccountName, spec: template.spec, labels, annotations,
    });
  });
}

/** What istiod makes of Gateways, by their class (Istio 1.31, kube-gateway and agentgateway templates). */
const GATEWAY_CLASSES: Readonly<Record<string, { readonly suffix: string; readonly container: string }>> = {
  'istio': { suffix: '-istio', container: 'istio-proxy' },
  'istio-agentgateway': { suffix: '', container: 'agentgateway' },
};

const GATEWAY_PROBE = { httpGet: { path: '/healthz/ready', port: 15021 } };

/** Pods named and labelled after Gateways; the listeners' ports are their own. */
export function gatewayPods(objects: readonly Manifest[]): Pod[] {
  return objects.filter(({ kind, spec }) => kind === 'Gateway' && GATEWAY_CLASSES[spec.gatewayClassName]).map(({ metadata, spec: { gatewayClassName, infrastructure } }) => {
    const { suffix, container: name } = GATEWAY_CLASSES[gatewayClassName];
    return pod(metadata.namespace!, `${metadata.name}${suffix}`, {
      labels: { ...infrastructure?.labels, 'gateway.networking.k8s.io/gateway-name': metadata.name }, annotations: infrastructure?.annotations,
      spec: { containers: [{ name, readinessProbe: GATEWAY_PROBE }] },
    });
  });
}

export function workloadOf({ model }: Program, title: string): WorkloadNode {
  const workload = [...model.toolServers.map(({ endpoint }) => endpoint), ...model.workloads].find((one) => one.title === title);
  if (!workload) throw new Error(`no ${title}; there are ${model.workloads.map((one) => one.title).join(', ')}`);
  return workload;
}

/** The Service that callers address, where the workload has one. */
export function serviceOf({ model }: Program, workload: WorkloadNode): { readonly name: string; readonly port: number } | undefined {
  const picker = model.pools.map((pool) => pool.picker).find((one) => one.workload === workload);
  return workload.service ?? (picker && { name: picker.serviceName, port: picker.port });
}

export function podOf({ pods }: World, namespace: string, labels: Labels): Pod {
  const found = pods.find((one) => one.namespace === namespace && selects(labels, one.labels));
  if (!found) throw new Error(`no pod in ${namespace} with ${JSON.stringify(labels)}`);
  return found;
}

/** The pods that agentgateway's controller makes of a Gateway. */
export function mcpProxyPod(world: World, name: string): Pod {
  const gateway = of(world, 'Gateway').find((one) => one.metadata.name === name && one.spec.gatewayClassName === 'agentgateway')!;
  const { labels, annotations } = gateway.spec.infrastructure;
  return {
    namespace: gateway.metadata.namespace!, name, serviceAccount: name, annotations, trustDomain: 'cluster.local',
    labels: { ...labels, 'gateway.networking.k8s.io/gateway-name': name }, spec: { containers: [{ name: 'agentgateway' }] },
  };
}

/** What a caller asks for; without a port, at the one that callers are told. */
export type Asked = Pick<Attempt, 'path' | 'method' | 'headers' | 'token' | 'sourceAddress'> & {
  readonly port?: number;
  /** Whether it is the pods that are addressed, past their Service. */
  readonly atPods?: boolean;
};

/** One call as the model decides it, and as it goes over the wire. */
export function callOf(
  program: Program, from: Pod, callee: WorkloadNode, { port, atPods, ...rest }: Asked,
): { readonly decision: Decision; readonly attempt: Attempt } {
  const service = serviceOf(program, callee);
  const called = port ?? service?.port ?? callee.ports[0];
  const caller = from.trustDomain === undefined ? undefined : principalOf(from.trustDomain, from.namespace, from.serviceAccount);
  const said = { origin: rest.headers?.origin, mcp: saidOf(rest.headers) };
  return {
    decision: decide(program.model, { caller, callee, port: called, ...rest, ...said }, program.gateways),
    attempt: { from, to: podOf(program.world, callee.namespace, callee.labels), service: atPods ? undefined : service?.name, port: called, ...rest },
  };
}

/** What a request says of itself; a server checks it from one revision on. */
function saidOf(headers: Labels = {}): { readonly method: string; readonly name?: string } | undefined {
  const { 'mcp-protocol-version': revision, 'mcp-method': method, 'mcp-name': name } = headers;
  return revision === '2026-07-28' && method !== undefined ? { method, name } : undefined;
}

/** A mesh by chance, of agents and tool servers in three namespaces, some behind a gateway, with grants between them. */
export interface Plan {
  readonly agents: readonly { readonly deployed: boolean; readonly namespace: string; readonly routed: 'pool' | 'service' | 'no' }[];
  readonly tools: readonly string[];
  readonly grants: readonly { readonly caller: number; readonly callee: number; readonly byName: boolean }[];
}

const probed = (port: number): Workload => Workload.deploy({ image: IMAGE, ports: [Port.http(port)], healthPath: '/health' });

export function buildPlan(mesh: AgentMesh, { agents, tools, grants }: Plan, provider: ProviderName): void {
  const gateway = new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
  const made = agents.map(({ deployed, namespace: home, routed }, i) => {
    const name = `agent-${i}`;
    const workload = deployed ? probed(8000) : existing(name, { namespace: home, service: { name, port: 80 } });
    const agent = new Agent(mesh, name, { namespace: home, versions: { v1: workload } });
    // A grant of pods that a pool serves is refused: they have no Service.
    const pooled = routed === 'pool' && provider !== 'Linkerd' && deployed && !grants.some(({ callee }) => callee % (agents.length + tools.length) === i);
    const target = pooled ? gateway.addPool(`pool-${i}`, { workload: agent.version(), innerPort: 21_000 + i }) : agent.version();
    if (routed !== 'no') gateway.addRoute(`route-${i}`, { target, pathPrefix: `/${i}` });
    return agent;
  });
  const servers = tools.map((home, i) => new McpToolBoundary(mesh, `tools-${i}`, { server: McpServer.of(probed(8080), { tools: ['any'] }), namespace: home }));
  for (const { caller, callee, byName } of grants) {
    const from = caller % (made.length + 1) === made.length ? Identity.of({ namespace: 'ops', serviceAccount: 'auditor' }) : made[caller % made.length];
    const to = callee % (made.length + servers.length);
    const { namespace, serviceAccount } = from instanceof Agent ? from.identity : from;
    const who = byName ? Identity.of({ namespace, serviceAccount }) : from;
    if (to < made.length) made[to].grantCall(who);
    else servers[to - made.length].grantAllTools(who);
  }
}

/** What the team brings of a plan: its pods, the Services before them, and a namesake of every agent elsewhere. */
export function existingFor({ agents }: Plan): World {
  const theirs = agents.flatMap(({ deployed, namespace: home }, i) => (deployed ? [] : [{ name: `agent-${i}`, home }]));
  return {
    objects: theirs.map(({ name, home }) => ({
      apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: home }, spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8000 }] },
    })),
    pods: [...theirs.map(({ name, home }) => pod(home, name)), ...agents.map((_, i) => pod('elsewhere', `agent-${i}`))],
  };
}
