import { Agent, AgentMesh, GatewayProvider, GatewayServiceType, InferenceGateway, InferenceGatewayProps, MeshProvider, TlsTermination } from '../../src';
import { deploy } from '../story';
import { meshOf, synth } from '../synth';

const TLS = { secretName: 'tls' };
const gatewayOf = (mesh: AgentMesh, props: Partial<InferenceGatewayProps>) => new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com', '*.b.example.com'], ...props });
const emitted = (props: Partial<InferenceGatewayProps>, on: object = {}) => synth((mesh) => void gatewayOf(mesh, props), on);
const specOf = (props: Partial<InferenceGatewayProps>, on: object = {}) => emitted(props, on).get('Gateway', 'gw', 'voice-edge').spec;

describe('infrastructure', () => {
  const annotations = { 'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internet-facing' };

  test('annotations and labels are those of the Gateway', () => {
    expect(specOf({ tls: TLS, infrastructureAnnotations: annotations, infrastructureLabels: { team: 'edge' } }).infrastructure)
      .toEqual({ labels: { 'istio.io/dataplane-mode': 'none', 'team': 'edge' }, annotations });
  });
  test('annotations of Linkerd stay beside them', () => {
    const onLinkerd = { mesh: MeshProvider.linkerd(), gateway: GatewayProvider.istioAgentgateway() };
    const { infrastructure } = specOf({ tls: TLS, infrastructureAnnotations: annotations }, onLinkerd);
    expect(infrastructure.annotations).toEqual({
      ...annotations, 'linkerd.io/inject': 'enabled', 'config.linkerd.io/default-inbound-policy': 'deny',
      'config.linkerd.io/proxy-enable-native-sidecar': 'true', 'config.linkerd.io/skip-inbound-ports': '443',
    });
  });
  test('the class of the load balancer is in the parameters of the Gateway, which come before it', () => {
    const objects = emitted({ tls: TLS, loadBalancerClass: 'service.k8s.aws/nlb' });
    expect(objects.get('ConfigMap', 'gw', 'voice-edge').data).toEqual({ service: 'spec:\n  loadBalancerClass: service.k8s.aws/nlb\n' });
    expect(objects.get('Gateway', 'gw', 'voice-edge').spec.infrastructure.parametersRef).toEqual({ group: '', kind: 'ConfigMap', name: 'gw' });
    const order = objects.all.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(order.indexOf('ConfigMap gw')).toBeLessThan(order.indexOf('Gateway gw'));
  });
  test('trusted proxies are told to the proxy of the pod', () => {
    expect(specOf({ tls: TLS, trustedProxies: 1 }).infrastructure.annotations).toEqual({ 'proxy.istio.io/config': '{"gatewayTopology":{"numTrustedProxies":1}}' });
  });
  test.each([[GatewayServiceType.CLUSTER_IP, 'ClusterIP'], [GatewayServiceType.NODE_PORT, 'NodePort'], [GatewayServiceType.LOAD_BALANCER, 'LoadBalancer']])('the Service is of type %s', (serviceType, type) => {
    expect(emitted({ tls: TLS, serviceType }).get('Gateway', 'gw', 'voice-edge').metadata.annotations).toEqual({ 'networking.istio.io/service-type': type });
  });
  test('nothing that is not stated is emitted', () => {
    const objects = emitted({ tls: TLS });
    const { metadata, spec } = objects.get('Gateway', 'gw', 'voice-edge');
    expect([metadata.annotations, spec.infrastructure]).toEqual([undefined, { labels: { 'istio.io/dataplane-mode': 'none' } }]);
    expect(objects.names('ConfigMap')).toEqual([]);
  });
});

describe('TLS that ends at a load balancer', () => {
  const outside = { tlsTermination: TlsTermination.LOAD_BALANCER };

  test('makes every listener HTTP, at the port that clients call', () => {
    expect(specOf(outside).listeners).toEqual([
      { name: 'http-a-example-com', hostname: 'a.example.com', port: 443, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'Same' } } },
      { name: expect.stringMatching(/^http-wildcard-b-example-com-/), hostname: '*.b.example.com', port: 443, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'Same' } } },
    ]);
    expect(specOf(outside).tls).toBeUndefined();
  });
  test('is what the access report and decisions say', () => {
    const { mesh } = meshOf(() => {});
    const gateway = gatewayOf(mesh, outside);
    gateway.addRoute('r', { target: new Agent(mesh, 'a', { versions: { v1: deploy() } }) });
    const said = 'anyone who can reach it, including pods of the cluster, in PLAIN TEXT: a load balancer in front of the gateway terminates TLS, so the gateway sees no client certificates';
    expect(mesh.describeAccess()).toContain(`gateway gw\n  <- ${said}, for a.example.com, *.b.example.com`);
    expect(mesh.decide({ callee: gateway, host: 'a.example.com' }).reason).toBe(`route r of gateway gw: all requests to agent a, for ${said}`);
    expect(gateway.urls).toEqual(['https://a.example.com']);
  });
  test('keeps networks out that are denied', () => {
    const { mesh } = meshOf((one) => void gatewayOf(one, { ...outside, deniedCidrs: ['10.0.0.0/8'] }));
    expect(mesh.describeAccess()).toContain('anyone who can reach it, except from 10.0.0.0/8, in PLAIN TEXT');
  });
  test('is not what a stated certificate says', () => {
    expect(specOf({ tls: TLS, tlsTermination: TlsTermination.GATEWAY })).toEqual(specOf({ tls: TLS }));
  });
});
