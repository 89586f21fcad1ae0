import { Agent, AgentMesh, AgentMeshProps, CanaryRouteOptions, Cluster, GatewayApiChannel } from '../../src';
import { linkerd, sidecar } from '../rejected/tool-programs';
import { deploy } from '../story';
import { Manifest, Manifests, meshOf, synth } from '../synth';

const MESHES: Readonly<Record<string, Partial<AgentMeshProps>>> = { ambient: {}, sidecars: sidecar, Linkerd: linkerd };

const split = (options: Partial<CanaryRouteOptions>) => (mesh: AgentMesh) => {
  const agent = new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() } });
  agent.addCanary('canary', { stable: agent.version('v1'), canary: agent.version('v2'), canaryPercent: 10, ...options });
  agent.grantCall(new Agent(mesh, 'caller', { workload: deploy() }));
};

const experimental = { cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) };
const routes = (objects: Manifests): Manifest[] => objects.all.filter(({ kind, spec }) => kind === 'HTTPRoute' && spec.parentRefs[0].kind === 'Service');
const v1 = (weight: number) => ({ name: 'agent-v1', port: 80, weight });
const v2 = (weight: number) => ({ name: 'agent-v2', port: 80, weight });
const under = (value: string) => ({ path: { type: 'PathPrefix', value } });
const REST = { backendRefs: [v1(100)] };

describe.each(Object.entries(MESHES))('a canary under a path on %s', (name, on) => {
  test('leaves every other path to the stable version', () => {
    expect(routes(synth(split({ pathPrefix: '/v1' }), on)).flatMap(({ spec }) => spec.rules)).toEqual([
      { matches: [{ ...under('/v1'), headers: [{ type: 'Exact', name: 'x-canary', value: 'true' }] }], backendRefs: [v2(100)] },
      { matches: [under('/v1')], backendRefs: [v1(90), v2(10)] },
      REST,
    ]);
  });
  test('sets timeouts and retries only for its path', () => {
    const objects = synth(split({ pathPrefix: '/v1', requestTimeoutSeconds: 30, retries: { attempts: 2 } }), { ...on, ...experimental });
    const [route, rest] = routes(objects);
    if (name === 'Linkerd') { // which reads both from the object
      expect([route.metadata.annotations, rest.metadata]).toEqual([expect.objectContaining({ 'timeout.linkerd.io/request': '30s' }), { name: 'canary-rest', namespace: 'voice' }]);
      expect([route.spec.rules.length, rest.spec]).toEqual([2, { parentRefs: route.spec.parentRefs, rules: [REST] }]);
    } else {
      expect(rest).toBeUndefined();
      expect(route.spec.rules.map(({ timeouts, retry }: { timeouts?: object; retry?: object }) => [timeouts, retry])).toEqual([[{ request: '30s' }, { attempts: 2 }], [{ request: '30s' }, { attempts: 2 }], [undefined, undefined]]);
    }
  });
  test.each([undefined, '/'])('that is every path (%s) leaves no other rule', (pathPrefix) => {
    const [route, ...others] = routes(synth(split({ pathPrefix }), on));
    expect([route.spec.rules.length, others]).toEqual([2, []]);
  });
  test('is in the access report', () => {
    const report = meshOf(split({ pathPrefix: '/v1' }), on).mesh.describeAccess();
    expect(report).toContain([
      'Service agent of agent agent v1, inside the mesh', '  -> agent agent v2: all requests under /v1 with x-canary: true', '  -> agent agent v1: 90% of requests under /v1',
      '  -> agent agent v2: 10% of requests under /v1', '  -> agent agent v1: all other requests',
    ].join('\n'));
  });
  test('does not change access', () => {
    const { mesh } = meshOf(split({ pathPrefix: '/v1' }), on);
    const [caller, agent] = ['caller', 'agent'].map((id) => mesh.node.findChild(id) as Agent);
    for (const path of ['/v1/x', '/other']) expect(mesh.decide({ caller, callee: agent.version('v1'), path }).allowed).toBe(true);
  });
});
