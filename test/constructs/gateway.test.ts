import { ApiObject, Chart, JsonPatch, Testing } from 'cdk8s';
import {
  Agent, AgentMesh, CanaryRoute, Cluster, EndpointPicker, EndpointPickerConfig, FailureMode, GatewayApiChannel, GatewayProvider, Identity,
  InferenceGateway, InferencePool,
  InferenceRoute, McpProvider, MeshProvider, Port,
} from '../../src';
import { deploy, existing, existingPicker } from '../story';
import { Manifests, meshOf, problemsOf, synth } from '../synth';

const hosts = { hostnames: ['a.example.com'], tls: { secretName: 'tls' } };
const gatewayIn = (mesh: AgentMesh) => new InferenceGateway(mesh, 'gw', hosts);

describe('weighted Services', () => {
  const objects = synth((mesh) => {
    const agent = new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() }, stable: 'v1' });
    gatewayIn(mesh).addCanary('chat', { stable: agent.version('v1'), canary: agent.version('v2'), percent: 20, header: 'x-try', headerValue: 'v2', pathPrefix: '/v1' });
  });
  test('are split without an inner gateway', () => {
    expect(objects.get('HTTPRoute', 'chat').spec.rules).toEqual([
      {
        matches: [{ path: { type: 'PathPrefix', value: '/v1' }, headers: [{ type: 'Exact', name: 'x-try', value: 'v2' }] }],
        backendRefs: [{ name: 'agent-v2', port: 80, weight: 100 }],
      },
      { matches: [{ path: { type: 'PathPrefix', value: '/v1' } }], backendRefs: [{ name: 'agent', port: 80, weight: 80 }, { name: 'agent-v2', port: 80, weight: 20 }] },
    ]);
    expect(objects.names('Gateway')).toEqual(['Gateway/voice-edge/gw']);
  });
  test('allow the gateway at their pods', () => {
    expect(objects.get('AuthorizationPolicy', 'agent-v1-workload').spec.rules).toEqual([{ from: [{ source: { serviceAccounts: ['voice-edge/gw-istio'] } }], to: [{ operation: { ports: ['8000'] } }] }]);
  });
});

test.each([[0, 100], [100, 0]])('a canary of %d %% leaves %d to the stable version', (percent, rest) => {
  const rules = synth((mesh) => {
    const agent = new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() }, stable: 'v1' });
    expect(gatewayIn(mesh).addCanary('chat', { stable: agent.version('v1'), canary: agent.version('v2'), percent }).percent).toBe(percent);
  }).get('HTTPRoute', 'chat').spec.rules;
  expect(rules[1].backendRefs.map(({ weight }: { weight: number }) => weight)).toEqual([rest, percent]);
});

describe('references over namespaces', () => {
  test('a Secret in another namespace gets a grant for itself only', () => {
    const objects = synth((mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, tls: { secretName: 'tls', secretNamespace: 'certificates' } }); });
    expect(objects.get('Gateway', 'gw', 'voice-edge').spec.listeners[0].tls.certificateRefs).toEqual([{ name: 'tls', namespace: 'certificates' }]);
    expect(objects.get('ReferenceGrant', 'voice-edge-gw-tls', 'certificates').spec).toEqual({
      from: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: 'voice-edge' }], to: [{ group: '', kind: 'Secret', name: 'tls' }],
    });
  });
  test('Secrets of single hosts get a grant each, and hosts without one have the common Secret', () => {
    const objects = synth((mesh) => {
      new InferenceGateway(mesh, 'gw', {
        hostnames: ['a.example.com', 'b.example.com', 'c.example.com'], tls: { secretName: 'tls', secretNames: { 'b.example.com': 'b-tls' }, secretNamespace: 'certificates' },
      });
    });
    const listeners: { hostname: string; tls: { certificateRefs: { name: string }[] } }[] = objects.get('Gateway', 'gw', 'voice-edge').spec.listeners;
    expect(listeners.map(({ hostname, tls }) => [hostname, tls.certificateRefs])).toEqual([
      ['a.example.com', [{ name: 'tls', namespace: 'certificates' }]], ['b.example.com', [{ name: 'b-tls', namespace: 'certificates' }]],
      ['c.example.com', [{ name: 'tls', namespace: 'certificates' }]],
    ]);
    expect(objects.get('ReferenceGrant', 'voice-edge-gw-tls', 'certificates').spec.to).toEqual([{ group: '', kind: 'Secret', name: 'b-tls' }, { group: '', kind: 'Secret', name: 'tls' }]);
  });
  test('a canary in another namespace gets a grant for its Service only', () => {
    const objects = synth((mesh) => {
      const stable = new Agent(mesh, 'stable', { versions: { v1: deploy() } });
      const canary = new Agent(mesh, 'canary', { versions: { v1: deploy() }, namespace: 'next' });
      gatewayIn(mesh).addCanary('chat', { stable: stable.version(), canary: canary.version(), percent: 5 });
    });
    expect(objects.get('HTTPRoute', 'chat').spec.rules[1].backendRefs).toEqual([{ name: 'stable', port: 80, weight: 95 }, { name: 'canary', namespace: 'next', port: 80, weight: 5 }]);
    expect(objects.get('ReferenceGrant', 'voice-chat-to-next', 'next').spec).toEqual({
      from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'voice' }], to: [{ group: '', kind: 'Service', name: 'canary' }],
    });
    expect(objects.names('ReferenceGrant')).toHaveLength(1);
  });
  test('pools of two namespaces have an inner gateway in each, and a grant between them', () => {
    const objects = synth((mesh) => {
      const agents = ['one', 'two'].map((namespace) => new Agent(mesh, namespace, { versions: { v1: deploy() }, namespace }));
      const gateway = gatewayIn(mesh);
      const [stable, canary] = agents.map((agent, i) => gateway.addPool(`llm-${i}`, { workload: agent.version() }));
      gateway.addCanary('chat', { stable, canary, percent: 5 });
    });
    expect(objects.names('Gateway').sort()).toEqual(['Gateway/one/gw-inner-one', 'Gateway/two/gw-inner-two', 'Gateway/voice-edge/gw']);
    expect(objects.get('Gateway', 'gw-inner-two', 'two').spec.listeners.map(({ name }: { name: string }) => name)).toEqual(['llm-1']);
    expect(objects.get('ReferenceGrant', 'one-chat-to-two', 'two').spec.to).toEqual([{ group: '', kind: 'Service', name: 'gw-inner-two-istio' }]);
    expect(objects.get('Gateway', 'gw', 'voice-edge').spec.listeners[0].allowedRoutes.namespaces.selector.matchExpressions[0].values).toEqual(['one']);
  });
});

test('a gateway without routes accepts routes of its own namespace only', () => {
  expect(synth((mesh) => { gatewayIn(mesh); }).get('Gateway', 'gw', 'voice-edge').spec.listeners[0].allowedRoutes).toEqual({ namespaces: { from: 'Same' } });
});

test('a gateway in the namespace of its agents needs no selector', () => {
  const objects = synth((mesh) => {
    new InferenceGateway(mesh, 'gw', { ...hosts, namespace: 'voice' }).addRoute('all', { target: new Agent(mesh, 'agent', { versions: { v1: deploy() } }).version() });
  });
  expect(objects.get('Gateway', 'gw').spec.listeners[0].allowedRoutes).toEqual({ namespaces: { from: 'Same' } });
});

test('infrastructure labels of the user are merged with the library\'s', () => {
  const { spec } = synth((mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, infrastructureLabels: { team: 'a' } }); }).get('Gateway', 'gw', 'voice-edge');
  expect(spec.infrastructure.labels).toEqual({ 'istio.io/dataplane-mode': 'none', 'team': 'a' });
});

test('the GatewayClass changes the ServiceAccount of the proxies in every policy', () => {
  const objects = synth((mesh) => {
    const gateway = gatewayIn(mesh);
    gateway.addRoute('all', { target: gateway.addPool('llm', { workload: deploy() }) });
  }, { gateway: GatewayProvider.istio({ gatewayClassName: 'corp' }) });
  expect(objects.get('Gateway', 'gw-inner').spec.gatewayClassName).toBe('corp');
  expect(objects.get('HTTPRoute', 'all').spec.rules[0].backendRefs[0].name).toBe('gw-inner-corp');
  expect(objects.get('AuthorizationPolicy', 'gw-inner-edge').spec.rules[0].from).toEqual([{ source: { serviceAccounts: ['voice-edge/gw-corp'] } }]);
  expect(objects.get('AuthorizationPolicy', 'llm-workload').spec.rules[0].from[0].source.serviceAccounts).toEqual(['voice/gw-inner-corp', 'voice/llm-epp']);
});

describe('traffic from outside with agentgateway as MCP proxy', () => {
  const gateway = GatewayProvider.istio({ gatewayClassName: 'corp' });
  const both = [undefined, McpProvider.agentgateway()];
  const external = (mesh: AgentMesh): Agent => {
    const edge = gatewayIn(mesh);
    const agent = new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() }, stable: 'v1' });
    const pool = edge.addPool('llm', { workload: agent.version('v1') });
    edge.addRoute('all', { target: pool });
    edge.addCanary('chat', { stable: pool, canary: agent.version('v2'), percent: 5, pathPrefix: '/chat' });
    InferenceGateway.fromGatewayName(mesh, 'theirs', { gatewayName: 'theirs', namespace: 'voice', hostnames: ['b.example.com'] }).addRoute('their', { target: agent.version('v2') });
    return agent;
  };
  test('has the same objects as without it', () => {
    const [plain, beside] = both.map((mcp) => synth(external, { gateway, mcp }).all);
    expect(beside).toEqual(plain);
    expect(new Manifests(plain).names()).toEqual(expect.arrayContaining(['InferencePool/voice/llm', 'HTTPRoute/voice/their', 'AuthorizationPolicy/voice/theirs-hosts', 'Gateway/voice/gw-inner']));
  });
  test('has the same decisions and refusals as without it', () => {
    const [plain, beside] = both.map((mcp) => {
      const { mesh } = meshOf(() => {}, { gateway, mcp });
      const agent = external(mesh);
      const asks = [['voice-edge', 'gw-corp'], ['voice', 'gw-inner-corp']].map(([namespace, serviceAccount]) => Identity.of({ namespace, serviceAccount }));
      return [
        ...asks.flatMap((caller) => ['v1', 'v2'].map((version) => mesh.decide({ caller, callee: agent.version(version) }))),
        ...problemsOf((it) => { external(it); for (const account of ['gw-inner-corp', 'theirs-corp', 'gw-corp']) new Agent(it, account, { versions: { v1: existing(account) } }); }, { gateway, mcp }),
        ...problemsOf((it) => { new InferenceGateway(it, 'x'.repeat(60), hosts); }, { gateway, mcp }),
      ];
    });
    expect(beside).toEqual(plain);
    expect(plain.filter((one) => typeof one !== 'string' && one.allowed)).toHaveLength(2);
    expect(plain.filter((one) => typeof one === 'string')).toHaveLength(3);
  });
});

test('retries are written on the experimental channel', () => {
  const { spec } = synth((mesh) => {
    gatewayIn(mesh).addRoute('all', { target: new Agent(mesh, 'agent', { versions: { v1: deploy() } }).version(), retries: { attempts: 2, codes: [503] } });
  }, { cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) }).get('HTTPRoute', 'all');
  expect(spec.rules[0].retry).toEqual({ attempts: 2, codes: [503] });
  const bare = synth((mesh) => {
    gatewayIn(mesh).addRoute('all', { target: new Agent(mesh, 'agent', { versions: { v1: deploy() } }).version(), retries: { attempts: 1 } });
  }, { cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) }).get('HTTPRoute', 'all');
  expect(bare.spec.rules[0].retry).toEqual({ attempts: 1 });
});

describe('a pool', () => {
  const withPool = (options: object, ports: number[] = [8000]): Manifests => synth((mesh) => { gatewayIn(mesh).addPool('llm', { workload: deploy(ports), ...options }); });

  test('with its own workload deploys and protects it, without a Service', () => {
    const objects = withPool({});
    expect(objects.get('Deployment', 'llm').spec.template.spec.serviceAccountName).toBe('llm');
    expect(objects.names('ServiceAccount').sort()).toEqual(['ServiceAccount/voice/llm', 'ServiceAccount/voice/llm-epp']);
    expect(objects.names('Service')).toEqual(['Service/voice/llm-epp']);
    expect(objects.get('InferencePool', 'llm').spec.selector.matchLabels).toEqual({ 'app.kubernetes.io/name': 'llm' });
  });
  test('of existing pods creates no Deployment', () => {
    const objects = synth((mesh) => { gatewayIn(mesh).addPool('llm', { workload: existing('vllm', { namespace: 'theirs' }) }); }, { existingNamespaces: ['theirs'] });
    expect(objects.names('Deployment')).toEqual(['Deployment/theirs/llm-epp']);
    expect(objects.get('InferencePool', 'llm', 'theirs').spec.selector.matchLabels).toEqual({ app: 'vllm' });
  });
  test('with several ports has metrics read at each of them', () => {
    const objects = withPool({ targetPorts: [8000, 8001] }, [8000, 8001]);
    expect(objects.get('InferencePool', 'llm').spec.targetPorts).toEqual([{ number: 8000 }, { number: 8001 }]);
    expect(objects.get('AuthorizationPolicy', 'llm-workload').spec.rules).toEqual([
      { from: [{ source: { serviceAccounts: ['voice/gw-inner-istio', 'voice/llm-epp'] } }], to: [{ operation: { ports: ['8000', '8001'] } }] },
    ]);
  });
  test('with a metrics port allows the picker on that port only', () => {
    expect(withPool({ metricsPort: 9100 }, [8000, 9100]).get('AuthorizationPolicy', 'llm-workload').spec.rules).toEqual([
      { from: [{ source: { serviceAccounts: ['voice/gw-inner-istio'] } }], to: [{ operation: { ports: ['8000'] } }] },
      { from: [{ source: { serviceAccounts: ['voice/llm-epp'] } }], to: [{ operation: { ports: ['9100'] } }] },
    ]);
  });
  test('has one to eight ports, and its picker by the defaults of group and kind', () => {
    const eight = Array.from({ length: 8 }, (_, i) => 8000 + i);
    const { spec } = withPool({ targetPorts: eight }, eight).get('InferencePool', 'llm');
    expect(spec.targetPorts).toEqual(eight.map((number) => ({ number })));
    expect(spec.endpointPickerRef).toEqual({ name: 'llm-epp', port: { number: 9002 }, failureMode: 'FailClose' });
    expect(problemsOf((mesh) => { gatewayIn(mesh).addPool('llm', { workload: deploy([...eight, 8008]), targetPorts: [...eight, 8008] }); }))
      .toEqual([expect.stringMatching(/`targetPorts` of the InferencePool is empty, too long, or has a port twice/)]);
  });
  test('in another namespace than its gateway has its route beside it, so that no ReferenceGrant is needed', () => {
    const objects = synth((mesh) => {
      const gateway = gatewayIn(mesh);
      gateway.addRoute('chat', { target: gateway.addPool('llm', { workload: existing('vllm', { namespace: 'theirs' }) }) });
    }, { existingNamespaces: ['theirs'] });
    const refers = objects.all.filter(({ kind, spec }) => kind === 'HTTPRoute' && JSON.stringify(spec).includes('InferencePool'));
    expect(refers.map(({ metadata: { namespace, name } }) => `${namespace}/${name}`)).toEqual(['theirs/llm']);
    expect(objects.names('ReferenceGrant')).toEqual([]);
  });
  test('fails closed by default, and open if asked for', () => {
    expect(withPool({}).get('InferencePool', 'llm').spec.endpointPickerRef.failureMode).toBe('FailClose');
    expect(withPool({ failureMode: FailureMode.FAIL_OPEN }).get('InferencePool', 'llm').spec.endpointPickerRef.failureMode).toBe('FailOpen');
  });
  test('has the stated inner port', () => {
    expect(withPool({ innerPort: 20001 }).get('Gateway', 'gw-inner').spec.listeners[0].port).toBe(20001);
  });
  test('has the stated picker', () => {
    const { spec } = withPool({ picker: EndpointPicker.deploy({ image: 'a.example/epp:v9', replicas: 2, config: EndpointPickerConfig.loadOnly(), cpuMillis: 50, memoryMebibytes: 64 }) }).get('Deployment', 'llm-epp');
    expect(spec.replicas).toBe(2);
    expect(spec.template.spec.containers[0]).toMatchObject({ image: 'a.example/epp:v9', resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '64Mi' } } });
  });
  test('restarts its picker when the configuration changes, which is read only at start', () => {
    const checksum = (weight: number) => withPool({ picker: EndpointPicker.deploy({ config: EndpointPickerConfig.approximatePrefix({ kvCacheWeight: weight }) }) }).get('Deployment', 'llm-epp').spec.template.metadata.annotations['checksum/config'];
    expect(checksum(1)).not.toBe(checksum(2));
    expect(checksum(1)).toBe(checksum(1));
  });
  test('restarts its picker when a patch changes the configuration', () => {
    const checksum = (...patches: JsonPatch[]) => synth((mesh) => {
      const pool = gatewayIn(mesh).addPool('llm', { workload: deploy() });
      ApiObject.of(pool.node.findChild('picker').node.findChild('config')).addJsonPatch(...patches);
    }).get('Deployment', 'llm-epp').spec.template.metadata.annotations['checksum/config'];
    const plain = checksum();
    expect(checksum(JsonPatch.replace('/data/endpoint-picker.yaml', 'mine'))).not.toBe(plain);
    expect(checksum(JsonPatch.add('/data/more.yaml', 'mine'))).not.toBe(plain);
    expect(checksum(JsonPatch.add('/metadata/labels', { team: 'a' }))).toBe(plain);
  });
  test('restarts its picker when a patch changes the configuration, whether the patch comes before or after the patches of other objects and of the pool', () => {
    const checksum = (patch: (mesh: AgentMesh) => void) => synth((mesh) => {
      gatewayIn(mesh).addPool('llm', { workload: deploy() });
      patch(mesh);
    }).get('Deployment', 'llm-epp').spec.template.metadata.annotations['checksum/config'];
    const object = (mesh: AgentMesh, id: string) => ApiObject.of(mesh.node.findAll().find(({ node }) => node.path.endsWith(`llm/picker/${id}`))!);
    const config = (mesh: AgentMesh) => { object(mesh, 'config').addJsonPatch(JsonPatch.replace('/data/endpoint-picker.yaml', 'mine')); };
    const deployment = (mesh: AgentMesh) => { object(mesh, 'deployment').addJsonPatch(JsonPatch.add('/spec/template/metadata/annotations/team', 'a')); };
    const early = checksum((mesh) => { config(mesh); deployment(mesh); });
    const read = checksum((mesh) => { object(mesh, 'deployment').toJson(); config(mesh); }); // the Deployment was already rendered once
    const late = checksum((mesh) => { deployment(mesh); mesh.node.addValidation({ validate: () => { config(mesh); return []; } }); }); // while the app is validated
    expect([early, read, late]).toEqual([early, early, early]);
    expect(early).not.toBe(checksum(deployment));
  });
  test('with the inner port of another pool is refused, so that no pool changes the port of another', () => {
    const message = 'the port at which the inner gateway listens for pool llm-346 is also a port of pool llm-9; got 23106; allowed: a port at which nothing else in the namespace listens; set another `innerPort` on the pool';
    expect(problemsOf((mesh) => { const gateway = gatewayIn(mesh); for (const name of ['llm-9', 'llm-346']) gateway.addPool(name, { workload: deploy() }); })).toEqual([expect.stringContaining(message)]);
    expect(synth((mesh) => { const gateway = gatewayIn(mesh); gateway.addPool('llm-9', { workload: deploy() }); gateway.addPool('llm-346', { workload: deploy(), innerPort: 20_001 }); })
      .get('Gateway', 'gw-inner').spec.listeners.map(({ port }: { port: number }) => port)).toEqual([20_001, 23_106]);
  });
});

test('objects of pools and routes outside the gateway\'s scope have the names of gateway and mesh', () => {
  const { app, mesh } = meshOf(() => {});
  const gateway = gatewayIn(mesh);
  const pool = new InferencePool(mesh, 'llm', { gateway, workload: deploy() });
  const elsewhere = new Chart(app, 'elsewhere');
  new InferenceRoute(elsewhere, 'all', { mesh, gateway, target: pool });
  new CanaryRoute(elsewhere, 'chat', { mesh, gateway, pathPrefix: '/chat', stable: pool, canary: new Agent(elsewhere, 'agent', { mesh, versions: { v1: deploy() } }).version(), percent: 1 });
  const objects = new Manifests(Testing.synth(elsewhere));
  expect(objects.names('HTTPRoute')).toEqual(['HTTPRoute/voice/all', 'HTTPRoute/voice/chat']);
  expect(objects.names('AuthorizationPolicy')).toEqual(['AuthorizationPolicy/voice/agent-v1-workload']);
});

test('two meshes in one app report each problem once', () => {
  const app = Testing.app();
  const chart = new Chart(app, 'app');
  const [one, two] = ['one', 'two'].map((id) => new AgentMesh(chart, id, { namespace: 'voice', mesh: MeshProvider.istioAmbient(), gateway: GatewayProvider.istio() }));
  expect([one.namespace, two.namespace]).toEqual(['voice', 'voice']);
  let message = '';
  try { Testing.synth(chart); } catch (error) { message = (error as Error).message; }
  const lines = message.split('\n').slice(1);
  expect(lines).toHaveLength(4);
  for (const line of lines) expect(line).toMatch(/app\/two\/Namespaces\/voice\/.+: this object has the same API group, kind, namespace and name as app\/one\//);
});

test('a pool with the id of the inner gateway hides no object', () => {
  const objects = synth((mesh) => { gatewayIn(mesh).addPool('inner-voice', { workload: deploy() }); });
  expect(objects.names('Gateway')).toContain('Gateway/voice/gw-inner');
});

test('the picker of an existing pool reads metrics at the stated port', () => {
  const objects = synth((mesh) => {
    InferencePool.fromPoolName(gatewayIn(mesh), 'llm', { poolName: 'llm', workload: existing('vllm', { ports: [Port.http(8000), Port.http(9100)] }), metricsPort: 9100, picker: existingPicker() });
  });
  expect(objects.get('AuthorizationPolicy', 'llm-workload').spec.rules[1]).toMatchObject({ from: [{ source: { serviceAccounts: ['voice/picker'] } }], to: [{ operation: { ports: ['9100'] } }] });
});
