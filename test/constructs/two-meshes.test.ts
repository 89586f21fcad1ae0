import { App, Chart, Testing } from 'cdk8s';
import {
  Agent, AgentMesh, AgentMeshProps, Cluster, GatewayApiChannel, GatewayProvider, Identity, InferenceGateway, McpServer, McpToolBoundary, MeshProvider,
  MigrationStage, Port, Waypoint, Workload,
} from '../../src';
import { atCalleesSidecar, atCallersSidecar, onIstioAmbient } from '../access/istio';
import { onLinkerd } from '../access/linkerd';
import { Attempt, deployedPods, Verdict, World } from '../access/program';
import { deploy, existing, IMAGE } from '../story';
import { Manifest } from '../synth';

type Plane = 'ambient' | 'sidecars' | 'linkerd';

const PROVIDERS: Record<Plane, () => Partial<AgentMeshProps>> = {
  ambient: () => ({ mesh: MeshProvider.istioAmbient() }),
  sidecars: () => ({ mesh: MeshProvider.istioSidecar() }),
  linkerd: () => ({ mesh: MeshProvider.linkerd(), cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) }),
};

const JUDGES: Record<Plane, (world: World, attempt: Attempt) => Verdict> = {
  ambient: onIstioAmbient,
  linkerd: onLinkerd,
  sidecars: (world, attempt) => {
    const known = atCallersSidecar(world, attempt);
    return known.allowed ? atCalleesSidecar(world, attempt) : known;
  },
};

const meshIn = (app: App, namespace: string, props: Partial<AgentMeshProps>) =>
  new AgentMesh(new Chart(app, namespace), 'mesh', { namespace, mesh: MeshProvider.istioAmbient(), gateway: GatewayProvider.istio(), ...props });

interface Two {
  readonly app: App;
  readonly caller: Agent;
  readonly callee: Agent;
  readonly tools: McpToolBoundary;
  readonly meshes: readonly AgentMesh[];
}

function two(from: Partial<AgentMeshProps>, to: Partial<AgentMeshProps>): Two {
  const app = new App();
  const [home, far] = [meshIn(app, 'home', from), meshIn(app, 'far', to)];
  return {
    app, meshes: [home, far],
    caller: new Agent(home, 'caller', { versions: { v1: deploy() } }),
    callee: new Agent(far, 'callee', { versions: { v1: deploy() } }),
    tools: new McpToolBoundary(far, 'tools', { server: McpServer.of(Workload.deploy({ image: IMAGE, ports: [Port.http(8080)] }), { tools: ['t'] }) }),
  };
}

function failure(app: App): string {
  try {
    app.charts.forEach((chart) => chart.toJson());
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

const planes = Object.keys(PROVIDERS) as Plane[];

describe.each(planes)('between two meshes of %s', (plane) => {
  const { app, caller, callee, tools, meshes } = two(PROVIDERS[plane](), PROVIDERS[plane]());
  callee.grantCall(caller);
  tools.grantAllTools(caller);
  const objects = app.charts.flatMap((chart) => Testing.synth(chart)) as Manifest[];
  const world = { objects, pods: deployedPods(objects) };
  const pod = (name: string) => world.pods.find((one) => one.name === name)!;
  const attempt = (from: string, to: string, more: Partial<Attempt>): Attempt => ({ from: pod(from), to: pod(to), service: to, port: 80, path: '/', method: 'POST', ...more });
  test.each([
    ['a granted agent', attempt('caller', 'callee', {}), callee, true],
    ['a granted tool server', attempt('caller', 'tools', { path: '/mcp' }), tools, true],
    ['another path of it', attempt('caller', 'tools', { path: '/admin' }), tools, false],
  ] as const)('%s is called as `decide` says', (_, call, to, allowed) => {
    expect(JUDGES[plane](world, call)).toMatchObject({ allowed });
    for (const mesh of meshes) expect(mesh.decide({ caller, callee: to, path: call.path })).toMatchObject({ allowed });
  });
  test('no other caller is allowed', () => {
    expect(JUDGES[plane](world, attempt('callee', 'caller', {})).allowed).toBe(false);
    expect(JUDGES[plane](world, attempt('tools', 'callee', {})).allowed).toBe(false);
  });
});

const gaps = planes.flatMap((from) => planes.filter((to) => to !== from).map((to) => [from, to] as const));

describe.each(gaps)('from a mesh of %s to one of %s', (from, to) => {
  test('a grant to an agent is refused at its line, and `decide` says no', () => {
    const { app, caller, callee, tools, meshes: [, far] } = two(PROVIDERS[from](), PROVIDERS[to]());
    callee.grantCall(caller);
    tools.grantAllTools(caller);
    expect(failure(app)).toMatch(/far\/mesh\/callee: agent caller cannot connect to namespace far, because caller and callee are not on the same data plane; got .+ \[AM219\] \(test\/constructs\/two-meshes\.test\.ts:\d+\)/);
    expect(failure(app)).toContain('far/mesh/tools: agent caller cannot connect to namespace far, because caller and callee are not on the same data plane');
    for (const one of [callee, tools]) expect(far.decide({ caller, callee: one }).allowed).toBe(false);
  });
  test('a grant to an identity there is refused, also if its namespace is added later', () => {
    const { app, callee, tools, meshes: [home, far] } = two(PROVIDERS[from](), PROVIDERS[to]());
    const identity = Identity.of({ namespace: 'later', serviceAccount: 'bot' });
    callee.grantCall(identity);
    tools.grantAllTools(identity);
    expect(failure(app)).toBe('');
    new Agent(home, 'late', { namespace: 'later', versions: { v1: deploy() } });
    expect(failure(app)).toMatch(/far\/mesh\/callee: identity later\/bot cannot connect to agent callee, because caller and callee are not on the same data plane.+\[AM219\]/);
    expect(failure(app)).toMatch(/far\/mesh\/tools: identity later\/bot cannot connect to tool server tools, because caller and callee are not on the same data plane.+\[AM219\]/);
    expect(far.decide({ caller: identity, callee })).toMatchObject({ allowed: false, reason: expect.stringMatching(/^identity later\/bot \(.+\) cannot connect to agent callee \(.+\), because caller and callee are not on the same data plane$/) });
  });
});

test('between two installations of Linkerd nothing is granted', () => {
  const { app, caller, callee } = two(PROVIDERS.linkerd(), { ...PROVIDERS.linkerd(), mesh: MeshProvider.linkerd({ controlPlaneNamespace: 'linkerd-b' }) });
  callee.grantCall(caller);
  expect(failure(app)).toContain('agent caller cannot connect to namespace far, because caller and callee are not on the same data plane; got {"caller":"Linkerd","callee":"Linkerd of linkerd-b"}');
});

test('between two clusters nothing is granted', () => {
  const { app, caller, callee } = two({ cluster: Cluster.of({ name: 'one' }) }, { cluster: Cluster.of({ name: 'two' }) });
  callee.grantCall(caller);
  expect(failure(app)).toContain('agent caller cannot connect to namespace far, because caller and callee are not on the same data plane; got {"caller":"one","callee":"two"}');
});

test('in a migration it counts which data plane the namespaces of both have now', () => {
  const moving = (stage: MigrationStage) => ({ mesh: MeshProvider.istioAmbient({ migration: { home: stage } }) });
  const granted = (stage: MigrationStage, to: Plane) => {
    const { app, caller, callee } = two(moving(stage), PROVIDERS[to]());
    callee.grantCall(caller);
    return failure(app);
  };
  expect(granted(MigrationStage.SIDECAR, 'sidecars')).toBe('');
  expect(granted(MigrationStage.SIDECAR, 'ambient')).toContain('[AM219]');
  expect(granted(MigrationStage.ENROLLED, 'ambient')).toBe('');
});

test('with sidecars an undescribed caller of another mesh is refused', () => {
  const { app, callee } = two(PROVIDERS.sidecars(), PROVIDERS.sidecars());
  callee.grantCall(Identity.of({ namespace: 'home', serviceAccount: 'bot' }));
  expect(failure(app)).toContain('identity home/bot has a grant for agent callee and runs in a namespace of the mesh, but no construct describes this caller, so its sidecar is not configured to reach agent callee');
});

describe('one gateway of the team behind two meshes', () => {
  const routed = (paths: readonly [string, string]) => {
    const app = new App();
    paths.forEach((pathPrefix, i) => {
      const mesh = meshIn(app, `mesh-${i}`, {});
      const gateway = InferenceGateway.fromGatewayName(mesh, 'gw', { gatewayName: 'corp', namespace: 'ingress', hostnames: ['a.example.com'] });
      gateway.addRoute(`route-${i}`, { pathPrefix, target: new Agent(mesh, `agent-${i}`, { versions: { v1: deploy() } }).version() });
    });
    return failure(app);
  };
  test('may not have two routes for the same requests', () => {
    expect(routed(['/v1', '/v1/'])).toMatch(/mesh-1\/mesh\/gw\/route-1: some requests match both routes route-0 and route-1 of gateway corp.+\[AM208\]/);
    expect(routed(['/v1', '/v2'])).toBe('');
  });
  test.each([['name', ['corp', 'ingress'], ['corp-2', 'ingress']], ['namespace', ['corp', 'ingress'], ['corp', 'ingress-2']]])('is not one with a Gateway of another %s', (_, ...gateways) => {
    const app = new App();
    const mesh = meshIn(app, 'home', {});
    gateways.forEach(([gatewayName, namespace], i) => InferenceGateway.fromGatewayName(mesh, `gw-${i}`, { gatewayName, namespace, hostnames: ['a.example.com'] })
      .addRoute(`route-${i}`, { target: new Agent(mesh, `agent-${i}`, { versions: { v1: deploy() } }).version() }));
    expect(failure(app)).toBe('');
  });
});

describe('objects of the app are not existing objects', () => {
  test.each<[string, (own: AgentMesh, other: AgentMesh) => void]>([
    ['a gateway', (own, other) => {
      new InferenceGateway(own, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
      InferenceGateway.fromGatewayName(other, 'theirs', { gatewayName: 'gw', namespace: 'home-edge', hostnames: ['b.example.com'] });
    }],
    ['a waypoint', (own, other) => {
      new Waypoint(own, 'wp');
      Waypoint.fromGatewayName(other, 'theirs', { gatewayName: 'wp', namespace: 'home', deniesByDefault: true });
    }],
  ])('%s of another mesh is refused', (_, build) => {
    const app = new App();
    build(meshIn(app, 'home', {}), meshIn(app, 'far', {}));
    expect(failure(app)).toMatch(/far\/mesh\/theirs: .+ is declared as existing but is created by the app.+\[AM221\]/);
  });
  test('an object of the team is accepted', () => {
    const app = new App();
    const mesh = meshIn(app, 'home', {});
    new Waypoint(mesh, 'wp');
    Waypoint.fromGatewayName(mesh, 'theirs', { gatewayName: 'other' });
    new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
    InferenceGateway.fromGatewayName(mesh, 'of-another-namespace', { gatewayName: 'gw', namespace: 'ingress', hostnames: ['b.example.com'] });
    InferenceGateway.fromGatewayName(mesh, 'of-another-kind', { gatewayName: 'wp', namespace: 'home', hostnames: ['c.example.com'] });
    new Agent(mesh, 'agent', { versions: { v1: existing('agent') } });
    expect(failure(app)).toBe('');
  });
});
