import { AgentMesh, EndpointPicker, EndpointPickerConfig, GatewayExposure, InferenceGateway, InferencePool, MeshProvider, Port, Workload } from '../../src';
import { decodeServers, disaggregated, existingServers, prefillServers, SIDE_CHANNEL, withPrefill } from '../disaggregated';
import { existingPicker, IMAGE } from '../story';
import { Build, Manifest, outcomeOf, synth } from '../synth';

const named = (objects: readonly Manifest[], kind: string, name: string) => objects.find((one) => one.kind === kind && one.metadata.name === name);
const spec = (objects: readonly Manifest[], kind: string, name: string): any => named(objects, kind, name)!.spec;
const podOf = (objects: readonly Manifest[], name: string): any => spec(objects, 'Deployment', name).template;
const made = (build: Build, props = {}) => synth(build, props).all;

describe('a pool with prefill servers', () => {
  const objects = made((mesh) => { disaggregated(mesh); });

  test('selects the pods of both roles, and each Deployment only its own', () => {
    expect(spec(objects, 'InferencePool', 'llama').selector.matchLabels).toEqual({ 'cdk8s-agent-mesh/pool': 'llama' });
    expect(spec(objects, 'InferencePool', 'llama').targetPorts).toEqual([{ number: 8000 }]);
    for (const [name, role] of [['llama', 'decode'], ['llama-prefill', 'prefill']]) {
      expect(podOf(objects, name).metadata.labels).toMatchObject({ 'cdk8s-agent-mesh/pool': 'llama', 'llm-d.ai/role': role });
      expect(spec(objects, 'Deployment', name).selector.matchLabels).toEqual({ 'app.kubernetes.io/name': name });
      expect(podOf(objects, name).spec.serviceAccountName).toBe(name);
    }
  });

  test('has the routing sidecar in its decode pods only', () => {
    expect(podOf(objects, 'llama-prefill').spec.initContainers).toBeUndefined();
    const { initContainers: [sidecar], containers: [main] } = podOf(objects, 'llama').spec;
    expect(sidecar).toMatchObject({
      name: 'routing-sidecar', image: 'ghcr.io/llm-d/llm-d-router-disagg-sidecar:v0.10.0', restartPolicy: 'Always',
      args: ['--port=8000', '--model-server-port=8200', '--kv-connector=nixlv2', '--secure-proxy=false'],
      ports: [{ containerPort: 8000 }], readinessProbe: { httpGet: { path: '/health', port: 8000 } },
      securityContext: { runAsNonRoot: true, readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    });
    expect(sidecar.startupProbe).toBeUndefined();
    expect(main.ports.map((port: any) => port.containerPort)).toEqual([8200]);
    expect(main.readinessProbe.httpGet).toMatchObject({ path: '/health', port: 8200 });
  });

  test('tells the model servers their address, and the prefill servers their ports', () => {
    const address = { name: 'VLLM_NIXL_SIDE_CHANNEL_HOST', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } };
    const port = { name: 'VLLM_NIXL_SIDE_CHANNEL_PORT', value: '5600' };
    expect(podOf(objects, 'llama').spec.containers[0].env).toEqual([address, port]);
    expect(podOf(objects, 'llama-prefill').spec.containers[0].env).toEqual([address, port, { name: 'UCX_TCP_PORT_RANGE', value: '17000-17001' }]);
  });

  test('has a picker that chooses by role', () => {
    expect(JSON.stringify(named(objects, 'ConfigMap', 'llama-epp'))).toContain('disagg-profile-handler');
  });
});

test('the sidecar can be another image with other resources', () => {
  const objects = made((mesh) => { disaggregated(mesh, withPrefill({ prefill: { workload: prefillServers(), routingSidecar: { image: 'registry.example.com/sidecar:1', cpuMillis: 100, memoryMebibytes: 64 } } })); });
  expect(podOf(objects, 'llama').spec.initContainers[0]).toMatchObject({
    image: 'registry.example.com/sidecar:1', resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '64Mi' } },
  });
});

test('another target port is that of the sidecar', () => {
  const ports = [Port.http(9000), Port.http(8000), Port.tcp(SIDE_CHANNEL)];
  const objects = made((mesh) => { disaggregated(mesh, withPrefill({ targetPorts: [8000], prefill: { workload: prefillServers({ ports }) } })); });
  expect(podOf(objects, 'llama').spec.initContainers[0].args[0]).toBe('--port=8000');
});

test('existing servers are selected by the labels that both have, and keep their sidecar', () => {
  const objects = made((mesh) => { disaggregated(mesh, withPrefill({ workload: existingServers('decode'), prefill: { workload: existingServers('prefill') } })); });
  expect(spec(objects, 'InferencePool', 'llama').selector.matchLabels).toEqual({ app: 'vllm' });
  expect(objects.filter(({ kind }) => kind === 'Deployment').map(({ metadata }) => metadata.name)).toEqual(['llama-epp']);
});

test('with sidecars, which know no other address, decode pods need no `egress`', () => {
  const build: Build = (mesh) => { disaggregated(mesh, withPrefill({ workload: decodeServers({ egress: undefined }) })); };
  expect(made(build, { mesh: MeshProvider.istioSidecar() }).some(({ kind }) => kind === 'NetworkPolicy')).toBe(false);
});

test('an existing pool may have prefill servers', () => {
  const objects = made((mesh) => {
    const gateway = new InferenceGateway(mesh, 'inside', { exposure: GatewayExposure.IN_MESH });
    InferencePool.fromPoolName(gateway, 'theirs', { poolName: 'theirs', workload: existingServers('decode'), prefill: { workload: existingServers('prefill') }, picker: existingPicker() });
  });
  expect(named(objects, 'AuthorizationPolicy', 'theirs-prefill-workload')).toBeDefined();
  expect(objects.some(({ kind }) => kind === 'InferencePool')).toBe(false);
});

test('pools of the same decode servers share their prefill servers', () => {
  const objects = made((mesh: AgentMesh) => {
    const [workload, prefill] = [decodeServers(), { workload: prefillServers() }];
    const gateway = new InferenceGateway(mesh, 'inside', { exposure: GatewayExposure.IN_MESH });
    for (const name of ['base', 'support']) gateway.addPool(name, withPrefill({ workload, prefill, allowedModels: [name] }));
  });
  for (const name of ['base', 'support']) expect(spec(objects, 'InferencePool', name).selector.matchLabels).toEqual({ 'cdk8s-agent-mesh/pool': 'base' });
  expect(objects.filter(({ kind }) => kind === 'Deployment').map(({ metadata }) => metadata.name).sort()).toEqual(['base', 'base-epp', 'base-prefill', 'support-epp']);
  const callers = JSON.stringify(spec(objects, 'AuthorizationPolicy', 'base-prefill-workload'));
  for (const account of ['voice/base', 'voice/base-epp', 'voice/support-epp']) expect(callers).toContain(`"${account}"`);
});

test('an existing picker may tell roles apart by other labels', () => {
  const labels = { app: 'vllm' };
  const servers = (role: string) => existingServers(role, { labels: { ...labels, stage: role } });
  const objects = made((mesh) => { disaggregated(mesh, withPrefill({ workload: servers('decode'), prefill: { workload: servers('prefill') }, picker: existingPicker() })); });
  expect(spec(objects, 'InferencePool', 'llama').selector.matchLabels).toEqual(labels);
});

test('the access report names the callers of prefill servers, and what no policy covers', () => {
  const { access } = outcomeOf((mesh) => { disaggregated(mesh); });
  expect(access).toContain([
    'prefill servers of pool llama, which process prompts',
    '  <- servers of pool llama: port 8000, with prompts',
    '  <- servers of pool llama: port 5600, 17000, 17001, for KV cache transfer: RDMA is NOT CHECKED and NOT ENCRYPTED',
    '  <- picker of pool llama: port 8000, for metrics',
    'picker of pool llama',
  ].join('\n'));
});

test('clients cannot name the prefill server: every inner gateway removes the header', () => {
  for (const mesh of [MeshProvider.istioAmbient(), MeshProvider.istioSidecar()]) {
    const objects = made((one) => { disaggregated(one); }, { mesh });
    const removed = spec(objects, 'RequestAuthentication', 'inside-picker-headers').jwtRules[0].outputClaimToHeaders.map(({ header }: any) => header);
    expect(removed).toEqual(expect.arrayContaining(['x-prefiller-host-port', 'x-encoder-hosts-ports', 'x-kv-cache-source-host-port', 'x-data-parallel-host-port']));
  }
});

test('with sidecars, decode pods know the prefill pods and nobody else', () => {
  const objects = made((mesh) => {
    disaggregated(mesh);
    new InferenceGateway(mesh, 'other', { exposure: GatewayExposure.IN_MESH }).addPool('plain', { workload: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)] }), picker: EndpointPicker.deploy({ config: EndpointPickerConfig.loadOnly() }) });
  }, { mesh: MeshProvider.istioSidecar() });
  expect(spec(objects, 'Service', 'llama-prefill')).toMatchObject({ clusterIP: 'None', selector: { 'app.kubernetes.io/name': 'llama-prefill' } });
  expect(spec(objects, 'Service', 'llama-prefill').ports.map(({ port }: any) => port)).toEqual([8000, 5600, 17_000, 17_001]);
  expect(spec(objects, 'Service', 'llama-pods').selector).toEqual({ 'cdk8s-agent-mesh/pool': 'llama' });
  const hosts = (name: string) => spec(objects, 'Sidecar', name).egress[0].hosts;
  expect([hosts('llama'), hosts('llama-prefill'), hosts('plain')]).toEqual([['voice/llama-prefill.voice.svc.cluster.local'], ['~/*'], ['~/*']]);
});
