import { Construct, IConstruct } from 'constructs';
import { accepted } from '../../input/guard';
import { MeshModel } from '../../model/mesh';
import { nameProblem, serviceAccountProblem } from '../../model/names';
import { listed } from '../../model/problem';
import { boundedName } from '../../model/short-hash';
import { Trait } from '../../model/trait';
import { WaypointNode } from '../../model/waypoint';
import { WorkloadNode } from '../../model/workload';
import { freeId } from '../membership/construct-ids';
import { isAtHome } from '../membership/home-mesh';
import { setMainObject } from '../membership/main-object';
import { freshId, Membership, MeshMemberProps } from '../membership/membership';

/** Props of `Waypoint`. */
export interface WaypointProps extends MeshMemberProps {
  /**
   * Name of the Gateway and of its ServiceAccount.
   *
   * @default - the construct id
   */
  readonly name?: string;
  /**
   * Namespace of the Gateway.
   *
   * @default - the namespace of the mesh
   */
  readonly namespace?: string;
}

/** Props of `Waypoint.fromGatewayName`. */
export interface ExistingWaypointProps extends MeshMemberProps {
  /** Name of the existing Gateway of class `istio-waypoint`. */
  readonly gatewayName: string;
  /**
   * Namespace of the Gateway. It must be a namespace of the mesh, unless `deniesByDefault` is true.
   *
   * @default - the namespace of the mesh
   */
  readonly namespace?: string;
  /**
   * States that an existing policy on this Gateway denies every request that no other policy allows. The library then emits no deny-all
   * policy, and the waypoint may be shared with others.
   *
   * @default false: a deny-all policy on the Gateway is emitted
   */
  readonly deniesByDefault?: boolean;
  /**
   * ServiceAccount of the waypoint's proxies.
   *
   * @default - the name of the Gateway
   */
  readonly serviceAccount?: string;
}

/** A waypoint, emitted here or existing. */
export interface IWaypoint extends IConstruct {
  /** Sends the requests to all Services of a namespace through this waypoint. */
  bindNamespace(namespace: string): void;
}

/** What a waypoint that is emitted here and an existing one have in common. */
abstract class WaypointBase extends Construct implements IWaypoint {
  private readonly member: Membership;

  public constructor(scope: Construct, id: string, props: MeshMemberProps, factsOf: (member: Membership, id: string) => Omit<WaypointNode, 'origin'>) {
    super(scope, freshId(scope, id, props.mesh));
    this.member = Membership.of(this, props);
    recordWaypoint(this, this.member, factsOf(this.member, this.node.id));
  }

  /**
   * Sends the requests to all Services of a namespace through this waypoint, except Services of the library that need none. For an
   * existing namespace, this states that the namespace already has the label `istio.io/use-waypoint`. Reports a namespace that is not in
   * the mesh, or is bound to two waypoints.
   */
  public bindNamespace(namespace: string): void {
    [namespace] = accepted('Waypoint#bindNamespace', [namespace], this);
    const { member } = this;
    const node = member.model.namespaces.get(namespace);
    if (!node) {
      member.report({
        message: 'the namespace is not in the mesh', actual: namespace, expected: listed(member.model.namespaces.keys()),
        fix: 'add it to `existingNamespaces`, or first define a construct in it',
      });
      return;
    }
    if (node.waypoint && node.waypoint !== waypointNode.of(this)) {
      member.report({ message: 'the namespace is bound to two waypoints', actual: [node.waypoint.name, waypointNode.of(this).name], expected: 'one', fix: `bind ${namespace} to one waypoint` });
    }
    node.waypoint = waypointNode.of(this);
  }
}

/**
 * A waypoint: a proxy inside the mesh that inspects and authorizes requests. Emits a Gateway of class `istio-waypoint`, and a policy that
 * denies every request until a Service behind the waypoint is granted to a caller (Istio 1.30, waypoint). Synth fails if the mesh has no
 * waypoints.
 *
 * @example
 * const waypoint = new Waypoint(mesh, 'waypoint');
 * waypoint.bindNamespace('voice');
 */
export class Waypoint extends WaypointBase {
  /** Refers to an existing waypoint. For a Service in another namespace, its listener must allow that namespace. */
  public static fromGatewayName(scope: Construct, id: string, props: ExistingWaypointProps): IWaypoint {
    [scope, id, props] = accepted('Waypoint.fromGatewayName', [scope, id, props]);
    return new ExistingWaypoint(scope, id, props);
  }

  public constructor(scope: Construct, id: string, props: WaypointProps = {}) {
    [scope, id, props] = accepted('new Waypoint', [scope, id, props]);
    super(scope, id, props, ({ model, context }, ownId) => {
      const { name = ownId, namespace = model.facts.namespace } = props;
      return { name, namespace, serviceAccount: context.mesh.waypoints?.serviceAccount(name) ?? name, existing: false, deniesByDefault: false };
    });
  }
}

export const waypointNode = new Trait<WaypointNode>('a Waypoint');

/** Returns the node of a waypoint, or nothing if it was refused or belongs to another mesh, which is reported. */
export function ownWaypoint(member: Membership, waypoint: IWaypoint): WaypointNode | undefined {
  const node = waypointNode.find(waypoint);
  if (!node) {
    member.report({ message: '`waypoint` is not a Waypoint of this library', actual: waypoint.node.path, expected: 'a Waypoint', fix: 'use a Waypoint, or what Waypoint.fromGatewayName returns' });
    return undefined;
  }
  return isAtHome(member, node, `waypoint ${node.name}`) && member.model.waypoints.includes(node) ? node : undefined;
}

/** A waypoint that the library does not emit. */
class ExistingWaypoint extends WaypointBase {
  public constructor(scope: Construct, id: string, props: ExistingWaypointProps) {
    super(scope, id, props, ({ model }) => {
      const { gatewayName: name, namespace = model.facts.namespace, serviceAccount = name, deniesByDefault = false } = props;
      return { name, namespace, serviceAccount, existing: true, deniesByDefault };
    });
  }
}

/** Records a waypoint in its mesh and emits it, or its policy alone, unless the mesh has no waypoints, which is reported. */
function recordWaypoint(scope: WaypointBase, member: Membership, facts: Omit<WaypointNode, 'origin'>): void {
  const { model, context } = member;
  const node: WaypointNode = { origin: member, ...facts };
  const { name, namespace } = node;
  waypointNode.give(scope, node);
  member.name('the name of the waypoint', name);
  if (name === 'none') member.report({ message: '"none" is not a possible name of a waypoint: Istio reads it as no waypoint', actual: name, expected: 'any other name', fix: 'rename the waypoint' });
  if (node.existing) member.report(serviceAccountProblem(node.serviceAccount));
  member.report(nameProblem('the namespace of the waypoint', namespace));
  if (!context.mesh.waypoints) {
    member.refuse('waypoint', `waypoint ${name}`, name);
    return;
  }
  if (!node.existing) context.enrollNamespace(namespace);
  model.waypoints.push(node);
  context.mesh.waypoints.createWaypoint(scope, node, () => servedNamespaces(model, node));
  setMainObject(scope, 'gateway');
}

/** Returns the waypoint for a workload that names none but needs one, or nothing if the pods of the mesh authorize requests themselves. */
export function ensureNamespaceWaypoint(member: Membership, namespace: string): WaypointNode | undefined {
  return member.context.mesh.waypoints && ensureWaypoint(member, member.context.scope, namespace);
}

/**
 * Returns the waypoint that the namespace is bound to, else the first one defined there, else a new one. Adding a second waypoint does
 * not change the result.
 */
function ensureWaypoint(member: Membership, mesh: Construct, namespace: string): WaypointNode {
  const bound = member.context.enrollNamespace(namespace).waypoint;
  if (bound) return bound;
  const first = member.model.index.waypointsIn(namespace).find(({ existing }) => !existing);
  if (first) return first;
  const id = freeId(mesh, `waypoint-${namespace}`); // a user's construct may have the id
  return waypointNode.of(new Waypoint(mesh, id, { name: boundedName(`${namespace}-waypoint`, MOST_NAME), namespace }));
}

/** istiod gives the waypoint's Service the name of the Gateway. */
const MOST_NAME = 63;

/** Returns the namespaces that use the waypoint, for their Services or for calls to external hosts. */
function servedNamespaces(model: MeshModel, waypoint: WaypointNode): string[] {
  const isServed = ({ service, egress }: WorkloadNode) => service?.waypoint === waypoint || egress?.waypoint === waypoint;
  const services = model.index.workloadsBehind(waypoint).filter(isServed).map(({ namespace }) => namespace);
  const bound = [...model.namespaces.values()].filter((namespace) => namespace.waypoint === waypoint).map(({ name }) => name);
  return [...services, ...bound];
}
