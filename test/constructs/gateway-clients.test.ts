import { Agent, AgentMesh, GatewayApiChannel, GatewayProvider, InferenceGateway, InferenceGatewayProps, IstioRelease, MeshProvider } from '../../src';
import { deploy } from '../story';
import { meshOf, synth } from '../synth';

const door = (mesh: AgentMesh, props: Partial<InferenceGatewayProps> = {}) =>
  new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' }, ...props });
const ports = (...numbers: number[]) => numbers.map((port) => ({ port, protocol: 'TCP' }));

describe('the clients of a gateway', () => {
  test('are limited by nothing, where nothing is stated', () => {
    expect(synth((mesh) => { door(mesh); }).names('NetworkPolicy')).toEqual([]);
  });
  test.each<[string, object, number[]]>([
    ['in ambient', {}, []],
    ['with sidecars', { provider: MeshProvider.istioSidecar() }, []],
    ['of agentgateway by istiod', { provider: MeshProvider.istioAmbient({ release: IstioRelease.V1_31 }), gateway: GatewayProvider.istioAgentgateway({ release: IstioRelease.V1_31 }) }, []],
    ['on Linkerd', { provider: MeshProvider.linkerd(), gateway: GatewayProvider.istioAgentgateway(), gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }, [4191]],
  ])('are of no network that it refuses, %s; its status is asked from everywhere', (_, props, more) => {
    const objects = synth((mesh) => { door(mesh, { deniedCidrs: ['10.244.0.0/16', 'fd00:0::/48', '10.244.0.0/16'] }); }, props);
    expect(objects.get('NetworkPolicy', 'gw-clients', 'voice-edge').spec).toEqual({
      podSelector: { matchLabels: { 'gateway.networking.k8s.io/gateway-name': 'gw' } }, policyTypes: ['Ingress'],
      ingress: [
        { from: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.244.0.0/16'] } }, { ipBlock: { cidr: '::/0', except: ['fd00::/48'] } }], ports: ports(443) },
        { ports: ports(15020, 15021, 15090, ...more) },
      ],
    });
  });
  test('come by the family of addresses of which nothing is refused', () => {
    const { ingress: [{ from }] } = synth((mesh) => { door(mesh, { deniedCidrs: ['10.0.0.0/8'] }); }).get('NetworkPolicy', 'gw-clients', 'voice-edge').spec;
    expect(from[1]).toEqual({ ipBlock: { cidr: '::/0' } });
  });
});

describe('who was denied a call is told of the gateway that leads to the callee', () => {
  const reason = (props: Partial<InferenceGatewayProps>, leads: 'agent' | 'pool' | 'nothing') => {
    const { mesh } = meshOf(() => {});
    const callee = new Agent(mesh, 'callee', { versions: { v1: deploy() } });
    const gateway = door(mesh, props);
    if (leads === 'agent') gateway.addRoute('r', { target: callee.version('v1') });
    const pool = leads === 'agent' ? undefined : gateway.addPool('llm', { servers: callee.version('v1') });
    if (leads === 'pool') gateway.addRoute('r', { target: pool! });
    return mesh.decide({ caller: new Agent(mesh, 'caller', { workload: deploy() }), callee }).reason;
  };
  const denied = 'no grant lets agent caller call agent callee v1';
  test.each<[Partial<InferenceGatewayProps>, 'agent' | 'pool' | 'nothing', string]>([
    [{}, 'agent', `${denied}; gateway gw leads to it, for anyone who reaches it, pods of the cluster included`],
    [{}, 'pool', `${denied}; gateway gw leads to it, for anyone who reaches it, pods of the cluster included`],
    [{ deniedCidrs: ['10.244.0.0/16'] }, 'agent', `${denied}; gateway gw leads to it, for anyone who reaches it from another address than those of 10.244.0.0/16`],
    [{}, 'nothing', denied],
  ])('%j leads to: %s', (props, leads, expected) => {
    expect(reason(props, leads)).toBe(expected);
  });
});
