import {
  Agent, AgentMesh, AgentMeshProps, EndpointPicker, GatewayProvider, InferenceGateway, InferencePool, Port, Workload, WorkloadOptions,
} from '../../src';
import { linkerd, sidecar } from '../rejected/tool-programs';
import { existing, IMAGE } from '../story';
import { Build, problemsOf, synth } from '../synth';

const MESHES: Record<string, Partial<AgentMeshProps>> = {
  ambient: {}, sidecars: sidecar, Linkerd: { ...linkerd, gateway: GatewayProvider.istioAgentgateway() },
};
const speaking = (options: Partial<WorkloadOptions>) => Workload.deploy({ image: IMAGE, ports: [Port.http(9090)], ...options });
const gateway = (mesh: AgentMesh) => new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
const versions = (mesh: AgentMesh, stable: Partial<WorkloadOptions>, canary = stable) =>
  new Agent(mesh, 'asr', { versions: { v1: speaking(stable), v2: speaking(canary) } });
const portOf = (build: Build, service: string, props: Partial<AgentMeshProps> = {}) => synth(build, props).get('Service', service).spec.ports[0];

/** Whatever has a proxy read the requests of an agent's port. */
const ROUTES: Record<string, (mesh: AgentMesh, agent: Agent) => void> = {
  'a route of a gateway': (mesh, agent) => { gateway(mesh).addRoute('r', { target: agent.version('v1') }); },
  'a canary of a gateway': (mesh, agent) => { gateway(mesh).addCanary('c', { stable: agent.version('v1'), canary: agent.version('v2'), canaryPercent: 5 }); },
  'a canary of an agent': (_, agent) => { agent.addCanary('c', { stable: agent.version('v1'), canary: agent.version('v2'), canaryPercent: 5 }); },
};
const ROUTES_BY_MESH = Object.entries(MESHES).flatMap(([name, props]) =>
  Object.entries(ROUTES).map(([what, route]) => [what, name, route, props] as const));

describe('a port without HTTP', () => {
  test('is accepted if the routed port speaks HTTP', () => {
    expect(problemsOf((mesh) => {
      gateway(mesh).addRoute('r', { target: new Agent(mesh, 'asr', { workload: Workload.deploy({ image: IMAGE, ports: [Port.http(8000), Port.tcp(9090)] }) }).version() });
    })).toEqual([]);
  });
});

describe('a gRPC port', () => {
  const grpc = { ports: [Port.grpc(9090)] };
  test.each(Object.entries(MESHES))('is called by HTTP/2 on %s, as its Service says', (_, props) => {
    expect(portOf((mesh) => { new Agent(mesh, 'asr', { workload: speaking(grpc) }); }, 'asr', props)).toEqual({ name: 'grpc', appProtocol: 'kubernetes.io/h2c', port: 80, targetPort: 9090, protocol: 'TCP' });
  });
  test.each(ROUTES_BY_MESH)('is routed to by %s on %s', (_, __, route, props) => {
    expect(problemsOf((mesh) => { route(mesh, versions(mesh, grpc)); }, props)).toEqual([]);
  });
  test.each(Object.entries(MESHES))('has a canary Service with the same protocol, on %s', (_, props) => {
    expect(portOf((mesh) => { ROUTES['a canary of an agent'](mesh, versions(mesh, grpc)); }, 'asr', props)).toMatchObject({ appProtocol: 'kubernetes.io/h2c' });
  });
  test('does not change the appProtocol of another port', () => {
    expect(portOf((mesh) => { new Agent(mesh, 'asr', { workload: Workload.deploy({ image: IMAGE, ports: [Port.http(8000), ...grpc.ports] }) }); }, 'asr')).toMatchObject({ appProtocol: 'http' });
  });
  test('is a Server with HTTP/2 on Linkerd, if request rules exist', () => {
    const objects = synth((mesh) => { new Agent(mesh, 'asr', { workload: speaking({ ...grpc, rateLimit: { requestsPerSecond: 5 } }) }); }, linkerd);
    expect(objects.get('Server', 'asr-9090').spec.proxyProtocol).toBe('HTTP/2');
  });
  test('behind an existing pool has the protocol of that pool', () => {
    expect(problemsOf((mesh) => {
      const picker = EndpointPicker.existing(existing('p', { ports: [Port.http(9002)], service: { name: 'p', port: 9002 } }));
      InferencePool.fromPoolName(gateway(mesh), 'llm', { poolName: 'llm', workload: existing('vllm', grpc), picker });
    })).toEqual([]);
  });
});

test('a second port without HTTP does not change probes', () => {
  expect(problemsOf((mesh) => { new Agent(mesh, 'db', { workload: Workload.deploy({ image: IMAGE, ports: [Port.http(8080), Port.tcp(9090)], healthPath: '/' }) }); })).toEqual([]);
});
