import { Construct } from 'constructs';
import { checkStages } from './checks';
import { MigrationPlan } from './plan';
import { AuthorizationPolicy, AuthorizationPolicySpec, PeerAuthenticationSpecMtlsMode } from '../../../imports/security.istio.io';
import { Caller } from '../../model/callers';
import { ConnectionRule, mergedConnectionRules } from '../../model/connection-rule';
import { Feature, Refusal } from '../../model/feature';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { CarryingPort } from '../../model/mesh-limitations';
import { Problem } from '../../model/problem';
import { ServiceNode } from '../../model/service';
import { WorkloadEgressFacts, WorkloadNode } from '../../model/workload';
import { GatewayMembership, MeshBackend, MeshRoutes, PodMetadata, ServicePort, WaypointBackend } from '../backend';
import { emit } from '../emit';
import { ForeignObjects } from '../foreign/tree-object';
import { allowConnections } from '../istio-shared/istio-authorization';
import { emitIstioNamespace, IstioNamespace } from '../istio-shared/istio-namespace';

export { MigrationPlan };

/** The two data planes of a migrating mesh, and the stage of each namespace. */
export interface MigrationPlanes {
  readonly ambient: MeshBackend & { namespaceLabels(namespace: NamespaceNode): IstioNamespace['labels'] };
  readonly sidecar: MeshBackend & {
    namespaceLabels(): IstioNamespace['labels'];
    hideAll(scope: Construct, namespace: NamespaceNode): void;
    show(scope: Construct, model: MeshModel, workload: WorkloadNode): void;
  };
  readonly plan: MigrationPlan;
}

const AUTHORIZED_TWICE: Refusal = {
  reason: 'a namespace between two data planes would check requests partly at pods and partly at waypoints',
  instead: 'a mesh whose migration to ambient is complete',
};

const ALLOWED_TWICE: Refusal = {
  reason: 'a namespace between two data planes would allow an external host partly through a waypoint and partly through sidecars',
  instead: 'a mesh whose migration to ambient is complete',
};

/**
 * Returns the policy with a condition that requests carry no credentials. An ALLOW rule stays closed when ztunnel drops a condition that
 * it cannot enforce. A DENY rule would lose all its conditions.
 */
function withoutCredentials(policy: AuthorizationPolicySpec, { tokens }: WorkloadNode): AuthorizationPolicySpec {
  if (tokens !== 'refused' || !policy.rules) return policy;
  const absent = { key: 'request.headers[authorization]', notValues: ['*'] };
  return { ...policy, rules: policy.rules.map((rule) => ({ ...rule, when: [...rule.when ?? [], absent] })) };
}

/** Removes problems that both data planes report for the same construct. */
function once(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.id} ${problem.path} ${problem.message}`, problem])).values()];
}

/**
 * A mesh that migrates from sidecars to ambient, one namespace at a time. Each namespace has the objects of its own data plane. Between
 * the two it has the policies of both, which together allow no caller that either of them would not allow.
 */
export class IstioMigration implements MeshBackend {
  public readonly label = 'MeshProvider.istioAmbient';
  public readonly credentials = 'refused' as const;
  public readonly proxy: MeshBackend['proxy'];
  public readonly gateways: GatewayMembership;
  public readonly limitations: MeshBackend['limitations'];
  /**
   * Reason why MCP proxies are refused. The last step would replace the server with a proxy of the same name, and its objects would look
   * like leftovers.
   */
  public readonly mcpProxiesRefusal: Refusal = {
    reason: 'its proxy would appear only in the last step, with the names that the server uses until then', instead: 'a mesh whose migration to ambient is complete',
  };

  /** Waypoints may exist before callers use them. */
  public readonly waypoints?: WaypointBackend;
  public readonly routes?: MeshRoutes;

  public constructor(private readonly planes: MigrationPlanes) {
    const { ambient, sidecar } = planes;
    this.waypoints = ambient.waypoints && this.inTime(ambient.waypoints);
    this.routes = ambient.routes;
    this.limitations = { ...ambient.limitations, probers: (workload) => this.podsOf(workload.namespace).limitations.probers?.(workload) };
    this.proxy = {
      ports: [...new Set([...ambient.proxy.ports, ...sidecar.proxy.ports])].sort((a, b) => a - b),
      userIds: [...ambient.proxy.userIds, ...sidecar.proxy.userIds],
    };
    this.gateways = {
      edge: {}, statusPorts: [], acceptedTransports: ['mutual-tls', 'hbone'], innerIn: (namespace) => this.podsOf(namespace).gateways.innerIn(namespace),
    };
  }

  /**
   * Returns why a feature is refused. A feature that one data plane lacks would be lost during the migration. A check that the two
   * enforce at different places would be enforced at neither.
   */
  public refuses(feature: Feature): Refusal | undefined {
    const { ambient, sidecar } = this.planes;
    if (feature === 'named-hosts') return ALLOWED_TWICE;
    if (feature === 'tool-tokens' || feature === 'jwt' || feature === 'external-authorization' || feature === 'origin-check') return AUTHORIZED_TWICE;
    return ambient.refuses(feature) ?? (feature === 'waypoint' ? undefined : sidecar.refuses(feature));
  }

  public dataPlaneIn(namespace: string): string {
    return this.podsOf(namespace).dataPlaneIn(namespace);
  }

  public enroll(scope: Construct, model: MeshModel, namespace: NamespaceNode): void {
    const { ambient, sidecar, plan } = this.planes;
    const stage = plan.stageOf(namespace.name);
    const mode = PeerAuthenticationSpecMtlsMode.PERMISSIVE;
    if (stage === undefined) {
      ambient.enroll(scope, model, namespace);
    } else if (stage === 'sidecar') {
      sidecar.enroll(scope, model, namespace);
    } else if (stage === 'permissive') {
      emitIstioNamespace(scope, namespace, { labels: sidecar.namespaceLabels(), mode });
      sidecar.hideAll(scope, namespace);
    } else {
      emitIstioNamespace(scope, namespace, { labels: ambient.namespaceLabels(namespace), mode });
    }
  }

  public podMetadata(workload: WorkloadNode): PodMetadata {
    return this.podsOf(workload.namespace).podMetadata(workload);
  }

  public createService(scope: Construct, model: MeshModel, workload: WorkloadNode, service: ServiceNode): void {
    this.policiesOf(service.namespace).createService(scope, model, workload, service);
  }

  /**
   * Emits the policies of a workload. Sidecars see the caller where ztunnel sees the waypoint. Once pods are in ambient, only rules that
   * ztunnel cannot enforce remain beside the workload policy: ztunnel drops these and stays closed. Rules that it could enforce would let
   * callers bypass the waypoint.
   */
  public authorizePods(
    scope: Construct, model: MeshModel, workload: WorkloadNode, connectionRules: () => readonly ConnectionRule[],
  ): void {
    const { sidecar, plan } = this.planes;
    const { name, namespace, service } = workload;
    this.policiesOf(namespace).authorizePods(scope, model, workload, connectionRules);
    const stage = plan.stageOf(namespace);
    if (stage === 'permissive') sidecar.show(scope, model, workload);
    const isDropped = workload.requests?.endpoints !== undefined;
    if (!service?.waypoint || !(stage === 'permissive' || (stage === 'enrolled' && isDropped))) return;
    const scopeOf = { selector: { matchLabels: { ...workload.labels } } };
    emit(scope, 'workload-policy-sidecars', AuthorizationPolicy, { name: `${name}-sidecars`, namespace }, {
      spec: () => withoutCredentials(allowConnections(model, scopeOf, mergedConnectionRules(sidecar.connectionRules(model, workload))), workload),
    });
  }

  public connectionRules(model: MeshModel, workload: WorkloadNode): readonly ConnectionRule[] {
    return this.policiesOf(workload.namespace).connectionRules(model, workload);
  }

  public restrictEgress(scope: Construct, workload: WorkloadNode, egress: WorkloadEgressFacts): void {
    // While any pods have sidecars, other pods call them at their own ports.
    this.planes.sidecar.restrictEgress(scope, workload, egress);
  }

  public check(model: MeshModel): Problem[] {
    const { ambient, sidecar, plan } = this.planes;
    const hasSidecars = (namespace: string) => plan.hasSidecars(namespace);
    return once([...ambient.check(model, () => true), ...sidecar.check(model, hasSidecars), ...checkStages(model, plan)]);
  }

  public carryingPortIn(namespace: string): CarryingPort | undefined {
    return this.podsOf(namespace).carryingPortIn?.(namespace);
  }

  public misreadPort(workload: WorkloadNode, port: ServicePort, annotations: Readonly<Record<string, unknown>>): string | undefined {
    return this.planes.ambient.misreadPort?.(workload, port, annotations);
  }

  /** Reports user-managed objects that contradict either data plane, each problem once. */
  public checkForeign(model: MeshModel, foreign: ForeignObjects, _: unknown, proxies: readonly Caller[]): Problem[] {
    const { ambient, sidecar, plan } = this.planes;
    const found = [
      ...ambient.checkForeign(model, foreign, (namespace) => !plan.hasSidecars(namespace), proxies),
      ...sidecar.checkForeign(model, foreign, (namespace) => plan.hasSidecars(namespace), proxies),
    ];
    return [...new Map(found.map((problem) => [`${problem.id} ${problem.path}`, problem])).values()];
  }

  /** Returns the waypoints of ambient. Callers use them once the policies of their namespace are those of ambient. */
  private inTime(waypoints: WaypointBackend): WaypointBackend {
    return {
      isBehind: (workload) => this.policiesOf(workload.namespace).waypoints?.isBehind(workload) ?? false,
      createWaypoint: (...args) => waypoints.createWaypoint(...args),
      mayIntercept: (namespace) => waypoints.mayIntercept(namespace),
      serviceAccount: (name) => waypoints.serviceAccount(name),
      registerExternalService: (...args) => waypoints.registerExternalService(...args),
      authorizeRequests: (...args) => waypoints.authorizeRequests(...args),
    };
  }

  /** Returns the data plane of the pods of a namespace. */
  private podsOf(namespace: string): MeshBackend {
    const { ambient, sidecar, plan } = this.planes;
    return plan.hasSidecars(namespace) ? sidecar : ambient;
  }

  /** Returns the data plane whose policies protect a namespace. The policies of ambient exist before its pods are in ambient. */
  private policiesOf(namespace: string): MeshBackend {
    const { ambient, sidecar, plan } = this.planes;
    return plan.stageOf(namespace) === 'sidecar' ? sidecar : ambient;
  }
}
