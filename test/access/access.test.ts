import fc from 'fast-check';
import { atCalleesSidecar, atCallersSidecar, onIstioAmbient, onIstioSidecars } from './istio';
import { onLinkerd } from './linkerd';
import {
  Asked, Attempt, existingFor, buildPlan, callOf, completed, Plan, podOf, Program, programOf, ProviderName, PROVIDERS, Verdict, voiceProgram,
  SCRAPER, workloadOf, World,
} from './program';
import { callOfRow, rowsOf, TABLE, titleOf } from './table';
import { Agent, Cluster, Identity, InferenceGateway, McpServer, McpToolBoundary, MeshProvider, Port, Waypoint, Workload } from '../../src';
import { WorkloadNode } from '../../src/model/workload';
import { runs } from '../runs';
import { deploy, IMAGE } from '../story';
import { Manifest } from '../synth';

const JUDGES: Record<ProviderName, (world: World, attempt: Attempt) => Verdict> = {
  'Istio ambient': onIstioAmbient, 'Istio sidecars': onIstioSidecars, 'Linkerd': onLinkerd,
};
const NAMES = Object.keys(PROVIDERS) as ProviderName[];

/** Rows for which a judge of the objects says something else than the table. */
function disagreements(provider: ProviderName, program: Program, judge = JUDGES[provider]): string[] {
  return rowsOf(provider).flatMap((row) => {
    const verdict = judge(program.world, callOfRow(program, row).attempt);
    return verdict.allowed === row.allowed ? [] : [`${titleOf(row)} (${verdict.status})`];
  });
}

test('the table has at least 40 rows, and no row twice', () => {
  expect(TABLE.length).toBeGreaterThanOrEqual(40);
  expect(new Set(TABLE.map(titleOf)).size).toBe(TABLE.length);
});

describe.each(NAMES)('on %s', (provider) => {
  const program = voiceProgram(provider);

  test.each(rowsOf(provider).map((row) => [titleOf(row), row] as const))('%s', (_, row) => {
    const { decision, attempt } = callOfRow(program, row);
    const verdict = JUDGES[provider](program.world, attempt);
    expect({ model: decision.allowed, reason: decision.reason, objects: verdict.allowed, status: verdict.status })
      .toEqual({ model: row.allowed, reason: expect.any(String), objects: row.allowed, status: expect.any(String) });
  });

  test('the verdict is the same with and without headers', () => {
    for (const row of rowsOf(provider).filter(({ headers }) => headers)) {
      const { attempt } = callOfRow(program, row);
      expect(JUDGES[provider](program.world, { ...attempt, headers: undefined }).allowed).toBe(row.allowed);
    }
  });
});

test('pods with sidecars deny on their own, without the sidecars of callers', () => {
  expect(disagreements('Istio sidecars', voiceProgram('Istio sidecars'), atCalleesSidecar)).toEqual([]);
});

/** A request that a grant of the callee is for. */
const granted = ({ requests }: WorkloadNode): Asked => {
  const [{ path, methods: [method] }] = requests?.endpoints ?? [{ path: '/', methods: ['GET'] }];
  return { path, method };
};

/** Callers and callees where a sidecar shows more, or less, than what was granted. */
function wrongViews(program: Program): string[] {
  const { model, world } = program;
  const callers = model.workloads.map(({ namespace, labels }) => podOf(world, namespace, labels));
  return callers.flatMap((from) => model.workloads.flatMap((callee) => {
    const { decision, attempt } = callOf(program, from, callee, granted(callee));
    return atCallersSidecar(world, attempt).allowed === decision.allowed ? [] : [`${from.name} sees ${callee.title}`];
  }));
}

test('a sidecar shows its workload only granted callees', () => {
  expect(wrongViews(voiceProgram('Istio sidecars'))).toEqual([]);
});

test('a decision has a reason in one sentence', () => {
  const program = voiceProgram('Istio ambient');
  const reasons = TABLE.filter(({ on }) => !on || on.includes('Istio ambient')).map((row) => callOfRow(program, row).decision.reason);
  expect(reasons).toEqual(expect.arrayContaining([
    'agent assistant was granted every tool of crm, at /mcp',
    'identity ops/auditor was granted every tool of crm, at /mcp',
    'agent archive was granted calls to agent summarizer',
    'agent assistant v1 serves pool assistant-v1 of gateway voice-gw',
    'picker of pool assistant-v1 scrapes the metrics of agent assistant v1',
    'gateway voice-gw queries the picker of pool assistant-v1 for endpoints',
    'no grant allows agent idle to call tool server crm',
    'no grant allows tool server crm to call agent assistant v1',
    'no grant allows identity other.example/ns/voice/sa/assistant to call tool server crm',
    'tool server crm cannot be called without an authenticated identity',
    'agent assistant may call tool server crm on port 80, not on port 8080',
    'agent assistant may not send POST /mcpx to tool server crm; allowed: DELETE, GET, POST on exactly /mcp',
  ]));
  expect(callOfRow(voiceProgram('Linkerd'), TABLE.find(({ caller, callee }) => caller === 'its gateway' && callee === 'agent assistant v1')!).decision.reason)
    .toBe('route chat of gateway voice-gw targets agent assistant v1');
});

test('other spellings of the endpoint are allowed only where proxies normalize paths', () => {
  const row = rowsOf('Linkerd')[0];
  for (const path of ['/other/../mcp', '/./mcp', '/%6Dcp']) {
    const seen = NAMES.map((name) => JUDGES[name](voiceProgram(name).world, callOfRow(voiceProgram(name), { ...row, path }).attempt).allowed);
    expect(seen).toEqual([true, true, false]);
  }
});

test('on Linkerd anyone may call the health path of pods without routes', () => {
  const program = voiceProgram('Linkerd');
  const row = TABLE.find(({ caller, callee }) => caller === 'outside/intruder' && callee === 'agent assistant v1')!;
  expect(onLinkerd(program.world, callOfRow(program, { ...row, path: '/health' }).attempt).allowed).toBe(true);
  expect(onLinkerd(program.world, callOfRow(program, { ...row, path: '/health', method: 'POST' }).attempt).allowed).toBe(false);
});

test('on Linkerd with request rules, only the probe networks may call the health path', () => {
  const program = completed(programOf('Linkerd', (mesh) => {
    const server = Workload.deploy({ image: IMAGE, ports: [Port.http(8080)], healthPath: '/healthz' });
    new McpToolBoundary(mesh, 'crm', { server: McpServer.of(server, { tools: ['find'] }) }).grantAllTools(Identity.of({ namespace: 'ops', serviceAccount: 'auditor' }));
    new Agent(mesh, 'agent', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], healthPath: '/up' }) } });
  }, { mesh: MeshProvider.linkerd(), cluster: Cluster.of({ kubeletCidrs: ['10.99.0.0/16', 'fd00::/64'] }) }), { objects: [], pods: [] });
  expect(reached('Linkerd', program, 'tool server crm', { path: '/healthz', method: 'GET' })).toEqual([]);
  expect(reached('Linkerd', program, 'tool server crm', { path: '/mcp', method: 'POST' })).toEqual(['ops/auditor']);
  expect(reached('Linkerd', program, 'agent agent', { path: '/up', method: 'GET' })).toHaveLength(program.world.pods.length);
  expect(reached('Linkerd', program, 'agent agent', { path: '/up?x=1', method: 'GET' })).toHaveLength(program.world.pods.length);
});

test.each(NAMES)('without a scraper nobody may read metrics, on %s', (provider) => {
  const program = voiceProgram(provider, {});
  const at = provider === 'Linkerd' ? { callee: 'agent idle', port: 4191, atPods: true } : { callee: 'picker of pool assistant-v1', port: 9090 };
  const { callee, ...there } = at;
  expect(reached(provider, program, callee, { ...there, path: '/metrics', method: 'GET' })).toEqual([]);
  if (provider !== 'Linkerd') return;
  for (const path of ['/live', '/ready']) expect(reached(provider, program, callee, { ...there, path, method: 'GET' })).toHaveLength(program.world.pods.length);
  const narrow = voiceProgram(provider, { metrics: { scraper: SCRAPER }, mesh: MeshProvider.linkerd(), cluster: Cluster.of({ kubeletCidrs: ['10.99.0.0/16'] }) });
  for (const path of ['/live', '/ready']) expect(reached(provider, narrow, callee, { ...there, path, method: 'GET' })).toEqual([]);
  expect(reached(provider, narrow, callee, { ...there, path: '/metrics', method: 'GET' })).toEqual(['monitoring/prometheus']);
});

test('on Linkerd the scraper reads the proxy of a gateway, but not its client ports', () => {
  const { world } = voiceProgram('Linkerd');
  const named = (name: string) => world.pods.find((pod) => `${pod.namespace}/${pod.name}` === name)!;
  const asks = (from: string, port: number, path: string) => onLinkerd(world, { from: named(from), to: named('voice-edge/voice-gw'), port, path, method: 'GET' }).allowed;
  expect(asks('monitoring/prometheus', 4191, '/metrics')).toBe(true);
  expect(asks('voice/intruder', 4191, '/metrics')).toBe(false);
  expect([15020, 15000].map((port) => asks('monitoring/prometheus', port, '/metrics'))).toEqual([false, false]);
  expect([asks('outside/intruder', 15021, '/healthz/ready'), asks('outside/intruder', 15021, '/'), asks('outside/intruder', 443, '/')]).toEqual([true, false, true]);
});

/** Who reaches an agent by what the model says, where the objects say the same. */
function reached(provider: ProviderName, program: Program, title: string, asked: Asked): string[] {
  return program.world.pods.filter((from) => {
    const { decision, attempt } = callOf(program, from, workloadOf(program, title), asked);
    expect([from, JUDGES[provider](program.world, attempt).allowed]).toEqual([from, decision.allowed]);
    return decision.allowed;
  }).map(({ namespace: home, name }) => `${home}/${name}`);
}

test.each(['Istio ambient', 'Linkerd'] as const)('a caller of another trust domain is distinct from its local namesake, on %s', (provider) => {
  const program = completed(programOf(provider, (mesh) => {
    const [home, foreign] = ['home', 'foreign'].map((name) => new Agent(mesh, name, { versions: { v1: deploy() } }));
    home.grantCall(Identity.of({ namespace: 'ops', serviceAccount: 'auditor' }));
    foreign.grantCall(Identity.of({ namespace: 'ops', serviceAccount: 'auditor', trustDomain: 'other.example' }));
  }, { trustedDomains: ['other.example'] }), { objects: [], pods: [] });
  expect(reached(provider, program, 'agent home', { path: '/', method: 'GET' })).toEqual(['ops/auditor']);
  expect(reached(provider, program, 'agent foreign', { path: '/', method: 'GET' })).toEqual(['ops/foreign-auditor']);
});

test.each(['Istio ambient', 'Istio sidecars'] as const)('a caller by token is allowed only with a token of the issuer, on %s', (provider) => {
  const jwt = { issuer: 'https://issuer.example.com', jwksUri: 'https://issuer.example.com/keys' };
  const program = completed(programOf(provider, (mesh) => {
    const waypoint = provider === 'Istio ambient' ? new Waypoint(mesh, 'wp') : undefined;
    const agent = new Agent(mesh, 'agent', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], jwt }) }, waypoint });
    agent.grantCall(Identity.of({ namespace: 'ops', serviceAccount: 'auditor' }));
    const gateway = new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
    gateway.addRoute('all', { target: agent.version() });
  }), { objects: [], pods: [] });
  const asked = { path: '/', method: 'GET' };
  expect(reached(provider, program, 'agent agent', asked)).toEqual([]);
  expect(reached(provider, program, 'agent agent', { ...asked, token: { issuer: 'https://other.example.com' } })).toEqual([]);
  expect(reached(provider, program, 'agent agent', { ...asked, token: { issuer: jwt.issuer } })).toEqual(['voice-edge/gw-istio', 'ops/auditor']);
});

/** The voice story, with some of its objects changed. */
function mutated(provider: ProviderName, mutate: (objects: Manifest[]) => readonly Manifest[]): Program {
  const program = voiceProgram(provider);
  return { ...program, world: { ...program.world, objects: mutate(JSON.parse(JSON.stringify(program.world.objects))) } };
}

type Change = (spec: any, object: any) => void;
const changed = (kind: string, name: string, change: Change) => (objects: Manifest[]) => {
  const found = objects.find((one) => one.kind === kind && one.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  change(found.spec, found);
  return objects;
};
const without = (...names: readonly string[]) => (objects: Manifest[]) => {
  const kept = objects.filter(({ kind, metadata }) => !names.includes(`${kind}/${metadata.name}`));
  expect(objects.length - kept.length).toBeGreaterThanOrEqual(names.length);
  return kept;
};
const widened: Change = (spec) => { spec.rules = [{}]; };
const anyPathBelow: Change = (spec) => { spec.rules[0].to[0].operation.paths = ['/mcp*']; };

describe('a mutant of the objects is caught', () => {
  test.each<[string, ProviderName, (objects: Manifest[]) => readonly Manifest[], string]>([
    ['the workload policy of an agent widened', 'Istio ambient', changed('AuthorizationPolicy', 'assistant-v1-workload', widened), 'voice/intruder may not ask agent assistant v1'],
    ['the workload policy of the tools widened', 'Istio ambient', changed('AuthorizationPolicy', 'crm-workload', widened), 'the edge gateway may not ask tool server crm'],
    ['the waypoint\'s deny-all dropped together with its ALLOW', 'Istio ambient', without('AuthorizationPolicy/voice-waypoint-deny-all', 'AuthorizationPolicy/crm'), 'voice/intruder may not ask tool server crm'],
    ['paths below the endpoint', 'Istio ambient', changed('AuthorizationPolicy', 'crm', anyPathBelow), 'for POST /mcpx'],
    ['the Service not sent to its waypoint', 'Istio ambient', changed('Service', 'crm', (_, { metadata }) => { delete metadata.labels; }), 'voice/assistant-v1 may ask tool server crm'],
    ['a namespace that is not enrolled', 'Istio ambient', changed('Namespace', 'voice', (_, { metadata }) => { delete metadata.labels; }), 'outside/intruder may not ask'],
    ['requests read by nobody', 'Istio ambient', changed('AuthorizationPolicy', 'assistant-v1-workload', (spec) => { spec.rules[0].to[0].operation.paths = ['/']; }), 'its gateway may ask agent assistant v1'],
    ['a DENY of requests that nobody reads', 'Istio ambient', (objects) => [
      ...changed('AuthorizationPolicy', 'assistant-v1-workload', widened)(objects),
      { ...objects.find(({ metadata }) => metadata.name === 'assistant-v1-workload')!, metadata: { name: 'deny', namespace: 'voice' }, spec: { action: 'DENY', rules: [{ to: [{ operation: { methods: ['GET', 'POST'] } }] }] } },
    ], 'voice/intruder may not ask agent assistant v1'],
    ['the workload policy of an agent widened', 'Istio sidecars', changed('AuthorizationPolicy', 'summarizer-v1-workload', widened), 'elsewhere/archive may not ask agent summarizer'],
    ['paths below the endpoint', 'Istio sidecars', changed('AuthorizationPolicy', 'crm-workload', anyPathBelow), 'for POST /mcpx'],
    ['a namespace without sidecars', 'Istio sidecars', changed('Namespace', 'voice', (_, { metadata }) => { delete metadata.labels; }), 'outside/intruder may not ask'],
    ['a view that lacks what was granted', 'Istio sidecars', changed('Sidecar', 'assistant-v1', (spec) => { spec.egress = [{ hosts: ['~/*'] }]; }), 'voice/assistant-v1 may ask tool server crm'],
    ['a policy of the Server beside its routes', 'Linkerd', (objects) => [
      ...changed('MeshTLSAuthentication', 'summarizer-v1-8000', (spec) => { spec.identities = ['*']; })(objects),
      { ...objects.find(({ kind, metadata }) => kind === 'AuthorizationPolicy' && metadata.name === 'crm-8080')!, metadata: { name: 'all', namespace: 'voice' }, spec: { targetRef: { group: 'policy.linkerd.io', kind: 'Server', name: 'crm-8080' }, requiredAuthenticationRefs: [{ group: 'policy.linkerd.io', kind: 'MeshTLSAuthentication', name: 'summarizer-v1-8000' }] } },
    ], 'voice/intruder may not ask tool server crm'],
    ['an access policy of everybody', 'Linkerd', changed('Server', 'crm-8080', (spec) => { spec.accessPolicy = 'all-unauthenticated'; }), 'outside/intruder may not ask tool server crm'],
    ['an access policy of the whole mesh', 'Linkerd', changed('Server', 'idle-v1-8000', (spec) => { spec.accessPolicy = 'all-authenticated'; }), 'ops/auditor may not ask agent idle'],
    ['identities by their end', 'Linkerd', changed('MeshTLSAuthentication', 'summarizer-v1-8000', (spec) => { spec.identities = ['*.voice.serviceaccount.identity.linkerd.cluster.local']; }), 'voice/idle may not ask agent summarizer'],
    ['a route of everything below the endpoint', 'Linkerd', changed('HTTPRoute', 'crm-8080', (spec) => spec.rules[0].matches.forEach((match: any) => { match.path.type = 'PathPrefix'; })), 'for POST /mcp/'],
    ['a route dropped', 'Linkerd', without('HTTPRoute/crm-8080'), 'voice/assistant-v1 may ask tool server crm'],
    ['metrics of proxies that everybody reads', 'Linkerd', changed('MeshTLSAuthentication', 'voice-proxy-metrics', (spec) => { spec.identities = ['*']; }), 'voice/intruder may not ask agent idle, port 4191 for GET /metrics'],
    ['metrics of proxies below their path', 'Linkerd', changed('HTTPRoute', 'voice-proxy-metrics', (spec) => { spec.rules[0].matches[0].path.type = 'PathPrefix'; }), 'monitoring/prometheus may not ask agent idle, port 4191 for GET /metrics/'],
    ['metrics of proxies that nobody is let read', 'Linkerd', without('AuthorizationPolicy/voice-proxy-metrics'), 'monitoring/prometheus may ask tool server crm, port 4191 for GET /metrics'],
    ['a Server of proxies with routes for metrics alone', 'Linkerd', without('HTTPRoute/voice-proxy-probes'), 'outside/intruder may ask agent idle, port 4191 for GET /live'],
    ['the Server of proxies open', 'Linkerd', changed('Server', 'voice-proxy-admin', (spec) => { spec.accessPolicy = 'all-authenticated'; }), 'voice/intruder may not ask agent idle, port 4191 for GET /metrics'],
    ['metrics of pickers that nobody is let read', 'Istio ambient', changed('AuthorizationPolicy', 'assistant-v1-epp-workload', (spec) => { spec.rules = spec.rules.slice(0, 1); }), 'monitoring/prometheus may ask picker of pool assistant-v1, port 9090'],
    ['metrics of pickers in no Service', 'Istio sidecars', changed('Service', 'assistant-v1-epp', (spec) => { spec.ports = spec.ports.slice(0, 1); }), 'monitoring/prometheus may ask picker of pool assistant-v1, port 9090'],
    ['a Server dropped', 'Linkerd', without('Server/summarizer-v1-8000'), 'voice/archive may ask agent summarizer'],
  ])('%s, on %s', (_, provider, mutate, seen) => {
    expect(disagreements(provider, mutated(provider, mutate)).join('\n')).toContain(seen);
  });

  test('a gateway that Linkerd does not inject, by its container or network', () => {
    const program = voiceProgram('Linkerd');
    const edged = (spec: object): Program => ({ ...program, world: { ...program.world, pods: program.world.pods.map((pod) => (pod.namespace === 'voice-edge' ? { ...pod, spec } : pod)) } });
    const served = ['agent assistant v1', 'agent assistant v2'].map((version) => `its gateway may ask ${version} for POST /v1/chat/completions: the gateway's requests are served by it (403 at Server ${version.split(' ').slice(1).join('-')}-8000)`);
    expect(disagreements('Linkerd', edged({ containers: [{ name: 'agentgateway' }] }))).toEqual([]);
    expect(disagreements('Linkerd', edged({ containers: [{ name: 'istio-proxy' }] }))).toEqual(served);
    expect(disagreements('Linkerd', edged({ containers: [{ name: 'agentgateway' }], hostNetwork: true }))).toEqual(served);
  });

  test('STRICT dropped under a widened workload policy', () => {
    const wide = changed('AuthorizationPolicy', 'summarizer-v1-workload', widened);
    const anonymous = 'outside/intruder may not ask agent summarizer';
    for (const provider of ['Istio ambient', 'Istio sidecars'] as const) {
      expect(disagreements(provider, mutated(provider, wide)).join()).not.toContain(anonymous);
      const open = mutated(provider, (objects) => wide(objects).filter(({ kind }) => kind !== 'PeerAuthentication'));
      expect(disagreements(provider, open).join()).toContain(anonymous);
    }
  });

  test('a widened Sidecar', () => {
    const everything: Change = (spec) => { spec.egress = [{ hosts: ['*/*'] }]; };
    expect(wrongViews(mutated('Istio sidecars', changed('Sidecar', 'idle-v1', everything)))).toContain('idle sees tool server crm');
  });
});

const namespace = fc.constantFrom('voice', 'team-a', 'team-b');
const plans: fc.Arbitrary<Plan> = fc.record({
  agents: fc.array(fc.record({ deployed: fc.boolean(), namespace, routed: fc.constantFrom('pool' as const, 'service' as const, 'no' as const) }), { minLength: 1, maxLength: 4 }),
  tools: fc.array(namespace, { maxLength: 2 }),
  grants: fc.array(fc.record({ caller: fc.nat(), callee: fc.nat(), byName: fc.boolean() }), { maxLength: 8 }),
});

// Nobody gets more at the pods themselves, except for waypoints, which they trust.
test.each(NAMES)('for random grants, the model decides as the objects of %s do', (provider) => {
  const atPods = provider === 'Istio sidecars' ? atCalleesSidecar : JUDGES[provider];
  let allowed = 0;
  fc.assert(fc.property(plans, (plan) => {
    const program = completed(programOf(provider, (mesh) => buildPlan(mesh, plan, provider), { existingNamespaces: ['team-a', 'team-b'] }), existingFor(plan));
    const wrong: string[] = [];
    for (const callee of program.model.workloads) {
      for (const from of program.world.pods) {
        for (const asked of [granted(callee), { path: '/health', method: 'GET' }, { path: '/other', method: 'GET' }, { ...granted(callee), method: 'PUT' }, { ...granted(callee), port: 8080 }]) {
          const { decision, attempt } = callOf(program, from, callee, asked);
          const verdict = JUDGES[provider](program.world, attempt);
          const call = () => `${from.namespace}/${from.name} to ${callee.title}, ${asked.method} ${asked.path} (${decision.reason}; ${verdict.status})`;
          if (verdict.allowed !== decision.allowed) wrong.push(call());
          if (decision.allowed) allowed++;
          if (atPods(program.world, attempt).allowed !== decision.allowed) wrong.push(`${call()} at the pod`);
          if (decision.allowed || 'port' in asked || from.serviceAccount.endsWith('-waypoint')) continue;
          const around: Attempt = { ...attempt, service: undefined, port: callee.service?.targetPort ?? attempt.port };
          if (atPods(program.world, around).allowed) wrong.push(`${call()} straight to the pod`);
        }
      }
    }
    expect(wrong).toEqual([]); // once: an `expect` takes longer than a verdict
    if (provider === 'Istio sidecars') expect(wrongViews(program)).toEqual([]);
  }), { numRuns: runs(40) });
  expect(allowed).toBeGreaterThan(0);
});
