import fc from 'fast-check';
import { clientsProgram, REQUESTS } from './clients-table';
import { Asked, throughGateway } from './gateways';
import { onIstioAmbient, onIstioSidecars } from './istio';
import { completed, Pod, podOf, Program, programOf, ProviderName, PROVIDERS } from './program';
import { Agent, AgentMesh, InferenceGateway, Port, Workload } from '../../src';
import { decideAtGateway } from '../../src/analysis/gateway-decision';
import { decideAtPool } from '../../src/analysis/pool-decision';
import { principalOf } from '../../src/model/principal';
import { runs } from '../runs';
import { deploy, IMAGE, JWKS } from '../story';
import { Manifest } from '../synth';

const NAMES = Object.keys(PROVIDERS) as ProviderName[];
const WITH_POOLS: readonly ProviderName[] = ['Istio ambient', 'Istio sidecars'];
const ISSUER = 'https://login.example.com';

function build(mesh: AgentMesh, provider: ProviderName): void {
  const assistant = new Agent(mesh, 'assistant', { versions: { v1: deploy(), v2: deploy() }, stable: 'v1' });
  const gateway = new InferenceGateway(mesh, 'gw', { hostnames: ['voice.example.com', '*.apps.example.com'], tls: { secretName: 'tls' } });
  const target = (name: string) => (WITH_POOLS.includes(provider) ? gateway.addPool(`assistant-${name}`, { workload: assistant.version(name) }) : assistant.version(name));
  gateway.addCanary('chat', { stable: target('v1'), canary: target('v2'), percent: 5 });
  gateway.addRoute('write', { target: new Agent(mesh, 'writer', { versions: { v1: deploy() } }).version(), pathPrefix: '/write' });
  gateway.addRoute('deep', { target: new Agent(mesh, 'deep', { versions: { v1: deploy() }, namespace: 'team' }).version(), pathPrefix: '/write/deep/' });
  if (WITH_POOLS.includes(provider)) {
    const jwt = { issuer: ISSUER, jwksUri: `${ISSUER}/keys` };
    gateway.addRoute('to-support', { target: gateway.addPool('support', { workload: deploy(), allowedModels: ['support'] }), pathPrefix: '/support', replacePrefixMatch: '/' });
    gateway.addRoute('guarded', { target: new Agent(mesh, 'guarded', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], jwt }) } }).version(), pathPrefix: '/guarded' });
  }
  new Agent(mesh, 'idle', { versions: { v1: deploy() } });
}

const program = (provider: ProviderName): Program => completed(programOf(provider, (mesh) => build(mesh, provider)), { objects: [], pods: [] });

interface Row extends Asked {
  readonly to: readonly string[];
  readonly allowed: boolean;
  readonly on?: readonly ProviderName[];
}

const asks = (path: string, to: readonly string[], more: Partial<Row> = {}): Row => ({ host: 'voice.example.com', path, method: 'POST', to, allowed: to.length > 0, ...more });
const SPLIT = ['5% assistant-v2', '95% assistant-v1'];

const TABLE: readonly Row[] = [
  asks('/', SPLIT),
  asks('/v1/chat/completions?x=/write', SPLIT),
  asks('/', SPLIT, { method: 'GET', host: 'a.apps.example.com' }),
  asks('/', SPLIT, { host: 'a.b.apps.example.com' }),
  asks('/', ['100% assistant-v2'], { headers: { 'x-canary': 'true' } }),
  asks('/', ['100% assistant-v2'], { headers: { 'X-Canary': 'true' } }),
  asks('/', SPLIT, { headers: { 'x-canary': 'false' } }),
  asks('/write', ['100% writer']),
  asks('/write/', ['100% writer']),
  asks('/write/x', ['100% writer'], { headers: { 'x-canary': 'true' } }),
  asks('/writer', SPLIT),
  asks('/write/deep', ['100% deep']),
  asks('/write/deep/x', ['100% deep']),
  asks('/write/deeper', ['100% writer']),
  asks('/support/v1/chat/completions?x=y', ['100% support'], { on: WITH_POOLS }),
  asks('/support/v1/models', ['100% support'], { method: 'GET', on: WITH_POOLS }),
  asks('/support/v1/models', ['100% gw-inner'], { allowed: false, on: WITH_POOLS }),
  asks('/support/v1/chat/completions', ['100% gw-inner'], { method: 'GET', allowed: false, on: WITH_POOLS }),
  asks('/support/invocations', ['100% gw-inner'], { allowed: false, on: WITH_POOLS }),
  asks('/support/v1/load_lora_adapter?/v1/chat/completions', ['100% gw-inner'], { allowed: false, on: WITH_POOLS }),
  asks('/', [], { host: 'apps.example.com' }),
  asks('/', [], { host: 'other.example.com' }),
  asks('/', [], { host: 'voice.example.com.evil.example' }),
  asks('/', [], { host: 'xvoice.example.com' }),
  asks('/guarded', ['100% guarded'], { allowed: false, on: WITH_POOLS }),
  asks('/guarded', ['100% guarded'], { token: { issuer: ISSUER, subject: 'alice' }, on: WITH_POOLS }),
  asks('/guarded', ['100% guarded'], { token: { issuer: 'https://other.example', subject: 'alice' }, allowed: false, on: WITH_POOLS }),
];

/** What the model decides, and the shares that its reason tells of. */
function decided({ model, gateways }: Program, { token, headers = {}, ...asked }: Asked) {
  const { allowed, reason } = decideAtGateway(model, { ...asked, headers, gateway: model.gateways[0], tokenAt: () => token }, gateways);
  const shares = [...reason.matchAll(/(?:(\d+)% of requests|all requests) to (?:pool|agent) ([\w-]+(?: v\d)?)/g)].map(([, percent = '100', name]) => `${percent}% ${name.replace(' ', '-')}`);
  return { allowed, shares: shares.sort() };
}

const titleOf = ({ host, path, headers, token, allowed }: Row) => `${host}${path}${headers ? ` with ${JSON.stringify(headers)}` : ''}${token ? ` and a token of ${token.issuer}` : ''} is ${allowed ? 'served' : 'denied'}`;
const rowsOn = (provider: ProviderName) => TABLE.filter(({ on }) => !on || on.includes(provider));

describe.each(NAMES)('a gateway on %s', (provider) => {
  const all = program(provider);
  const clients: Pod[] = ['outside/intruder', 'voice/writer', 'ops/auditor'].map((name) => all.world.pods.find((pod) => `${pod.namespace}/${pod.name}` === name)!);

  test.each(rowsOn(provider).map((row) => [titleOf(row), row] as const))('%s, as the model says, for every client', (_, row) => {
    const model = decided(all, row);
    expect(model).toEqual({ allowed: row.allowed, shares: row.allowed ? row.to : [] });
    for (const client of clients) expect(throughGateway(provider, all.world, client, 'gw', row)).toEqual({ allowed: row.allowed, shares: row.to, status: expect.any(String) });
  });

  test('serves by chance what the model says', () => {
    const prefix = fc.constantFrom('/', '/a', '/a/b', '/ab', '/a/b/');
    const routes = fc.uniqueArray(fc.record({ prefix, header: fc.option(fc.constantFrom('x-canary', 'X-Beta'), { nil: undefined }), percent: fc.constantFrom(0, 30, 100) }), { minLength: 1, maxLength: 4, selector: (one) => one.prefix.replace(/\/$/, '') });
    const asked = fc.record({
      host: fc.constantFrom('a.example.com', 'b.example.org', 'x.b.example.org', 'c.example.com'), path: fc.constantFrom('/', '/a', '/a/', '/a/b', '/a/b/c', '/ab', '/abc'), method: fc.constantFrom('GET', 'POST'),
      headers: fc.constantFrom<Record<string, string>>({}, { 'x-canary': 'true' }, { 'x-beta': 'true' }, { 'x-beta': 'no', 'x-canary': 'true' }),
    });
    fc.assert(fc.property(routes, fc.array(asked, { minLength: 4, maxLength: 12 }), (given, requests) => {
      const drawn = completed(programOf(provider, (mesh) => {
        const gateway = new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com', '*.example.org'], tls: { secretName: 'tls' } });
        given.forEach(({ prefix: pathPrefix, header, percent }, i) => {
          const agent = new Agent(mesh, `agent-${i}`, { versions: { v1: deploy(), v2: deploy() }, stable: 'v1' });
          if (header) gateway.addCanary(`route-${i}`, { stable: agent.version('v1'), canary: agent.version('v2'), percent: percent, header, pathPrefix });
          else gateway.addRoute(`route-${i}`, { target: agent.version('v1'), pathPrefix });
        });
      }), { objects: [], pods: [] });
      for (const request of requests) {
        const { allowed, shares } = throughGateway(provider, drawn.world, clients[0], 'gw', request);
        expect([request, decided(drawn, request)]).toEqual([request, { allowed, shares }]);
      }
    }), { numRuns: runs(20) });
  });
});

describe.each(WITH_POOLS)('a pool on %s', (provider) => {
  const judge = provider === 'Istio ambient' ? onIstioAmbient : onIstioSidecars;

  test('is called by the pods that the model names, and no others', () => {
    const { model, world, gateways } = program(provider);
    let allowed = 0;
    for (const pool of model.pools) {
      const to = podOf(world, pool.namespace, pool.servers.labels);
      for (const from of world.pods) {
        for (const port of [8000, 9999]) {
          const caller = from.trustDomain === undefined ? undefined : principalOf(from.trustDomain, from.namespace, from.serviceAccount);
          const decision = decideAtPool(model, pool, { caller, port }, gateways);
          const verdict = judge(world, { from, to, port, path: '/', method: 'POST' });
          const call = `${from.namespace}/${from.name} to pool ${pool.name}, port ${port} (${decision.reason}; ${verdict.status})`;
          expect([call, decision.allowed]).toEqual([call, verdict.allowed]);
          if (decision.allowed) allowed++;
        }
      }
    }
    expect(allowed).toBe(2 * model.pools.length); // the inner gateway and the picker
  });
});

describe('the judge of gateways sees a mutant of the objects', () => {
  const wrong = (provider: ProviderName, mutate: (objects: Manifest[]) => void): string[] => {
    const all = program(provider);
    const objects = structuredClone(all.world.objects) as Manifest[];
    mutate(objects);
    const client = all.world.pods.find(({ name, namespace }) => `${namespace}/${name}` === 'outside/intruder')!;
    return rowsOn(provider).filter((row) => {
      const { allowed, shares } = throughGateway(provider, { ...all.world, objects }, client, 'gw', row);
      return allowed !== row.allowed || JSON.stringify(shares) !== JSON.stringify(row.to);
    }).map(titleOf);
  };
  const spec = (objects: Manifest[], kind: string, name: string) => objects.find((one) => one.kind === kind && one.metadata.name === name)!.spec;
  test.each<[string, ProviderName, (objects: Manifest[]) => void, string]>([
    ['the hosts of the policy', 'Istio ambient', (objects) => { spec(objects, 'AuthorizationPolicy', 'gw-hosts').rules = []; }, 'voice.example.com/write is served'],
    ['a listener for every host', 'Linkerd', (objects) => { for (const listener of spec(objects, 'Gateway', 'gw').listeners) listener.hostname = '*'; for (const one of objects.filter(({ kind }) => kind === 'HTTPRoute')) one.spec.hostnames?.push('*'); }, 'other.example.com/ is denied'],
    ['weights', 'Istio sidecars', (objects) => { spec(objects, 'HTTPRoute', 'chat').rules[1].backendRefs[0].weight = 50; }, 'voice.example.com/ is served'],
    ['the way to the inner gateway', 'Istio ambient', (objects) => { spec(objects, 'AuthorizationPolicy', 'gw-inner-edge').rules = []; }, 'voice.example.com/ is served'],
    ['the way to the inner gateway, with sidecars', 'Istio sidecars', (objects) => { spec(objects, 'AuthorizationPolicy', 'gw-inner-edge').rules[0].from = [{ source: { serviceAccounts: ['voice/nobody'] } }]; }, 'voice.example.com/ is served'],
    ['the way to the pods', 'Linkerd', (objects) => { spec(objects, 'MeshTLSAuthentication', 'writer-v1-8000').identities = ['nobody']; }, 'voice.example.com/write is served'],
  ])('%s, on %s', (_, provider, mutate, seen) => {
    expect(wrong(provider, mutate)).toContain(seen);
  });
});

describe.each(WITH_POOLS)('a gateway with jwt on %s', (provider) => {
  const all = completed(programOf(provider, (mesh) => clientsProgram(mesh, JWKS)), { objects: [], pods: [] });
  const client = all.world.pods.find(({ namespace, name }) => `${namespace}/${name}` === 'outside/intruder')!;

  test('asks clients for tokens and answers browsers as the model says', () => {
    const seen = { served: 0, denied: 0 };
    for (const request of REQUESTS) {
      const { allowed, shares } = throughGateway(provider, all.world, client, 'gw', request);
      const model = decided(all, request);
      expect([request, model.allowed, model.allowed ? model.shares : []]).toEqual([request, allowed, allowed ? shares : []]);
      seen[allowed ? 'served' : 'denied']++;
    }
    expect(Math.min(seen.served, seen.denied)).toBeGreaterThan(100);
  });
});
