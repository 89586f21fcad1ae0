import { Construct } from 'constructs';
import { checkStages } from './checks';
import { MigrationPlan } from './plan';
import { AuthorizationPolicy, AuthorizationPolicySpec, PeerAuthenticationSpecMtlsMode } from '../../../imports/security.istio.io';
import { ConnectionRule, mergedConnectionRules } from '../../model/connection-rule';
import { Feature, Refusal } from '../../model/feature';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { CarryingPort } from '../../model/mesh-limitations';
import { MeshRouteNode } from '../../model/mesh-route';
import { Problem } from '../../model/problem';
import { ServiceNode } from '../../model/service';
import { WorkloadEgressFacts, WorkloadNode } from '../../model/workload';
import { GatewayMembership, MeshBackend, PodMetadata, ServicePort, WaypointBackend } from '../backend';
import { emit } from '../emit';
import { ForeignObjects } from '../foreign/tree-object';
import { allowConnections } from '../shared/istio-authorization';
import { emitIstioNamespace, IstioNamespace } from '../shared/istio-namespace';

export { MigrationPlan };

/** The two data planes of a mesh that moves from one to the other, and what each namespace has of them. */
export interface MigrationPlanes {
  readonly ambient: MeshBackend & { namespaceLabels(namespace: NamespaceNode): IstioNamespace['labels'] };
  readonly sidecar: MeshBackend & {
    namespaceLabels(): IstioNamespace['labels'];
    hideAll(scope: Construct, namespace: NamespaceNode): void;
    show(scope: Construct, model: MeshModel, workload: WorkloadNode): void;
  };
  readonly plan: MigrationPlan;
}

const JUDGED_TWICE: Refusal = {
  reason: 'a namespace that is between two data planes would have its requests judged at pods and at waypoints, of which neither is all of it',
  instead: 'a mesh that has arrived in ambient',
};

const ALLOWED_TWICE: Refusal = {
  reason: 'a namespace that is between two data planes would let a host out by a waypoint and by sidecars, of which neither is all of it',
  instead: 'a mesh that has arrived in ambient',
};

/** What ztunnel cannot read it drops of an ALLOW, and stays closed; of a DENY nothing would be left. */
function withoutCredentials(policy: AuthorizationPolicySpec, { tokens }: WorkloadNode): AuthorizationPolicySpec {
  if (tokens !== 'refused' || !policy.rules) return policy;
  const absent = { key: 'request.headers[authorization]', notValues: ['*'] };
  return { ...policy, rules: policy.rules.map((rule) => ({ ...rule, when: [...rule.when ?? [], absent] })) };
}

/** What both data planes say of one construct is said once. */
function once(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.id} ${problem.path} ${problem.message}`, problem])).values()];
}

/**
 * A mesh on its way from sidecars to ambient, one namespace at a time. Each namespace is emitted as its own data plane
 * emits it; between the two it has the policies of both, whose union lets in nobody whom one of them would not.
 */
export class IstioMigration implements MeshBackend {
  public readonly label = 'MeshProvider.istioAmbient';
  public readonly credentials = 'refused' as const;
  public readonly proxy: MeshBackend['proxy'];
  public readonly gateways: GatewayMembership;
  public readonly limitations: MeshBackend['limitations'];
  /** The last step would put a proxy where the server was, of the same name, and take its objects for what is left over. */
  public readonly mcpProxiesRefusal: Refusal = {
    reason: 'its proxy would come with the last step, under the names that the server has until then', instead: 'a mesh that has arrived in ambient',
  };

  public constructor(private readonly planes: MigrationPlanes) {
    const { ambient, sidecar } = planes;
    this.limitations = { ...ambient.limitations, probers: (workload) => this.podsOf(workload.namespace).limitations.probers?.(workload) };
    this.proxy = {
      ports: [...new Set([...ambient.proxy.ports, ...sidecar.proxy.ports])].sort((a, b) => a - b),
      userIds: [...ambient.proxy.userIds, ...sidecar.proxy.userIds],
    };
    this.gateways = {
      edge: {}, statusPorts: [], acceptedTransports: ['mutual-tls', 'hbone'], innerIn: (namespace) => this.podsOf(namespace).gateways.innerIn(namespace),
    };
  }

  /** What one of the two lacks would be lost on the way, and what is judged at another place in each would be judged at none. */
  public refuses(feature: Feature): Refusal | undefined {
    const { ambient, sidecar } = this.planes;
    if (feature === 'named-hosts') return ALLOWED_TWICE;
    if (feature === 'tool-tokens' || feature === 'jwt' || feature === 'external-authorization' || feature === 'origin-check') return JUDGED_TWICE;
    return ambient.refuses(feature) ?? (feature === 'waypoint' ? undefined : sidecar.refuses(feature));
  }

  public dataPlaneIn(namespace: string): string {
    return this.podsOf(namespace).dataPlaneIn(namespace);
  }

  /** Waypoints may stand before anybody goes through them. */
  public waypointsIn(namespace: string): WaypointBackend | undefined {
    return this.planes.ambient.waypointsIn(namespace);
  }

  public isBehindWaypoint(workload: WorkloadNode): boolean {
    return this.policiesOf(workload.namespace).isBehindWaypoint(workload);
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

  public createServiceAccount(scope: Construct, account: { readonly serviceAccount: string; readonly namespace: string }): void {
    this.planes.ambient.createServiceAccount(scope, account);
  }

  public createDeployment(scope: Construct, workload: WorkloadNode): void {
    this.podsOf(workload.namespace).createDeployment(scope, workload);
  }

  public podMetadata(workload: WorkloadNode): PodMetadata {
    return this.podsOf(workload.namespace).podMetadata(workload);
  }

  public createService(scope: Construct, model: MeshModel, workload: WorkloadNode, service: ServiceNode): void {
    this.policiesOf(service.namespace).createService(scope, model, workload, service);
  }

  /**
   * Sidecars know callers where ztunnel knows the waypoint. Once pods are in ambient only what ztunnel cannot read stands
   * beside the floor, since it drops that and stays closed: callers whom it could read would come past the waypoint.
   */
  public authorizePods(
    scope: Construct, id: string, model: MeshModel, workload: WorkloadNode, connectionRules: () => readonly ConnectionRule[],
  ): void {
    const { sidecar, plan } = this.planes;
    const { name, namespace, service } = workload;
    this.policiesOf(namespace).authorizePods(scope, id, model, workload, connectionRules);
    const stage = plan.stageOf(namespace);
    if (stage === 'permissive') sidecar.show(scope, model, workload);
    const isDropped = workload.requests?.endpoints !== undefined;
    if (!service?.waypoint || !(stage === 'permissive' || (stage === 'enrolled' && isDropped))) return;
    const scopeOf = { selector: { matchLabels: { ...workload.labels } } };
    emit(scope, `${id}-sidecars`, AuthorizationPolicy, { name: `${name}-sidecars`, namespace }, {
      spec: () => withoutCredentials(allowConnections(model, scopeOf, mergedConnectionRules(sidecar.connectionRules(model, workload))), workload),
    });
  }

  public connectionRules(model: MeshModel, workload: WorkloadNode): readonly ConnectionRule[] {
    return this.policiesOf(workload.namespace).connectionRules(model, workload);
  }

  public restrictEgress(scope: Construct, workload: WorkloadNode, egress: WorkloadEgressFacts): void {
    // As long as there are pods with sidecars anywhere, others come to them as they do.
    this.planes.sidecar.restrictEgress(scope, workload, egress);
  }

  public allowExternalHost(): void {}

  public splitTraffic(scope: Construct, model: MeshModel, route: MeshRouteNode): void {
    this.planes.ambient.splitTraffic(scope, model, route);
  }

  public allowNamespaceEgress(): void {}

  public linkCluster(): void {}

  public check(model: MeshModel): Problem[] {
    const { ambient, sidecar, plan } = this.planes;
    const hasSidecars = (namespace: string) => plan.hasSidecars(namespace);
    return once([...ambient.check(model, () => true), ...sidecar.check(model, hasSidecars), ...checkStages(model, plan)]);
  }

  public carryingPortIn(namespace: string): CarryingPort | undefined {
    return this.podsOf(namespace).carryingPortIn(namespace);
  }

  public misreadPort(workload: WorkloadNode, port: ServicePort, annotations: Readonly<Record<string, unknown>>): string | undefined {
    return this.planes.ambient.misreadPort(workload, port, annotations);
  }

  /** What is said of every namespace is said once. */
  public checkForeign(model: MeshModel, foreign: ForeignObjects): Problem[] {
    const { ambient, sidecar, plan } = this.planes;
    const found = [
      ...ambient.checkForeign(model, foreign, (namespace) => !plan.hasSidecars(namespace)),
      ...sidecar.checkForeign(model, foreign, (namespace) => plan.hasSidecars(namespace)),
    ];
    return [...new Map(found.map((problem) => [`${problem.id} ${problem.path}`, problem])).values()];
  }

  /** Whose pods those of a namespace are now. */
  private podsOf(namespace: string): MeshBackend {
    const { ambient, sidecar, plan } = this.planes;
    return plan.hasSidecars(namespace) ? sidecar : ambient;
  }

  /** Whose policies guard a namespace: those of ambient stand before its pods are there. */
  private policiesOf(namespace: string): MeshBackend {
    const { ambient, sidecar, plan } = this.planes;
    return plan.stageOf(namespace) === 'sidecar' ? sidecar : ambient;
  }
}
