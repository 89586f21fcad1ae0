import { ApiObject, Chart } from 'cdk8s';
import { Refused, saidMoreThanOnce, testRefused } from './corpus';
import { Agent, AgentMesh, ExistingGatewayProps, GatewayProvider, InferenceGateway, InferenceGatewayProps, MeshProvider } from '../../src';
import { deploy } from '../story';
import { Build } from '../synth';

type Existing = Partial<ExistingGatewayProps>;

const theirs = (mesh: AgentMesh, props: Existing = {}) =>
  InferenceGateway.fromGatewayName(mesh, 'corp', { gatewayName: 'corp', namespace: 'ingress', hostnames: ['desk.example.com'], ...props });
const routed = (props: Existing = {}): Build => (mesh) => {
  theirs(mesh, props).addRoute('front', { target: new Agent(mesh, 'front', { workload: deploy() }).version(), pathPrefix: '/api' });
};
const own = (props: Partial<InferenceGatewayProps>): Build => (mesh) =>
  void new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' }, ...props });
const denied = (cidr: string) => own({ deniedCidrs: [cidr] });

/** A route of the first mesh and one of a second, for the same requests of one Gateway. */
const twice = (one: Existing, other: Existing): Build => (mesh, chart) => {
  routed(one)(mesh, chart);
  const second = new AgentMesh(chart, 'second', { namespace: 'second', mesh: MeshProvider.istioAmbient(), gateway: GatewayProvider.istio() });
  theirs(second, other).addRoute('other', { target: new Agent(second, 'other', { workload: deploy() }).version(), pathPrefix: '/api' });
};

/** The app has the Gateway too. */
const withGateway = (listeners: object[], props: Existing): Build => (mesh, chart) => {
  routed(props)(mesh, chart);
  new ApiObject(new Chart(chart, 'platform'), 'gateway', {
    apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', metadata: { name: 'corp', namespace: 'ingress' }, spec: { gatewayClassName: 'istio', listeners },
  } as never);
};
const open = { allowedRoutes: { namespaces: { from: 'All' } } };
const attached = (listener: object, labels?: object): Build => (mesh, chart) => {
  withGateway([{ name: 'https', port: 443, protocol: 'HTTPS', ...listener }], {})(mesh, chart);
  if (labels) new ApiObject(new Chart(chart, 'labelled'), 'namespace', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'crm', labels } } as never);
};
const unattached = (rest: string) => `app/mesh/corp: the routes of namespace voice for desk.example.com attach to no listener of Gateway ingress/corp in this app; got ["https ${rest}"]`;
const selecting = (selector: object) => ({ allowedRoutes: { namespaces: { from: 'Selector', selector } } });
const listeners = [{ name: 'http', port: 80, protocol: 'HTTP' }, { name: 'https', port: 8443, protocol: 'HTTPS' }];
const absent = (rest: string) => new RegExp(`app/mesh/corp: Gateway ingress/corp in this app has no listener to which the routes can attach; got .*${rest}.*\\[AM112\\]`);

const refused: Readonly<Record<string, Refused[]>> = {
  'listeners of a Gateway of the team': [
    ['a name that is none', routed({ listener: 'HTTPS' }), '`listener` is not a valid listener name; got "HTTPS"'],
    ['an empty name', routed({ listener: '' }), '`listener` is not a valid listener name; got ""'],
    ['no port', routed({ listenerPort: 0 }), '`listenerPort` is not a valid port; got 0'],
    ['a port beyond the last', routed({ listenerPort: 65_536 }), '`listenerPort` is not a valid port; got 65536'],
    ['one that the app\'s Gateway has at another port', withGateway(listeners, {}), absent('{"port":443}; allowed: http \\(port 80\\), https \\(port 8443\\)')],
    ['one of two facts that are not one listener\'s', withGateway(listeners, { listener: 'https', listenerPort: 80 }), absent('{"name":"https","port":80}')],
    ['a name that the app\'s Gateway has not', withGateway(listeners, { listener: 'tls' }), absent('{"name":"tls"}')],
    ['one that takes routes of its own namespace, which is the default', attached({}), unattached('takes routes of namespace ingress alone (allowedRoutes: Same)')],
    ['one that takes none', attached({ allowedRoutes: { namespaces: { from: 'None' } } }), unattached('takes no routes (allowedRoutes: None)')],
    ['one that takes those of another namespace', attached(selecting({ matchLabels: { 'kubernetes.io/metadata.name': 'crm' } })), unattached('takes routes of namespaces with other labels')],
    ['one that takes those of namespaces with a label', attached(selecting({ matchLabels: { team: 'a' } })), unattached('takes routes of namespaces with other labels')],
    ['one of another host', attached({ hostname: 'other.example.com', ...open }), unattached('is for the host other.example.com')],
    ['one that passes TLS through', attached({ protocol: 'TLS', tls: { mode: 'Passthrough' }, ...open }), unattached('is of the protocol TLS (Passthrough), which reads no requests')],
    ['one that reads no requests', attached({ protocol: 'TCP', ...open }), unattached('is of the protocol TCP, which reads no requests')],
    ['one of another kind of routes', attached({ allowedRoutes: { kinds: [{ kind: 'GRPCRoute' }], namespaces: { from: 'All' } } }), unattached('takes GRPCRoute alone')],
    ['a Gateway of the app without listeners', withGateway([], {}), absent('allowed: a Gateway with listeners')],
  ],
  'two routes for the same requests, of two meshes': [
    ['at one listener', twice({ listener: 'inside' }, { listener: 'inside', listenerPort: 443 }), /match the same requests.*\[AM208\]/],
    ['at one port', twice({}, { listenerPort: 443 }), /match the same requests.*\[AM208\]/],
    ['at what may be one listener', twice({ listener: 'inside' }, {}), /match the same requests.*\[AM208\]/],
  ],
  'networks that a gateway refuses': [
    ['one with bits beyond its prefix', denied('10.0.0.1/8'), 'an entry of `deniedCidrs` is not a network; got "10.0.0.1/8"; allowed: CIDRs such as "10.0.0.1/32", without bits beyond the prefix and without IPv4 in IPv6; write it as "10.0.0.0/8"'],
    ['what is no network', denied('pods'), 'an entry of `deniedCidrs` is not a network; got "pods"; allowed: CIDRs such as "10.0.0.1/32", without bits beyond the prefix and without IPv4 in IPv6; correct `deniedCidrs`'],
    ['everybody by IPv4', denied('0.0.0.0/0'), '`deniedCidrs` would deny every client of an address family; got "0.0.0.0/0"; allowed: networks of the cluster; list the networks of pods and nodes'],
    ['everybody by IPv6', denied('::/0'), '`deniedCidrs` would deny every client of an address family; got "::/0"'],
  ],
};

testRefused(refused);

test('each program reports one problem', () => {
  expect(saidMoreThanOnce(refused)).toEqual({});
});
