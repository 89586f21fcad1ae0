import { mkdtempSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { ApiObject, App, Chart, Include } from 'cdk8s';
import {
  Agent, AgentMesh, AgentMeshProps, Cluster, ExternalHost, GatewayApiChannel, GatewayProvider, Identity, InferenceGateway, McpProvider,
  McpServer, McpToolBoundary, MeshEgress, MeshProvider, MigrationStage, Port, Workload,
} from '../../src';
import { CHECKS, CheckId } from '../../src/model/check-id';
import { deploy, existing, IMAGE, JWKS } from '../story';

type Provider = 'ambient' | 'sidecars' | 'linkerd' | 'migration';

const PROVIDERS: Record<Provider, () => Partial<AgentMeshProps>> = {
  ambient: () => ({ mesh: MeshProvider.istioAmbient() }),
  sidecars: () => ({ mesh: MeshProvider.istioSidecar() }),
  linkerd: () => ({ mesh: MeshProvider.linkerd(), cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) }),
  migration: () => ({ mesh: MeshProvider.istioAmbient({ migration: { voice: MigrationStage.SIDECAR } }) }),
};

interface Manifest { readonly apiVersion: string; readonly kind: string; readonly metadata: object; readonly [field: string]: unknown }

const ENROLLED: Record<Provider, object> = {
  ambient: { labels: { 'istio.io/dataplane-mode': 'ambient' } },
  sidecars: { labels: { 'istio-injection': 'enabled' } },
  linkerd: { annotations: { 'linkerd.io/inject': 'enabled', 'config.linkerd.io/default-inbound-policy': 'deny' } },
  migration: { labels: { 'istio.io/dataplane-mode': 'ambient' } },
};
const EVERY = Object.keys(PROVIDERS) as Provider[];
const TOOLS: Provider[] = ['ambient', 'sidecars', 'linkerd'];
const WITH_GATEWAYS: Provider[] = ['ambient', 'sidecars'];
const ISTIO: Provider[] = ['ambient', 'sidecars', 'migration'];

const object = (apiVersion: string, kind: string, spec?: object, metadata: object = {}): Manifest =>
  ({ apiVersion, kind, metadata: { name: 'theirs', namespace: 'voice', ...metadata }, ...(spec && { spec }) });
const ingress = (podSelector: object, namespace: string) => object('networking.k8s.io/v1', 'NetworkPolicy', { podSelector, policyTypes: ['Ingress'], ingress: [{}] }, { namespace });
const leaving = (podSelector: object, rule: object = {}, rest: object = {}) => object('networking.k8s.io/v1', 'NetworkPolicy', { podSelector, egress: [rule], ...rest });
/** A route at a gateway, by default at one of the team on which the mesh has routes. */
const routed = (match: object, spec: object = {}, kind = 'HTTPRoute') => object('gateway.networking.k8s.io/v1', kind, {
  parentRefs: [{ name: 'corp', namespace: 'ingress' }], hostnames: ['a.corp.example.com'], rules: [{ ...match, backendRefs: [{ name: 'theirs', port: 80 }] }], ...spec,
}, { namespace: 'elsewhere' });
const under = (value: string, type = 'PathPrefix') => ({ matches: [{ path: { type, value } }] });
const leadingTo = (name: string, kind = 'Service', namespace = 'voice') => routed({}, { hostnames: ['other.example.com'], rules: [{ backendRefs: [{ kind, name, namespace, port: 80 }] }] });
const opened = [{ action: 'Allow', to: [{ networks: ['0.0.0.0/0'] }] }];
const ofCluster = (apiVersion: string, kind: string, spec: object, name = 'theirs'): Manifest => ({ apiVersion, kind, metadata: { name }, spec });
const corp = (listeners: readonly object[], spec: object = {}, metadata: object = {}) =>
  object('gateway.networking.k8s.io/v1', 'Gateway', { gatewayClassName: 'istio', listeners, ...spec }, { name: 'corp', namespace: 'ingress', ...metadata });
const all = { allowedRoutes: { namespaces: { from: 'All' } } };
const HTTPS = { name: 'https', port: 443, protocol: 'HTTPS', ...all };
const namespace = (name: string, metadata: object = {}): Manifest => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, ...metadata } });
const pods = (metadata: object, spec: object = {}, kind = 'Deployment', apiVersion = 'apps/v1'): Manifest =>
  object(apiVersion, kind, { template: { metadata, spec: { ...spec, containers: [{ name: 'main', image: IMAGE }] } } });
const template = (spec: object = {}, metadata: object = {}) => ({ metadata, spec: { containers: [{ name: 'main', image: IMAGE }], ...spec } });
const ticketsPods = (metadata: object, spec: object, kind = 'Deployment', apiVersion = 'apps/v1') =>
  object(apiVersion, kind, { template: template(spec, metadata) }, { namespace: 'crm' });
const edgePods = (metadata: object, spec: object = {}) => object('apps/v1', 'Deployment', { template: template(spec, metadata) }, { namespace: 'voice-edge' });
const limitedPods = (container: object, app = 'limited'): Manifest =>
  object('apps/v1', 'Deployment', { template: { metadata: { labels: { app } }, spec: { serviceAccountName: app, containers: [{ name: 'main', image: IMAGE, ...container }] } } });
const policy = (spec: object, metadata?: object, apiVersion = 'security.istio.io/v1') => object(apiVersion, 'AuthorizationPolicy', spec, metadata);
const annotated = (key: string, value: string) => ({ annotations: { [key]: value } });
const labelled = (key: string, value: string) => ({ labels: { [key]: value } });

/** Adds what a team has beside its program: after the mesh, before it, or from a file. */
type Placing = (app: App, manifest: Manifest, define: () => void) => void;
const after: Placing = (app, manifest, define) => {
  define();
  new ApiObject(new Chart(app, 'theirs'), 'theirs', manifest as never);
};
const before: Placing = (app, manifest, define) => {
  new ApiObject(new Chart(app, 'theirs'), 'theirs', manifest as never);
  define();
};
const included: Placing = (app, manifest, define) => {
  define();
  const url = join(mkdtempSync(join(tmpdir(), 'include-')), 'theirs.yaml');
  writeFileSync(url, JSON.stringify(manifest));
  new Include(new Chart(app, 'theirs'), 'theirs', { url });
};

/** Programs that what a team has is added to after the mesh, and removed from. */
const programs = new Map<Provider, App>();

/** The ids of the checks that say something of the team's object. */
function found(on: Provider, manifest: Manifest, place: Placing = after, beside: readonly Manifest[] = []): string[] {
  const isOnlyAdded = place === after && beside.length === 0;
  const known = isOnlyAdded ? programs.get(on) : undefined;
  const app = known ?? new App();
  app.node.tryRemoveChild('theirs');
  if (isOnlyAdded) programs.set(on, app);
  beside.forEach((one, i) => new ApiObject(new Chart(app, `beside${i}`), 'theirs', one as never));
  place(app, manifest, () => {
    if (known) return;
    const mesh = new AgentMesh(new Chart(app, 'app'), 'mesh', { namespace: 'voice', existingNamespaces: ['crm'], gateway: GatewayProvider.istio(), ...PROVIDERS[on]() } as AgentMeshProps);
    const agent = new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() }, canary: { version: 'v2', percent: 5 } });
    new Agent(mesh, 'tickets', { versions: { v1: existing('tickets', { namespace: 'crm', service: { name: 'tickets', port: 80 } }) } });
    if (on === 'linkerd') new Agent(mesh, 'limited', { versions: { v1: existing('limited', { rateLimit: { requestsPerSecond: 5 } }) } });
    if (WITH_GATEWAYS.includes(on)) {
      const gateway = new InferenceGateway(mesh, 'edge', { hostnames: ['voice.example.com'], tls: { secretName: 'tls' }, deniedCidrs: ['10.244.0.0/16'] });
      const pool = gateway.addPool('pool', { workload: new Agent(mesh, 'model', { versions: { v1: deploy() } }).version() });
      gateway.addRoute('completions', { target: pool });
      const theirs = InferenceGateway.fromGatewayName(mesh, 'corp', { gatewayName: 'corp', namespace: 'ingress', hostnames: ['*.corp.example.com'] });
      theirs.addRoute('agents', { target: agent, pathPrefix: '/agents' });
      const gw = new InferenceGateway(mesh, 'gw', { hostnames: ['gw.example.com'], tls: { secretName: 'tls' } });
      gw.addRoute('route', { target: gw.addPool('models', { workload: deploy() }) });
      new Agent(mesh, 'out', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], egress: { hosts: [ExternalHost.https('api.example.com')] } }) } });
    }
    if (on !== 'migration') new Agent(mesh, 'exit', { versions: { v1: existing('exit', { egress: {} }) } });
    if (on === 'sidecars') new MeshEgress(mesh, 'egress', { hosts: [ExternalHost.https('models.example.com')] });
    if (on !== 'migration') new McpToolBoundary(mesh, 'crm', { server: McpServer.of(Workload.deploy({ image: IMAGE, ports: [Port.http(8080)] }), { tools: ['t'] }) });
  });
  let message = '';
  try {
    Chart.of(app.node.findChild('app')).toJson(); // validates the other charts too
  } catch (error) {
    message = (error as Error).message;
  }
  const lines = message.split('\n  ').slice(1);
  expect(message === '' || lines.length > 0).toBe(true); // no other error
  for (const line of lines) expect(line).toMatch(/^\[app\/mesh\] theirs\/theirs.*(; or, if this is intended, call `acknowledge` of the AgentMesh with (AM\d{3}) and a reason \[\2\]|\[AM110\])$/);
  return lines.map((line) => /\[(AM\d{3})\]$/.exec(line)![1]);
}

/** What is refused, and where. */
const REFUSED: readonly (readonly [what: string, id: CheckId, on: readonly Provider[], manifest: (on: Provider) => Manifest])[] = [
  ['a namespace that is not enrolled', 'AM101', EVERY, () => namespace('crm')],
  ['a namespace that opts out', 'AM101', ['ambient', 'migration'], () => namespace('crm', labelled('istio.io/dataplane-mode', 'none'))],
  ['a namespace that opts out', 'AM101', ['sidecars'], () => namespace('crm', labelled('istio-injection', 'disabled'))],
  ['a namespace without the deny of its ports', 'AM101', ['linkerd'], () => namespace('crm', annotated('linkerd.io/inject', 'enabled'))],
  ['a namespace of a waypoint that the program does not know', 'AM101', ['ambient'], () => namespace('crm', { labels: { 'istio.io/dataplane-mode': 'ambient', 'istio.io/use-waypoint': 'theirs' } })],
  ...['skip-inbound-ports', 'skip-outbound-ports', 'skip-subnets', 'opaque-ports'].map((key) => [`a namespace whose pods inherit ${key}`, 'AM101', ['linkerd'], () => namespace('crm', {
    annotations: { 'linkerd.io/inject': 'enabled', 'config.linkerd.io/default-inbound-policy': 'deny', [`config.linkerd.io/${key}`]: '8000' },
  })] as const),
  ['a namespace with an open default', 'AM101', ['linkerd'], () => namespace('crm', { annotations: { 'linkerd.io/inject': 'enabled', 'config.linkerd.io/default-inbound-policy': 'all-authenticated' } })],
  ['a namespace that opts out', 'AM101', ['linkerd'], () => namespace('crm', { annotations: { 'linkerd.io/inject': 'disabled', 'config.linkerd.io/default-inbound-policy': 'deny' } })],
  ['pods without a token, which the injector skips', 'AM102', ['linkerd'], () => pods({}, { automountServiceAccountToken: false })],
  ...['8000', '1,7999-8001', 'web'].map((ports) => [`pods that make a port opaque whose requests are read (${ports})`, 'AM102', ['linkerd'], () => {
    const { metadata, spec } = template({ serviceAccountName: 'limited', containers: [{ name: 'main', image: IMAGE, ports: [{ name: 'web', containerPort: 8000 }] }] }, { ...labelled('app', 'limited'), ...annotated('config.linkerd.io/opaque-ports', ports) });
    return object('apps/v1', 'Deployment', { template: { metadata, spec } });
  }] as const),
  ['a Service that makes a port opaque whose requests are read', 'AM102', ['linkerd'], () => object('v1', 'Service', { selector: { app: 'limited' }, ports: [{ port: 80, targetPort: 8000 }] }, annotated('config.linkerd.io/opaque-ports', '80'))],
  ['a Service that makes it opaque by its protocol', 'AM102', ['linkerd'], () => object('v1', 'Service', { selector: { app: 'limited' }, ports: [{ port: 8000, appProtocol: 'linkerd.io/opaque' }] })],
  ['a Service that makes a port of a tool server opaque', 'AM102', ['linkerd'], () => object('v1', 'Service', { selector: { 'app.kubernetes.io/name': 'crm' }, ports: [{ port: 80, targetPort: 'http' }] }, annotated('config.linkerd.io/opaque-ports', '80'))],
  ['pods that opt out', 'AM102', ['ambient'], () => pods(labelled('istio.io/dataplane-mode', 'none'))],
  ['pods whose inbound traffic is not captured', 'AM102', ['ambient'], () => pods(annotated('ambient.istio.io/bypass-inbound-capture', 'true'))],
  ['pods that opt out', 'AM102', ['sidecars', 'migration'], () => pods(labelled('sidecar.istio.io/inject', 'false'))],
  ['pods with a port past their sidecar', 'AM102', ['sidecars', 'migration'], () => pods(annotated('traffic.sidecar.istio.io/excludeInboundPorts', '8000'))],
  ['pods whose sidecar takes some ports alone', 'AM102', ['sidecars', 'migration'], () => pods(annotated('traffic.sidecar.istio.io/includeInboundPorts', ''))],
  ...['grpc-agent', 'gateway', 'grpc-simple, custom'].map((templates) => [`pods that are injected by the template ${templates}`, 'AM102', ['sidecars', 'migration'], () => pods(annotated('inject.istio.io/templates', templates))] as const),
  ...['interceptionMode: NONE', '{"interceptionMode":"NONE"}', '{ concurrency: 2, interceptionMode: "NONE" }'].map((config) => [`pods whose proxy is configured to capture nothing (${config})`, 'AM102', ['sidecars', 'migration'], () => pods(annotated('proxy.istio.io/config', config))] as const),
  ['pods of the proxy\'s own user', 'AM102', ['sidecars', 'migration'], () => pods({}, { securityContext: { runAsUser: 1337 } })],
  ['pods of the proxy\'s own group', 'AM102', ['sidecars', 'migration'], () => pods({}, { securityContext: { runAsGroup: 1337 } })],
  ['a container of the proxy\'s own user', 'AM102', ['sidecars', 'migration'], () => object('apps/v1', 'Deployment', { template: template({ initContainers: [{ name: 'a', securityContext: { runAsUser: 1337 } }] }) })],
  ['pods that get a sidecar', 'AM102', ['ambient'], () => pods(labelled('sidecar.istio.io/inject', 'true'))],
  ['pods that get a sidecar of a revision', 'AM102', ['ambient'], () => pods(labelled('istio.io/rev', 'canary'))],
  ['a namespace whose injection is switched off beside its revision', 'AM101', ['sidecars'], () => namespace('crm', { labels: { 'istio-injection': 'disabled', 'istio.io/rev': 'default' } })],
  ['pods that opt out', 'AM102', ['linkerd'], () => pods(annotated('linkerd.io/inject', 'disabled'))],
  ['pods with a port past their proxy', 'AM102', ['linkerd'], () => pods(annotated('config.linkerd.io/skip-inbound-ports', '8000'))],
  ['pods with an open default', 'AM102', ['linkerd'], () => pods(annotated('config.linkerd.io/default-inbound-policy', 'all-unauthenticated'))],
  ...[
    { containers: [{ name: 'istio-proxy', image: IMAGE }] }, { containers: [{ name: 'linkerd-proxy', image: IMAGE }] }, { containers: [], initContainers: [{ name: 'istio-proxy', image: IMAGE }] },
    { containers: [{ name: 'a', image: 'gcr.io/istio-release/proxyv2:1.31.0' }] }, { containers: [{ name: 'a', image: 'cr.l5d.io/linkerd/proxy:edge-26.8.3' }] },
    { containers: [], initContainers: [{ name: 'linkerd-init', image: IMAGE }] }, { containers: [], initContainers: [{ name: 'a', image: 'gcr.io/istio-release/proxy_init:1.1.0' }] },
  ].map((spec) => [`pods that the injector takes for injected, ${JSON.stringify(spec)}`, 'AM102', ['linkerd'], () => object('apps/v1', 'Deployment', { template: { spec } })] as const),
  ...['livenessProbe', 'readinessProbe', 'startupProbe'].map((probe) => [`a ${probe} by HTTP of pods whose requests are limited`, 'AM113', ['linkerd'], () => limitedPods({ [probe]: { httpGet: { path: '/up', port: 8000 } } })] as const),
  ['a probe by HTTP of a port by its name', 'AM113', ['linkerd'], () => limitedPods({ ports: [{ name: 'web', containerPort: 8000 }], livenessProbe: { httpGet: { port: 'web' } } })],
  ['pods that are said to have a sidecar', 'AM102', ['ambient'], () => pods(annotated('sidecar.istio.io/status', '{}'))],
  ['pods that bring a proxy of their own', 'AM102', ['sidecars', 'migration'], () => object('apps/v1', 'Deployment', { template: { spec: { containers: [{ name: 'istio-proxy', image: IMAGE }] } } })],
  ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'].map((kind) => [`a ${kind} on the network of the node`, 'AM102', EVERY, () => pods({}, { hostNetwork: true }, kind)] as const),
  ['a Job on the network of the node', 'AM102', EVERY, () => pods({}, { hostNetwork: true }, 'Job', 'batch/v1')],
  ['a Rollout on the network of the node', 'AM102', EVERY, () => pods({}, { hostNetwork: true }, 'Rollout', 'argoproj.io/v1alpha1')],
  ['a Pod on the network of the node', 'AM102', EVERY, () => object('v1', 'Pod', { hostNetwork: true, containers: [] })],
  ['a CronJob on the network of the node', 'AM102', EVERY, () => object('batch/v1', 'CronJob', { jobTemplate: { spec: { template: { spec: { hostNetwork: true, containers: [] } } } } })],
  ['a policy that allows everybody', 'AM103', ISTIO, () => policy({ rules: [{}] })],
  ['a policy that allows somebody, of a selector', 'AM103', ISTIO, () => policy({ action: 'ALLOW', selector: { matchLabels: { a: 'b' } }, rules: [{ from: [{ source: { namespaces: ['x'] } }] }] })],
  ['a policy of a waypoint that allows everybody', 'AM103', ISTIO, () => policy({ targetRefs: [{ group: '', kind: 'Service', name: 'crm' }], rules: [{}] })],
  ['a policy of the root namespace that allows everybody', 'AM103', ISTIO, () => policy({ rules: [{}] }, { namespace: 'istio-system' })],
  ['an authorization of a Server', 'AM103', ['linkerd'], () => object('policy.linkerd.io/v1alpha1', 'AuthorizationPolicy', { targetRef: { kind: 'Server', name: 'any' } })],
  ['an authorization of the namespace', 'AM103', ['linkerd'], () => object('policy.linkerd.io/v1alpha1', 'AuthorizationPolicy', { targetRef: { kind: 'Namespace', name: 'voice' } })],
  ['an authorization of a route of the mesh', 'AM103', ['linkerd'], () => object('policy.linkerd.io/v1alpha1', 'AuthorizationPolicy', { targetRef: { kind: 'HTTPRoute', name: 'crm-8080' } })],
  ['a ServerAuthorization', 'AM103', ['linkerd'], () => object('policy.linkerd.io/v1beta1', 'ServerAuthorization', { client: { unauthenticated: true } })],
  ['a Server for pods of the mesh', 'AM103', ['linkerd'], () => object('policy.linkerd.io/v1beta3', 'Server', { podSelector: { matchLabels: { 'app.kubernetes.io/name': 'crm' } }, port: 8080 })],
  ...['linkerd-admin', 4191].map((port) => [`a Server of the proxies' own port (${port})`, 'AM103', ['linkerd'], () => object('policy.linkerd.io/v1beta3', 'Server', { podSelector: { matchExpressions: [{ key: 'linkerd.io/control-plane-ns', operator: 'Exists' }] }, port })] as const),
  ['a Server that lets everybody in', 'AM103', ['linkerd'], () => object('policy.linkerd.io/v1beta3', 'Server', { podSelector: { matchLabels: { app: 'x' } }, port: 1, accessPolicy: 'all-unauthenticated' })],
  ['plain text for a namespace', 'AM104', ISTIO, () => object('security.istio.io/v1', 'PeerAuthentication', { mtls: { mode: 'PERMISSIVE' } })],
  ['plain text for one port', 'AM104', ISTIO, () => object('security.istio.io/v1', 'PeerAuthentication', { selector: { matchLabels: { a: 'b' } }, mtls: { mode: 'STRICT' }, portLevelMtls: { 8000: { mode: 'DISABLE' } } })],
  ['a VirtualService of a Service of the mesh', 'AM105', ISTIO, () => object('networking.istio.io/v1', 'VirtualService', { hosts: ['agent'] })],
  ['a VirtualService of everything', 'AM105', ISTIO, () => object('networking.istio.io/v1', 'VirtualService', { hosts: ['*'] }, { namespace: 'elsewhere' })],
  ['a VirtualService of another namespace', 'AM105', ISTIO, () => object('networking.istio.io/v1', 'VirtualService', { hosts: ['tickets.crm.svc.cluster.local'] }, { namespace: 'elsewhere' })],
  ['a DestinationRule of a Service of the mesh', 'AM105', ISTIO, () => object('networking.istio.io/v1', 'DestinationRule', { host: 'agent.voice.svc.cluster.local' })],
  ['an HTTPRoute of a Service of the mesh', 'AM105', EVERY, () => object('gateway.networking.k8s.io/v1', 'HTTPRoute', { parentRefs: [{ group: '', kind: 'Service', name: 'agent' }] })],
  ['a route of a Server of the mesh', 'AM105', ['linkerd'], () => object('gateway.networking.k8s.io/v1', 'HTTPRoute', { parentRefs: [{ group: 'policy.linkerd.io', kind: 'Server', name: 'crm-8080' }] })],
  ['a ServiceProfile', 'AM105', ['linkerd'], () => object('linkerd.io/v1alpha2', 'ServiceProfile', {}, { name: 'agent.voice.svc.cluster.local' })],
  ['a TCPRoute of a tool server', 'AM105', TOOLS, () => object('gateway.networking.k8s.io/v1alpha2', 'TCPRoute', { parentRefs: [{ group: '', kind: 'Service', name: 'crm' }] })],
  ['a BackendTLSPolicy of a Service of the mesh', 'AM105', EVERY, () => object('gateway.networking.k8s.io/v1', 'BackendTLSPolicy', { targetRefs: [{ group: '', kind: 'Service', name: 'agent' }] })],
  ['an XBackendTrafficPolicy of a Service of the mesh', 'AM105', EVERY, () => object('gateway.networking.x-k8s.io/v1alpha1', 'XBackendTrafficPolicy', { targetRefs: [{ group: '', kind: 'Service', name: 'agent' }] })],
  ...['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute'].map((kind) => [`a ${kind} of a host outside`, 'AM105', ['ambient', 'sidecars'], () => object('gateway.networking.k8s.io/v1', kind, { parentRefs: [{ group: 'networking.istio.io', kind: 'ServiceEntry', name: 'voice-external-api-example-com' }] })] as const),
  ['a TLSRoute of a host of MeshEgress', 'AM105', ['sidecars'], () => object('gateway.networking.k8s.io/v1', 'TLSRoute', { parentRefs: [{ group: 'networking.istio.io', kind: 'ServiceEntry', name: 'egress' }] })],
  ...['VirtualService', 'DestinationRule'].flatMap((kind) => {
    const of = (host: string) => object('networking.istio.io/v1', kind, kind === 'VirtualService' ? { hosts: [host] } : { host });
    return [
      [`a ${kind} of a host of MeshEgress`, 'AM105', ['sidecars'], () => of('models.example.com')] as const,
      [`a ${kind} of a picker`, 'AM105', ['ambient', 'sidecars'], () => of('models-epp')] as const,
      [`a ${kind} of an inner gateway`, 'AM105', ['ambient', 'sidecars'], () => of('gw-inner-istio.voice.svc.cluster.local')] as const,
      [`a ${kind} of a waypoint`, 'AM105', ['ambient'], () => of('voice-waypoint')] as const,
    ];
  }),
  ['a ServiceEntry of a host outside, where its callers are', 'AM105', ['ambient', 'sidecars'], () => object('networking.istio.io/v1', 'ServiceEntry', { hosts: ['api.example.com'] })],
  ['a ServiceEntry of a host of MeshEgress', 'AM105', ['sidecars'], () => object('networking.istio.io/v1', 'ServiceEntry', { hosts: ['models.example.com'] })],
  ['a ServiceEntry of a Service of the mesh', 'AM105', ISTIO, () => object('networking.istio.io/v1', 'ServiceEntry', { hosts: ['agent.voice.svc.cluster.local'] })],
  ...['core', ''].map((group) => [`a route of Linkerd's own kind with a Service of the mesh as parent ("${group}")`, 'AM105', ['linkerd'], () => object('policy.linkerd.io/v1beta3', 'HTTPRoute', { parentRefs: [{ group, kind: 'Service', name: 'crm' }] })] as const),
  ['a ServiceProfile of a Service without a route', 'AM105', ['linkerd'], () => object('linkerd.io/v1alpha2', 'ServiceProfile', { dstOverrides: [] }, { name: 'crm.voice.svc.cluster.local' })],
  ['a TrafficSplit', 'AM105', ['linkerd'], () => object('split.smi-spec.io/v1alpha2', 'TrafficSplit', { service: 'crm' })],
  ['a limit of a Server of the mesh', 'AM105', ['linkerd'], () => object('policy.linkerd.io/v1alpha1', 'HTTPLocalRateLimitPolicy', { targetRef: { kind: 'Server', name: 'crm-8080' } })],
  ['an EnvoyFilter', 'AM106', ISTIO, () => object('networking.istio.io/v1alpha3', 'EnvoyFilter', {})],
  ...['WasmPlugin', 'TrafficExtension', 'AnyLater'].map((kind) => [`a ${kind}`, 'AM106', ISTIO, () => object('extensions.istio.io/v1alpha1', kind, {})] as const),
  ['a TrafficExtension of every namespace', 'AM106', ISTIO, () => object('extensions.istio.io/v1alpha1', 'TrafficExtension', {}, { namespace: 'istio-system' })],
  ['an EnvoyFilter of every namespace', 'AM106', ISTIO, () => object('networking.istio.io/v1alpha3', 'EnvoyFilter', {}, { namespace: 'istio-system' })],
  ['a NetworkPolicy that allows egress of a tool server', 'AM107', ['ambient', 'sidecars', 'linkerd'], () => object('networking.k8s.io/v1', 'NetworkPolicy', { podSelector: {}, egress: [{}] })],
  ['a wider view of a sidecar', 'AM107', ['sidecars', 'migration'], () => object('networking.istio.io/v1', 'Sidecar', { egress: [{ hosts: ['*/*'] }] })],
  ['another EgressNetwork', 'AM107', ['linkerd'], () => object('policy.linkerd.io/v1alpha1', 'EgressNetwork', { trafficPolicy: 'Allow' })],
  ['a route out of the mesh\'s EgressNetwork', 'AM107', ['linkerd'], () => object('gateway.networking.k8s.io/v1alpha2', 'TLSRoute', { parentRefs: [{ group: 'policy.linkerd.io', kind: 'EgressNetwork', name: 'voice-egress' }] })],
  ['pods of a LeaderWorkerSet', 'AM102', EVERY, () => object('leaderworkerset.x-k8s.io/v1', 'LeaderWorkerSet', { leaderWorkerTemplate: { workerTemplate: template({ hostNetwork: true }) } })],
  ['pods of a JobSet', 'AM102', EVERY, () => object('jobset.x-k8s.io/v1alpha2', 'JobSet', { replicatedJobs: [{ template: { spec: { template: template({ hostNetwork: true }) } } }] })],
  ['the second group of pods of a RayCluster', 'AM102', EVERY, () => object('ray.io/v1', 'RayCluster', { headGroupSpec: { template: template() }, workerGroupSpecs: [{ template: template({ hostNetwork: true }) }] })],
  ['a PodTemplate on the network of the node', 'AM102', EVERY, () => ({ ...object('v1', 'PodTemplate'), template: template({ hostNetwork: true }) })],
  ...['agent', 'crm'].map((account) => [`pods with the ServiceAccount of ${account}, which the library deploys`, 'AM115', account === 'crm' ? TOOLS : EVERY, () => pods({ labels: { app: 'x' } }, { serviceAccountName: account })] as const),
  ['pods with the ServiceAccount of a workload of the team that they are not', 'AM115', EVERY, () => ticketsPods({ labels: { app: 'x' } }, { serviceAccountName: 'tickets' })],
  ...[{}, { app: 'x' }].map((labels) => [`a Pod with the ServiceAccount of a workload of the team and the labels ${JSON.stringify(labels)}`, 'AM115', EVERY, () => object('v1', 'Pod', template({ serviceAccountName: 'tickets' }).spec, { namespace: 'crm', labels })] as const),
  ['a Deployment with the ServiceAccount of a workload of the team, and without labels', 'AM115', EVERY, () => ticketsPods({}, { serviceAccountName: 'tickets' })],
  ['pods with it by the old name of the field', 'AM115', EVERY, () => pods({}, { serviceAccount: 'agent' })],
  ['pods with the ServiceAccount of a waypoint', 'AM115', ['ambient'], () => pods({}, { serviceAccountName: 'voice-waypoint' })],
  ['pods with the ServiceAccount of a gateway', 'AM115', ['ambient', 'sidecars'], () => edgePods({}, { serviceAccountName: 'gw-istio' })],
  ['pods with the ServiceAccount of an inner gateway', 'AM115', ['ambient', 'sidecars'], () => pods({}, { serviceAccountName: 'gw-inner-istio' })],
  ['pods with the ServiceAccount of a picker', 'AM115', ['ambient', 'sidecars'], () => pods({}, { serviceAccountName: 'models-epp' })],
  ['pods with the labels and the ServiceAccount of a picker', 'AM115', ['ambient', 'sidecars'], () => pods(labelled('app.kubernetes.io/name', 'models-epp'))],
  ['pods of a RayCluster with the ServiceAccount of an agent', 'AM115', EVERY, () => object('ray.io/v1', 'RayCluster', { headGroupSpec: { template: template({ serviceAccountName: 'agent' }) } })],
  ['pods with the labels of a workload that the library deploys', 'AM115', TOOLS, () => pods({ labels: { 'app.kubernetes.io/name': 'crm', 'more': 'x' } }, { serviceAccountName: 'x' })],
  ['pods with the label of a gateway', 'AM115', ['ambient', 'sidecars'], () => edgePods(labelled('gateway.networking.k8s.io/gateway-name', 'gw'))],
  ['pods with the label of an inner gateway', 'AM115', ['ambient', 'sidecars'], () => pods(labelled('gateway.networking.k8s.io/gateway-name', 'gw-inner'))],
  ['pods with the label of a waypoint', 'AM115', ['ambient'], () => pods(labelled('gateway.networking.k8s.io/gateway-name', 'voice-waypoint'))],
  ['a NetworkPolicy that allows egress of tool servers, by an expression', 'AM107', ['ambient', 'sidecars', 'linkerd'], () => leaving({ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['postgres'] }] })],
  ['a NetworkPolicy that lets tool servers ask for names anywhere', 'AM107', ['ambient', 'sidecars', 'linkerd'], () => leaving({}, { ports: [{ port: 53, protocol: 'UDP' }] })],
  ['a NetworkPolicy that lets tool servers call pods of the cluster at another port than that of DNS', 'AM107', TOOLS, () => leaving({}, { ports: [{ port: 53 }, { port: 5432 }], to: [{ podSelector: {} }] })],
  ['a NetworkPolicy that lets tool servers call pods of the cluster at every port', 'AM107', TOOLS, () => leaving({}, { to: [{ podSelector: {} }] })],
  ...['169.254.0.0/8', '8.8.8.8/32'].map((cidr): typeof REFUSED[number] => [`a NetworkPolicy that lets tool servers ask a DNS server that is not of the node (${cidr})`, 'AM107', ['ambient', 'sidecars', 'linkerd'], () => leaving({}, {
    ports: [{ port: 53, protocol: 'UDP' }], to: [{ ipBlock: { cidr } }],
  })]),
  ['a NetworkPolicy that allows egress of existing pods by a label that nobody stated', 'AM107', ['ambient', 'sidecars', 'linkerd'], () => leaving({ matchLabels: { tier: 'any' } })],
  ['an AdminNetworkPolicy', 'AM107', ['ambient', 'sidecars', 'linkerd'], () => ofCluster('policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy', { priority: 1, subject: { namespaces: {} }, egress: opened })],
  ['an AdminNetworkPolicy of pods', 'AM107', ['ambient', 'sidecars', 'linkerd'], () => ofCluster('policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy', { subject: { pods: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'voice' } }, podSelector: { matchLabels: { 'app.kubernetes.io/name': 'crm' } } } }, egress: opened })],
  ['a ClusterNetworkPolicy', 'AM107', ['ambient'], () => ofCluster('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', { tier: 'Admin', subject: { namespaces: {} }, egress: [{ action: 'Accept', to: [{ networks: ['0.0.0.0/0'] }] }] })],
  ['a CiliumNetworkPolicy', 'AM107', ['ambient', 'sidecars', 'linkerd'], () => object('cilium.io/v2', 'CiliumNetworkPolicy', { endpointSelector: { matchLabels: { 'k8s:app.kubernetes.io/name': 'crm' } }, egress: [{ toEntities: ['world'] }] })],
  ['one of several specs of a CiliumNetworkPolicy', 'AM107', ['ambient'], () => ({ ...object('cilium.io/v2', 'CiliumNetworkPolicy'), specs: [{ endpointSelector: {}, egress: [{ toCIDR: ['0.0.0.0/0'] }] }] })],
  ['a CiliumNetworkPolicy of names that states peers outside too', 'AM107', TOOLS, () => object('cilium.io/v2', 'CiliumNetworkPolicy', { endpointSelector: {}, egress: [{ toEndpoints: [{}], toEntities: ['world'], toPorts: [{ ports: [{ port: '53' }] }] }] })],
  ['a CiliumClusterwideNetworkPolicy', 'AM107', ['ambient', 'sidecars', 'linkerd'], () => ofCluster('cilium.io/v2', 'CiliumClusterwideNetworkPolicy', { endpointSelector: { matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'voice' } }, egress: [{ toFQDNs: [{ matchPattern: '*' }] }] })],
  ['a NetworkPolicy of Calico', 'AM107', ['ambient', 'sidecars', 'linkerd'], () => object('projectcalico.org/v3', 'NetworkPolicy', { selector: "app.kubernetes.io/name == 'crm'", types: ['Egress'], egress: [{ action: 'Allow' }] })],
  ...["has(app) && (app == 'exit' && has(tier))", "!(has(tier) && app == 'postgres' && has(zone))", "app == 'postgres' || app == 'exit'", "(app == 'postgres') || has(app)", "app contains 'x'"].map((selector) => [
    `a NetworkPolicy of Calico of more than a conjunction (${selector})`, 'AM107', TOOLS, () => object('projectcalico.org/v3', 'NetworkPolicy', { selector, egress: [{ action: 'Allow' }] }),
  ] as const),
  ['a NetworkPolicy of Calico that lets tool servers ask for names in a network too', 'AM107', TOOLS, () => object('projectcalico.org/v3', 'NetworkPolicy', { types: ['Egress'], egress: [{ action: 'Allow', destination: { namespaceSelector: 'all()', nets: ['8.8.8.8/32'], ports: [53] } }] })],
  ['a GlobalNetworkPolicy of Calico', 'AM107', ['ambient', 'sidecars', 'linkerd'], () => ofCluster('crd.projectcalico.org/v1', 'GlobalNetworkPolicy', { selector: 'all()', egress: [{ action: 'Allow' }] })],
  ['a NetworkPolicy that lets refused networks in to a gateway', 'AM121', WITH_GATEWAYS, () => ingress({}, 'voice-edge')],
  ['a NetworkPolicy that lets refused networks in to a gateway, by its name', 'AM121', WITH_GATEWAYS, () => ingress({ matchLabels: { 'gateway.networking.k8s.io/gateway-name': 'edge' } }, 'voice-edge')],
  ['a NetworkPolicy that lets plain text in to the inner gateway', 'AM121', ['ambient'], () => ingress({ matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, 'voice')],
  ['an AdminNetworkPolicy of ingress', 'AM121', WITH_GATEWAYS, () => ofCluster('policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy', { subject: { namespaces: {} }, ingress: [{ action: 'Allow', from: [{ namespaces: {} }] }] })],
  ['a CiliumNetworkPolicy of ingress', 'AM121', WITH_GATEWAYS, () => object('cilium.io/v2', 'CiliumNetworkPolicy', { endpointSelector: {}, ingress: [{ fromEntities: ['all'] }] }, { namespace: 'voice-edge' })],
  ['a route of a host and path of the mesh', 'AM105', WITH_GATEWAYS, () => routed(under('/agents'))],
  ['a route of a path below one of the mesh', 'AM105', WITH_GATEWAYS, () => routed(under('/agents/x', 'Exact'), { hostnames: ['*.corp.example.com'] })],
  ['a route of a path above one of the mesh, of a host that goes before', 'AM105', WITH_GATEWAYS, () => routed(under('/'))],
  ['a route of a pattern of paths', 'AM105', WITH_GATEWAYS, () => routed(under('/.*', 'RegularExpression'), { hostnames: ['*.corp.example.com'] })],
  ...[{ scheme: 'https', hostname: 'other.example.com' }, { scheme: 'http' }, { path: { type: 'ReplaceFullPath', replaceFullPath: '/x' } }].map((requestRedirect) => [`a route that redirects requests of the mesh's host (${JSON.stringify(requestRedirect)})`, 'AM105', WITH_GATEWAYS, () => routed(
    {}, { rules: [{ filters: [{ type: 'RequestRedirect', requestRedirect }] }] },
  )] as const),
  ['a route that changes headers of requests of the mesh\'s host', 'AM105', WITH_GATEWAYS, () => routed({}, { rules: [{ filters: [{ type: 'RequestHeaderModifier', requestHeaderModifier: { remove: ['x'] } }] }] })],
  ['a route of a method of gRPC of the mesh\'s host', 'AM105', WITH_GATEWAYS, () => routed({ matches: [{ method: { service: 'agents' } }] }, {}, 'GRPCRoute')],
  ['a route of TLS of the mesh\'s host', 'AM105', WITH_GATEWAYS, () => routed({}, {}, 'TLSRoute')],
  ['a route of the mesh\'s own gateway', 'AM105', WITH_GATEWAYS, () => routed(under('/x'), { parentRefs: [{ name: 'edge', namespace: 'voice-edge' }], hostnames: undefined })],
  ['a route to an agent past its route', 'AM105', WITH_GATEWAYS, () => leadingTo('agent')],
  ['a route to a version of an agent past its route', 'AM105', WITH_GATEWAYS, () => leadingTo('agent-v2')],
  ['a mirror of requests to an agent past its route', 'AM105', WITH_GATEWAYS, () => routed({}, { hostnames: ['other.example.com'], rules: [{ filters: [{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'agent', namespace: 'voice', port: 80 } } }] }] })],
  ['a route of the inner gateway', 'AM105', WITH_GATEWAYS, () => routed({}, { parentRefs: [{ name: 'edge-inner', namespace: 'voice' }], hostnames: ['other.example.com'] })],
  ['a route to the Service of the inner gateway', 'AM105', WITH_GATEWAYS, () => leadingTo('gw-inner-istio')],
  ['an existing Gateway of another class', 'AM123', WITH_GATEWAYS, () => corp([HTTPS], { gatewayClassName: 'nginx' })],
  ['an existing Gateway of another ServiceAccount', 'AM123', WITH_GATEWAYS, () => corp([HTTPS], {}, annotated('gateway.istio.io/service-account', 'other'))],
  ['an existing Gateway whose pods have another ServiceAccount', 'AM123', WITH_GATEWAYS, () => corp([HTTPS], { addresses: [{ value: 'ingress' }], infrastructure: annotated('gateway.istio.io/service-account', 'other') })],
  ['a policy of a selector of described pods', 'AM103', ISTIO, () => policy({ selector: { matchLabels: { app: 'tickets' } }, rules: [{}] }, { namespace: 'crm' })],
  ['a policy of a selector that described pods may have', 'AM103', ISTIO, () => policy({ selector: { matchLabels: { tier: 'any' } }, rules: [{}] }, { namespace: 'crm' })],
  ['a policy of the root namespace for described pods', 'AM103', ISTIO, () => policy({ selector: { matchLabels: { app: 'tickets' } }, rules: [{}] }, { namespace: 'istio-system' })],
  ['a policy of every waypoint', 'AM103', ISTIO, () => policy({ targetRefs: [{ kind: 'GatewayClass', name: 'istio-waypoint' }], rules: [{}] }, { namespace: 'istio-system' })],
  ['a VirtualService that a namespace of the mesh sees', 'AM105', ISTIO, () => object('networking.istio.io/v1', 'VirtualService', { hosts: ['*'], exportTo: ['.', 'crm'] }, { namespace: 'elsewhere' })],
  ['a DestinationRule that demands no TLS of all', 'AM105', ISTIO, () => object('networking.istio.io/v1', 'DestinationRule', { host: '*.local', trafficPolicy: { tls: { mode: 'DISABLE' } } }, { namespace: 'istio-system' })],
  ['a Server of described pods by an expression', 'AM103', ['linkerd'], () => object('policy.linkerd.io/v1beta3', 'Server', { podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['postgres'] }] }, port: 8000 }, { namespace: 'crm' })],
  ['a Server of a port by its name', 'AM103', ['linkerd'], () => object('policy.linkerd.io/v1beta3', 'Server', { podSelector: { matchLabels: { app: 'tickets' } }, port: 'http' }, { namespace: 'crm' })],
  ['a second Telemetry', 'AM108', ISTIO, () => object('telemetry.istio.io/v1', 'Telemetry', {})],
];

const refused = REFUSED.flatMap(([what, id, on, manifest]) => on.map((provider) => [`${what}, on ${provider}`, id, provider, manifest] as const));

test.each(refused)('%s is refused as %s', (_, id, on, manifest) => {
  expect(found(on, manifest(on))).toEqual([id]);
});

test.each([['before the mesh', before], ['by an Include', included]])('an object added %s is checked too', (_, place) => {
  expect(found('ambient', policy({ rules: [{}] }), place)).toEqual(['AM103']);
  expect(found('linkerd', namespace('crm'), place)).toEqual(['AM101']);
});

test.each([
  ['a List', 'v1', 'List', (item: Manifest) => [item]],
  ['a list of one kind', 'security.istio.io/v1', 'AuthorizationPolicyList', (item: Manifest) => [item]],
  ['whatever has items, which kubectl takes for a list', 'example.com/v1', 'Bundle', (item: Manifest) => [item]],
  ['a List in a List', 'v1', 'List', (item: Manifest) => [{ apiVersion: 'v1', kind: 'List', items: [item] }]],
] as const)('it counts as well what is in %s', (_, apiVersion, kind, items) => {
  const list = (item: Manifest): Manifest => ({ apiVersion, kind, metadata: { name: 'all' }, items: items(item) });
  expect(found('ambient', list(policy({ rules: [{}] })))).toEqual(['AM103']);
  expect(found('ambient', list(pods(labelled('istio.io/dataplane-mode', 'none'))))).toEqual(['AM102']);
  expect(found('linkerd', list(namespace('crm')), included)).toEqual(['AM101']);
  expect(found('ambient', list(object('v1', 'Service', {}, { name: 'agent' })))).toEqual(['AM110']);
  expect(found('ambient', list(policy({ rules: [{}] }, { namespace: 'other' })))).toEqual([]);
});

/** What else the app has decides. */
const exits = (tier: string) => object('apps/v1', 'Deployment', { template: { metadata: { labels: { app: 'exit', tier } }, spec: { serviceAccountName: 'exit', containers: [] } } }, { name: `exit-${tier}` });
const BESIDE: readonly (readonly [what: string, ids: readonly string[], manifest: Manifest, beside: readonly Manifest[]])[] = [
  ['the label of a policy of egress is that of one of two Deployments', ['AM107'], leaving({ matchLabels: { tier: 'web' } }), [exits('api'), exits('web')]],
  ['the label of a policy of egress is not that of the Deployment', [], leaving({ matchLabels: { tier: 'web' } }), [exits('api')]],
  ['a route leads to a Service that selects pods of the mesh', ['AM105'], leadingTo('alias'), [object('v1', 'Service', { selector: { 'app.kubernetes.io/name': 'agent' } }, { name: 'alias' })]],
  ['a route leads to a Service that selects others', [], leadingTo('alias'), [object('v1', 'Service', { selector: { app: 'other' } }, { name: 'alias' })]],
  ['the listener of a route is that of the mesh, by its port', ['AM105'], routed(under('/agents'), { parentRefs: [{ name: 'corp', namespace: 'ingress', sectionName: 'https' }] }), [corp([HTTPS])]],
  ['the listener of a route is another', [], routed(under('/agents'), { parentRefs: [{ name: 'corp', namespace: 'ingress', sectionName: 'http' }] }), [corp([HTTPS, { name: 'http', port: 80, protocol: 'HTTP' }])]],
  ['a route without hosts has those of the listener', ['AM105'], routed(under('/agents'), { hostnames: undefined }), [corp([{ ...HTTPS, hostname: '*.corp.example.com' }])]],
  ['a Gateway of a class of the team for the controller of Istio', [], corp([HTTPS], { gatewayClassName: 'own', infrastructure: annotated('gateway.istio.io/service-account', 'corp-istio') }), [ofCluster('gateway.networking.k8s.io/v1', 'GatewayClass', { controllerName: 'istio.io/gateway-controller' }, 'own')]],
  ['a route without hosts, at a listener without one', [], routed(under('/agents'), { hostnames: undefined }), [corp([HTTPS])]],
];

const theirServer = (app: string) => object('policy.linkerd.io/v1beta3', 'Server', { podSelector: { matchLabels: { app } }, port: 8000 }, { name: 'own', namespace: 'crm' });
const ofServer = object('policy.linkerd.io/v1alpha1', 'AuthorizationPolicy', { targetRef: { group: 'policy.linkerd.io', kind: 'Server', name: 'own' } }, { namespace: 'crm' });

test('an authorization of a Server of undescribed pods is accepted on Linkerd', () => {
  expect(found('linkerd', ofServer, after, [theirServer('postgres')])).toEqual([]);
});

test.each(BESIDE)('%s', (_, ids, manifest, beside) => {
  expect(found('ambient', manifest, after, beside)).toEqual(ids);
});

/** What opens nothing. */
const TAKEN: readonly (readonly [what: string, on: readonly Provider[], manifest: (on: Provider) => Manifest])[] = [
  ['a namespace that is enrolled', EVERY, (on) => namespace('crm', ENROLLED[on])],
  ['pods of the workload that the team described', EVERY, () => ticketsPods(labelled('app', 'tickets'), { serviceAccountName: 'tickets' })],
  ['pods of it whose controller labels them', EVERY, () => object('ray.io/v1', 'RayCluster', { headGroupSpec: { template: template({ serviceAccountName: 'tickets' }) } }, { namespace: 'crm' })],
  ['pods with a namesake of a ServiceAccount in another namespace', EVERY, () => ticketsPods({}, { serviceAccountName: 'agent' })],
  ['pods with the labels of a workload of another namespace', EVERY, () => ticketsPods(labelled('app.kubernetes.io/name', 'crm'), {})],
  ['templates of claims, which are no pods', EVERY, () => object('apps/v1', 'StatefulSet', { template: template(), volumeClaimTemplates: [{ spec: { hostNetwork: true } }] })],
  ['a namespace with settings of its proxies', ['linkerd'], () => namespace('crm', {
    annotations: { 'linkerd.io/inject': 'enabled', 'config.linkerd.io/default-inbound-policy': 'deny', 'config.linkerd.io/proxy-log-level': 'warn', 'config.linkerd.io/opaque-ports': '' },
  })],
  ['opaque ports of pods whose requests nobody reads', ['linkerd'], () => ticketsPods({ ...labelled('app', 'tickets'), ...annotated('config.linkerd.io/opaque-ports', '8000') }, { serviceAccountName: 'tickets' })],
  ['opaque ports that are not those that are read', ['linkerd'], () => object('v1', 'Service', { selector: { app: 'limited' }, ports: [{ port: 80, targetPort: 8000 }, { port: 5432 }] }, annotated('config.linkerd.io/opaque-ports', '5432'))],
  ['a namespace of a revision', ['sidecars'], () => namespace('crm', labelled('istio.io/rev', 'canary'))],
  ['pods with the sidecar\'s template and another', ['sidecars', 'migration'], () => pods(annotated('inject.istio.io/templates', 'sidecar,custom'))],
  ['pods whose proxy is configured', ['sidecars', 'migration'], () => pods(annotated('proxy.istio.io/config', '{ concurrency: 2, interceptionMode: TPROXY }'))],
  ['a gateway that the injector makes', ISTIO, () => object('apps/v1', 'Deployment', { template: template({ containers: [{ name: 'istio-proxy', image: 'auto', securityContext: { runAsUser: 1337 } }] }, { ...labelled('sidecar.istio.io/inject', 'true'), ...annotated('inject.istio.io/templates', 'gateway') }) })],
  ['pods that take no sidecar', ['ambient'], () => pods({ labels: { 'sidecar.istio.io/inject': 'false', 'istio.io/rev': 'canary' } })],
  ['a ServiceEntry of another namespace, which the mesh\'s own comes before', ISTIO, () => object('networking.istio.io/v1', 'ServiceEntry', { hosts: ['api.example.com'] }, { namespace: 'other' })],
  ['a ServiceEntry of other hosts, by a pattern too', ISTIO, () => object('networking.istio.io/v1', 'ServiceEntry', { hosts: ['other.example.com', '*.example.com'] })],
  ['a DestinationRule of the gateway for clients', ISTIO, () => object('networking.istio.io/v1', 'DestinationRule', { host: 'gw-istio.voice-edge.svc.cluster.local' })],
  ['a BackendTLSPolicy of another Service', EVERY, () => object('gateway.networking.k8s.io/v1', 'BackendTLSPolicy', { targetRefs: [{ group: '', kind: 'Service', name: 'other' }] })],
  ['a ServiceProfile of another Service', ['linkerd'], () => object('linkerd.io/v1alpha2', 'ServiceProfile', {}, { name: 'other.voice.svc.cluster.local' })],
  ['a limit of a Server of the team', ['linkerd'], () => object('policy.linkerd.io/v1alpha1', 'HTTPLocalRateLimitPolicy', { targetRef: { kind: 'Server', name: 'theirs' } })],
  ['a namespace that is none of the mesh', EVERY, () => namespace('other')],
  ['pods as they are', EVERY, () => pods({ labels: { app: 'x' } })],
  ['pods of another namespace', EVERY, () => object('apps/v1', 'Deployment', { template: { spec: { hostNetwork: true, containers: [] } } }, { namespace: 'other' })],
  ['policies that deny', ISTIO, () => policy({ action: 'DENY', rules: [{}] })],
  ['policies that allow nobody', ISTIO, () => policy({})],
  ['policies of another namespace', ISTIO, () => policy({ rules: [{}] }, { namespace: 'other' })],
  ['mutual TLS said once more', ISTIO, () => object('security.istio.io/v1', 'PeerAuthentication', { selector: { matchLabels: { a: 'b' } }, mtls: { mode: 'STRICT' } })],
  ['a VirtualService of another host', ISTIO, () => object('networking.istio.io/v1', 'VirtualService', { hosts: ['other', 'example.com'] })],
  ['a VirtualService for Gateways of Istio\'s own kind', ISTIO, () => object('networking.istio.io/v1', 'VirtualService', { hosts: ['*'], gateways: ['ingress/gw'] })],
  ['a Telemetry of one Gateway', ISTIO, () => object('telemetry.istio.io/v1', 'Telemetry', { targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'x' }] })],
  ['a Telemetry of another group', ISTIO, () => object('operator.kyma-project.io/v1alpha1', 'Telemetry', {})],
  ['an AuthorizationPolicy of another group', ISTIO, () => policy({ rules: [{}] }, undefined, 'policies.example.com/v1')],
  ['a route of another gateway, whose rules are no policy', ISTIO, () => object('gateway.networking.k8s.io/v1', 'HTTPRoute', { parentRefs: [{ name: 'other', namespace: 'ingress' }], rules: [{ backendRefs: [{ name: 'theirs', port: 80 }] }] })],
  ['a NetworkPolicy of ingress', ['sidecars', 'linkerd', 'migration'], () => ingress({}, 'voice')],
  ['a NetworkPolicy of ingress of another label', EVERY, () => ingress({ matchLabels: { app: 'x' } }, 'voice')],
  ['a NetworkPolicy of ingress of another gateway', WITH_GATEWAYS, () => ingress({ matchLabels: { 'gateway.networking.k8s.io/gateway-name': 'other' } }, 'voice-edge')],
  ['a NetworkPolicy that lets nobody in', EVERY, () => object('networking.k8s.io/v1', 'NetworkPolicy', { podSelector: { matchLabels: { app: 'x' } } }, { namespace: 'voice-edge' })],
  ['a NetworkPolicy of ingress with an egress that does not count', EVERY, () => leaving({}, {}, { policyTypes: ['Ingress'] })],
  ['a NetworkPolicy that lets pods ask for names', EVERY, () => leaving({}, { ports: [{ port: 53, protocol: 'UDP' }, { port: 53, protocol: 'TCP' }], to: [{ namespaceSelector: {} }, { ipBlock: { cidr: '169.254.20.10/32' } }] })],
  ...[{ operator: 'In', values: ['postgres'] }, { operator: 'Exists' }].map((by) => [`a NetworkPolicy of other pods by ${by.operator}`, EVERY, () => leaving({ matchExpressions: [{ key: 'app', ...by }, { key: 'tier', operator: 'DoesNotExist' }, { key: 'app', operator: 'NotIn', values: ['exit'] }] })] as const),
  ['a BaselineAdminNetworkPolicy, which a NetworkPolicy goes before', EVERY, () => ofCluster('policy.networking.k8s.io/v1alpha1', 'BaselineAdminNetworkPolicy', { subject: { namespaces: {} }, egress: opened })],
  ['an AdminNetworkPolicy that denies', EVERY, () => ofCluster('policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy', { subject: { namespaces: {} }, egress: [{ action: 'Deny', to: [{ networks: ['0.0.0.0/0'] }] }] })],
  ['an AdminNetworkPolicy of another namespace', EVERY, () => ofCluster('policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy', { subject: { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': 'other' } } }, egress: opened })],
  ['a CiliumNetworkPolicy of names', EVERY, () => object('cilium.io/v2', 'CiliumNetworkPolicy', { endpointSelector: {}, egress: [{ toEndpoints: [{}], toPorts: [{ ports: [{ port: '53', protocol: 'ANY' }] }] }] })],
  ...[{ selector: "k8s-app == 'kube-dns'" }, { namespaceSelector: 'all()' }, { services: { name: 'kube-dns', namespace: 'kube-system' } }].map((destination) => [`a NetworkPolicy of Calico of names (${Object.keys(destination)})`, EVERY, () => object('projectcalico.org/v3', 'NetworkPolicy', {
    types: ['Egress'], egress: [{ action: 'Allow', destination: { ...destination, ports: [53] } }],
  })] as const),
  ['a NetworkPolicy of Calico of other pods', EVERY, () => object('projectcalico.org/v3', 'NetworkPolicy', { selector: "app == 'postgres' && has(tier)", egress: [{ action: 'Allow' }] })],
  ...["has(app) && app not in {'exit', 'out'}", "app in {'postgres', 'redis'}", "has(app) && app != 'exit'", "app != 'exit' && !has(app.kubernetes.io/name)"].map((selector) => [
    `a NetworkPolicy of Calico of other pods by ${selector}`, EVERY, () => object('projectcalico.org/v3', 'NetworkPolicy', { selector, egress: [{ action: 'Allow' }] }),
  ] as const),
  ['a policy of a selector of pods that nobody describes', ISTIO, () => policy({ selector: { matchLabels: { app: 'postgres' } }, rules: [{}] }, { namespace: 'crm' })],
  ['a policy of the root namespace for its own gateway', ISTIO, () => policy({ selector: { matchLabels: { istio: 'ingressgateway' } }, rules: [{}] }, { namespace: 'istio-system' })],
  ['a policy of the root namespace for a Gateway there', ISTIO, () => policy({ targetRefs: [{ kind: 'Gateway', name: 'x' }], rules: [{}] }, { namespace: 'istio-system' })],
  ['a VirtualService that its own namespace alone sees', ISTIO, () => object('networking.istio.io/v1', 'VirtualService', { hosts: ['*'], exportTo: ['.'] }, { namespace: 'elsewhere' })],
  ['a DestinationRule that demands mutual TLS of all', ISTIO, () => object('networking.istio.io/v1', 'DestinationRule', { host: '*.local', trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } } }, { namespace: 'istio-system' })],
  ['a Server of other pods by an expression', ['linkerd'], () => object('policy.linkerd.io/v1beta3', 'Server', { podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['postgres'] }] }, port: 8000 }, { namespace: 'crm' })],
  ['a Server of another port of described pods', ['linkerd'], () => object('policy.linkerd.io/v1beta3', 'Server', { podSelector: { matchLabels: { app: 'tickets' } }, port: 9090 }, { namespace: 'crm' })],
  ['an existing Gateway that is as the program says', EVERY, () => corp([HTTPS])],
  ['an existing Gateway of proxies that the team deploys', EVERY, () => corp([HTTPS], { addresses: [{ value: 'ingress' }] })],
  ['a route of another host', EVERY, () => routed(under('/agents'), { hostnames: ['example.com'] })],
  ['a route of another path', EVERY, () => routed(under('/agentsmith'))],
  ['a route of another Service of gRPC', EVERY, () => routed({ matches: [{ method: { service: 'other' } }] }, {}, 'GRPCRoute')],
  ['a route of a path above one of the mesh', EVERY, () => routed(under('/'), { hostnames: ['*.corp.example.com'] })],
  ['a route of a wider host', EVERY, () => routed(under('/agents'), { hostnames: ['*.example.com'] })],
  ['a route of another listener', EVERY, () => routed(under('/agents'), { parentRefs: [{ name: 'corp', namespace: 'ingress', port: 8443 }] })],
  ['a route from HTTP to HTTPS', EVERY, () => routed({}, { rules: [{ filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https' } }] }] })],
  ['a route of another gateway', EVERY, () => routed(under('/agents'), { parentRefs: [{ name: 'other', namespace: 'ingress' }] })],
  ['a route to an agent to which the gateway has none', EVERY, () => leadingTo('tickets', 'Service', 'crm')],
  ['a route to a namesake of the Service of the inner gateway', EVERY, () => leadingTo('gw-inner-istio', 'Service', 'elsewhere')],
  ['a NetworkPolicy of other pods', EVERY, () => object('networking.k8s.io/v1', 'NetworkPolicy', { podSelector: { matchLabels: { app: 'other' } }, egress: [{}] })],
  ['a Server of other pods that denies', ['linkerd'], () => object('policy.linkerd.io/v1beta3', 'Server', { podSelector: { matchLabels: { app: 'x' } }, port: 1 })],
  ['an authorization of a route of the team', ['linkerd'], () => object('policy.linkerd.io/v1alpha1', 'AuthorizationPolicy', { targetRef: { kind: 'HTTPRoute', name: 'theirs' } })],
  ['policies of Istio on Linkerd, which reads none', ['linkerd'], () => policy({ rules: [{}] })],
  ['pods that size their sidecar', ['sidecars', 'migration'], () => object('apps/v1', 'Deployment', { template: { spec: { containers: [{ name: 'istio-proxy', image: 'auto' }] } } })],
  ['probes of limited pods by a connection, or at another port', ['linkerd'], () => limitedPods({ livenessProbe: { tcpSocket: { port: 8000 } }, readinessProbe: { httpGet: { path: '/up', port: 9000 } } })],
  ['probes by HTTP of pods that nobody limits', ['linkerd'], () => limitedPods({ livenessProbe: { httpGet: { path: '/up', port: 8000 } } }, 'other')],
  ['a Sidecar in ambient, which has none', ['ambient'], () => object('networking.istio.io/v1', 'Sidecar', { egress: [{ hosts: ['*/*'] }] })],
];

const taken = TAKEN.flatMap(([what, on, manifest]) => on.map((provider) => [`${what}, on ${provider}`, provider, manifest] as const));

test.each(taken)('%s is accepted', (_, on, manifest) => {
  expect(found(on, manifest(on))).toEqual([]);
});

test('every check of foreign objects that can be acknowledged has a case', () => {
  const ids = (Object.keys(CHECKS) as CheckId[]).filter((id) => id.startsWith('AM1') && 'acknowledgeable' in CHECKS[id]);
  expect([...new Set(REFUSED.map(([, id]) => id))].sort()).toEqual(ids.sort());
});

/** What of a mesh with the team's own objects is refused, whole lines. */
function linesOf(define: (mesh: AgentMesh) => void, { home = 'voice', on = 'ambient', ...more }: { home?: string; on?: Provider } & Partial<AgentMeshProps>, ...manifests: Manifest[]): string[] {
  const app = new App();
  define(new AgentMesh(new Chart(app, 'app'), 'mesh', { namespace: home, gateway: GatewayProvider.istio(), ...PROVIDERS[on](), ...more } as AgentMeshProps));
  const chart = new Chart(app, 'theirs');
  manifests.forEach((manifest, i) => new ApiObject(chart, `theirs${i}`, manifest as never));
  try {
    app.charts.forEach((one) => one.toJson());
  } catch (error) {
    const lines = (error as Error).message.split('\n  ').slice(1);
    if (lines.length === 0) throw error;
    return lines;
  }
  return [];
}

test('the stated ServiceAccount of existing pods is compared with theirs', () => {
  const stated = (serviceAccount: string) => linesOf((mesh) => new Agent(mesh, 'tickets', { versions: { v1: existing('tickets', { serviceAccount }) } }), {},
    pods(labelled('app', 'tickets'), { serviceAccountName: 'theirs' }));
  expect(stated('x')).toEqual([expect.stringMatching(/^\[app\/mesh\] app\/mesh\/tickets: the pods of Deployment voice\/theirs .*got "theirs"; allowed: x;.*\[AM116\]$/)]);
  expect(stated('theirs')).toEqual([]);
});

test('an existing Gateway may have its Deployment in the app, and no other pods may have its ServiceAccount', () => {
  const lines = (metadata: object) => linesOf((mesh) => {
    const gateway = InferenceGateway.fromGatewayName(mesh, 'corp', { gatewayName: 'corp', namespace: 'ingress', hostnames: ['a.example.com'], serviceAccount: 'corp' });
    gateway.addRoute('route', { target: new Agent(mesh, 'agent', { versions: { v1: deploy() } }).version() });
  }, {}, object('apps/v1', 'Deployment', { template: template({ serviceAccountName: 'corp' }, metadata) }, { namespace: 'ingress' }));
  expect(lines(annotated('inject.istio.io/templates', 'gateway'))).toEqual([]);
  expect(lines(labelled('app', 'x'))).toEqual([expect.stringMatching(/^\[app\/mesh\] theirs\/theirs0: .* have the ServiceAccount of gateway corp.*\[AM115\]$/)]);
});

test('a policy without a selector counts in an existing namespace of which the program describes no pods', () => {
  const lines = (spec: object) => linesOf((mesh) => new Agent(mesh, 'agent', { versions: { v1: deploy() } }), { existingNamespaces: ['crm'] }, policy({ rules: [{}], ...spec }, { namespace: 'crm' }));
  expect(lines({})).toEqual([expect.stringContaining('[AM103]')]);
  expect(lines({ selector: { matchLabels: { 'gateway.networking.k8s.io/gateway-name': 'theirs' } } })).toEqual([expect.stringContaining('[AM103]')]);
  expect(lines({ selector: { matchLabels: { app: 'postgres' } } })).toEqual([]);
});

test('a route at a gateway of which the mesh has no routes takes none of their requests', () => {
  const lines = (isRouted: boolean) => linesOf((mesh) => {
    const gateway = InferenceGateway.fromGatewayName(mesh, 'corp', { gatewayName: 'corp', namespace: 'ingress', hostnames: ['*.corp.example.com'] });
    const agent = new Agent(mesh, 'agent', { versions: { v1: deploy() } });
    if (isRouted) gateway.addRoute('route', { target: agent.version() });
  }, {}, routed({}));
  expect(lines(true)).toEqual([expect.stringContaining('[AM105]')]);
  expect(lines(false)).toEqual([]);
});

test('a Gateway of another class of Istio has a ServiceAccount that only its program can state', () => {
  const gatewayClass = (controllerName: string) => ofCluster('gateway.networking.k8s.io/v1', 'GatewayClass', { controllerName }, 'own');
  const lines = (serviceAccount: string, controllerName = 'istio.io/gateway-controller') => linesOf((mesh) => {
    InferenceGateway.fromGatewayName(mesh, 'corp', { gatewayName: 'corp', namespace: 'ingress', hostnames: ['a.example.com'], serviceAccount })
      .addRoute('route', { target: new Agent(mesh, 'agent', { versions: { v1: deploy() } }).version() });
  }, {}, corp([HTTPS], { gatewayClassName: 'own' }), gatewayClass(controllerName));
  expect(lines('corp-own')).toEqual([]);
  expect(lines('corp-own', 'example.com/controller')).toEqual([expect.stringMatching(/got \{"gatewayClassName":"own"\}.*\[AM123\]$/)]);
});

test('an object without a namespace is in "default", which may be one of the mesh', () => {
  const nowhere = { namespace: undefined };
  const lines = (manifest: Manifest, home: string) => linesOf((mesh) => new Agent(mesh, 'agent', { versions: { v1: deploy() } }), { home }, manifest);
  const route = object('gateway.networking.k8s.io/v1', 'HTTPRoute', { parentRefs: [{ group: '', kind: 'Service', name: 'agent' }] }, nowhere);
  for (const [id, manifest] of Object.entries({ AM103: policy({ rules: [{}] }, nowhere), AM105: route, AM110: object('v1', 'Service', {}, { ...nowhere, name: 'agent' }) })) {
    expect(lines(manifest, 'default')).toEqual([expect.stringContaining(`[${id}]`)]);
    expect(lines(manifest, 'voice')).toEqual([]);
  }
});

describe('foreign keys for an issuer that the mesh trusts', () => {
  const issuer = 'https://login.example.com';
  const of = (spec: object, metadata?: object) => object('security.istio.io/v1', 'RequestAuthentication', { jwtRules: [{ issuer, jwks: '{"keys":[]}' }], ...spec }, metadata);
  const service = (name: string) => ({ targetRefs: [{ group: '', kind: 'Service', name }] });
  const gateway = (name: string) => ({ targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name }] });
  const selector = (key: string, value: string) => ({ selector: { matchLabels: { [key]: value } } });
  const idsOn = (on: Provider, manifest: Manifest): string[] => linesOf((mesh) => {
    const jwt = { issuer, audiences: ['crm'], jwks: JWKS };
    new McpToolBoundary(mesh, 'crm', { server: McpServer.of(Workload.deploy({ image: IMAGE, ports: [Port.http(8080)] }), { tools: ['t'] }), jwt });
    new McpToolBoundary(mesh, 'desk', { server: McpServer.of(existing('desk', { service: { name: 'desk', port: 80, labels: on === 'ambient' ? { 'istio.io/use-waypoint': 'voice-waypoint' } : {} } }), { tools: ['t'] }), jwt });
    new Agent(mesh, 'agent', { versions: { v1: deploy() } });
    new Agent(mesh, 'signed', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], jwt }) } });
  }, { on }, manifest).map((line) => /\[(AM\d{3})\]$/.exec(line)![1]);

  test.each([
    ['a whole namespace', of({})], ['every namespace', of({}, { namespace: 'istio-system' })], ['a Service', of(service('crm'))], ['a Service of the team', of(service('desk'))],
    ['a Service of an agent', of(service('signed'))], ['pods of an agent', of(selector('app.kubernetes.io/name', 'signed'))], ['pods', of(selector('app.kubernetes.io/name', 'crm'))], ['pods by a label that the program does not know', of(selector('tier', 'tools'))], ['every issuer', of({ jwtRules: [{ jwksUri: 'https://x/keys' }] })],
    ['one of several', of({ jwtRules: [{ issuer: 'other' }, { issuer }] })],
  ])('%s', (_, manifest) => {
    for (const on of ['ambient', 'sidecars'] as const) expect([on, idsOn(on, manifest)]).toEqual([on, ['AM103']]);
  });

  test('a waypoint', () => expect(idsOn('ambient', of(gateway('voice-waypoint')))).toEqual(['AM103']));

  test.each([
    ['another issuer', of({ jwtRules: [{ issuer: 'other' }] })], ['another namespace', of({}, { namespace: 'other' })], ['a Service without tokens', of(service('agent'))], ['a Service of the root namespace that has the name of one of the mesh', of(service('crm'), { namespace: 'istio-system' })],
    ['a gateway for clients', of(gateway('corp'))], ['other pods', of(selector('app', 'other'))],
  ])('%s is accepted', (_, manifest) => {
    for (const on of ['ambient', 'sidecars'] as const) expect([on, idsOn(on, manifest)]).toEqual([on, []]);
  });
});

describe('foreign keys at a gateway that asks clients for tokens', () => {
  const issuer = 'https://login.example.com';
  const other = 'https://other.example.com';
  const at = (spec: object, rule: object = { issuer }, metadata: object = { namespace: 'voice-edge' }) => object('security.istio.io/v1', 'RequestAuthentication', { jwtRules: [{ jwksUri: 'https://x.example.com/keys', ...rule }], ...spec }, metadata);
  const gateway = (name: string) => ({ targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name }] });
  const labels = (matchLabels: object) => ({ selector: { matchLabels } });
  const linesAt = (manifest: Manifest): string[] => linesOf((mesh) => {
    new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' }, jwt: { issuer, jwks: JWKS, claimHeaders: { 'x-user': 'sub' } } });
    new InferenceGateway(mesh, 'plain', { hostnames: ['b.example.com'], tls: { secretName: 'tls' } });
  }, {}, manifest);

  test.each([
    ['the gateway', at(gateway('gw'))], ['its namespace', at({})], ['every namespace', at({}, { issuer }, { namespace: 'istio-system' })], ['its pods', at(labels({ 'gateway.networking.k8s.io/gateway-name': 'gw' }))],
    ['every issuer', at(gateway('gw'), { issuer: undefined })], ['a header of a claim', at(gateway('gw'), { issuer: other, outputClaimToHeaders: [{ header: 'X-User', claim: 'sub' }] })],
    ['a header of claims', at(gateway('gw'), { issuer: other, outputPayloadToHeader: 'x-user' })],
  ])('%s', (_, manifest) => expect(linesAt(manifest)).toEqual([expect.stringMatching(/adds token rules to gateway gw, which already has `jwt`.*\[AM103\]$/)]));

  test.each([
    ['another issuer', at(gateway('gw'), { issuer: other })], ['a gateway without tokens', at(gateway('plain'))], ['a gateway of this name elsewhere', at(gateway('gw'), { issuer }, { namespace: 'other' })],
    ['other pods', at(labels({ app: 'other' }))], ['pods of another gateway', at(labels({ 'gateway.networking.k8s.io/gateway-name': 'plain' }))],
  ])('%s is accepted', (_, manifest) => expect(linesAt(manifest)).toEqual([]));
});

describe('foreign rules on the proxies\' admin port, whose metrics one identity may read on Linkerd', () => {
  const idsWith = (isScraped: boolean, apiVersion: string, kind: string, spec: object): string[] => {
    const metrics = isScraped && { metrics: { scraper: Identity.of({ namespace: 'monitoring', serviceAccount: 'prometheus' }) } };
    return linesOf((mesh) => new Agent(mesh, 'agent', { versions: { v1: deploy() } }), { on: 'linkerd', ...metrics }, object(apiVersion, kind, spec)).map((line) => /\[(AM\d{3})\]$/.exec(line)![1]);
  };
  const authorization = (kind: string, name: string) => ['policy.linkerd.io/v1alpha1', 'AuthorizationPolicy', { targetRef: { kind, name } }] as const;
  const route = (apiVersion: string, server: string) => [apiVersion, 'HTTPRoute', { parentRefs: [{ group: 'policy.linkerd.io', kind: 'Server', name: server }] }] as const;

  test.each([
    ['AM103', authorization('HTTPRoute', 'voice-proxy-metrics')], ['AM103', authorization('HTTPRoute', 'voice-proxy-probes')], ['AM103', authorization('Server', 'voice-proxy-admin')],
    ['AM105', route('gateway.networking.k8s.io/v1', 'voice-proxy-admin')], ['AM105', route('policy.linkerd.io/v1beta3', 'voice-proxy-admin')],
  ])('%s %j', (id, [apiVersion, kind, spec]) => {
    expect(idsWith(true, apiVersion, kind, spec)).toEqual([id]);
    expect(idsWith(false, apiVersion, kind, spec)).toEqual(kind === 'AuthorizationPolicy' && spec.targetRef.kind === 'Server' ? ['AM103'] : []);
  });
});

test('pods that bypass ztunnel\'s DNS are refused if external hosts are called', () => {
  const lines = (options?: object) => linesOf((mesh) => new Agent(mesh, 'agent', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], ...options }) } }), {},
    pods(annotated('ambient.istio.io/dns-capture', 'false')));
  expect(lines({ egress: { hosts: [ExternalHost.https('api.example.com')] } })).toEqual([expect.stringContaining('[AM102]')]);
  expect(lines()).toEqual([]);
});

test('a namespace with a stated revision may have no other injection label', () => {
  const lines = (labels: object) => linesOf((mesh) => new Agent(mesh, 'agent', { versions: { v1: deploy() } }),
    { mesh: MeshProvider.istioSidecar({ revision: 'canary' }), existingNamespaces: ['crm'] }, namespace('crm', { labels }));
  expect(lines({ 'istio.io/rev': 'canary' })).toEqual([]);
  for (const labels of [{ 'istio.io/rev': 'other' }, { 'istio.io/rev': 'canary', 'istio-injection': 'enabled' }, { 'istio-injection': 'enabled' }]) {
    expect([labels, lines(labels)]).toEqual([labels, [expect.stringContaining('[AM101]')]]);
  }
});

test('a namespace of two meshes is refused at the second, unless they are in two clusters', () => {
  const lines = (clusterName?: string) => linesOf((mesh) => {
    new AgentMesh(new Chart(App.of(mesh), 'two'), 'mesh', { namespace: 'other', existingNamespaces: ['crm'], cluster: Cluster.of({ name: clusterName }), mesh: MeshProvider.linkerd(), mcp: McpProvider.agentgateway() });
  }, { existingNamespaces: ['crm'] });
  expect(lines()).toEqual([expect.stringMatching(/^\[two\/mesh\] two\/mesh: two meshes of one cluster include namespace crm.*\[AM223\]$/)]);
  expect(lines('west')).toEqual([]);
});
