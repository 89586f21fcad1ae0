import { Construct, IConstruct } from 'constructs';
import { accepted } from '../../input/guard';
import { nameProblem, serviceAccountProblem } from '../../model/names';
import { listed } from '../../model/problem';
import { boundedName } from '../../model/short-hash';
import { Trait } from '../../model/trait';
import { WaypointNode } from '../../model/waypoint';
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
   * Namespace of the existing Gateway. It must be a namespace of the mesh, unless `deniesByDefault` is true.
   *
   * @default - the namespace of the mesh
   */
  readonly namespace?: string;
  /**
   * Whether an existing policy on this Gateway already denies every request that no other policy allows. If true, the library emits no
   * deny-all policy, and other teams can share the waypoint. If false, the library emits a deny-all policy for the Gateway, which also
   * denies requests to Services of other teams behind this waypoint.
   *
   * @default false
   */
  readonly deniesByDefault?: boolean;
  /**
   * Name of the ServiceAccount of the waypoint's pods.
   *
   * @default - the name of the Gateway
   */
  readonly serviceAccount?: string;
}

/** A waypoint, emitted or existing. */
export interface IWaypoint extends IConstruct {
  /**
   * Makes this waypoint the waypoint of a namespace: ztunnel sends the requests to all Services of the namespace through it, except to
   * Services of the library that need no waypoint. Emits the label `istio.io/use-waypoint` on the Namespace. To an existing namespace, you
   * must add this label. Synth fails if the namespace is not in the mesh, or is bound to two waypoints.
   */
  bindNamespace(namespace: string): void;
}

/** Common base class of emitted and existing waypoints. */
abstract class WaypointBase extends Construct implements IWaypoint {
  private readonly member: Membership;

  public constructor(scope: Construct, id: string, props: MeshMemberProps, factsOf: (member: Membership, id: string) => Omit<WaypointNode, 'origin'>) {
    super(scope, freshId(scope, id, props.mesh));
    this.member = Membership.of(this, props);
    recordWaypoint(this, this.member, factsOf(this.member, this.node.id));
  }

  /**
   * Makes this waypoint the waypoint of a namespace: ztunnel sends the requests to all Services of the namespace through it, except to
   * Services of the library that need no waypoint. Emits the label `istio.io/use-waypoint` on the Namespace. To an existing namespace, you
   * must add this label. Synth fails if the namespace is not in the mesh, or is bound to two waypoints.
   */
  public bindNamespace(namespace: string): void {
    [namespace] = accepted('Waypoint#bindNamespace', [namespace], this);
    const { member } = this;
    const node = member.model.namespaces.get(namespace);
    if (!node) {
      member.report({
        message: 'the namespace that bindNamespace names is not in the mesh', actual: namespace, expected: listed(member.model.namespaces.keys()),
        fix: 'add the namespace to `existingNamespaces`, or define a construct in the namespace before this line',
      });
      return;
    }
    if (node.waypoint && node.waypoint !== waypointNode.of(this)) {
      member.report({ message: 'the namespace is bound to two waypoints', actual: [node.waypoint.name, waypointNode.of(this).name], expected: 'one waypoint', fix: `bind namespace ${namespace} to one waypoint` });
    }
    node.waypoint = waypointNode.of(this);
  }
}

/**
 * A waypoint of Istio ambient: a proxy inside the mesh that inspects and authorizes requests. Emits a Gateway of class `istio-waypoint`,
 * and an AuthorizationPolicy that denies every request that no grant allows. Synth fails if the mesh is not Istio ambient. Source: Istio
 * 1.30 documentation, "Configure waypoint proxies".
 *
 * @example
 * const waypoint = new Waypoint(mesh, 'waypoint');
 * waypoint.bindNamespace('voice');
 */
export class Waypoint extends WaypointBase {
  /** Returns an existing waypoint. If it serves a Service in another namespace, its listener must allow that namespace. */
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

/** Returns the node of a waypoint, or nothing if it was refused. Reports a waypoint of another mesh, and returns nothing for it. */
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

/** Records a waypoint in its mesh and emits it; for an existing waypoint, emits only its policy. Reports a mesh without waypoints. */
function recordWaypoint(scope: WaypointBase, member: Membership, facts: Omit<WaypointNode, 'origin'>): void {
  const { model, context } = member;
  const node: WaypointNode = { origin: member, ...facts };
  const { name, namespace } = node;
  waypointNode.give(scope, node);
  member.name('the name of the waypoint', name);
  if (name === 'none') member.report({ message: 'a waypoint cannot have the name "none", because Istio reads the label istio.io/use-waypoint: none as "no waypoint"', actual: name, expected: 'any other name', fix: 'rename the waypoint' });
  if (node.existing) member.report(serviceAccountProblem(node.serviceAccount));
  member.report(nameProblem('the namespace of the waypoint', namespace));
  if (!context.mesh.waypoints) {
    member.refuse('waypoint', `waypoint ${name}`, name);
    return;
  }
  if (!node.existing) context.enrollNamespace(namespace);
  model.waypoints.push(node);
  context.mesh.waypoints.createWaypoint(scope, model, node, () => model.namespacesServedBy(node));
  setMainObject(scope, 'gateway');
}

/** Returns the waypoint for a workload that needs one and sets none, or nothing if proxies in the pods authorize requests. */
export function ensureNamespaceWaypoint(member: Membership, namespace: string): WaypointNode | undefined {
  return member.context.mesh.waypoints && ensureWaypoint(member, member.context.scope, namespace);
}

/**
 * Returns the waypoint to which the namespace is bound, otherwise the first one defined in the namespace, otherwise a new one. Adding a
 * second waypoint does not change the result.
 */
function ensureWaypoint(member: Membership, mesh: Construct, namespace: string): WaypointNode {
  const bound = member.context.enrollNamespace(namespace).waypoint;
  if (bound) return bound;
  const first = member.model.index.waypointsIn(namespace).find(({ existing }) => !existing);
  if (first) return first;
  const id = freeId(mesh, `waypoint-${namespace}`); // a user's construct may have the id
  return waypointNode.of(new Waypoint(mesh, id, { name: boundedName(`${namespace}-waypoint`, MOST_NAME), namespace }));
}

/** Maximum length of a waypoint name, because istiod gives the Service of the waypoint this name. */
const MOST_NAME = 63;
