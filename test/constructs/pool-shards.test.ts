import { AgentMesh, GatewayExposure, InferenceGateway, MeshProvider } from '../../src';
import { innerPortOf } from '../../src/model/inner-port';
import { deploy } from '../story';
import { Build, Manifests, problemsOf, synth } from '../synth';

const gatewayOf = (mesh: AgentMesh, poolShards?: number) => new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' }, poolShards });

/** Pools by number, each with the port of its name where that is free. */
function pools(count: number, poolShards?: number): Build {
  return (mesh) => {
    const gateway = gatewayOf(mesh, poolShards);
    const taken = new Set<number>();
    for (let i = 0; i < count; i++) {
      const port = innerPortOf(`llm-${i}`);
      gateway.addPool(`llm-${i}`, { workload: deploy(), ...(taken.has(port) && { innerPort: 10_000 + i }) });
      taken.add(port);
    }
  };
}

const key = ({ kind, metadata }: Manifests['all'][number]) => `${kind} ${metadata.name}`;
const inner = ({ all }: Manifests) => all.filter(({ kind, metadata }) => kind === 'Gateway' && metadata.name.startsWith('gw-inner'));

test('two hundred pools have inner gateways of at most 64 listeners, each with policies of its own', () => {
  const objects = synth(pools(200, 8));
  const gateways = inner(objects);
  expect(gateways.map(({ metadata }) => metadata.name).sort()).toEqual(['gw-inner', ...[1, 2, 3, 4, 5, 6, 7].map((shard) => `gw-inner-${shard}`)]);
  expect(gateways.reduce((sum, { spec }) => sum + spec.listeners.length, 0)).toBe(200);
  expect(Math.max(...gateways.map(({ spec }) => spec.listeners.length))).toBeLessThanOrEqual(64);
  for (const { metadata: { name }, spec: { listeners } } of gateways) {
    const ports = objects.get('AuthorizationPolicy', `${name}-edge`).spec.rules[0].to[0].operation.ports;
    expect([...ports].sort()).toEqual(listeners.map(({ port }: { port: number }) => String(port)).sort());
  }
});

test('the pods of a pool take requests of its own inner gateway alone', () => {
  const objects = synth(pools(8, 4));
  const shards = Object.fromEntries(inner(objects).flatMap(({ metadata, spec }) => spec.listeners.map(({ name }: { name: string }) => [name, `voice/${metadata.name}-istio`])));
  expect(new Set(Object.values(shards)).size).toBeGreaterThan(2);
  for (const [pool, account] of Object.entries(shards)) {
    const allowed = (name: string) => objects.get('AuthorizationPolicy', `${name}-workload`).spec.rules.flatMap((rule: any) => rule.from.flatMap((from: any) => from.source.serviceAccounts));
    expect([allowed(pool), allowed(`${pool}-epp`)]).toEqual([[account, `voice/${pool}-epp`], [account]]);
    expect(objects.get('HTTPRoute', pool).spec.parentRefs).toEqual([{ name: account.slice('voice/'.length, -'-istio'.length), sectionName: pool }]);
  }
});

test('a new pool changes only its own inner gateway and that gateway\'s policy', () => {
  const [before, after] = [20, 21].map((count) => new Map(synth(pools(count, 4)).all.map((object) => [key(object), JSON.stringify(object)])));
  const changed = [...before].filter(([name, text]) => after.get(name) !== text).map(([name]) => name);
  expect(changed).toEqual([expect.stringMatching(/^Gateway gw-inner/), expect.stringMatching(/^AuthorizationPolicy gw-inner.*-edge$/)]);
});

test('a granted pool has its address at its own inner gateway', () => {
  const objects = synth((mesh) => {
    const gateway = new InferenceGateway(mesh, 'models', { exposure: GatewayExposure.IN_MESH, poolShards: 4 });
    for (let i = 0; i < 8; i++) gateway.addPool(`llm-${i}`, { workload: deploy() });
    gateway.grantInfer(mesh.members);
  }, { mesh: MeshProvider.istioSidecar() });
  for (const { spec: { parentRefs: [{ name, sectionName }] } } of objects.all.filter(({ kind }) => kind === 'HTTPRoute')) {
    expect(objects.get('Service', `${sectionName}-inference`).spec.selector).toEqual({ 'gateway.networking.k8s.io/gateway-name': name });
  }
});

test.each([[undefined, '[65]', 3], [1, '[65]', 3]])('more than 64 pools are refused with %s inner gateways', (shards, actual, fix) => {
  const expected = `gateway gw has more pools in namespace voice than its inner gateways can have listeners; got ${actual}; allowed: at most 64 pools for each inner gateway; set a higher \`poolShards\` on the gateway, such as ${fix}`;
  expect(problemsOf(pools(65, shards))).toEqual([expect.stringContaining(expected)]);
});

test.each([0, 33, 1.5])('%s inner gateways are refused', (shards) => {
  expect(problemsOf((mesh) => { gatewayOf(mesh, shards); })).toEqual([expect.stringContaining('`poolShards` is out of range')]);
});
