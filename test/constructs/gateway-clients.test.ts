import {
  Agent, AgentMesh, Cluster, GatewayApiChannel, GatewayProvider, InferenceGateway, InferenceGatewayProps, IstioRelease, MeshProvider,
} from '../../src';
import { deploy } from '../story';
import { meshOf, synth } from '../synth';

const edge = (mesh: AgentMesh, props: Partial<InferenceGatewayProps> = {}) =>
  new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' }, ...props });
const ports = (...numbers: number[]) => numbers.map((port) => ({ port, protocol: 'TCP' }));

describe('the clients of a gateway', () => {
  test('are not limited by default', () => {
    expect(synth((mesh) => { edge(mesh); }).names('NetworkPolicy')).toEqual([]);
  });
  test.each<[string, object, number[]]>([
    ['in ambient', {}, []],
    ['with sidecars', { mesh: MeshProvider.istioSidecar() }, []],
    ['of agentgateway by istiod', { mesh: MeshProvider.istioAmbient(), cluster: Cluster.of({ istioRelease: IstioRelease.V1_31 }), gateway: GatewayProvider.istioAgentgateway() }, []],
    ['on Linkerd', { mesh: MeshProvider.linkerd(), gateway: GatewayProvider.istioAgentgateway(), cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) }, [4191]],
  ])('are refused from the stated networks, %s; its status port stays open', (_, props, more) => {
    const objects = synth((mesh) => { edge(mesh, { deniedCidrs: ['10.244.0.0/16', 'fd00:0::/48', '10.244.0.0/16'] }); }, props);
    expect(objects.get('NetworkPolicy', 'gw-clients', 'voice-edge').spec).toEqual({
      podSelector: { matchLabels: { 'gateway.networking.k8s.io/gateway-name': 'gw' } }, policyTypes: ['Ingress'],
      ingress: [
        { from: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.244.0.0/16'] } }, { ipBlock: { cidr: '::/0', except: ['fd00::/48'] } }], ports: ports(443) },
        { ports: ports(15020, 15021, 15090, ...more) },
      ],
    });
  });
  test('may use the address family without refusals', () => {
    const { ingress: [{ from }] } = synth((mesh) => { edge(mesh, { deniedCidrs: ['10.0.0.0/8'] }); }).get('NetworkPolicy', 'gw-clients', 'voice-edge').spec;
    expect(from[1]).toEqual({ ipBlock: { cidr: '::/0' } });
  });
});

describe('a denied decision names the gateway that routes to the callee', () => {
  const reason = (props: Partial<InferenceGatewayProps>, leads: 'agent' | 'pool' | 'nothing') => {
    const { mesh } = meshOf(() => {});
    const callee = new Agent(mesh, 'callee', { versions: { v1: deploy() } });
    const gateway = edge(mesh, props);
    if (leads === 'agent') gateway.addRoute('r', { target: callee.version('v1') });
    const pool = leads === 'agent' ? undefined : gateway.addPool('llm', { workload: callee.version('v1') });
    if (leads === 'pool') gateway.addRoute('r', { target: pool! });
    return mesh.decide({ caller: new Agent(mesh, 'caller', { versions: { v1: deploy() } }), callee }).reason;
  };
  const denied = 'no grant allows agent caller to call agent callee';
  test.each<[Partial<InferenceGatewayProps>, 'agent' | 'pool' | 'nothing', string]>([
    [{}, 'agent', `${denied}; gateway gw routes requests to the callee, for anyone who can reach it, including pods of the cluster`],
    [{}, 'pool', `${denied}; gateway gw routes requests to the callee, for anyone who can reach it, including pods of the cluster`],
    [{ deniedCidrs: ['10.244.0.0/16'] }, 'agent', `${denied}; gateway gw routes requests to the callee, for anyone who can reach it, except from 10.244.0.0/16`],
    [{}, 'nothing', denied],
  ])('%j routes to: %s', (props, leads, expected) => {
    expect(reason(props, leads)).toBe(expected);
  });
});
