import { comesToAddress, comesToHost, opens, Platform, platformOf } from './acme';
import { ADDRESSES, CallRow, CALLS, CLIENTS, CLOSED, HOSTS, LEAVING, MODEL_CALLERS, SENDERS, TOOLS } from './acme-table';
import { BY_HBONE, BY_LINKERD, onAgentgateway } from './agentgateway';
import { throughGateway } from './gateways';
import { infers } from './inference';
import { isGateway, onIstioAmbient, onIstioSidecars } from './istio';
import { onLinkerd } from './linkerd';
import { Attempt, mcpProxyPod, of, Pod, ProviderName, Verdict, World } from './program';
import { Agent, Backend, ICallee, Identity, InferenceGateway, InferencePool, McpToolBoundary } from '../../src';
import { admits, NetworkPolicy } from '../mesh/network-policy';

const JUDGES: Record<ProviderName, (world: World, attempt: Attempt) => Verdict> = {
  'Istio ambient': onIstioAmbient, 'Istio sidecars': onIstioSidecars, 'Linkerd': onLinkerd,
};

const podNamed = ({ world }: Platform, name: string): Pod => world.pods.find((pod) => pod.name === name)!;
const identityOf = ({ trustDomain, namespace, serviceAccount }: Pod) =>
  (trustDomain === undefined ? undefined : Identity.of({ namespace, serviceAccount }));

/** What a row calls: the construct, and the Service before its pods. */
function calleeOf({ mesh }: Platform, name: string): { readonly callee: ICallee; readonly service: string } {
  const [, id, version] = /^(\w+?)(?:-(v\d))?$/.exec(name)!;
  const callee = mesh.node.findChild(id) as Agent;
  return version === 'v2' ? { callee: callee.version(version), service: name } : { callee, service: id };
}

/** Who may call, by the model and by the objects; both among all pods of the cluster. */
function callers(provider: ProviderName, platform: Platform, { callee: name, port, atPods }: CallRow) {
  const { callee, service } = calleeOf(platform, name);
  const to = podNamed(platform, name);
  const asked = { port, path: '/', method: 'POST' };
  const allowed = (isAllowed: (from: Pod) => boolean) => platform.world.pods.filter(isAllowed).map((pod) => pod.name).sort();
  return {
    model: allowed((from) => platform.mesh.decide({ caller: identityOf(from), callee, ...asked }).allowed),
    objects: allowed((from) => JUDGES[provider](platform.world, { from, to, service: atPods ? undefined : service, ...asked }).allowed
      && opens(platform.world, from, 'pods', provider === 'Istio ambient' ? 15008 : port)),
  };
}

interface ToolCall { readonly from: Pod; readonly boundary: string; readonly tool?: string }

/** A call of a tool: at the MCP proxy, or with sidecars at the pods of the server. */
function asksTool(provider: ProviderName, platform: Platform, { from, boundary, tool }: ToolCall): Verdict {
  const { world } = platform;
  const asked = { from, path: '/mcp', method: 'POST' };
  if (provider === 'Istio sidecars') return onIstioSidecars(world, { ...asked, to: podNamed(platform, 'invoices'), service: boundary, port: 3000 });
  const to = mcpProxyPod(world, boundary);
  return onAgentgateway(world, provider === 'Linkerd' ? BY_LINKERD : BY_HBONE, { ...asked, to, port: 8080 }, boundary, tool === undefined ? {} : { kind: 'tool', name: tool });
}

describe.each<[string, ProviderName]>([['acme', 'Istio ambient'], ['acme-sidecar', 'Istio sidecars'], ['acme-linkerd', 'Linkerd']])('%s', (example, provider) => {
  const platform = platformOf(example);
  const { mesh, world } = platform;

  test.each(CALLS.map((row) => [row.wish, row.callee, row.port, row] as const))('wish %i: %s at port %i has its callers, and no others', (_, __, ___, row) => {
    const expected = [...row.callers].sort();
    expect(callers(provider, platform, row)).toEqual({ model: expected, objects: expected });
  });

  test.each([4317, 4318])('wish 13: the collector at port %i takes spans of all members', (port) => {
    const members = world.pods.filter(({ namespace }) => SENDERS.test(namespace)).map(({ name }) => name).sort();
    expect(callers(provider, platform, { wish: 13, callee: 'collector', port, callers: [] })).toEqual({ model: members, objects: members });
  });

  test('wish 8: the models have their callers, and no others, at their address and at their pods', () => {
    const pods = world.pods.filter((from) => !isGateway(from));
    const allowed = (isAllowed: (from: Pod) => boolean) => pods.filter(isAllowed).map(({ name }) => name).sort();
    const isDecided = (callee: ICallee, port?: number) => (from: Pod) => mesh.decide({ caller: identityOf(from), callee, port }).allowed;
    const to = podNamed(platform, 'vllm');
    const atPods = allowed((from) => JUDGES[provider](world, { from, to, port: 8000, path: '/v1', method: 'POST', service: provider === 'Linkerd' ? 'vllm' : undefined }).allowed);
    const models = [...MODEL_CALLERS].sort();
    if (provider === 'Linkerd') {
      expect([atPods, allowed(isDecided(mesh.node.findChild('vllm') as Backend))]).toEqual([models, models]);
      return;
    }
    const pool = mesh.node.findChild('models').node.findChild('llama') as InferencePool;
    const asks = (from: Pod) => infers(provider, world, { from, namespace: 'models', service: 'llama-inference', host: 'llama-inference.models.svc.cluster.local' }).allowed;
    expect([allowed(asks), allowed(isDecided(pool)), atPods]).toEqual([models, models, ['llama-epp']]);
  });

  test.each(TOOLS[provider])('wish %i: %s: tool %s has its callers, and no others', (_, id, tool, granted) => {
    const boundary = mesh.node.findChild(id) as McpToolBoundary;
    const allowed = (isAllowed: (from: Pod) => boolean) => world.pods.filter(isAllowed).map(({ name }) => name).sort();
    expect({
      model: allowed((from) => mesh.decide({ caller: identityOf(from), callee: boundary, tool }).allowed),
      objects: allowed((from) => asksTool(provider, platform, { from, boundary: boundary.serviceName, tool }).allowed),
    }).toEqual({ model: [...granted].sort(), objects: [...granted].sort() });
  });

  test('wish 4: the pods of the MCP server take requests of their proxy, or of the caller that has every tool', () => {
    const to = podNamed(platform, 'invoices');
    const asking = (path: string) => world.pods.filter((from) => JUDGES[provider](world, { from, to, service: 'invoices', port: 3000, path, method: 'POST' }).allowed).map(({ name }) => name);
    const isProxied = provider !== 'Istio sidecars';
    expect(asking('/mcp')).toEqual(isProxied ? ['proxy-of-invoices-mcp'] : ['billing']);
    expect(asking('/admin')).toEqual(isProxied ? ['proxy-of-invoices-mcp'] : []);
    expect(mesh.decide({ caller: identityOf(podNamed(platform, 'billing')), callee: mesh.node.findChild('invoices') as McpToolBoundary, path: '/admin' }).allowed).toBe(false);
  });

  test.each(HOSTS)('wish %i: %s:%i is called by those who name it, and by those without egress where the mesh has no limit', (_, host, port, expected) => {
    expect(LEAVING.filter((name) => comesToHost(provider, world, podNamed(platform, name), host, port))).toEqual(expected[provider]);
  });

  test.each(ADDRESSES)('wish %i: %s, %s %i is open to those who name it', (_, address, protocol, port, limited, unlimited) => {
    const comes = (name: string) => comesToAddress(provider, world, podNamed(platform, name), { address, protocol }, port);
    expect(LEAVING.filter((name) => name !== 'stranger-in-agents' && comes(name))).toEqual([...limited, ...unlimited === 'everywhere' || provider === 'Istio ambient' ? ['triage-v1'] : []]);
  });

  test.each(CLOSED)('wish %i: nobody calls %s', (_, name) => {
    const to = podNamed(platform, name);
    expect(world.pods.filter((from) => JUDGES[provider](world, { from, to, port: 8080, path: '/', method: 'GET' }).allowed).map((pod) => pod.name)).toEqual([]);
  });

  test.each(CLIENTS.map((row) => [row.wish, row.issuer ?? 'nobody', row.host, row.gateway, row] as const))('wish %i: a client with a token of %s for %s at gateway %s', (_, __, ___, ____, row) => {
    const { gateway, host, issuer, canary, to, toOnLinkerd } = row;
    const headers = canary ? { 'x-canary': 'true' } : undefined;
    const served = provider === 'Linkerd' ? toOnLinkerd : to;
    const { allowed, shares } = throughGateway(provider, world, podNamed(platform, 'client'), gateway, {
      host, path: '/', method: 'POST', headers, token: issuer ? { issuer, subject: 'a' } : undefined,
    });
    const decision = mesh.decide({ callee: mesh.node.findChild(gateway) as InferenceGateway, host, headers, tokenIssuer: issuer });
    expect([decision.allowed, allowed, allowed ? shares : []]).toEqual([served.length > 0, served.length > 0, served]);
  });

  test('wish 10: one split is for clients and for callers inside the mesh', () => {
    for (const name of ['triage', 'planner']) {
      const [edge, inside] = [name, `${name}-mesh`].map((one) => of(world, 'HTTPRoute').find(({ metadata }) => metadata.name === one && metadata.namespace === 'agents')!.spec.rules);
      expect(inside).toEqual(edge);
    }
  });

  test('wish 16: TLS ends at the load balancer, which on Linkerd alone connects to the gateways', () => {
    for (const name of ['edge', 'edge-grpc']) {
      const { metadata: { namespace = '' }, spec: { listeners, infrastructure = {} } } = of(world, 'Gateway').find(({ metadata }) => metadata.name === name)!;
      expect(listeners).toMatchObject([{ port: 443, protocol: 'HTTP' }]);
      const proxies = { address: '100.64.3.3', labels: { 'gateway.networking.k8s.io/gateway-name': name }, namespace, namespaceLabels: {} };
      const comes = (address: string) => admits(of(world, 'NetworkPolicy') as NetworkPolicy[], proxies, 443, { address });
      expect([comes('10.0.0.9'), comes('100.64.9.9')]).toEqual([true, provider !== 'Linkerd']);
      if (provider === 'Linkerd') continue;
      expect(Object.keys(infrastructure.annotations)).toContain('service.beta.kubernetes.io/aws-load-balancer-ssl-cert');
      expect(of(world, 'ConfigMap').find(({ metadata }) => metadata.name === name)!.data.service).toContain('loadBalancerClass: service.k8s.aws/nlb');
    }
  });

  test('wish 18: access logs go to OpenTelemetry, or where Linkerd writes them', () => {
    const namespaces = provider === 'Linkerd' ? of(world, 'Namespace').filter(({ metadata }) => /^(agents|coder|reports|linear|agents-edge)$/.test(metadata.name)) : [];
    expect(namespaces.map(({ metadata }) => metadata.annotations?.['config.linkerd.io/access-log'])).toEqual(namespaces.map(() => 'json'));
    const logs = of(world, 'Telemetry').map(({ metadata, spec }) => [metadata.namespace, spec.accessLogging[0].providers[0].name]);
    expect(logs).toEqual(provider === 'Linkerd' ? [] : ['agents', 'legacy', 'data', 'observability', 'models', 'agents-edge'].map((namespace) => [namespace, 'otel']));
  });
});
