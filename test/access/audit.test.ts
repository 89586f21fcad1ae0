import fc from 'fast-check';
import { atCalleesSidecar, onIstioAmbient, onIstioSidecars } from './istio';
import { onLinkerd } from './linkerd';
import { ARCHIVE_SERVICE, Asked, Attempt, buildPlan, callOf, completed, existingFor, Plan, Program, programOf, ProviderName, PROVIDERS, Verdict, voiceAgents, World } from './program';
import { AgentMesh, AgentMeshProps } from '../../src';
import { decide } from '../../src/analysis/decision';
import { WorkloadNode } from '../../src/model/workload';
import { runs } from '../runs';
import { Manifest } from '../synth';

const JUDGES: Record<ProviderName, (world: World, attempt: Attempt) => Verdict> = {
  'Istio ambient': onIstioAmbient, 'Istio sidecars': onIstioSidecars, 'Linkerd': onLinkerd,
};
const NAMES = Object.keys(PROVIDERS) as ProviderName[];

type Build = (mesh: AgentMesh) => void;
interface Made { readonly program: Program; readonly own: readonly Manifest[] }

function made(provider: ProviderName, build: Build, others: World, props: Partial<AgentMeshProps>): Made {
  const written = programOf(provider, build, props);
  return { program: completed(written, others), own: written.objects };
}

const voice = (provider: ProviderName, props: Partial<AgentMeshProps> = {}): Made =>
  made(provider, (mesh) => voiceAgents(mesh, provider !== 'Linkerd'), { objects: [ARCHIVE_SERVICE], pods: [] }, props);

/** Requests that a grant is for, and others: another path, another method, the pods themselves, and every other port of the pods. */
function requestsOf({ requests, service, ports }: WorkloadNode): Asked[] {
  const [{ path, methods: [method] }] = requests?.endpoints ?? [{ path: '/', methods: ['GET'] }];
  const granted = { path, method };
  return [
    granted, { ...granted, path: '/other' }, { ...granted, method: 'PUT' }, { ...granted, headers: { authorization: 'Basic x', origin: 'https://elsewhere.example.com' } },
    ...(service ? [service.targetPort] : ports).concat(ports).map((port) => ({ ...granted, port, atPods: true })),
  ];
}

const key = ({ apiVersion, kind, metadata }: Manifest): string => `${apiVersion} ${kind} ${metadata.namespace}/${metadata.name}`;

/** Calls into audit-only namespaces that something denies, and other calls for which the model says something else than the objects. */
function wrongIn(provider: ProviderName, { program }: Made): string[] {
  const { model, world } = program;
  const judge = JUDGES[provider];
  return model.workloads.flatMap((callee) => requestsOf(callee).flatMap((asked) => world.pods
    .filter(({ trustDomain }) => trustDomain === undefined || trustDomain === 'cluster.local') // no other one can shake hands
    .flatMap((from) => {
      const { decision, attempt } = callOf(program, from, callee, asked);
      const verdict = judge(world, attempt);
      const call = `${from.namespace}/${from.name} to ${callee.title}, ${JSON.stringify(asked)} (${decision.reason}; ${verdict.status})`;
      if (!model.isAuditOnly(callee.namespace)) return asked.atPods || asked.headers || verdict.allowed === decision.allowed ? [] : [`they differ: ${call}`];
      // The sidecars of callers whose own namespace enforces show them nothing else.
      const isConfined = provider === 'Istio sidecars' && model.namespaces.has(from.namespace) && !model.isAuditOnly(from.namespace);
      if (isConfined) return atCalleesSidecar(world, attempt).allowed ? [] : [`denied at the pod: ${call}`];
      return verdict.allowed && decision.allowed ? [] : [`denied: ${call}`];
    })));
}

describe.each(NAMES)('an audit-only namespace on %s', (provider) => {
  const audited = voice(provider, { auditOnlyNamespaces: ['voice'] });
  const enforced = voice(provider);

  test('denies nobody, plain text and pods without a grant included', () => {
    expect(wrongIn(provider, audited)).toEqual([]);
  });

  test('denies callers once it enforces', () => {
    const denied = wrongIn(provider, { ...enforced, program: { ...enforced.program, model: Object.assign(Object.create(enforced.program.model), { isAuditOnly: (name: string) => name === 'voice' }) } });
    expect(denied.length).toBeGreaterThan(100);
  });

  test('leaves the objects of other namespaces as they are', () => {
    const elsewhere = ({ own }: Made) => own.filter(({ kind, metadata }) => (kind === 'Namespace' ? metadata.name : metadata.namespace) !== 'voice');
    expect(elsewhere(audited)).not.toEqual([]);
    expect(elsewhere(audited)).toEqual(elsewhere(enforced));
  });

  test('writes no object that must be deleted to enforce, but for the routes of everything else on Linkerd', () => {
    const final = new Set(enforced.own.map(key));
    const left = audited.own.filter((one) => !final.has(key(one)));
    expect(left.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(provider === 'Linkerd' ? ['HTTPRoute crm-8080-audit'] : []);
  });

  test('is written as if it had never been listed, once it is not', () => {
    expect(voice(provider, { auditOnlyNamespaces: [] }).own).toEqual(enforced.own);
  });

  test('has the decisions of the program that enforces, as those of that stage', () => {
    const decisions = ({ program }: Made, stage: 'now' | 'enforced') => program.model.workloads.flatMap((callee) => program.world.pods.flatMap((from) =>
      requestsOf(callee).filter(({ atPods }) => !atPods).map((asked) => {
        const { service } = callOf(program, from, callee, asked).attempt;
        const caller = from.trustDomain === undefined ? undefined : program.model.principal(from.namespace, from.serviceAccount);
        return `${from.name} ${service} ${JSON.stringify(decide(program.model, { caller, callee, port: callee.service?.port ?? callee.ports[0], ...asked }, { ...program.gateways, stage }))}`;
      })));
    expect(decisions(audited, 'enforced')).toEqual(decisions(enforced, 'now'));
  });
});

test('a route that is left over on Linkerd opens nothing', () => {
  const audited = voice('Linkerd', { auditOnlyNamespaces: ['voice'] });
  const { program, own } = voice('Linkerd');
  const left = audited.own.filter(({ metadata }) => metadata.name === 'crm-8080-audit');
  const open = ({ world }: Program) => world.pods.flatMap((from) => program.model.workloads.flatMap((callee) => requestsOf(callee).map((asked) =>
    onLinkerd(world, callOf(program, from, callee, asked).attempt).allowed)));
  expect(left).toHaveLength(1);
  expect(own).not.toEqual([]);
  expect(open({ ...program, world: { ...program.world, objects: [...program.world.objects, ...left] } })).toEqual(open(program));
});

const HOMES = ['voice', 'team-a', 'team-b'];
const namespace = fc.constantFrom(...HOMES);
const plans: fc.Arbitrary<Plan> = fc.record({
  agents: fc.array(fc.record({ deployed: fc.boolean(), namespace, routed: fc.constantFrom('pool' as const, 'service' as const, 'no' as const) }), { minLength: 1, maxLength: 4 }),
  tools: fc.array(namespace, { maxLength: 2 }),
  grants: fc.array(fc.record({ caller: fc.nat(), callee: fc.nat(), byName: fc.boolean() }), { maxLength: 8 }),
});

test.each(NAMES)('for random grants and namespaces, audit-only ones deny nobody and others deny as before, on %s', (provider) => {
  fc.assert(fc.property(plans, fc.subarray(HOMES), (plan, auditOnlyNamespaces) => {
    const build: Build = (mesh) => buildPlan(mesh, plan, provider);
    const props = { existingNamespaces: ['team-a', 'team-b'] };
    const audited = made(provider, build, existingFor(plan), { ...props, auditOnlyNamespaces });
    const elsewhere = ({ own }: Made) => own.filter(({ kind, metadata }) => !auditOnlyNamespaces.includes(kind === 'Namespace' ? metadata.name : metadata.namespace!));
    expect(elsewhere(audited)).toEqual(elsewhere(made(provider, build, existingFor(plan), props)));
    expect(wrongIn(provider, audited)).toEqual([]);
  }), { numRuns: runs(25) });
});
