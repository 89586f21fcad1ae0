import { ApiObject, Chart } from 'cdk8s';
import { Agent, AgentMesh, ExistingGatewayProps, GatewayProvider, InferenceGateway, MeshProvider } from '../../src';
import { deploy, existing } from '../story';
import { Build, problemsOf, synth } from '../synth';

const theirs = (mesh: AgentMesh, props: Partial<ExistingGatewayProps> = {}, id = 'corp') =>
  InferenceGateway.fromGatewayName(mesh, id, { gatewayName: 'corp', namespace: 'ingress', hostnames: ['desk.example.com'], ...props });
const routed = (props: Partial<ExistingGatewayProps> = {}): Build => (mesh) => {
  const frontend = new Agent(mesh, 'frontend', { versions: { v1: deploy() } });
  theirs(mesh, props).addRoute('frontend', { target: frontend.version(), pathPrefix: '/api' });
};
const parents = (build: Build, name = 'frontend') => synth(build).get('HTTPRoute', name).spec.parentRefs;
const corp = { name: 'corp', namespace: 'ingress' };

describe('a route to a Gateway of the team', () => {
  test.each<[string, Partial<ExistingGatewayProps>, object]>([
    ['at HTTPS, where nothing is stated', {}, { ...corp, port: 443 }],
    ['at the listener that is named, whatever its port', { listener: 'https-desk' }, { ...corp, sectionName: 'https-desk' }],
    ['at the port that is stated', { listenerPort: 8443 }, { ...corp, port: 8443 }],
    ['at the listener and the port', { listener: 'https-desk', listenerPort: 8443 }, { ...corp, sectionName: 'https-desk', port: 8443 }],
  ])('attaches %s', (_, props, parent) => {
    expect(parents(routed(props))).toEqual([parent]);
  });
  const attached = [{ ...corp, sectionName: 'https' }];
  test.each([GatewayProvider.istio(), GatewayProvider.istioAgentgateway()])('attaches so with a canary and each provider', (gateway) => {
    expect(synth((mesh) => {
      const frontend = new Agent(mesh, 'frontend', { versions: { v1: deploy(), v2: deploy() }, stable: 'v1' });
      theirs(mesh, { listener: 'https' }).addCanary('canary', { stable: frontend.version('v1'), canary: frontend.version('v2'), percent: 5 });
    }, { gateway }).get('HTTPRoute', 'canary').spec.parentRefs).toEqual(attached);
  });
  test('attaches so with a pool behind it', () => {
    expect(parents((mesh) => {
      const edge = theirs(mesh, { listener: 'https' });
      edge.addRoute('frontend', { target: edge.addPool('llm', { workload: existing('llm') }) });
    })).toEqual(attached);
  });
});

test('a route to a gateway of the mesh attaches to its HTTPS listeners alone', () => {
  expect(parents((mesh) => {
    const frontend = new Agent(mesh, 'frontend', { versions: { v1: deploy() } });
    new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addRoute('frontend', { target: frontend.version() });
  })).toEqual([{ name: 'gw', namespace: 'voice-edge', port: 443 }]);
});

describe('two routes for the same requests', () => {
  const both = (one: Partial<ExistingGatewayProps>, other: Partial<ExistingGatewayProps>): Build => (mesh, chart) => {
    routed(one)(mesh, chart);
    const second = new AgentMesh(chart, 'second', { namespace: 'second', mesh: MeshProvider.istioAmbient(), gateway: GatewayProvider.istio() });
    theirs(second, other).addRoute('other', { target: new Agent(second, 'other', { versions: { v1: deploy() } }).version(), pathPrefix: '/api' });
  };
  const problems = (one: Partial<ExistingGatewayProps>, other: Partial<ExistingGatewayProps>) =>
    [both(one, other), both(other, one)].flatMap((build) => problemsOf(build));
  test.each<[string, Partial<ExistingGatewayProps>, Partial<ExistingGatewayProps>]>([
    ['two listeners', { listener: 'inside' }, { listener: 'outside' }],
    ['two ports', {}, { listenerPort: 8443 }],
  ])('are served at %s', (_, one, other) => {
    expect(problems(one, other)).toEqual([]);
  });
});

describe('a Gateway that the app has', () => {
  const withGateway = (listeners: object[], props: Partial<ExistingGatewayProps>): Build => (mesh, chart) => {
    routed(props)(mesh, chart);
    new ApiObject(new Chart(chart, 'platform'), 'gateway', {
      apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', metadata: { name: 'corp', namespace: 'ingress' }, spec: { gatewayClassName: 'istio', listeners },
    } as never);
  };
  const listeners = [{ name: 'http', port: 80, protocol: 'HTTP' }, { name: 'https', port: 8443, protocol: 'HTTPS', allowedRoutes: { namespaces: { from: 'All' } } }];
  test.each<[string, Partial<ExistingGatewayProps>]>([['its name', { listener: 'https' }], ['its port', { listenerPort: 8443 }]])('is found to have the listener by %s', (_, props) => {
    expect(problemsOf(withGateway(listeners, props))).toEqual([]);
  });
  test.each<[string, object]>([
    ['by the name of the namespace', { matchLabels: { 'kubernetes.io/metadata.name': 'voice' } }],
    ['by a label of a Namespace of the mesh', { matchLabels: { 'istio.io/dataplane-mode': 'ambient' } }],
    ['by an expression', { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['voice', 'crm'] }] }],
  ])('may take routes of namespaces %s', (_, selector) => {
    const listener = { name: 'https', port: 443, protocol: 'HTTPS', hostname: '*.example.com', allowedRoutes: { kinds: [{ kind: 'HTTPRoute' }], namespaces: { from: 'Selector', selector } } };
    expect(problemsOf(withGateway([listener], {}))).toEqual([]);
  });
});
