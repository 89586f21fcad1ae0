import { grantCall, grantInfer, grantItems, isCallable } from './grants';
import { decision, reading } from './questions';
import { Drawing } from '../drawing';
import { agent } from '../draws/agents';
import { backend } from '../draws/backends';
import { boundary } from '../draws/boundaries';
import { accessPolicy, clusterLink, meshEgress } from '../draws/exports';
import { existingGateway, gateway } from '../draws/gateways';
import { chart, mesh } from '../draws/meshes';
import { someMesh } from '../draws/places';
import { modelRewrite, objective, pool } from '../draws/pools';
import { bind, existingWaypoint, waypoint } from '../draws/proxies';
import { gatewayCanary, mayServeTools, route, serverRoute, targets } from '../draws/routes';
import { acknowledge, patch, theirs } from '../draws/team';
import { tenant } from '../draws/tenants';
import { Family, MeshVar } from '../plan';
import { stepsTo } from '../sought';

/** A step of a program, of those that can be taken now; nothing where it cannot. */
type Step = (on: Drawing) => (() => void) | undefined;

interface Weighed {
  readonly weight: number;
  readonly step: Step;
}

const FAMILIES: readonly Family[] = ['ambient', 'migration', 'sidecars', 'linkerd'];

/** Of one mesh of the program, where it can. */
function inMesh(isPossible: (one: MeshVar) => boolean, take: (on: Drawing, one: MeshVar) => void): Step {
  return (on) => {
    const one = someMesh(on);
    return isPossible(one) || on.isBold ? () => take(on, one) : undefined;
  };
}

/** Of one of what the program has of a kind. */
function ofSome<T>(all: (on: Drawing) => readonly T[], take: (on: Drawing, one: T) => void): Step {
  return (on) => {
    const some = all(on);
    return some.length > 0 ? () => take(on, on.tape.pick(some)) : undefined;
  };
}

const anywhere = () => true;
const isPooled = (one: MeshVar) => one.can('pool');

/** By name, so that a report can say which were taken. */
export const STEPS: Readonly<Record<string, Weighed>> = {
  agent: { weight: 10, step: inMesh(anywhere, agent) },
  grantCall: { weight: 8, step: ofSome(({ plan, isBold }) => plan.agents.filter((one) => isCallable(one) || isBold), grantCall) },
  backend: { weight: 4, step: inMesh(anywhere, backend) },
  boundary: { weight: 8, step: inMesh((one) => one.family !== 'migration' || !one.readsMcp, boundary) },
  grantItems: { weight: 9, step: ofSome(({ plan }) => plan.boundaries, grantItems) },
  gateway: { weight: 4, step: inMesh((one) => one.can('gateway-route'), gateway) },
  existingGateway: { weight: 2, step: inMesh((one) => one.can('gateway-route'), existingGateway) },
  pool: { weight: 5, step: ofSome(({ plan, isBold }) => plan.gateways.filter((one) => isPooled(one.mesh) || isBold), pool) },
  grantInfer: { weight: 4, step: ofSome(({ plan, isBold }) => plan.pools.filter((one) => !one.gateway.hasObjectives || isBold), grantInfer) },
  objective: { weight: 3, step: ofSome(({ plan, isBold }) => plan.pools.filter((one) => one.gateway.hasObjectives || isBold), objective) },
  tenant: { weight: 1, step: inMesh(isPooled, tenant) },
  modelRewrite: { weight: 2, step: ofSome(({ plan }) => plan.pools, modelRewrite) },
  route: { weight: 4, step: ofSome((on) => on.plan.gateways.filter((one) => targets(on, one).length > 0), route) },
  serverRoute: { weight: 4, step: inMesh(mayServeTools, serverRoute) },
  gatewayCanary: { weight: 4, step: ofSome((on) => on.plan.gateways.filter((one) => targets(on, one).length > 1), gatewayCanary) },
  waypoint: { weight: 2, step: inMesh((one) => one.can('waypoint') && one.trustedDomains.length === 0, waypoint) },
  existingWaypoint: { weight: 1, step: inMesh((one) => one.can('waypoint') && one.trustedDomains.length === 0, existingWaypoint) },
  bind: { weight: 1, step: ofSome(({ plan }) => plan.waypoints, bind) },
  accessPolicy: { weight: 1, step: ofSome(({ plan }) => plan.boundaries, accessPolicy) },
  clusterLink: { weight: 1, step: inMesh((one) => one.can('federation'), clusterLink) },
  meshEgress: { weight: 2, step: inMesh((one) => one.can('egress'), meshEgress) },
  theirs: { weight: 3, step: (on) => () => theirs(on) },
  acknowledge: { weight: 1, step: (on) => () => acknowledge(on) },
  patch: { weight: 2, step: (on) => () => patch(on) },
  reading: { weight: 5, step: (on) => () => reading(on) },
  decision: { weight: 6, step: (on) => () => decision(on) },
  chart: { weight: 1, step: (on) => () => { chart(on); } },
  anotherMesh: {
    weight: 1,
    step: (on) => {
      const [{ family }, , third] = on.plan.meshes;
      return third ? undefined : () => { mesh(on, on.tape.oneIn(3) ? on.tape.pick(FAMILIES) : family); };
    },
  },
};

const BAG = Object.values(STEPS).flatMap(({ weight, step }) => Array.from({ length: weight }, () => step));

/** The steps by which a sought use comes about. */
export function takeLeading(on: Drawing, sought: string): void {
  for (const name of stepsTo(sought)) STEPS[name].step(on)?.();
}

/** Takes one of the steps that can be taken, and asks again a few times where it cannot. */
export function takeStep(on: Drawing): void {
  for (let tries = 0; tries < 4; tries++) {
    const take = on.tape.pick(BAG)(on);
    if (take) return take();
  }
}

