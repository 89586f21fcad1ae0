import { ambient, linkerd, who, jwt, Grant, crmOf, policy } from './agentgateway-program';
import { Agent, Cluster, GuardrailPhase, McpServer, McpToolBoundary, Port, TokenCaller, Workload } from '../../src';
import { deploy, IMAGE } from '../story';
import { synth } from '../synth';

test('a proxy keeps sessions and fails closed by default', () => {
  expect(crmOf().get('AgentgatewayBackend', 'crm').spec).toEqual({
    mcp: {
      failureMode: 'FailClosed', prefixMode: 'Conditional', sessionRouting: 'Stateful',
      targets: [{ name: 'crm', static: { backendRef: { name: 'crm-server' }, port: 80, path: '/mcp', protocol: 'StreamableHTTP' } }],
    },
  });
});

describe('the Gateway of a proxy', () => {
  const listener = { name: 'mcp', port: 9000, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'Same' } } };
  test('has a ClusterIP Service and the settings of the mesh', () => {
    expect(crmOf({}, () => {}, { ...ambient, cluster: Cluster.of({ trustDomain: 'own.example' }) }).get('AgentgatewayParameters', 'crm').spec)
      .toEqual({ service: { spec: { type: 'ClusterIP' } }, istio: { enabled: true, trustDomain: 'own.example' } });
  });
  test('has the trust domains of allowed callers', () => {
    expect(crmOf({}, () => {}, { ...ambient, trustedDomains: ['a.example', 'b.example'] }).get('AgentgatewayParameters', 'crm').spec.istio)
      .toEqual({ enabled: true, trustDomain: 'cluster.local', additionalTrustDomains: ['a.example', 'b.example'] });
  });
  test('takes part in Istio\'s mutual TLS by itself', () => {
    expect(crmOf({ servicePort: 9000 }).get('Gateway', 'crm').spec).toEqual({
      gatewayClassName: 'agentgateway',
      infrastructure: {
        labels: { 'istio.io/dataplane-mode': 'none', 'istio.io/use-waypoint': 'none', 'networking.istio.io/tunnel': 'http' },
        parametersRef: { group: 'agentgateway.dev', kind: 'AgentgatewayParameters', name: 'crm' },
      },
      listeners: [listener, { name: 'mesh', port: 15008, protocol: 'HBONE', allowedRoutes: { namespaces: { from: 'Same' } } }],
    });
  });
  test('is reachable only inside the cluster, on every mesh', () => {
    expect(crmOf().get('AgentgatewayParameters', 'crm').spec).toEqual({ service: { spec: { type: 'ClusterIP' } }, istio: { enabled: true, trustDomain: 'cluster.local' } });
    expect(crmOf({}, () => {}, linkerd).get('AgentgatewayParameters', 'crm').spec).toEqual({ service: { spec: { type: 'ClusterIP' } } });
  });
  test('has Linkerd\'s proxy, and no mutual TLS of its own', () => {
    const objects = crmOf({ servicePort: 9000 }, () => {}, linkerd);
    expect(objects.get('Gateway', 'crm').spec).toMatchObject({ infrastructure: { annotations: { 'linkerd.io/inject': 'enabled' } }, listeners: [listener] });
    expect(objects.get('Gateway', 'crm').spec.listeners).toHaveLength(1);
  });
});

describe('the service of a guardrail', () => {
  const judged = (on: object) => synth((mesh) => {
    const [first, second] = ['first', 'second'].map((id) => new Agent(mesh, id, { versions: { v1: deploy() }, servicePort: 9090 }));
    new McpToolBoundary(mesh, 'crm', {
      server: McpServer.of(deploy([8080]), { tools: ['find'] }), guardrails: [
        { service: second, methods: { 'tools/call': GuardrailPhase.RESPONSE, '*/list': GuardrailPhase.REQUEST } }, { service: first, methods: { '*': GuardrailPhase.FULL } },
      ],
    });
  }, on);
  test('is called at its Service, in the stated order, without credentials', () => {
    const processor = (name: string, methods: object) => ({
      methods, remote: {
        backendRef: { group: '', kind: 'Service', name, namespace: 'voice', port: 9090 }, failureMode: 'FailClosed', disallowedRequestHeaders: ['authorization', 'cookie'],
      },
    });
    expect(policy(judged(ambient), 'crm').backend.mcp.guardrails).toEqual({
      processors: [processor('second', { 'tools/call': 'Response', '*/list': 'Request' }), processor('first', { '*': 'Full' })],
    });
  });
  test.each([['ambient', ambient], ['Linkerd', linkerd]])('is called by gRPC on %s, other Services are not', (_, on) => {
    const port = (name: string) => judged(on).get('Service', name).spec.ports[0];
    expect(port('first')).toMatchObject({ name: 'grpc', appProtocol: 'kubernetes.io/h2c', port: 9090 });
    expect(port('crm-server')).toMatchObject({ name: 'http', appProtocol: 'http' });
  });
  test('with a rate limit has an HTTP/2 Server on Linkerd', () => {
    const protocol = (guardrails: boolean) => synth((mesh) => {
      const judge = new Agent(mesh, 'judge', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], rateLimit: { requestsPerSecond: 9 } }) } });
      new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find'] }), guardrails: guardrails ? [{ service: judge, methods: { '*': GuardrailPhase.FULL } }] : [] });
    }, linkerd).get('Server', 'judge-v1-8000').spec.proxyProtocol;
    expect([protocol(true), protocol(false)]).toEqual(['HTTP/2', 'HTTP/1']);
  });
  test('allows only the proxy', () => {
    expect(judged(ambient).get('AuthorizationPolicy', 'first-v1-workload').spec.rules).toEqual([{ from: [{ source: { serviceAccounts: ['voice/crm'] } }], to: [{ operation: { ports: ['8000'] } }] }]);
    expect(judged(linkerd).get('MeshTLSAuthentication', 'first-v1-8000').spec).toEqual({ identities: ['crm.voice.serviceaccount.identity.linkerd.cluster.local'] });
  });
  test('is absent if none is stated', () => {
    expect(policy(crmOf(), 'crm').backend.mcp).not.toHaveProperty('guardrails');
  });
});

describe('the pods of a proxy on Linkerd', () => {
  const identities = (grant: Grant) => crmOf({ jwt: { ...jwt, required: false } }, grant, linkerd).get('MeshTLSAuthentication', 'crm-8080').spec.identities;
  const a = 'a.ops.serviceaccount.identity.linkerd.cluster.local';
  test('allow each identity once, for any tokens', () => {
    expect(identities((crm) => crm.grantAllTools(who('a'), TokenCaller.of({ subject: 'alice', caller: who('a') }), TokenCaller.of({ subject: 'bob', caller: who('a') })))).toEqual([a]);
  });
  test('allow every identity if only the token counts', () => {
    expect(identities((crm) => crm.grantAllTools(TokenCaller.of({ subject: 'alice' })))).toEqual(['*']);
    expect(identities((crm) => crm.grantAllTools(TokenCaller.of({ claims: { tier: 'gold' } }), who('a')))).toEqual(['*', a]);
  });
  test('allow nobody without grants', () => {
    expect(identities(() => {})).toEqual(['nobody.invalid']);
  });
});
