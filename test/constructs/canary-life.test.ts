import { Agent, AgentCanary, AgentMesh, AgentMeshProps, GatewayProvider, InferenceGateway, MeshProvider } from '../../src';
import { linkerd } from '../rejected/tool-programs';
import { deploy } from '../story';
import { Manifest, synth } from '../synth';

/** One step of a rollout, as the program states it. */
interface Step {
  readonly versions: readonly string[];
  readonly stable?: string;
  readonly canary?: AgentCanary;
}

const canaryOf = (percent: number, version = 'v2'): Pick<Step, 'canary'> => ({ canary: { version, percent } });
const STEPS: Readonly<Record<string, Step>> = {
  'v1 alone': { versions: ['v1'] },
  'v2 at 0 %': { versions: ['v1', 'v2'], ...canaryOf(0) },
  'v2 at 10 %': { versions: ['v1', 'v2'], ...canaryOf(10) },
  'v2 at 50 %': { versions: ['v1', 'v2'], ...canaryOf(50) },
  'v2 at 100 %': { versions: ['v1', 'v2'], ...canaryOf(100) },
  'v2 is stable, v1 may come back': { versions: ['v1', 'v2'], stable: 'v2', ...canaryOf(0, 'v1') },
  'v2 alone': { versions: ['v2'] },
};

const MESHES: Readonly<Record<string, Partial<AgentMeshProps>>> = {
  ambient: {},
  sidecars: { mesh: MeshProvider.istioSidecar() },
  Linkerd: { ...linkerd, gateway: GatewayProvider.istioAgentgateway() },
};

function build({ versions, ...step }: Step) {
  return (mesh: AgentMesh) => {
    const writer = new Agent(mesh, 'writer', { ...step, versions: Object.fromEntries(versions.map((version) => [version, deploy()])) });
    writer.grantCall(new Agent(mesh, 'planner', { versions: { v1: deploy() } }));
    new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addRoute('writer', { target: writer });
  };
}

/** The objects of a step, by their place in the cluster. */
function objectsOf(step: string, props: Partial<AgentMeshProps>): Map<string, Manifest> {
  return new Map(synth(build(STEPS[step]), props).all.map((object) => [`${object.kind} ${object.metadata.name}`, object]));
}

/** What a step adds, removes and changes; of what it changes, the fields. */
function diff(before: string, after: string, props: Partial<AgentMeshProps>) {
  const [old, now] = [before, after].map((step) => objectsOf(step, props));
  const changed = [...now].filter(([key, object]) => old.has(key) && JSON.stringify(old.get(key)) !== JSON.stringify(object));
  return {
    added: [...now.keys()].filter((key) => !old.has(key)).sort(),
    removed: [...old.keys()].filter((key) => !now.has(key)).sort(),
    changed: Object.fromEntries(changed.map(([key, object]) => [key, fieldsOf(old.get(key), object)])),
  };
}

/** The fields that differ, such as "spec.rules.1.backendRefs". */
function fieldsOf(before: unknown, after: unknown): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (![before, after].every((one) => typeof one === 'object' && one !== null) || Array.isArray(before) !== Array.isArray(after)
    || (Array.isArray(before) && before.length !== (after as unknown[]).length)) return [''];
  const keys = new Set([before, after].flatMap((one) => Object.keys(one as object)));
  return [...keys].flatMap((key) => fieldsOf((before as never)[key], (after as never)[key]).map((rest) => (rest ? `${key}.${rest}` : key)));
}

/** Objects that protect the pods of a version, by the mesh. */
const POLICIES: Readonly<Record<string, (version: string) => string[]>> = {
  ambient: (version) => [`AuthorizationPolicy writer-${version}-workload`],
  sidecars: (version) => [`AuthorizationPolicy writer-${version}-workload`, `Sidecar writer-${version}`],
  Linkerd: (version) => [`AuthorizationPolicy writer-${version}-8000`, `MeshTLSAuthentication writer-${version}-8000`, `Server writer-${version}-8000`],
};
/** Objects that follow the split, where the proxies of callers do not. */
const WAYPOINT: Readonly<Record<string, string[]>> = {
  ambient: ['AuthorizationPolicy voice-waypoint-deny-all', 'AuthorizationPolicy writer', 'Gateway voice-waypoint'], sidecars: [], Linkerd: [],
};
const WEIGHTS = ['spec.rules.1.backendRefs.0.weight', 'spec.rules.1.backendRefs.1.weight'];

describe.each(Object.entries(MESHES))('the life of a canary on %s', (name, props) => {
  const policies = POLICIES[name];

  test('begins with objects of the new version, and changes only how calls get to the old one', () => {
    const { added, removed, changed } = diff('v1 alone', 'v2 at 0 %', props);
    expect(added).toEqual(['Deployment writer-v2', 'HTTPRoute writer-mesh', 'Service writer-v2', ...policies('v2'), ...WAYPOINT[name]].sort());
    expect(removed).toEqual([]);
    expect(changed).toEqual({
      'HTTPRoute writer': ['spec.rules'],
      ...(name === 'ambient' && { 'Service writer': ['metadata.labels'], 'AuthorizationPolicy writer-v1-workload': ['spec.rules.0.from.0.source.serviceAccounts'] }),
      ...(name === 'sidecars' && { 'Sidecar planner-v1': ['spec.egress.0.hosts'] }),
    });
  });

  test.each([['v2 at 0 %', 'v2 at 10 %'], ['v2 at 10 %', 'v2 at 50 %'], ['v2 at 50 %', 'v2 at 100 %']])('from %s to %s changes the weights alone', (before, after) => {
    expect(diff(before, after, props)).toEqual({ added: [], removed: [], changed: { 'HTTPRoute writer': WEIGHTS, 'HTTPRoute writer-mesh': WEIGHTS } });
  });

  test('promotes the new version by the selector of the Service that callers use', () => {
    const { added, removed, changed } = diff('v2 at 100 %', 'v2 is stable, v1 may come back', props);
    expect([added, removed]).toEqual([['Service writer-v1'], ['Service writer-v2']]);
    expect(changed['Service writer']).toEqual(['spec.selector.app.kubernetes.io/version']);
    expect(Object.keys(changed).sort()).toEqual([
      'HTTPRoute writer', 'HTTPRoute writer-mesh', 'Service writer',
      ...name === 'sidecars' ? ['Sidecar planner-v1'] : [],
    ].sort());
  });

  test('ends with one version as it began: the Deployment that runs and the Service that callers use stay', () => {
    const { added, removed, changed } = diff('v2 is stable, v1 may come back', 'v2 alone', props);
    expect(added).toEqual([]);
    expect(removed).toEqual(['Deployment writer-v1', 'HTTPRoute writer-mesh', 'Service writer-v1', ...policies('v1'), ...WAYPOINT[name]].sort());
    expect(changed).toEqual({
      'HTTPRoute writer': ['spec.rules'],
      ...(name === 'ambient' && { 'Service writer': ['metadata.labels'], 'AuthorizationPolicy writer-v2-workload': ['spec.rules.0.from.0.source.serviceAccounts'] }),
      ...(name === 'sidecars' && { 'Sidecar planner-v1': ['spec.egress.0.hosts'] }),
    });
    const [first, last] = ['v1 alone', 'v2 alone'].map((step) => [...objectsOf(step, props).keys()].sort());
    expect(last).toEqual(first.map((key) => key.replace('writer-v1', 'writer-v2')).sort());
  });

  test('never takes a grant away: each version that gets calls accepts the caller, directly or through the waypoint', () => {
    for (const [step, { versions }] of Object.entries(STEPS)) {
      const objects = objectsOf(step, props);
      for (const version of versions) {
        const policy = policies(version).map((key) => objects.get(key)!).find(({ kind }) => kind !== 'Sidecar' && kind !== 'Server' && (name !== 'Linkerd' || kind === 'MeshTLSAuthentication'))!;
        expect([step, version, JSON.stringify(policy.spec)]).toEqual([step, version, expect.stringContaining('planner')]);
      }
    }
  });

  test('is one statement: a gateway splits as callers inside the mesh do', () => {
    const objects = objectsOf('v2 at 10 %', props);
    const rulesOf = (route: string) => objects.get(`HTTPRoute ${route}`)!.spec.rules;
    expect(rulesOf('writer')).toEqual(rulesOf('writer-mesh'));
    expect(rulesOf('writer')).toEqual([
      { matches: [{ headers: [{ type: 'Exact', name: 'x-canary', value: 'true' }] }], backendRefs: [{ name: 'writer-v2', port: 80, weight: 100 }] },
      { backendRefs: [{ name: 'writer', port: 80, weight: 90 }, { name: 'writer-v2', port: 80, weight: 10 }] },
    ]);
  });
});

test('a waypoint that authorizes requests splits those of a gateway too, so the gateway sends all of them to one Service', () => {
  const objects = synth((mesh) => {
    const writer = new Agent(mesh, 'writer', { versions: { v1: deploy(), v2: deploy() }, canary: { version: 'v2', percent: 10 }, circuitBreaker: {} });
    new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addRoute('route', { target: writer, pathPrefix: '/writer' });
  });
  expect(objects.get('Service', 'writer').metadata.labels).toMatchObject({ 'istio.io/use-waypoint': 'voice-waypoint', 'istio.io/ingress-use-waypoint': 'true' });
  expect(objects.get('HTTPRoute', 'route').spec.rules).toEqual([{ matches: [{ path: { type: 'PathPrefix', value: '/writer' } }], backendRefs: [{ name: 'writer', port: 80, weight: 100 }] }]);
  expect(objects.get('HTTPRoute', 'writer-mesh').spec.rules).toHaveLength(2);
});

test('a gateway does not pass a waypoint that only splits, so its requests are split once', () => {
  const objects = objectsOf('v2 at 10 %', {});
  expect(objects.get('Service writer')!.metadata.labels).toEqual({ 'istio.io/use-waypoint': 'voice-waypoint' });
  expect(JSON.stringify(objects.get('AuthorizationPolicy writer-v1-workload')!.spec)).toContain('voice-edge/gw-istio');
});

test.each(Object.entries(MESHES))('retries and a timeout of calls inside the mesh need no canary, on %s', (name, props) => {
  const { metadata, spec } = synth((mesh) => { new Agent(mesh, 'writer', { versions: { v1: deploy() }, requestTimeoutSeconds: 30 }); }, props).get('HTTPRoute', 'writer-mesh');
  expect(spec).toEqual({
    parentRefs: [{ group: '', kind: 'Service', name: 'writer', port: 80 }],
    rules: [{ backendRefs: [{ name: 'writer', port: 80, weight: 100 }], ...(name !== 'Linkerd' && { timeouts: { request: '30s' } }) }],
  });
  expect(metadata.annotations).toEqual(name === 'Linkerd' ? { 'timeout.linkerd.io/request': '30s' } : undefined);
});
