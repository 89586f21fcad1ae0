import { Agent, AgentMesh, AgentMeshProps, AgentProps, Fault, InferenceGateway, MeshProvider, Port, Waypoint, Workload } from '../../src';
import { deploy, existing } from '../story';
import { problemsOf, synth } from '../synth';

const sidecar = { mesh: MeshProvider.istioSidecar() };
const MESHES: readonly [string, Partial<AgentMeshProps>][] = [['ambient', {}], ['sidecars', sidecar]];
const THREE = () => ({ v1: deploy(), v2: deploy(), v3: deploy() });
const planner = (mesh: AgentMesh) => new Agent(mesh, 'planner', { versions: { v1: deploy() } });
const writer = (mesh: AgentMesh, props: Partial<AgentProps> = {}) => new Agent(mesh, 'writer', { versions: { v1: deploy(), v2: deploy() }, mirror: { version: 'v2' }, ...props });
const copying = (name: string, more: object = {}) => [{ type: 'RequestMirror', requestMirror: { backendRef: { name, port: 80 }, ...more } }];

interface Rule { readonly from: readonly { readonly source: { readonly serviceAccounts: readonly string[] } }[] }

describe.each(MESHES)('a mirror with %s', (name, props) => {
  test('gets copies of the calls, and the stable version answers them', () => {
    const objects = synth((mesh) => { writer(mesh, { mirror: { version: 'v2', percent: 10 } }); }, props);
    expect(objects.get('HTTPRoute', 'writer-mesh').spec).toEqual({
      parentRefs: [{ group: '', kind: 'Service', name: 'writer', port: 80 }],
      rules: [{ filters: copying('writer-v2', { percent: 10 }), backendRefs: [{ name: 'writer', port: 80, weight: 100 }] }],
    });
  });

  test('gets copies of the calls of the canary too', () => {
    const objects = synth((mesh) => { writer(mesh, { versions: THREE(), canary: { version: 'v2', percent: 5 }, mirror: { version: 'v3' } }); }, props);
    expect(objects.get('HTTPRoute', 'writer-mesh').spec.rules).toMatchObject([
      { filters: copying('writer-v3'), backendRefs: [{ name: 'writer-v2' }] },
      { filters: copying('writer-v3'), backendRefs: [{ name: 'writer', weight: 95 }, { name: 'writer-v2', weight: 5 }] },
    ]);
  });

  test('gets copies of the calls that no fault answers', () => {
    const objects = synth((mesh) => { writer(mesh, { mirror: { version: 'v2', percent: 25 }, faults: [Fault.abort(503, { headers: { 'x-test': 'outage' } })] }); }, props);
    const copies = { mirrors: [{ destination: { host: 'writer-v2.voice.svc.cluster.local', port: { number: 80 } }, percentage: { value: 25 } }] };
    expect(objects.get('VirtualService', 'writer-mesh').spec.http).toMatchObject([{ fault: { abort: { httpStatus: 503 } }, ...copies }, copies]);
  });

  test('admits those that send the copies, and no other caller', () => {
    const objects = synth((mesh) => {
      writer(mesh).grantCall(planner(mesh));
      new Agent(mesh, 'other', { versions: { v1: deploy() } });
    }, props);
    const admitted = (policy: string) => objects.get('AuthorizationPolicy', policy).spec.rules.flatMap(({ from }: Rule) => from.flatMap(({ source }) => source.serviceAccounts));
    const callers = name === 'ambient' ? ['voice/planner', 'voice/voice-waypoint'] : ['voice/planner'];
    for (const policy of ['writer-v1-workload', 'writer-v2-workload']) expect([...new Set(admitted(policy))].sort()).toEqual(callers);
  });

  test('is in the access report and in decisions of calls to the agent', () => {
    const answers: string[] = [];
    synth((mesh) => {
      const [caller, agent] = [planner(mesh), writer(mesh, { mirror: { version: 'v2', percent: 10 } })];
      agent.grantCall(caller);
      answers.push(mesh.decide({ caller, callee: agent }).reason, mesh.describeAccess());
    }, props);
    expect(answers[0]).toContain('copies of 10% of the requests go to agent writer v2');
    expect(answers[1]).toContain('Service writer of agent writer v1, inside the mesh\n  -> agent writer v1: all requests\n  -> agent writer v2: copies of 10% of requests, whose responses are discarded');
  });
});

test('the sidecars of callers know the Service of the mirror', () => {
  const objects = synth((mesh) => { writer(mesh).grantCall(planner(mesh)); }, sidecar);
  expect(objects.get('Sidecar', 'planner-v1').spec.egress[0].hosts).toContain('voice/writer-v2.voice.svc.cluster.local');
});

test('pods behind an enforcing waypoint accept the copies from it', () => {
  const objects = synth((mesh) => { writer(mesh, { waypoint: new Waypoint(mesh, 'wp') }).grantCall(planner(mesh)); });
  expect(objects.get('AuthorizationPolicy', 'writer-v2-workload').spec.rules).toEqual([{ from: [{ source: { serviceAccounts: ['voice/wp'] } }], to: expect.anything() }]);
});

test('a mirror is no target of gateways: they send requests to the other versions, without copies', () => {
  const objects = synth((mesh) => {
    new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addRoute('writer', { target: writer(mesh) });
  });
  expect(objects.get('HTTPRoute', 'writer').spec.rules).toEqual([{ backendRefs: [{ name: 'writer', port: 80, weight: 100 }] }]);
});

describe('a mirror is refused', () => {
  const refused: readonly [name: string, build: (mesh: AgentMesh) => void, message: string, props?: Partial<AgentMeshProps>][] = [
    ['on Linkerd', (mesh) => { writer(mesh); }, 'copies of calls inside the mesh (`mirror`) is not supported by MeshProvider.linkerd: Linkerd has no route filter that copies requests; got {"version":"v2"}; allowed: MeshProvider.istioAmbient or MeshProvider.istioSidecar', { mesh: MeshProvider.linkerd() }],
    ['that is the stable version', (mesh) => { writer(mesh, { stable: 'v2' }); }, 'the mirror and the stable version are the same version, which would handle requests twice; got "v2"; allowed: v1'],
    ['that is the canary', (mesh) => { writer(mesh, { canary: { version: 'v2', percent: 5 } }); }, 'the mirror and the canary are the same version, which would handle requests twice; got "v2"'],
    ['that is no version', (mesh) => { writer(mesh, { mirror: { version: 'v4' } }); }, 'the version of `mirror` is not a version of the agent; got "v4"; allowed: v1, v2'],
    ['of no request', (mesh) => { writer(mesh, { mirror: { version: 'v2', percent: 0 } }); }, '`percent of the mirror` is out of range; got 0; allowed: whole numbers from 1 to 100'],
    ['without a Service', (mesh) => { writer(mesh, { versions: { v1: deploy(), v2: existing('writer') }, stable: 'v1' }); }, 'needs a Service for agent writer v2, and it has none', sidecar],
    ['that a pool serves', (mesh) => {
      const agent = writer(mesh);
      new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addPool('llm', { workload: agent.version('v2') });
    }, 'route writer-mesh targets agent writer v2, which has no Service, because its pods are in an InferencePool'],
    ['that requires another token', (mesh) => {
      const jwt = { issuer: 'https://issuer.example.com', jwksUri: 'https://issuer.example.com/keys', audiences: ['agents'] };
      writer(mesh, { versions: { v1: deploy(), v2: Workload.deploy({ image: 'registry.example.com/writer:2.0.0', ports: [Port.http(8000)], jwt }) } });
    }, 'the versions behind Service writer require different tokens, authorizers or protocols'],
  ];
  test.each(refused.map((one) => [one[0], one] as const))('%s', (_, [, build, message, props]) => {
    expect(problemsOf(build, props)).toEqual(expect.arrayContaining([expect.stringContaining(message)]));
  });
});
