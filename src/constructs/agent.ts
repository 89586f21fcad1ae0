import { Construct } from 'constructs';
import { checkNamespace, checkReadable, versionStem } from './agent-checks';
import { AgentFacts, agentFacts, IAgent } from './agent-facts';
import { AgentProps } from './agent-props';
import { checkServices, enforcedServices } from './agent-services';
import { bindWorkload } from './bind-workload';
import { calleeWorkloads } from './callee';
import { agentCaller, grantTo } from './callers';
import { CanaryRoute, CanaryRouteOptions } from './canary-route';
import { freshId, Membership } from './membership';
import { madeUnder, ownService } from './own-service';
import { guardService, protectWorkload } from './protect';
import { namespaceWaypoint, ownWaypoint } from './waypoint';
import { AgentNode } from '../model/agent';
import { Callers } from '../model/callers';
import { Capability } from '../model/capability';
import { listed } from '../model/problem';
import { WaypointNode } from '../model/waypoint';
import { WorkloadNode } from '../model/workload';
import { ICallee } from '../values/call';
import { ICaller, Identity } from '../values/identity';
import { Workload, WorkloadDescription, workloadDescription } from '../values/workload';

/**
 * A workload with an identity that calls and may be called.
 * Emits a ServiceAccount and Deployments for what is deployed here, and an AuthorizationPolicy for each version.
 */
export class Agent extends Construct implements IAgent, ICallee {
  /** What people call it in messages. */
  public readonly title: string;
  private readonly member: Membership;
  private readonly facts: AgentNode;
  /** What its Services have in common. */
  private readonly services: AgentFacts['service'];
  /** The waypoint that it names. */
  private readonly waypoint?: WaypointNode;
  /** What the user calls the pods of each version that has a name, in the order of the versions. */
  private readonly shown: Workload[] = [];
  /** Whether the ServiceAccount is the team's own. */
  private hasAccount = false;

  public constructor(scope: Construct, id: string, private readonly props: AgentProps) {
    super(scope, freshId(scope, id, props.mesh));
    this.member = Membership.of(this, props);
    const { model } = this.member;
    const given = props.workload ? [props.workload] : Object.values(props.versions ?? {});
    const name = this.member.name('the name of the agent', props.name ?? this.node.id);
    const { namespace, serviceAccount } = this.account(name, given);
    this.facts = { origin: this.member, name, namespace, serviceAccount, versions: [], callers: new Callers() };
    this.title = `agent ${name}`;
    calleeWorkloads.give(this, () => this.facts.versions.map(({ workload }) => workload));
    agentCaller.give(this, { title: this.title, principal: model.principal(namespace, serviceAccount), home: model });
    model.agents.push(this.facts);
    this.services = enforcedServices(this.member, props);
    this.waypoint = props.waypoint && ownWaypoint(this.member, props.waypoint);
    agentFacts.give(this, { node: this.facts, service: this.services, waypoint: this.waypoint });
    if (props.workload) this.place(ONLY, props.workload);
    for (const [version, workload] of Object.entries(props.versions ?? {})) this.add(version, workload);
    checkServices(this.member, props, this.facts.versions);
  }

  /** What it proves to be when it calls. */
  public get callerIdentity(): Identity {
    const { namespace, serviceAccount } = this.facts;
    return Identity.of({ namespace, serviceAccount, trustDomain: this.member.model.facts.trustDomain });
  }

  /** Adds a version; its objects are named `<agent>-<version>`. Returns its workload, for pools and routes. */
  public addVersion(version: string, workload: Workload): Workload {
    this.member.checkTexts({ version });
    this.add(version, workload);
    return workload;
  }

  /** The workload of a version, for a pool or a route; of an agent with one workload, no version is named. */
  public version(version?: string): Workload {
    if (this.props.workload && (version ?? ONLY) === ONLY) return this.props.workload;
    const known = this.facts.versions.findIndex((one) => one.version === (version ?? ONLY));
    if (known >= 0) return this.shown[known];
    this.member.report({
      what: 'the agent has no such version', got: version, allowed: listed(this.facts.versions.map((one) => one.version || '(the only workload, without a name)')),
      next: 'name one that it has, or add it with addVersion',
    });
    return absentWorkload(this.facts);
  }

  /**
   * Lets agents and identities call this agent through its Services, and nothing else. A version that a pool serves has no
   * Service, and is not called, unless `service` asks for one.
   */
  public grantCall(...callers: ICaller[]): void {
    grantTo(this.member, this.facts.namespace, this.facts.callers, callers);
  }

  /** Splits calls of this agent inside the mesh between two of its versions, at a Service that is named like the agent. */
  public addCanary(id: string, options: CanaryRouteOptions): CanaryRoute {
    return new CanaryRoute(this, id, { ...options, agent: this, mesh: this.props.mesh });
  }

  /** Where the agent lives and what it proves to be: its own names, or those of the pods that the team already runs. */
  private account(name: string, given: readonly Workload[]): Pick<AgentNode, 'namespace' | 'serviceAccount'> {
    for (const workload of given) {
      const brought = broughtAccount(workloadDescription.of(workload));
      if (!brought) continue;
      this.hasAccount = true;
      return { namespace: brought.namespace ?? this.ownNamespace, serviceAccount: brought.serviceAccount };
    }
    return { namespace: this.ownNamespace, serviceAccount: name };
  }

  /** Where the library puts what it deploys; a namespace of the team is not taken because pods of the agent run there. */
  private get ownNamespace(): string {
    return this.props.namespace ?? this.member.model.facts.namespace;
  }

  private add(version: string, workload: Workload): void {
    if (this.props.workload || version === ONLY) this.refuseVersions([version]);
    else this.place(version, workload);
  }

  private place(version: string, workload: Workload): void {
    if (version === ACCOUNT_ID) {
      this.member.report({ what: 'a version has the id of the agent\'s ServiceAccount in the tree', got: version, allowed: 'any other version', next: 'rename it' });
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
      if (!this.hasAccount && !this.node.tryFindChild(ACCOUNT_ID)) context.mesh.identify(this, { serviceAccount, namespace });
      context.mesh.deploy(scope, node);
    }
    protectWorkload(scope, 'Resource', this.member, node);
    this.offer(scope, node);
  }

  /** The one that is stated; or, where something is asked of requests that pods do not read, the one of the namespace. */
  private waypointOf(workload: Workload): WaypointNode | undefined {
    if (this.waypoint) return this.waypoint;
    const description = workloadDescription.of(workload);
    const isAsked = (capability: Capability, demand: object | undefined) => demand !== undefined && !this.member.refusal(capability);
    const isRead = this.services.circuitBreaker !== undefined || (description.kind !== 'bound'
      && (isAsked('jwt', description.jwt) || isAsked('external-authorization', description.externalAuthorizer)));
    return isRead ? namespaceWaypoint(this.member, this.facts.namespace) : undefined;
  }

  private offer(scope: Construct, node: WorkloadNode): void {
    const { service } = node;
    if (!service) return;
    const { context, model } = this.member;
    const guard = () => guardService(scope, 'requests', this.member, node, service);
    if (service.statedLabels) {
      guard(); // the team's own
      return;
    }
    const made = madeUnder(scope, () => {
      context.mesh.offer(scope, model, node, service);
      guard();
    });
    ownService.give(node, { scope, made, asked: this.props.service === true });
  }

  private refuseVersions(versions: readonly string[]): void {
    this.member.report({ what: 'the agent can have no such version', got: versions, allowed: 'either `workload`, or versions that have a name', next: 'name the workload as one of `versions`' });
  }

  private refuseIdentity(node: WorkloadNode): void {
    this.member.report({
      what: 'the versions of an agent do not share one identity', got: `${node.namespace}/${node.serviceAccount}`,
      allowed: `${this.facts.namespace}/${this.facts.serviceAccount}`, next: 'give them one ServiceAccount in one namespace, or make them two agents',
    });
  }
}

/** The ServiceAccount that the team has for a workload, where it has one. */
function broughtAccount(description: WorkloadDescription): { readonly namespace?: string; readonly serviceAccount: string } | undefined {
  if (description.kind === 'existing') return description;
  if (description.kind === 'bound' || description.facts.existingServiceAccount === undefined) return undefined;
  return { serviceAccount: description.facts.existingServiceAccount };
}

/** The id of the ServiceAccount under its agent. */
const ACCOUNT_ID = 'service-account';

/** The version of an agent without versions. */
const ONLY = '';

/** What stands for a version that is not there, so that the rest of the program can be checked too. */
function absentWorkload({ origin, name, namespace, serviceAccount }: AgentNode): Workload {
  const workload = Workload.existing({ labels: {}, serviceAccount, ports: [] });
  const node: WorkloadNode = {
    origin, title: `a missing version of agent ${name}`, name, namespace, serviceAccount, labels: {}, ports: [80], opaquePorts: [], grpcPorts: [], mediaPorts: [],
    callers: new Callers(), routable: true,
    service: { name, namespace, port: 80, targetPort: 80 }, // so that what leads to it is not reported as well
  };
  workloadDescription.give(workload, { kind: 'bound', node });
  return workload;
}
