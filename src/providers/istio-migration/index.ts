import { Construct } from 'constructs';
import { checkStages } from './checks';
import { MigrationPlan } from './plan';
import { AuthorizationPolicySpec, PeerAuthenticationSpecMtlsMode } from '../../../imports/security.istio.io';
import { AccessLogFacts } from '../../model/access-logs';
import { Caller } from '../../model/callers';
import { ConnectionRule, mergedConnectionRules } from '../../model/connection-rule';
import { Feature, Refusal } from '../../model/feature';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { CarryingPort } from '../../model/mesh-limitations';
import { Problem } from '../../model/problem';
import { ProxyMetrics } from '../../model/proxy-metrics';
import { enforcingWaypoint, ServiceNode } from '../../model/service';
import { WorkloadEgressFacts, WorkloadNode } from '../../model/workload';
import { ExternalNetworks, GatewayMembership, MeshBackend, MeshRoutes, PodMetadata, ServicePort, UnauthenticatedPorts, WaypointBackend } from '../backend';
import { ForeignObjects } from '../foreign/tree-object';
import { emitAuthorizationPolicy } from '../istio-shared/authorization-policy';
import { allowConnections } from '../istio-shared/istio-authorization';
import { emitIstioNamespace, IstioNamespace } from '../istio-shared/istio-namespace';
import { emitUnauthenticatedCallers, emitUnauthenticatedPorts } from '../istio-shared/unauthenticated-ports';

export { MigrationPlan };

/** The two data planes of a migrating mesh, and the stage of each namespace. */
export interface MigrationPlanes {
  readonly ambient: MeshBackend & Required<Pick<MeshBackend, 'proxyMetrics'>> & { namespaceLabels(namespace: NamespaceNode): IstioNamespace['labels'] };
  readonly sidecar: MeshBackend & {
    proxyMetrics(): readonly ProxyMetrics[];
    namespaceLabels(): IstioNamespace['labels'];
    showGranted(scope: Construct, model: MeshModel, namespace: NamespaceNode): void;
    show(scope: Construct, model: MeshModel, workload: WorkloadNode): void;
  };
  readonly plan: MigrationPlan;
  readonly accessLogs: AccessLogFacts;
}

const AUTHORIZED_TWICE: Refusal = {
  reason: 'during a migration, some requests would be checked by sidecars at the pods and others by waypoints',
  instead: 'a mesh whose migration to ambient is complete',
};

const ALLOWED_TWICE: Refusal = {
  reason: 'during a migration, some pods would call an external host through a waypoint and others through their sidecars',
  instead: 'a mesh whose migration to ambient is complete',
};

const AUDITED_TWICE: Refusal = {
  reason: 'the steps of a migration decide themselves where mutual TLS is required and which policies are enforced',
  instead: 'a mesh whose migration to ambient is complete, or MeshProvider.istioSidecar before it',
};

/** Features of external hosts that workloads name. */
const HOSTS: readonly Feature[] = ['named-hosts', 'tcp-hosts', 'wildcard-hosts', 'private-hosts', 'closed-hosts'];

/**
 * Returns the policy with the condition that requests carry no credentials. ztunnel cannot enforce this condition. It ignores an ALLOW rule
 * with such a condition, so that nothing more is allowed. It would apply a DENY rule without its conditions.
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
 * A mesh that migrates from sidecars to ambient mode, one namespace at a time. Each namespace has the objects of its data plane. In between
 * it has the policies of both: sidecars enforce those for sidecars, and ztunnel and waypoints enforce those for ambient.
 */
export class IstioMigration implements MeshBackend {
  public readonly label = 'MeshProvider.istioAmbient';
  public readonly credentials = 'refused' as const;
  public readonly proxy: MeshBackend['proxy'];
  public readonly gateways: GatewayMembership;
  public readonly limitations: MeshBackend['limitations'];
  /**
   * Reason why MCP proxies are refused. The last step would replace the server with a proxy of the same name, and the plan would list its
   * objects for deletion.
   */
  public readonly mcpProxiesRefusal: Refusal = {
    reason: 'the MCP proxy could be created only in the last step, because until then the MCP server itself uses its names', instead: 'a mesh whose migration to ambient is complete',
  };

  /** Waypoints may exist before callers use them. */
  public readonly waypoints?: WaypointBackend;
  public readonly routes?: MeshRoutes;
  public readonly externalNetworks: ExternalNetworks = {
    allow: (scope, network) => this.podsOf(network.namespace).externalNetworks?.allow(scope, network),
  };

  /** Between the two data planes a namespace accepts plain text at every port. STRICT for single pods would cut off their callers. */
  public readonly unauthenticatedPorts: UnauthenticatedPorts = {
    open: (scope, model, workload, ports) => {
      const stage = this.planes.plan.stageOf(workload.namespace);
      const emitPorts = stage === 'permissive' || stage === 'enrolled' ? emitUnauthenticatedCallers : emitUnauthenticatedPorts;
      emitPorts(scope, model, workload, ports);
    },
  };

  public constructor(private readonly planes: MigrationPlanes) {
    const { ambient, sidecar } = planes;
    this.waypoints = ambient.waypoints && this.inTime(ambient.waypoints);
    this.routes = ambient.routes;
    this.limitations = {
      ...ambient.limitations,
      uncapturedPorts: (namespace) => this.podsOf(namespace).limitations.uncapturedPorts?.(namespace) ?? [],
      probers: (workload) => this.podsOf(workload.namespace).limitations.probers?.(workload),
      allowsUnnamedHosts: (namespace) => this.podsOf(namespace).limitations.allowsUnnamedHosts(namespace),
    };
    this.proxy = {
      ports: [...new Set([...ambient.proxy.ports, ...sidecar.proxy.ports])].sort((a, b) => a - b),
      userIds: [...ambient.proxy.userIds, ...sidecar.proxy.userIds],
    };
    this.gateways = {
      edge: {}, statusPorts: [], acceptedTransports: ['mutual-tls', 'hbone'], innerIn: (namespace) => this.podsOf(namespace).gateways.innerIn(namespace),
    };
  }

  /**
   * Returns why a feature is refused. A feature that one data plane does not support would be lost during the migration. A check that the
   * two data planes enforce at different proxies would be enforced at neither.
   */
  public refuses(feature: Feature): Refusal | undefined {
    const { ambient, sidecar } = this.planes;
    if (HOSTS.includes(feature)) return ALLOWED_TWICE;
    if (feature === 'audit') return AUDITED_TWICE;
    if (feature === 'tool-tokens' || feature === 'jwt' || feature === 'external-authorization' || feature === 'origin-check') return AUTHORIZED_TWICE;
    return ambient.refuses(feature) ?? (feature === 'waypoint' ? undefined : sidecar.refuses(feature));
  }

  public proxyMetrics(model: MeshModel): readonly ProxyMetrics[] {
    const { ambient, sidecar, plan } = this.planes;
    const hasSidecars = [...model.namespaces.keys()].some((namespace) => plan.hasSidecars(namespace));
    return [...ambient.proxyMetrics(model), ...hasSidecars ? sidecar.proxyMetrics() : []];
  }

  public dataPlaneIn(namespace: string): string {
    return this.podsOf(namespace).dataPlaneIn(namespace);
  }

  public enroll(scope: Construct, model: MeshModel, namespace: NamespaceNode): void {
    const { ambient, sidecar, plan, accessLogs } = this.planes;
    const stage = plan.stageOf(namespace.name);
    const mode = PeerAuthenticationSpecMtlsMode.PERMISSIVE;
    if (stage === undefined) {
      ambient.enroll(scope, model, namespace);
    } else if (stage === 'sidecar') {
      sidecar.enroll(scope, model, namespace);
    } else if (stage === 'permissive') {
      emitIstioNamespace(scope, model, namespace, { labels: sidecar.namespaceLabels(), mode, accessLogs });
      sidecar.showGranted(scope, model, namespace);
    } else {
      emitIstioNamespace(scope, model, namespace, { labels: ambient.namespaceLabels(namespace), mode, accessLogs });
    }
  }

  public podMetadata(workload: WorkloadNode, model: MeshModel): PodMetadata {
    return this.podsOf(workload.namespace).podMetadata(workload, model);
  }

  public createService(scope: Construct, model: MeshModel, workload: WorkloadNode, service: ServiceNode): void {
    this.policiesOf(service.namespace).createService(scope, model, workload, service);
  }

  /**
   * Emits the policies of a workload. Sidecars see the identity of the caller, while ztunnel sees the identity of the waypoint. For pods in
   * ambient mode, the policy for sidecars has only rules that ztunnel cannot enforce: ztunnel ignores them and allows nothing by them.
   * Rules that ztunnel could enforce would let callers bypass the waypoint.
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
    if (!enforcingWaypoint(service) || !(stage === 'permissive' || (stage === 'enrolled' && isDropped))) return;
    const scopeOf = { selector: { matchLabels: { ...workload.labels } } };
    emitAuthorizationPolicy(scope, 'workload-policy-sidecars', model, { name: `${name}-sidecars`, namespace }, () =>
      withoutCredentials(allowConnections(model, scopeOf, mergedConnectionRules(sidecar.connectionRules(model, workload))), workload));
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

  /** Returns the waypoints of ambient mode. Callers use them as soon as their namespace has the policies for ambient mode. */
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
