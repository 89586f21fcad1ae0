import { circuitBreaker } from './demands';
import { placeIn, PlaceVar } from './places';
import { id, name, number } from './texts';
import { deploy, existing, Purpose } from './workloads';
import { Agent, AgentProps } from '../../../src';
import { Drawing } from '../drawing';
import { called, Expr, lit, made, record } from '../expr';
import { fitting, options, rarely } from '../options';
import { AgentVar, MeshVar, WorkloadVar } from '../plan';

const ODD_VERSIONS = ['', 'v1', 'V1', 'a.b', 'constructor', '__proto__', 'service-account', 'workload-policy', 'Resource', '1', 'x'.repeat(60)];

export function versionName(on: Drawing): string {
  return on.odd(ODD_VERSIONS, () => on.plan.fresh('v').replace('-', ''));
}

/** The pods of one version. */
type PodsOf = (version: string) => WorkloadVar;

/** Versions that the library deploys, or that the team has, all with one identity. */
function podsOf(
  on: Drawing, mesh: MeshVar, account: string, isAtHome: boolean, isConfined: boolean,
): { readonly of: PodsOf; readonly namespace?: string; readonly isOwn: boolean } {
  const purpose: Purpose = { mesh, mayDemand: true, isAgent: true, isConfined, needsService: mesh.family === 'sidecars', account: on.tape.oneIn(10) || on.isSought('DeployWorkloadOptions.existingServiceAccount') ? name(on, 'account') : undefined };
  const isOwn = !on.tape.oneIn(4) && !on.isSought('Workload.existing');
  if (isOwn) return { isOwn, of: () => deploy(on, purpose) };
  const namespace = on.tape.oneIn(2) && !isAtHome ? on.tape.pick(on.isBold ? [...mesh.namespaces, 'elsewhere'] : mesh.namespaces) : undefined;
  const labelsOf = (version: string) => ({ app: account, ...(version && { version }) });
  const of: PodsOf = (version) =>
    (on.isBold ? deploy(on, purpose) : existing(on, purpose, { serviceAccount: account, namespace, labels: labelsOf(version) }));
  return { isOwn, namespace, of };
}

/** A new agent, of one workload or of versions; or of none that is known yet. */
export function agent(on: Drawing, mesh: MeshVar): void {
  const { plan, tape } = on;
  const place = placeIn(on, 'AgentProps', mesh);
  const stem = id(on, 'agent');
  const isConfined = tape.oneIn(6);
  const how = on.choice({ 'AgentProps.workload': 'workload', 'AgentProps.versions': 'versions', 'Agent#addVersion': 'later' } as const);
  // An agent without a version has the identity that its own name gives it.
  const pods = podsOf(on, mesh, how === 'later' ? stem : plan.fresh('team'), how === 'later', isConfined);
  const first = how === 'workload' ? [['', pods.of('')] as const] : Array.from({ length: how === 'later' ? 0 : 1 + tape.below(3) }, () => {
    const version = versionName(on);
    return [version, pods.of(version)] as const;
  });
  const stated: Said['stated'] = { isGuarded: false };
  const expr = plan.define('agent', made(Agent, place.scope, lit(stem), props(on, mesh, place, { how, versions: first, isOwn: pods.isOwn, stated })));
  const one: AgentVar = {
    expr, mesh, name: stem, namespace: pods.namespace ?? mesh.namespace, isVersioned: how !== 'workload', isConfined, isInside: place.scope === mesh.expr, keepsServices: stated.service === true, isGuarded: stated.isGuarded,
    versions: first.map(([version, workload]) => placed(on, expr, how === 'workload' ? undefined : version, workload, stated)), pooled: new Set(), isGranted: false, isSplit: false,
    another: pods.of,
  };
  plan.agents.push(one);
  if (how === 'later') addVersion(on, one);
}

interface Said {
  readonly how: 'workload' | 'versions' | 'later';
  readonly versions: readonly (readonly [string, WorkloadVar])[];
  readonly isOwn: boolean;
  /** What the props came to say. */
  readonly stated: { isGuarded: boolean; service?: boolean };
}

function props(on: Drawing, mesh: MeshVar, place: PlaceVar, { how, versions, isOwn, stated }: Said): Expr<AgentProps> {
  const waypoints = on.plan.waypoints.filter((one) => one.mesh === mesh || on.isBold);
  const served = isOwn && versions.length > 0 && versions.every(([, { hasService }]) => hasService);
  const authorize = <V>(expr: V): V => {
    stated.isGuarded = true;
    return expr;
  };
  return options<AgentProps>(on, 'AgentProps', {
    mesh: place.mesh,
    workload: fitting(() => (how === 'workload' ? versions[0][1].expr : undefined)),
    versions: fitting(() => (how === 'versions' ? record(versions.map(([version, { expr }]) => [version, expr] as const)) : undefined)),
    name: rarely(() => lit(name(on, 'bot'))),
    namespace: rarely(() => (on.dares(isOwn) ? lit(on.odd(['', 'A', 'kube-system', 'istio-system'], () => on.tape.pick([...mesh.namespaces, `${mesh.namespace}-agents`]))) : undefined)),
    service: rarely(() => {
      if (!on.dares(served)) return undefined;
      stated.service = !on.tape.oneIn(3);
      return lit(stated.service);
    }),
    servicePort: rarely(() => (on.dares(served) ? number(on, 8080) : undefined)),
    waypoint: rarely(() => (on.dares(served && waypoints.length > 0) && waypoints.length > 0 ? authorize(on.tape.pick(waypoints).expr) : undefined)),
    circuitBreaker: rarely(() => (on.dares(served && mesh.can('circuit-breaking')) ? authorize(circuitBreaker(on)) : undefined)),
    federated: rarely(() => (on.dares(served && mesh.can('federation')) ? authorize(lit(true)) : undefined)),
  });
}

/** A version as later statements call it. */
function placed({ plan }: Drawing, agentExpr: Expr<Agent>, version: string | undefined, workload: WorkloadVar, { service }: Said['stated']): WorkloadVar {
  const expr = plan.define('version', called(Agent, agentExpr, 'version', ...version === undefined ? [] : [lit(version)]));
  return { ...workload, hasService: workload.hasService && service !== false, expr };
}

export function addVersion(on: Drawing, one: AgentVar): void {
  const version = versionName(on);
  const workload = one.another(version);
  const expr = on.plan.define('version', called(Agent, one.expr, 'addVersion', lit(version), workload.expr));
  one.versions.push({ ...workload, expr });
}
