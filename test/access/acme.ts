import { BlockList } from 'net';
import { App, Testing } from 'cdk8s';
import { toExternalHost } from './istio';
import { deployedPods, gatewayPods, mcpProxyPod, of, Pod, pod, ProviderName, selects, World } from './program';
import { AgentMesh } from '../../src';
import { Manifest } from '../synth';

/** An example as it is applied: its mesh, its objects, and the pods of the cluster. */
export interface Platform {
  readonly mesh: AgentMesh;
  readonly world: World;
}

const service = (namespace: string, name: string, ports: readonly number[], more: object = {}): Manifest => ({
  apiVersion: 'v1', kind: 'Service', metadata: { name, namespace },
  spec: { selector: { app: name }, ports: ports.map((port) => ({ name: `port-${port}`, port, targetPort: port, protocol: 'TCP' })), ...more },
});

/** What runs before: Services and enrolled namespaces as the program states them, and pods with and without a place in it. */
const SERVICES = [
  service('legacy', 'billing', [8080]), service('legacy', 'research', [8080]), service('legacy', 'invoices', [3000]), service('data', 'postgres', [5432]),
  service('data', 'redis', [6379, 16379], { clusterIP: 'None' }), service('observability', 'collector', [4317, 4318]), service('models', 'vllm', [8000]),
];
const NAMESPACES = ['legacy', 'data', 'observability', 'models'].map((name): Manifest => ({
  apiVersion: 'v1', kind: 'Namespace', metadata: {
    name, labels: { 'istio.io/dataplane-mode': 'ambient', 'istio-injection': 'enabled' },
    annotations: { 'linkerd.io/inject': 'enabled', 'config.linkerd.io/default-inbound-policy': 'deny' },
  },
}));
const RUNNING = [
  ...['billing', 'research', 'invoices'].map((name) => pod('legacy', name)), ...['postgres', 'redis', 'backup'].map((name) => pod('data', name)),
  pod('observability', 'collector'), pod('models', 'vllm'), pod('monitoring', 'prometheus'),
  ...['agents', 'legacy', 'data', 'observability', 'models', 'elsewhere'].map((namespace) => pod(namespace, `stranger-in-${namespace}`)),
  pod('elsewhere', 'namesake', { serviceAccount: 'triage' }), pod('legacy', 'scraper-in-legacy', { serviceAccount: 'prometheus' }), pod('outside', 'client', { trustDomain: undefined }),
];

export function platformOf(example: string): Platform {
  const synth = jest.spyOn(App.prototype, 'synth').mockImplementation(() => {});
  const write = jest.spyOn(AgentMesh.prototype, 'writeAccess').mockImplementation(() => {});
  try {
    require(`../../examples/${example}/main.ts`); // eslint-disable-line @typescript-eslint/no-require-imports
    const mesh: AgentMesh = write.mock.contexts[0];
    const objects: Manifest[] = (synth.mock.contexts[0] as App).charts.flatMap((chart) => Testing.synth(chart));
    for (const one of objects.filter(({ kind }) => kind === 'Service')) one.spec.ports.forEach((port: any) => { port.targetPort ??= port.port; });
    const own = [...deployedPods(objects), ...podsOfOtherTeams(objects), ...gatewayPods(objects)].map(shortened);
    const world = { objects: [...objects, ...SERVICES, ...NAMESPACES], pods: [...own, ...RUNNING] };
    const proxies = of(world, 'Gateway').filter(({ spec }) => spec.gatewayClassName === 'agentgateway')
      .map(({ metadata: { name } }) => ({ ...mcpProxyPod(world, name), name: `proxy-of-${name}` }));
    return { mesh, world: { ...world, pods: [...world.pods, ...proxies] } };
  } finally {
    synth.mockRestore();
    write.mockRestore();
  }
}

/** The pods of what is no Deployment. */
function podsOfOtherTeams(objects: readonly Manifest[]): Pod[] {
  return objects.flatMap(({ kind, metadata, spec }) => {
    const template = { StatefulSet: spec?.template, Job: spec?.template, CronJob: spec?.jobTemplate?.spec.template }[kind];
    if (!template) return [];
    const { labels, annotations } = template.metadata;
    return [pod(metadata.namespace!, metadata.name, { serviceAccount: template.spec.serviceAccountName, spec: template.spec, labels, annotations })];
  });
}

/** Names without what cdk8s and istiod add to them. */
const shortened = (one: Pod): Pod => ({ ...one, name: one.name.replace(/^acme-(\w+)-c\w{7}$/, '$1').replace(/-istio$/, '') });

interface Address { readonly address: string; readonly protocol?: string }

/** Whether a pod may connect to an address, or to pods of the cluster, by the NetworkPolicies that select it. */
export function opens(world: World, { namespace, labels }: Pod, to: Address | 'pods', port: number): boolean {
  const policies = of(world, 'NetworkPolicy').filter(({ metadata, spec }) => metadata.namespace === namespace
    && spec.policyTypes.includes('Egress') && selects(spec.podSelector.matchLabels, labels));
  const protocol = (to !== 'pods' && to.protocol) || 'TCP';
  return policies.length === 0 || policies.some(({ spec }) => spec.egress.some((rule: any) =>
    (!rule.ports || rule.ports.some((one: any) => one.port === port && one.protocol === protocol))
    && rule.to.some(({ ipBlock, namespaceSelector }: any) => (to === 'pods' ? namespaceSelector && !namespaceSelector.matchLabels : ipBlock && within(ipBlock, to.address)))));
}

function within({ cidr, except = [] }: { readonly cidr: string; readonly except?: readonly string[] }, address: string): boolean {
  const isIn = (network: string): boolean => {
    if (network.includes(':')) return false;
    const [first, prefix = 32] = network.split('/');
    const list = new BlockList();
    list.addSubnet(first, Number(prefix));
    return list.check(address);
  };
  return isIn(cidr) && !except.some(isIn);
}

/** Where a host outside is, for what judges addresses. */
const ADDRESSES: Readonly<Record<string, string>> = { 'db.abc.eu-west-1.rds.amazonaws.com': '10.30.0.7' };

/** Whether a pod comes to a host outside, by its name. */
export function comesToHost(provider: ProviderName, world: World, from: Pod, host: string, port: number): boolean {
  const isOpen = opens(world, from, { address: ADDRESSES[host] ?? '203.0.113.9' }, port);
  if (provider === 'Istio ambient') {
    const isCaptured = of(world, 'ServiceEntry').some(({ spec }) => spec.hosts.includes(host));
    return isCaptured ? toExternalHost(world, host, { from, to: from, port, path: '/', method: 'GET' }).allowed : isOpen;
  }
  return isOpen && (provider === 'Linkerd' ? routesToHost : seesHost)(world, from, host, port);
}

/** Whether a pod comes to an address outside. */
export function comesToAddress(provider: ProviderName, world: World, from: Pod, to: Address, port: number): boolean {
  const { address, protocol } = to;
  const isOpen = opens(world, from, to, port);
  if (!isOpen || provider === 'Istio ambient' || protocol === 'UDP') return isOpen;
  const own = (kind: string) => of(world, kind).filter(({ metadata }) => metadata.namespace === from.namespace);
  if (provider === 'Istio sidecars') {
    return own('ServiceEntry').some(({ spec }) => spec.addresses?.some((cidr: string) => within({ cidr }, address)) && seesHost(world, from, spec.hosts[0], port));
  }
  const network = own('EgressNetwork').find(({ spec }) => spec.networks?.some((one: any) => within(one, address)));
  return network !== undefined && own('TCPRoute').some(({ spec }) => spec.parentRefs.some((parent: any) => parent.name === network.metadata.name && parent.port === port));
}

const isNamed = (pattern: string, host: string): boolean => (pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : pattern === host);

/** With sidecars: the view of the pod has a ServiceEntry of the host at the port, and nothing is passed on beside it. */
function seesHost(world: World, { namespace, labels }: Pod, host: string, port: number): boolean {
  const views = of(world, 'Sidecar').filter(({ metadata }) => metadata.namespace === namespace);
  const isFor = ({ spec: { workloadSelector } }: Manifest) => workloadSelector && selects(workloadSelector.labels, labels);
  const { spec } = views.find(isFor) ?? views.find((one) => !one.spec.workloadSelector)!;
  const shown: string[] = spec.egress.flatMap(({ hosts }: any) => hosts);
  return spec.outboundTrafficPolicy.mode !== 'REGISTRY_ONLY' || of(world, 'ServiceEntry').some(({ metadata, spec: entry }) => metadata.namespace === namespace
    && entry.hosts.some((name: string) => isNamed(name, host) && shown.includes(`./${name}`)) && entry.ports.some(({ number }: any) => number === port));
}

/** On Linkerd: a route of the namespace is for the name and the port, or the address is private, which no EgressNetwork without networks is for. */
function routesToHost(world: World, { namespace }: Pod, host: string, port: number): boolean {
  return ADDRESSES[host] !== undefined || of(world, 'TLSRoute').some(({ metadata, spec }) => metadata.namespace === namespace
    && spec.hostnames.some((name: string) => isNamed(name, host)) && spec.parentRefs.some((parent: any) => parent.kind === 'EgressNetwork' && parent.port === port));
}
