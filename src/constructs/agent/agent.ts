import { Construct } from 'constructs';
import { ACCOUNT_ID, checkNamespace, checkReadable, versionId, versionStem } from './agent-checks';
import { agentFacts } from './agent-facts';
import { AgentProps } from './agent-props';
import { addAgentRoute, isRoutedInMesh } from './agent-route';
import { checkServices, enforcedServices } from './agent-services';
import { stableVersion } from './stable-version';
import { accepted } from '../../input/guard';
import { AgentNode } from '../../model/agent';
import { Callers } from '../../model/callers';
import { Feature } from '../../model/feature';
import { PortCallers } from '../../model/port-callers';
import { listed } from '../../model/problem';
import { ServiceNode, serviceUrl } from '../../model/service';
import { WaypointNode } from '../../model/waypoint';
import { WorkloadNode } from '../../model/workload';
import { emitServiceAccount } from '../../providers/workload/deployment';
import { IAgent } from '../../values/agent';
import { Grant } from '../../values/grant';
import { ICaller, Identity } from '../../values/identity';
import { CalleeReference, CallerReference, RouteTargetReference } from '../../values/references';
import { IRouteTarget } from '../../values/route-target';
import { Workload, workloadDescription } from '../../values/workload';
import { calleeReference } from '../grants/callee';
import { agentReference, grantTo } from '../grants/callers';
import { grantPorts } from '../grants/port-grants';
import { freshId, Membership } from '../membership/membership';
import { problemError } from '../membership/problem-error';
import { ensureNamespaceWaypoint, ownWaypoint } from '../routing/waypoint';
import { Place } from '../workload/bind-workload';
import { accountOf, serveWorkload } from '../workload/serve-workload';

/**
 * A workload with one ServiceAccount and one or more versions. Emits the ServiceAccount, unless the pods have one already, and for each
 * `Workload.deploy` a Deployment and a Service. For each version it also emits a workload policy (an AuthorizationPolicy for the pods, on
 * Linkerd also Servers), by which the pods accept connections only from callers granted with `grantCall` or `grantPorts`, and from gateways
 * whose route or pool targets the agent. The endpoint picker of such a pool may connect to read metrics.
 *
 * Callers use the Service with the name of the agent, which selects the pods of the stable version. If a canary, retries or a timeout is
 * set, an HTTPRoute for this Service is emitted. A version that an InferencePool serves has no Service, unless `service` is true. Synth
 * fails if the versions run with different ServiceAccounts or in different namespaces.
 *
 * @example
 * // planner: another Agent
 * const writer = new Agent(mesh, 'writer', {
 *   versions: { v1: Workload.deploy({ image: 'registry.example.com/writer:1.4.2', ports: [Port.http(8000)], healthPath: '/health' }) },
 * });
 * writer.grantCall(planner);
 */
export class Agent extends Construct implements IAgent, IRouteTarget {
  /** Display name in messages, such as "agent planner". */
  public readonly title: string;
  /** Reference to the agent as a caller. */
  public readonly asCaller: CallerReference;
  /** Reference to the agent as a callee. */
  public readonly asCallee: CalleeReference;
  /** Reference to the agent as the target of a route. The route splits requests between stable version and canary as `canary` states. */
  public readonly asRouteTarget: RouteTargetReference;
  private readonly member: Membership;
  private readonly facts: AgentNode;
  /** Properties that all Services of the agent share. */
  private readonly services: Pick<ServiceNode, 'port' | 'federated' | 'circuitBreaker' | 'connectionPool'>;
  /** The waypoint set by the `waypoint` prop. */
  private readonly waypoint?: WaypointNode;
  /** Whether the pods run with an existing ServiceAccount. */
  private readonly hasAccount: boolean;

  public constructor(scope: Construct, id: string, private readonly props: AgentProps) {
    [scope, id, props] = accepted('new Agent', [scope, id, props]);
    super(scope, freshId(scope, id, props.mesh));
    this.member = Membership.of(this, props);
    const { model } = this.member;
    const { versions } = props;
    const name = this.member.name('the name of the agent', props.name ?? this.node.id);
    const stable = stableVersion(this.member, props);
    const account = accountOf(Object.values(versions), { namespace: this.ownNamespace, serviceAccount: name });
    const { namespace, serviceAccount } = account;
    this.hasAccount = account.isExisting;
    this.title = `agent ${name}`;
    this.facts = {
      origin: this.member, title: this.title, name, namespace, serviceAccount, versions: [], stable,
      callers: new Callers(), portCallers: new PortCallers(),
    };
    this.asCallee = calleeReference(this.title, () => this.facts.versions.map(({ workload }) => workload));
    this.asCaller = agentReference({ title: this.title, principal: model.principal(namespace, serviceAccount), home: model });
    this.asRouteTarget = RouteTargetReference._of(this.title);
    model.agents.push(this.facts);
    this.services = enforcedServices(this.member, props);
    this.waypoint = props.waypoint && ownWaypoint(this.member, props.waypoint);
    for (const [version, workload] of Object.entries(versions)) this.place(version, workload);
    checkServices(this.member, this.facts, props);
    const route = addAgentRoute(this, this.member, this.facts, props);
    const facts = { node: this.facts, stable: stable === undefined ? undefined : versions[stable], route };
    for (const reference of [this.asCallee, this.asRouteTarget]) agentFacts.give(reference, facts);
  }

  /** Mutual TLS identity of the agent: its namespace, its ServiceAccount and the trust domain of the mesh. */
  public get identity(): Identity {
    const { namespace, serviceAccount } = this.facts;
    return Identity.of({ namespace, serviceAccount, trustDomain: this.member.model.facts.trustDomain });
  }

  /**
   * Name of the Service that callers use, in the namespace of the agent. Throws if there is no such Service: the stable version listens on
   * no port, a pool serves it, `service` is false, or no version is stable.
   */
  public get serviceName(): string {
    return this.service.name;
  }

  /** URL that callers use, such as "http://writer.voice.svc.cluster.local". Throws if the agent has no Service, as `serviceName` does. */
  public get url(): string {
    return serviceUrl(this.service, '');
  }

  /**
   * Returns the workload of a version, for use in a pool or a route. Without an argument, returns the workload of the stable version. Synth
   * fails if the agent does not have the version.
   */
  public version(version?: string): Workload {
    [version] = accepted('Agent#version', [version], this);
    const { versions } = this.props;
    const asked = version ?? this.facts.stable;
    if (asked !== undefined && Object.hasOwn(versions, asked)) return versions[asked];
    this.member.report({
      message: version === undefined ? 'the agent has several versions and none is stable' : 'the agent has no such version', actual: version,
      expected: listed(this.facts.versions.map((one) => one.version)), fix: version === undefined ? 'pass the name of the version, or set `stable` on the agent' : 'use one of these versions, or add the version to `versions`',
    });
    return absentWorkload(this.facts);
  }

  /**
   * Allows callers to send any request to the Services of this agent. A version that a pool serves has no Service and cannot be called this
   * way, unless the `service` prop is true. Single skills of an A2A agent cannot be granted, because an A2A message does not contain the
   * name of the skill (source: A2A 1.0).
   */
  public grantCall(...callers: ICaller[]): Grant {
    callers = accepted('Agent#grantCall', callers, this);
    const { namespace, callers: known } = this.facts;
    return grantTo(this.member, { title: this.title, namespace, callers: known }, callers);
  }

  /**
   * Allows callers to connect to the listed ports of the pods, such as a metrics or admin port, and to no other port. The pods authorize
   * these connections by identity and port only: `jwt`, `externalAuthorizer` and a waypoint apply only to the port of `grantCall`. The
   * Services that the library creates get these ports with the same port numbers. Synth fails for a port that no version has.
   */
  public grantPorts(ports: number[], ...callers: ICaller[]): Grant {
    [ports, ...callers] = accepted('Agent#grantPorts', [ports, ...callers], this);
    return grantPorts(this.member, this.facts, ports, callers);
  }

  /** Namespace of the objects that the library deploys. It stays the same if existing pods are in another namespace. */
  private get ownNamespace(): string {
    return this.props.namespace ?? this.member.model.facts.namespace;
  }

  /** The Service that callers use. */
  private get service(): ServiceNode {
    const { versions, stable } = this.facts;
    const service = versions.find(({ version }) => version === stable)?.workload.service;
    if (service) return service;
    throw problemError(this, { message: `${this.title} has no URL, because no Service has the name of the agent`, actual: stable, expected: 'a stable version with a Service', fix: 'set `ports` of the version, or `stable` of the agent; if the pods are in an InferencePool, use `url` of the pool, or `urls` of its gateway for clients outside the mesh' });
  }

  private place(version: string, workload: Workload): void {
    const { name, namespace, serviceAccount, callers, portCallers, stable } = this.facts;
    const deployedHere = workloadDescription.of(workload).kind === 'deploy';
    if (deployedHere && !this.hasAccount && !this.node.tryFindChild(ACCOUNT_ID)) emitServiceAccount(this, { serviceAccount, namespace });
    const scope = new Construct(this, versionId(this, this.member, version));
    const stem = versionStem(this.member, name, version);
    const title = Object.keys(this.props.versions).length === 1 ? this.title : `${this.title} ${version}`;
    checkNamespace(this.member, title, this.props.namespace, workload);
    const node = serveWorkload(scope, this.member, workload, {
      title, name: stem, namespace: this.ownNamespace, serviceAccount, callers, portCallers, routable: true,
      labels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/version': version },
      ...(deployedHere && this.props.service !== false && { service: { name: version === stable ? name : stem, ...this.services } }),
      connectionPool: this.services.connectionPool, ...this.waypointOf(version, workload),
    }, this.props.service === true);
    if (this.waypoint && deployedHere) checkReadable(this.member, node, this.waypoint);
    this.facts.versions.push({ version, workload: node });
    if (node.serviceAccount !== serviceAccount || node.namespace !== namespace) this.refuseIdentity(node);
    if (version === stable && scope.node.defaultChild) this.node.defaultChild = scope; // on Linkerd a workload without ports has none
  }

  /**
   * Returns the waypoint of a version. It is the `waypoint` prop if set. Otherwise it is the waypoint of the namespace, if requests must be
   * inspected and the pods cannot do it, or if calls to this Service are routed. In the last case the waypoint only routes and authorizes
   * nothing.
   */
  private waypointOf(version: string, workload: Workload): Pick<Place, 'waypoint' | 'waypointOnlyRoutes'> {
    if (this.waypoint) return { waypoint: this.waypoint };
    const description = workloadDescription.of(workload);
    const isAsked = (feature: Feature, demand: object | undefined) => demand !== undefined && !this.member.refusal(feature);
    const isRead = this.services.circuitBreaker !== undefined || this.services.connectionPool !== undefined || (description.kind !== 'bound'
      && (isAsked('jwt', description.jwt) || isAsked('external-authorization', description.externalAuthorizer)));
    if (isRead) return { waypoint: ensureNamespaceWaypoint(this.member, this.facts.namespace) };
    if (version !== this.facts.stable || !isRoutedInMesh(this.member, this.props)) return {};
    return { waypoint: ensureNamespaceWaypoint(this.member, this.facts.namespace), waypointOnlyRoutes: true };
  }

  private refuseIdentity(node: WorkloadNode): void {
    this.member.report({
      message: 'the versions of an agent have different identities', actual: `${node.namespace}/${node.serviceAccount}`,
      expected: `${this.facts.namespace}/${this.facts.serviceAccount}`, fix: 'run all versions with one ServiceAccount in one namespace, or define two agents',
    });
  }
}

/** Returns a placeholder for a missing version, so that the rest of the program is still checked. */
function absentWorkload({ origin, name, namespace, serviceAccount }: AgentNode): Workload {
  const workload = Workload.existing({ labels: {}, serviceAccount, ports: [] });
  const node: WorkloadNode = {
    origin, title: `a missing version of agent ${name}`, name, namespace, serviceAccount, labels: {}, ports: [80], opaquePorts: [], grpcPorts: [], mediaPorts: [],
    callers: new Callers(), routable: true,
    service: { name, namespace, port: 80, targetPort: 80 }, // so that routes to it are not reported as well
  };
  workloadDescription.give(workload, { kind: 'bound', node });
  return workload;
}
