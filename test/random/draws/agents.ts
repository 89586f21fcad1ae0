import { circuitBreaker, connectionPool, faults } from './demands';
import { servesModels, vllm } from './model-servers';
import { placeIn, PlaceVar } from './places';
import { retries, splitDraws } from './routes';
import { id, name, number } from './texts';
import { deploy, existing, Purpose } from './workloads';
import { Agent, AgentCanary, AgentMirror, AgentProps } from '../../../src';
import { Drawing } from '../drawing';
import { called, Expr, lit, made, record } from '../expr';
import { always, fitting, options, rarely } from '../options';
import { MeshVar, WorkloadVar } from '../plan';

const ODD_VERSIONS = ['', 'v1', 'V1', 'a.b', 'constructor', '__proto__', 'service-account', 'mesh-route', 'workload-policy', 'Resource', '1', 'x'.repeat(60)];

export function versionName(on: Drawing): string {
  return on.odd(ODD_VERSIONS, () => on.plan.fresh('v').replace('-', ''));
}

/** The pods of one version. */
type PodsOf = (version: string) => WorkloadVar;

/** Versions that the library deploys, or that the team has, all with one identity. */
function podsOf(
  on: Drawing, mesh: MeshVar, account: string, isConfined: boolean,
): { readonly of: PodsOf; readonly namespace?: string; readonly isOwn: boolean } {
  const purpose: Purpose = { mesh, mayDemand: true, isAgent: true, isConfined, needsService: mesh.family === 'sidecars', account: on.tape.oneIn(10) || on.isSought('DeployWorkloadOptions.existingServiceAccount') || on.isSought('VllmOptions.existingServiceAccount') ? name(on, 'account') : undefined };
  const isOwn = !on.tape.oneIn(4) && !on.isSought('Workload.existing') && !on.isSought('Workload.fromConstruct');
  if (isOwn) return { isOwn, of: () => (servesModels(on) ? vllm(on, purpose) : deploy(on, purpose)) };
  const namespace = on.tape.oneIn(2) ? on.tape.pick(on.isBold ? [...mesh.namespaces, 'elsewhere'] : mesh.namespaces) : undefined;
  const labelsOf = (version: string) => ({ app: account, ...(version && { version }) });
  const of: PodsOf = (version) =>
    (on.isBold ? deploy(on, purpose) : existing(on, purpose, { serviceAccount: account, namespace, labels: labelsOf(version) }));
  return { isOwn, namespace, of };
}

/** A new agent, of one version or several. */
export function agent(on: Drawing, mesh: MeshVar): void {
  const { plan, tape } = on;
  const place = placeIn(on, 'AgentProps', mesh);
  const stem = id(on, 'agent');
  const isConfined = tape.oneIn(6);
  const pods = podsOf(on, mesh, plan.fresh('team'), isConfined);
  const versions = Array.from({ length: 1 + tape.below(3) }, () => {
    const version = versionName(on);
    return [version, pods.of(version)] as const;
  });
  const stated: Said['stated'] = { isGuarded: false, isSplit: false };
  const expr = plan.define('agent', made(Agent, place.scope, lit(stem), props(on, mesh, place, { versions, isOwn: pods.isOwn, stated })));
  plan.agents.push({
    expr, mesh, name: stem, namespace: pods.namespace ?? mesh.namespace, isConfined, isInside: place.scope === mesh.expr, keepsServices: stated.service === true, isGuarded: stated.isGuarded, isSplit: stated.isSplit,
    hasStable: versions.length === 1 || stated.stable !== undefined, versions: versions.map(([version, workload]) => placed(on, expr, version, workload, stated)), pooled: new Set(), isGranted: false,
  });
}

interface Said {
  readonly versions: readonly (readonly [string, WorkloadVar])[];
  readonly isOwn: boolean;
  /** What the props came to say. */
  readonly stated: { isGuarded: boolean; isSplit: boolean; service?: boolean; stable?: string };
}

function props(on: Drawing, mesh: MeshVar, place: PlaceVar, { versions, isOwn, stated }: Said): Expr<AgentProps> {
  const waypoints = on.plan.waypoints.filter((one) => one.mesh === mesh || on.isBold);
  const served = isOwn && versions.every(([, { hasService }]) => hasService);
  const authorize = <V>(expr: V): V => {
    stated.isGuarded = true;
    return expr;
  };
  const split = <V>(expr: V): V => {
    stated.isSplit = true;
    return expr;
  };
  const isRoutable = served && versions.every(([, { isPlain }]) => isPlain);
  const names = versions.map(([version]) => version);
  return options<AgentProps>(on, 'AgentProps', {
    mesh: place.mesh,
    versions: always(() => record(versions.map(([version, { expr }]) => [version, expr] as const))),
    stable: fitting(() => {
      if (names.length < 2 && !on.tape.oneIn(8) && !on.isBold) return undefined;
      stated.stable = names[0];
      return lit(on.odd(['', 'v0'], () => names[0]));
    }),
    canary: rarely(() => (names.length > 1 && on.dares(isRoutable && mesh.can('mesh-canary')) && stated.service !== false ? split(canary(on, on.isBold ? names.slice(1) : names.slice(1, 2))) : undefined)),
    mirror: rarely(() => (names.length > 2 && on.dares(isRoutable && mesh.can('mesh-mirror')) && stated.service !== false ? split(mirror(on, names)) : undefined)),
    retries: rarely(() => (on.dares(isRoutable && mesh.can('mesh-retries')) && stated.service !== false ? split(retries(on)) : undefined)),
    requestTimeoutSeconds: rarely(() => (on.dares(isRoutable && mesh.can('mesh-timeouts')) && stated.service !== false ? split(number(on, 30, 600)) : undefined)),
    faults: rarely(() => (on.dares(isRoutable && mesh.can('fault-injection')) && stated.service !== false ? split(faults(on)) : undefined)),
    name: rarely(() => lit(name(on, 'bot'))),
    namespace: rarely(() => (on.dares(isOwn) ? lit(on.odd(['', 'A', 'kube-system', 'istio-system'], () => on.tape.pick([...mesh.namespaces, `${mesh.namespace}-agents`]))) : undefined)),
    service: rarely(() => {
      if (!on.dares(served && !stated.isSplit)) return undefined;
      stated.service = !on.tape.oneIn(3);
      return lit(stated.service);
    }),
    servicePort: rarely(() => (on.dares(served) ? number(on, 8080) : undefined)),
    waypoint: rarely(() => (on.dares(served && waypoints.length > 0) && waypoints.length > 0 ? authorize(on.tape.pick(waypoints).expr) : undefined)),
    circuitBreaker: rarely(() => (on.dares(served && mesh.can('circuit-breaking')) ? authorize(circuitBreaker(on)) : undefined)),
    connectionPool: rarely(() => (on.dares(served && mesh.can('connection-pool')) ? authorize(connectionPool(on)) : undefined)),
    federated: rarely(() => (on.dares(served && !stated.isSplit && mesh.can('federation')) ? authorize(lit(true)) : undefined)),
  });
}

/** Copies for the last version, which is neither stable nor the canary. */
function mirror(on: Drawing, names: readonly string[]): Expr<AgentMirror> {
  return options<AgentMirror>(on, 'AgentMirror', {
    version: always(() => lit(on.odd(['', ...names.slice(0, 2)], () => names[names.length - 1]))),
    percent: rarely(() => lit(on.odd([0, 101, 1.5], () => 1 + on.tape.below(100)))),
  });
}

/** A canary of one of the other versions. */
function canary(on: Drawing, others: readonly string[]): Expr<AgentCanary> {
  return options<AgentCanary>(on, 'AgentCanary', { version: always(() => lit(on.odd(['', 'v0'], () => on.tape.pick(others)))), ...splitDraws(on) });
}

/** A version as later statements call it. */
function placed({ plan }: Drawing, agentExpr: Expr<Agent>, version: string, workload: WorkloadVar, { service }: Said['stated']): WorkloadVar {
  const expr = plan.define('version', called(Agent, agentExpr, 'version', lit(version)));
  return { ...workload, hasService: workload.hasService && service !== false, expr };
}
