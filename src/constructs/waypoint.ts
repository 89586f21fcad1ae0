import { Construct } from 'constructs';
import { isAtHome } from './home-mesh';
import { freshId, Membership, MeshMemberProps } from './membership';
import { MeshModel } from '../model/mesh';
import { nameProblem, serviceAccountProblem } from '../model/names';
import { listed } from '../model/problem';
import { boundedName } from '../model/short-hash';
import { Trait } from '../model/trait';
import { WaypointNode } from '../model/waypoint';
import { WorkloadNode } from '../model/workload';

/** Props of `Waypoint`. */
export interface WaypointProps extends MeshMemberProps {
  /**
   * Name of the Gateway, and so of its ServiceAccount.
   *
   * @default - the id
   */
  readonly name?: string;
  /**
   * Namespace of the Gateway.
   *
   * @default - the mesh's
   */
  readonly namespace?: string;
}

/** Props of `Waypoint.fromGatewayName`. */
export interface ExistingWaypointProps extends MeshMemberProps {
  /** Name of the team's Gateway of class `istio-waypoint`. */
  readonly gatewayName: string;
  /**
   * Namespace of the Gateway: one of the mesh, unless `deniesByDefault`.
   *
   * @default - the mesh's
   */
  readonly namespace?: string;
  /**
   * States that the team's own policy on this Gateway lets nothing through that no other policy names. Then the library
   * emits none, and the waypoint may be one that others share.
   *
   * @default false - a deny-all policy on the Gateway is emitted
   */
  readonly deniesByDefault?: boolean;
  /**
   * ServiceAccount of its proxies.
   *
   * @default - named like the Gateway
   */
  readonly serviceAccount?: string;
}

/**
 * A proxy inside the mesh that reads requests. Emits a Gateway of class `istio-waypoint` and a policy that lets nothing
 * through until a Service behind it is granted to somebody (Istio 1.30, waypoint).
 */
export class Waypoint extends Construct {
  /** A waypoint that the team runs. For a Service elsewhere, its listener must admit that namespace. */
  public static fromGatewayName(scope: Construct, id: string, props: ExistingWaypointProps): Waypoint {
    const { mesh, gatewayName, namespace } = props;
    const named: WaypointProps = { mesh, namespace, name: gatewayName };
    existingWaypoint.give(named, { serviceAccount: props.serviceAccount ?? gatewayName, deniesByDefault: props.deniesByDefault ?? false });
    return new Waypoint(scope, id, named);
  }

  private readonly member: Membership;

  public constructor(scope: Construct, id: string, props: WaypointProps = {}) {
    super(scope, freshId(scope, id, props.mesh));
    this.member = Membership.of(this, props);
    const { model, context } = this.member;
    const existing = existingWaypoint.find(props);
    const name = this.member.name('the name of the waypoint', props.name ?? this.node.id);
    if (name === 'none') this.member.report({ what: 'the waypoint has the name that means no waypoint', got: name, allowed: 'any other name', next: 'rename it' });
    if (existing) this.member.report(serviceAccountProblem(existing.serviceAccount));
    const namespace = props.namespace ?? model.facts.namespace;
    const waypoints = context.mesh.waypointsIn(namespace);
    const node: WaypointNode = {
      origin: this.member,
      name,
      namespace,
      serviceAccount: existing?.serviceAccount ?? waypoints?.serviceAccount(name) ?? name,
      existing: existing !== undefined,
      deniesByDefault: existing?.deniesByDefault ?? false,
    };
    waypointNode.give(this, node);
    this.member.report(nameProblem('the namespace of the waypoint', namespace));
    if (!waypoints) {
      this.member.refuse('waypoint', `waypoint ${name}`, name);
      return;
    }
    if (!existing) context.namespace(namespace);
    model.waypoints.push(node);
    waypoints.open(this, node, () => servedNamespaces(model, node));
  }

  /**
   * Sends every Service of a namespace through this waypoint, but those of the library that need none. Of an existing
   * namespace, this states that the team has labelled it so.
   */
  public bindNamespace(namespace: string): void {
    const node = this.member.model.namespaces.get(namespace);
    if (!node) {
      this.member.report({
        what: 'the namespace is not one of the mesh', got: namespace, allowed: listed(this.member.model.namespaces.keys()),
        next: 'name it in `existingNamespaces`, or define what lives there first',
      });
      return;
    }
    if (node.waypoint && node.waypoint !== waypointNode.of(this)) {
      this.member.report({ what: 'the namespace is bound to two waypoints', got: [node.waypoint.name, waypointNode.of(this).name], allowed: 'one', next: `bind ${namespace} once` });
    }
    node.waypoint = waypointNode.of(this);
  }
}

export const waypointNode = new Trait<WaypointNode>('a Waypoint');

/** The node of a waypoint that is named; none where it was refused, or is of another mesh, which is reported. */
export function ownWaypoint(member: Membership, waypoint: Waypoint): WaypointNode | undefined {
  const node = waypointNode.of(waypoint);
  return isAtHome(member, node, `waypoint ${node.name}`) && member.model.waypoints.includes(node) ? node : undefined;
}

const existingWaypoint = new Trait<{ readonly serviceAccount: string; readonly deniesByDefault: boolean }>('a waypoint of the team');

/** The waypoint for what names none and has its requests read; none where that is done at the pods. */
export function namespaceWaypoint(member: Membership, namespace: string): WaypointNode | undefined {
  return member.context.mesh.waypointsIn(namespace) && waypointFor(member, member.context.scope, namespace);
}

/** The one that the namespace is bound to, the first that is there, which a second one does not change, or one that is made for it. */
function waypointFor(member: Membership, mesh: Construct, namespace: string): WaypointNode {
  const bound = member.context.namespace(namespace).waypoint;
  if (bound) return bound;
  const first = member.model.index.waypointsIn(namespace).find(({ existing }) => !existing);
  if (first) return first;
  let id = `waypoint-${namespace}`;
  while (mesh.node.tryFindChild(id)) id += '-own'; // what the user defines may have the id
  return waypointNode.of(new Waypoint(mesh, id, { name: boundedName(`${namespace}-waypoint`, MOST_NAME), namespace }));
}

/** istiod names a Service like the Gateway. */
const MOST_NAME = 63;

/** Namespaces whose Services the waypoint reads requests to, and from where hosts outside are called through it. */
function servedNamespaces(model: MeshModel, waypoint: WaypointNode): string[] {
  const isServed = ({ service, egress }: WorkloadNode) => service?.waypoint === waypoint || egress?.waypoint === waypoint;
  const services = model.index.workloadsBehind(waypoint).filter(isServed).map(({ namespace }) => namespace);
  const bound = [...model.namespaces.values()].filter((namespace) => namespace.waypoint === waypoint).map(({ name }) => name);
  return [...services, ...bound];
}
