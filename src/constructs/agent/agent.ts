import { Construct } from 'constructs';
import { checkNamespace, checkReadable, versionStem } from './agent-checks';
import { AgentFacts, agentFacts } from './agent-facts';
import { AgentProps } from './agent-props';
import { checkServices, enforcedServices } from './agent-services';
import { accepted } from '../../input/guard';
import { AgentNode } from '../../model/agent';
import { Callers } from '../../model/callers';
import { Feature } from '../../model/feature';
import { listed } from '../../model/problem';
import { WaypointNode } from '../../model/waypoint';
import { WorkloadNode } from '../../model/workload';
import { emitDeployment, emitServiceAccount } from '../../providers/workload/deployment';
import { IAgent } from '../../values/agent';
import { Grant } from '../../values/grant';
import { ICaller, Identity } from '../../values/identity';
import { CalleeReference, CallerReference } from '../../values/references';
import { Workload, WorkloadDescription, workloadDescription } from '../../values/workload';
import { calleeReference } from '../grants/callee';
import { agentReference, grantTo } from '../grants/callers';
import { freshId, Membership } from '../membership/membership';
import { CanaryRoute, CanaryRouteOptions } from '../routing/canary-route';
import { ensureNamespaceWaypoint, ownWaypoint } from '../routing/waypoint';
import { authorizeService, authorizeWorkload } from '../workload/authorize';
import { bindWorkload } from '../workload/bind-workload';
import { madeUnder, ownService } from '../workload/own-service';

/**
 * A workload with its own identity that calls others and can be called. Emits a ServiceAccount, a Deployment and a Service for each
 * version that is deployed here, and an AuthorizationPolicy for the pods of each version. It denies every caller until `grantCall` allows
 * one.
 *
 * A version that an InferencePool serves has no Service, unless `service` is true. Synth fails if the versions run with different
 * ServiceAccounts or in different namespaces.
 *
 * @example
 * const writer = new Agent(mesh, 'writer', {
 *   workload: Workload.deploy({ image: 'registry.example.com/writer:1.4.2', ports: [Port.http(8000)], healthPath: '/health' }),
 * });
 * writer.grantCall(planner);
 */
export class Agent extends Construct implements IAgent {
  /** Display name in messages, such as "agent planner". */
  public readonly title: string;
  /** Reference to the agent as a caller. */
  public readonly asCaller: CallerReference;
  /** Reference to the agent as a callee. */
  public readonly asCallee: CalleeReference;
  private readonly member: Membership;
  private readonly facts: AgentNode;
  /** Properties that all Services of the agent share. */
  private readonly services: AgentFacts['service'];
  /** The waypoint set by the `waypoint` prop. */
  private readonly waypoint?: WaypointNode;
  /** The user's `Workload` of each named version, in the order of `facts.versions`. */
  private readonly shown: Workload[] = [];
  /** Whether the pods run with an existing ServiceAccount. */
  private hasAccount = false;

  public constructor(scope: Construct, id: string, private readonly props: AgentProps) {
    [scope, id, props] = accepted('new Agent', [scope, id, props]);
    super(scope, freshId(scope, id, props.mesh));
    this.member = Membership.of(this, props);
    const { model } = this.member;
    const versions = props.versions ?? {};
    const given = props.workload ? [props.workload] : Object.values(versions);
    const name = this.member.name('the name of the agent', props.name ?? this.node.id);
    const { namespace, serviceAccount } = this.account(name, given);
    this.facts = { origin: this.member, name, namespace, serviceAccount, versions: [], callers: new Callers() };
    this.title = `agent ${name}`;
    this.asCallee = calleeReference(this.title, () => this.facts.versions.map(({ workload }) => workload));
    this.asCaller = agentReference({ title: this.title, principal: model.principal(namespace, serviceAccount), home: model });
    model.agents.push(this.facts);
    this.services = enforcedServices(this.member, props);
    this.waypoint = props.waypoint && ownWaypoint(this.member, props.waypoint);
    agentFacts.give(this.asCallee, { node: this.facts, service: this.services, waypoint: this.waypoint });
    if (props.workload) this.place(ONLY, props.workload);
    for (const [version, workload] of Object.entries(versions)) this.add(version, workload);
    checkServices(this.member, props, this.facts.versions);
  }

  /** Identity with which the agent calls: its namespace, its ServiceAccount and the trust domain of the mesh. */
  public get identity(): Identity {
    const { namespace, serviceAccount } = this.facts;
    return Identity.of({ namespace, serviceAccount, trustDomain: this.member.model.facts.trustDomain });
  }

  /**
   * Adds a version, whose objects are named `<agent>-<version>`, and returns its workload for use in pools and routes. Reports a problem
   * if the agent was defined with `workload`, or if the version has no name.
   */
  public addVersion(version: string, workload: Workload): Workload {
    [version, workload] = accepted('Agent#addVersion', [version, workload], this);
    this.member.checkTexts({ version });
    this.add(version, workload);
    return workload;
  }

  /**
   * Returns the workload of a version, for use in a pool or a route. Omit `version` for an agent that was defined with `workload`.
   * Reports a version that the agent does not have.
   */
  public version(version?: string): Workload {
    [version] = accepted('Agent#version', [version], this);
    if (this.props.workload && (version ?? ONLY) === ONLY) return this.props.workload;
    const known = this.facts.versions.findIndex((one) => one.version === (version ?? ONLY));
    if (known >= 0) return this.shown[known];
    this.member.report({
      message: 'the agent has no such version', actual: version, expected: listed(this.facts.versions.map((one) => one.version || '(the unnamed version: omit the argument)')),
      fix: 'use one of these versions, or add the version with addVersion',
    });
    return absentWorkload(this.facts);
  }

  /**
   * Allows agents and identities to call this agent through its Services, and allows nothing else. A version that a pool serves has no
   * Service and cannot be called this way, unless the `service` prop is true.
   */
  public grantCall(...callers: ICaller[]): Grant {
    callers = accepted('Agent#grantCall', callers, this);
    const { namespace, callers: known } = this.facts;
    return grantTo(this.member, { title: this.title, namespace, callers: known }, callers);
  }

  /**
   * Adds a canary route that splits calls inside the mesh between two versions of this agent. The calls go to a Service with the name of
   * the agent.
   */
  public addCanary(id: string, options: CanaryRouteOptions): CanaryRoute {
    [id, options] = accepted('Agent#addCanary', [id, options], this);
    return new CanaryRoute(this, id, { ...options, agent: this, mesh: this.props.mesh });
  }

  /** Returns the namespace and ServiceAccount of the agent: those of its existing pods if there are any, otherwise its own. */
  private account(name: string, given: readonly Workload[]): Pick<AgentNode, 'namespace' | 'serviceAccount'> {
    for (const workload of given) {
      const existing = existingAccount(workloadDescription.of(workload));
      if (!existing) continue;
      this.hasAccount = true;
      return { namespace: existing.namespace ?? this.ownNamespace, serviceAccount: existing.serviceAccount };
    }
    return { namespace: this.ownNamespace, serviceAccount: name };
  }

  /** The namespace of what the library deploys. Existing pods in another namespace do not change it. */
  private get ownNamespace(): string {
    return this.props.namespace ?? this.member.model.facts.namespace;
  }

  private add(version: string, workload: Workload): void {
    if (this.props.workload || version === ONLY) this.refuseVersions([version]);
    else this.place(version, workload);
  }

  private place(version: string, workload: Workload): void {
    if (version === ACCOUNT_ID) {
      this.member.report({ message: 'a version has the construct id of the agent\'s ServiceAccount', actual: version, expected: 'any other version name', fix: 'rename the version' });
    }
    const scope = version === ONLY ? this : new Construct(this, freshId(this, version));
    const { context } = this.member;
    const { name, namespace, serviceAccount, callers } = this.facts;
    const stem = version === ONLY ? name : versionStem(this.member, name, version);
    checkNamespace(this.member, `agent ${name}${version && ` ${version}`}`, this.props.namespace, workload);
    const deployedHere = workloadDescription.of(workload).kind === 'deploy';
    const node = bindWorkload(this.member, workload, {
      title: `agent ${name}${version && ` ${version}`}`, name: stem, namespace: this.ownNamespace, serviceAccount, callers, routable: true,
      labels: { 'app.kubernetes.io/name': name, ...(version && { 'app.kubernetes.io/version': version }) },
      ...(deployedHere && this.props.service !== false && { service: { name: stem, ...this.services } }),
      waypoint: this.waypointOf(workload),
    });
    if (this.waypoint && deployedHere) checkReadable(this.member, node, this.waypoint);
    this.facts.versions.push({ version, workload: node });
    if (version !== ONLY) this.shown.push(workload);
    if (node.serviceAccount !== serviceAccount || node.namespace !== namespace) this.refuseIdentity(node);
    if (deployedHere) {
      if (!this.hasAccount && !this.node.tryFindChild(ACCOUNT_ID)) emitServiceAccount(this, { serviceAccount, namespace });
      emitDeployment(scope, node, context.mesh.podMetadata(node));
    }
    authorizeWorkload(scope, this.member, node);
    this.offer(scope, node);
  }

  /**
   * Returns the waypoint that is set. If there is none, but the agent needs request inspection that its pods do not do, returns the
   * waypoint of the namespace.
   */
  private waypointOf(workload: Workload): WaypointNode | undefined {
    if (this.waypoint) return this.waypoint;
    const description = workloadDescription.of(workload);
    const isAsked = (feature: Feature, demand: object | undefined) => demand !== undefined && !this.member.refusal(feature);
    const isRead = this.services.circuitBreaker !== undefined || (description.kind !== 'bound'
      && (isAsked('jwt', description.jwt) || isAsked('external-authorization', description.externalAuthorizer)));
    return isRead ? ensureNamespaceWaypoint(this.member, this.facts.namespace) : undefined;
  }

  private offer(scope: Construct, node: WorkloadNode): void {
    const { service } = node;
    if (!service) return;
    const { context, model } = this.member;
    const authorize = () => authorizeService(scope, this.member, node, service);
    if (service.statedLabels) {
      authorize(); // an existing Service
      return;
    }
    const made = madeUnder(scope, () => {
      context.mesh.createService(scope, model, node, service);
      authorize();
    });
    ownService.give(node, { scope, made, asked: this.props.service === true });
  }

  private refuseVersions(versions: readonly string[]): void {
    this.member.report({ message: 'a version cannot be added to this agent', actual: versions, expected: 'either `workload` alone, or named versions', fix: 'define every workload as a named version in `versions`' });
  }

  private refuseIdentity(node: WorkloadNode): void {
    this.member.report({
      message: 'the versions of an agent have different identities', actual: `${node.namespace}/${node.serviceAccount}`,
      expected: `${this.facts.namespace}/${this.facts.serviceAccount}`, fix: 'run all versions with one ServiceAccount in one namespace, or define two agents',
    });
  }
}

/** Returns the existing ServiceAccount of a workload, if it has one. */
function existingAccount(description: WorkloadDescription): { readonly namespace?: string; readonly serviceAccount: string } | undefined {
  if (description.kind === 'existing') return description;
  if (description.kind === 'bound' || description.facts.existingServiceAccount === undefined) return undefined;
  return { serviceAccount: description.facts.existingServiceAccount };
}

/** Construct id of the ServiceAccount. */
const ACCOUNT_ID = 'service-account';

/** Version name of an agent that was defined with `workload`. */
const ONLY = '';

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
