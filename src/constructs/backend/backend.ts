import { Construct } from 'constructs';
import { BackendProps } from './backend-props';
import { accepted } from '../../input/guard';
import { AgentNode } from '../../model/agent';
import { Callers } from '../../model/callers';
import { PortCallers } from '../../model/port-callers';
import { listed } from '../../model/problem';
import { serviceHost } from '../../model/service';
import { calledPorts, WorkloadNode } from '../../model/workload';
import { emitServiceAccount } from '../../providers/workload/deployment';
import { ICallee } from '../../values/call';
import { Grant } from '../../values/grant';
import { ICaller, Identity } from '../../values/identity';
import { CalleeReference, CallerReference } from '../../values/references';
import { Workload, workloadDescription } from '../../values/workload';
import { checkNamespace } from '../agent/agent-checks';
import { checkServices } from '../agent/agent-services';
import { calleeReference } from '../grants/callee';
import { agentReference, grantTo } from '../grants/callers';
import { grantPorts } from '../grants/port-grants';
import { freshId, Membership } from '../membership/membership';
import { problemError } from '../membership/problem-error';
import { ensureNamespaceWaypoint } from '../routing/waypoint';
import { accountOf, serveWorkload } from '../workload/serve-workload';
import { enforcedTraffic } from '../workload/service-traffic';

/**
 * A workload in the mesh that is not an agent, such as a database, a cache, a message broker or a telemetry collector. Emits a workload
 * policy (an AuthorizationPolicy for the pods, on Linkerd also Servers), by which the pods accept connections from granted callers only.
 * For `Workload.deploy` it also emits a ServiceAccount, a Deployment and a Service. If the pods exist already, grant access to all their
 * present clients, because other clients are cut off.
 *
 * Callers are authorized by identity and port. By default the Service has the same port as the pods, as clients of databases expect.
 *
 * @example
 * // planner: an Agent
 * const orders = new Backend(mesh, 'orders', {
 *   workload: Workload.existing({ labels: { app: 'postgres' }, serviceAccount: 'postgres', ports: [Port.tcp(5432)], service: { name: 'orders', port: 5432 } }),
 * });
 * orders.grantCall(planner, Identity.allOf('billing'));
 */
export class Backend extends Construct implements ICallee, ICaller {
  /** Display name in messages, such as "backend orders". */
  public readonly title: string;
  /** Reference to the backend as a callee. */
  public readonly asCallee: CalleeReference;
  /** Reference to the backend as a caller. */
  public readonly asCaller: CallerReference;
  private readonly member: Membership;
  private readonly facts: AgentNode;
  private readonly workload: WorkloadNode;

  public constructor(scope: Construct, id: string, props: BackendProps) {
    [scope, id, props] = accepted('new Backend', [scope, id, props]);
    super(scope, freshId(scope, id, props.mesh));
    this.member = Membership.of(this, props);
    const { model } = this.member;
    const { workload } = props;
    const name = this.member.name('the name of the backend', props.name ?? this.node.id);
    const ownNamespace = props.namespace ?? model.facts.namespace;
    const { namespace, serviceAccount, isExisting } = accountOf([workload], { namespace: ownNamespace, serviceAccount: name });
    this.title = `backend ${name}`;
    this.facts = {
      origin: this.member, title: this.title, name, namespace, serviceAccount, versions: [], stable: ONLY,
      callers: new Callers(), portCallers: new PortCallers(),
    };
    this.asCallee = calleeReference(this.title, () => [this.workload]);
    this.asCaller = agentReference({ title: this.title, principal: model.principal(namespace, serviceAccount), home: model });
    model.agents.push(this.facts);
    checkNamespace(this.member, this.title, props.namespace, workload);
    const deployedHere = workloadDescription.of(workload).kind === 'deploy';
    if (deployedHere && !isExisting) emitServiceAccount(this, { serviceAccount, namespace });
    const { callers, portCallers } = this.facts;
    const { circuitBreaker, connectionPool } = enforcedTraffic(this.member, props);
    this.workload = serveWorkload(this, this.member, workload, {
      title: this.title, name, namespace: ownNamespace, serviceAccount, callers, portCallers, routable: false, labels: { 'app.kubernetes.io/name': name },
      ...(deployedHere && { service: { name, port: props.servicePort ?? firstPort(workload), circuitBreaker } }), connectionPool,
      ...((circuitBreaker || connectionPool) && { waypoint: ensureNamespaceWaypoint(this.member, namespace) }),
    }, false);
    this.facts.versions.push({ version: ONLY, workload: this.workload });
    checkServices(this.member, this.facts, props);
    if (props.peers) this.grantPeers();
    if (props.peers && this.workload.service?.waypoint) this.reportCutPeers([...circuitBreaker ? ['circuitBreaker'] : [], ...connectionPool ? ['connectionPool'] : []]);
  }

  /** Mutual TLS identity of the backend: its namespace, its ServiceAccount and the trust domain of the mesh. */
  public get identity(): Identity {
    const { namespace, serviceAccount } = this.facts;
    return Identity.of({ namespace, serviceAccount, trustDomain: this.member.model.facts.trustDomain });
  }

  /** Host name of the Service that callers use, such as "orders.data.svc.cluster.local". Throws if the backend has no Service. */
  public get host(): string {
    const { service } = this.workload;
    if (service) return serviceHost(service);
    throw problemError(this, { message: `${this.title} has no Service, so it has no host name`, actual: this.facts.name, expected: 'a backend with a Service', fix: 'describe the Service of the existing pods in Workload.existing' });
  }

  /** Allows callers to connect to the first port, or to the target port of the existing Service, and to no other port. */
  public grantCall(...callers: ICaller[]): Grant {
    callers = accepted('Backend#grantCall', callers, this);
    const { namespace, title, callers: known } = this.facts;
    return grantTo(this.member, { title, namespace, callers: known }, callers);
  }

  /** Allows callers to connect to the listed ports of the pods and to no other port. Synth fails for a port that the pods do not have. */
  public grantPorts(ports: number[], ...callers: ICaller[]): Grant {
    [ports, ...callers] = accepted('Backend#grantPorts', [ports, ...callers], this);
    return grantPorts(this.member, this.facts, ports, callers);
  }

  /** Peers connect to pods, not through the Service, but the pods of an enforcing waypoint accept callers of their first port from it only. */
  private reportCutPeers(limits: readonly string[]): void {
    this.member.report({
      message: `${this.title} has peers that connect to each other directly, but the waypoint enforces its limits, so the pods accept connections to their first port from the waypoint only`, actual: ['peers', ...limits],
      expected: `\`peers\` or ${listed(limits.map((one) => `\`${one}\``))}, not both on this mesh`, fix: 'remove one of them, or use MeshProvider.istioSidecar',
    });
  }

  /** Grants the pods access to each other at every port except `metricsPort`, which only the scraper may use, and `unauthenticatedPorts`. */
  private grantPeers(): void {
    const { ports, metrics, unauthenticatedPorts = [] } = this.workload;
    const others = [...calledPorts(this.workload), metrics?.port, ...unauthenticatedPorts.map(({ port }) => port)];
    this.grantCall(this);
    const further = ports.filter((port) => !others.includes(port));
    if (further.length > 0) this.grantPorts(further, this);
  }
}

/** Version name of a workload without versions. */
const ONLY = '';

/** Returns the first port of a workload, or 80 for a workload without ports, which gets no Service. */
function firstPort(workload: Workload): number {
  const description = workloadDescription.of(workload);
  return description.kind === 'bound' ? 80 : description.ports.at(0) ?? 80;
}
