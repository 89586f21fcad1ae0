import { Construct } from 'constructs';
import { checkIstioGateway } from './checks';
import { serviceName } from './class';
import { emitEdgeGateway, emitHosts } from './edge-gateway';
import { emitEdgeRoute } from './edge-route';
import { closedInnerGateway, compileInnerRoute, emitGrpcEntry, emitInnerGateway, INNER_SUFFIX, InnerGateway, innerGatewayOf, InnerPlace, innerPools } from './inner-gateway';
import { emitMeshEntry, EntryPlace } from './mesh-entry';
import { compilePickerTls } from './picker-tls';
import { poolRules } from './pool-rules';
import { emitTenant, emitTenantsPath, tenantsAt, tenantsGatewayOf } from './tenants-gateway';
import { HttpRoute } from '../../../imports/gateway.networking.k8s.io';
import { InferencePool } from '../../../imports/inference.networking.k8s.io';
import { DestinationRule } from '../../../imports/networking.istio.io';
import { Caller } from '../../model/callers';
import { ConnectionRule } from '../../model/connection-rule';
import { prefillRules } from '../../model/disaggregation';
import { declaredRefusal, Feature, Refusal, UnsupportedFeatures } from '../../model/feature';
import { GatewayNode } from '../../model/gateway';
import { MeshModel } from '../../model/mesh';
import { PICKER_PORTS, pickerPorts, PoolNode } from '../../model/pool';
import { Principal } from '../../model/principal';
import { Problem } from '../../model/problem';
import { byIdentity, ENVOY_METRICS, MERGED_METRICS, ProxyMetrics } from '../../model/proxy-metrics';
import { RouteNode } from '../../model/route';
import { TenantNode } from '../../model/tenant';
import { Trait } from '../../model/trait';
import { forwardedLimits, WorkloadNode } from '../../model/workload';
import { GatewayBackend, InnerMembership, MeshBackend } from '../backend';
import { emit } from '../emit';
import { checkForeignGateways } from '../foreign/gateways';
import { ForeignObjects } from '../foreign/tree-object';
import { compilePool } from '../inference-extension/inference-pool';
import { emitPicker, emitPickerService } from '../inference-extension/picker';
import { FAIRNESS_HEADER, OBJECTIVE_HEADER } from '../inference-extension/picker-headers';
import { emitMetricsService } from '../inference-extension/picker-metrics';
import { emitPrefillService } from '../inference-extension/prefill-service';
import { closedGateways, edgeMetrics } from '../istio-shared/edge-gateway';
import { LABELS } from '../istio-shared/istio-targets';
import { isProxyPort } from '../istio-shared/proxy-ports';
import { skippedGateways } from '../istio-shared/skipped-gateways';

/** Options of the Istio gateway. */
export interface IstioGatewayOptions {
  readonly className: string;
  /** Features that this release or channel does not support, each with the reason. */
  readonly unsupported: UnsupportedFeatures;
}

const SUPPORTED: readonly Feature[] = ['pool', 'gateway-route', 'gateway-canary', 'gateway-retries', 'gateway-timeouts', 'gateway-jwt', 'gateway-cors', 'client-certificates', 'trusted-proxies'];

/** The gateway of Istio: an Envoy that istiod deploys for each Gateway of its class. */
export class IstioGateway implements GatewayBackend {
  public readonly label = 'GatewayProvider.istio';

  public readonly nameSuffix: string;

  public constructor(private readonly mesh: MeshBackend, private readonly options: IstioGatewayOptions) {
    this.nameSuffix = serviceName(INNER_SUFFIX, options.className);
  }

  public isProxyPort(port: number): boolean {
    return isProxyPort(port);
  }

  public check(model: MeshModel): Problem[] {
    return checkIstioGateway(model, this.options.className);
  }

  public checkForeign(model: MeshModel, foreign: ForeignObjects): Problem[] {
    const inner = this.innerGatewaysOf(model);
    const captured = inner.filter(({ namespace }) => this.membership(namespace)?.kind === 'captured').map(closedInnerGateway);
    return checkForeignGateways(model, foreign, {
      className: this.options.className, serviceAccount: (name) => this.serviceAccount(name),
      closed: [...closedGateways(model, this.mesh.gateways), ...captured],
      inner: inner.map((one) => ({ ...one, service: serviceName(one.name, one.className) })),
    });
  }

  public refuses(feature: Feature): Refusal | undefined {
    return (feature === 'pool' ? this.mesh.refuses('pool') : undefined) ?? skippedGateways(this.mesh, feature)
      ?? declaredRefusal({ label: this.label, supported: SUPPORTED, unsupported: this.options.unsupported }, feature);
  }

  public serviceAccount(gatewayName: string): string {
    return serviceName(gatewayName, this.options.className);
  }

  public createGateway(scope: Construct, model: MeshModel, gateway: GatewayNode): void {
    emitEdgeGateway(scope, model, gateway, this.options.className, this.mesh.gateways);
  }

  public allowHosts(scope: Construct, model: MeshModel, gateway: GatewayNode): void {
    emitHosts(scope, model, gateway);
  }

  public createPool(scope: Construct, gatewayScope: Construct, model: MeshModel, pool: PoolNode): void {
    const inner = this.innerOf(pool);
    const innerScope = this.innerGateway(gatewayScope, model, inner);
    if (pool.speaksGrpc && !pool.gateway.inMesh) emitGrpcEntry(innerScope, model, inner);
    const { name, namespace } = pool;
    if (!pool.existing) emit(scope, 'pool', InferencePool, { name, namespace }, { spec: () => compilePool(pool) });
    if (!pool.gateway.inMesh) emit(scope, 'route', HttpRoute, { name, namespace }, { spec: () => compileInnerRoute(inner, name, pool.gateway.hostnames, poolRules(pool)) });
    this.picker(scope, model, pool, this.principal(model, inner));
  }

  public openPool(scope: Construct, model: MeshModel, pool: PoolNode): void {
    emitMeshEntry(scope, model, pool, { ...this.entryPlace(model, pool), rules: () => poolRules(pool) });
  }

  public createTenant(scope: Construct, gatewayScope: Construct, model: MeshModel, tenant: TenantNode): void {
    const place = this.entryPlace(model, tenant.pool);
    emitTenant(scope, this.tenantsGateway(gatewayScope, model, place.inner), model, tenant, place);
  }

  public createRoute(scope: Construct, route: RouteNode): void {
    emitEdgeRoute(scope, route, this.options.className);
  }

  public connectionRules(model: MeshModel, workload: WorkloadNode): readonly ConnectionRule[] {
    if (model.poolsOf(workload).length + model.routesOf(workload).length === 0) return prefillRules(model, workload);
    const pools = model.poolsOf(workload).flatMap((pool): ConnectionRule[] => [
      { principals: [this.server(model, pool).principal], ports: pool.targetPorts },
      { principals: [model.principal(pool.picker.workload.namespace, pool.picker.workload.serviceAccount)], ports: pickerPorts(pool) },
    ]).filter(({ ports }) => ports.length > 0);
    if (!workload.service || this.mesh.waypoints?.isBehind(workload)) return pools;
    const ports = [workload.service.targetPort];
    return [...pools, ...model.routesOf(workload).flatMap(({ gateway }) => {
      const principals = [this.caller(model, gateway).principal];
      return forwardedLimits(workload).map((requests) => ({ principals, ports, requests }));
    })];
  }

  public caller(model: MeshModel, gateway: GatewayNode): Caller {
    const serviceAccount = gateway.existingServiceAccount ?? this.serviceAccount(gateway.name);
    return { title: `gateway ${gateway.name}`, principal: model.principal(gateway.namespace, serviceAccount) };
  }

  public server(model: MeshModel, pool: PoolNode): Caller {
    return { title: pool.gateway.inMesh ? `gateway ${pool.gateway.name}` : `the inner gateway of ${pool.gateway.name}`, principal: this.principal(model, this.innerOf(pool)) };
  }

  public proxies(model: MeshModel): readonly Caller[] {
    const inner = new Map(model.pools.map((pool) => {
      const server = this.server(model, pool);
      return [server.principal.key, server] as const;
    }));
    const tenants = new Map(model.tenants.map(({ pool }) => {
      const principal = this.principal(model, tenantsGatewayOf(this.innerOf(pool)));
      return [principal.key, { title: `the gateway of the tenants of ${pool.gateway.name}`, principal }] as const;
    }));
    return [...model.gateways.map((gateway) => this.caller(model, gateway)), ...inner.values(), ...tenants.values()];
  }

  public proxyMetrics(model: MeshModel): readonly ProxyMetrics[] {
    return [
      ...edgeMetrics(model, this.mesh.gateways, EDGE_METRICS),
      ...this.innerGatewaysOf(model).map(({ name, namespace }): ProxyMetrics => (this.membership(namespace).kind === 'captured' && !model.isAuditOnly(namespace)
        ? { title: `the inner gateway ${namespace}/${name}`, ports: [MERGED_METRICS], readBy: byIdentity(model.scraper) }
        : { title: `the inner gateway ${namespace}/${name}`, ports: EDGE_METRICS, readBy: 'anyone' })), // in audit-only namespaces too
    ];
  }

  private innerGatewaysOf(model: MeshModel): InnerGateway[] {
    const all = [...model.pools.map((pool) => this.innerOf(pool)), ...model.tenants.map(({ pool }) => tenantsGatewayOf(this.innerOf(pool)))];
    return [...new Map(all.map((one) => [keyOf(one), one] as const)).values()];
  }

  private innerOf(pool: PoolNode): InnerGateway {
    return innerGatewayOf(pool, this.options.className);
  }

  private principal(model: MeshModel, inner: InnerGateway): Principal {
    return model.principal(inner.namespace, serviceName(inner.name, inner.className));
  }

  private entryPlace(model: MeshModel, pool: PoolNode): Omit<EntryPlace, 'rules'> {
    const { namespace } = pool;
    return { inner: this.innerOf(pool), membership: this.membership(namespace), mayBeRead: () => this.mayBeRead(model, namespace) };
  }

  /** Emits an inner gateway with its first pool, and returns its scope. */
  private innerGateway(gatewayScope: Construct, model: MeshModel, inner: InnerGateway): Construct {
    const { gateway } = inner;
    return this.shared(gatewayScope, model, inner, 'inner', {
      listeners: () => innerPools(model, inner),
      setHeaders: () => (tenantsAt(model, inner).length > 0 ? [FAIRNESS_HEADER, OBJECTIVE_HEADER] : Object.keys(gateway.jwt?.claimHeaders ?? {})),
      endpoint: gateway.inMesh ? undefined : () => this.caller(model, gateway).principal,
    });
  }

  /** Emits the gateway before an inner gateway with its first tenant, and returns its scope. */
  private tenantsGateway(gatewayScope: Construct, model: MeshModel, inner: InnerGateway): Construct {
    const gateway = tenantsGatewayOf(inner);
    const isNew = !innerGateways.find(gatewayScope)?.has(keyOf(gateway));
    const scope = this.shared(gatewayScope, model, gateway, 'tenants', { listeners: () => tenantsAt(model, inner), setHeaders: () => [] });
    if (isNew) emitTenantsPath(scope, model, inner, this.membership(inner.namespace), this.principal(model, gateway));
    return scope;
  }

  /** Emits a gateway that pools or tenants share, once, and returns its scope. */
  private shared(
    gatewayScope: Construct, model: MeshModel, inner: InnerGateway, role: string, place: Omit<InnerPlace, 'membership' | 'mayBeRead'>,
  ): Construct {
    const made = innerGateways.find(gatewayScope) ?? new Map();
    innerGateways.give(gatewayScope, made);
    const known = made.get(keyOf(inner));
    if (known) return known;
    const id = `${role}-${inner.namespace}${inner.shard === 0 ? '' : `:${inner.shard}`}`;
    const scope = new Construct(gatewayScope, gatewayScope.node.tryFindChild(id) ? `${id}-gateway` : id); // a pool may already use the id
    made.set(keyOf(inner), scope);
    emitInnerGateway(scope, model, inner, {
      ...place,
      membership: this.membership(inner.namespace),
      mayBeRead: () => this.mayBeRead(model, inner.namespace),
    });
    return scope;
  }

  /** Returns the membership of the inner gateway. Pools exist only on meshes that have one. */
  private membership(namespace: string): InnerMembership {
    return this.mesh.gateways.innerIn(namespace)!;
  }

  private mayBeRead(model: MeshModel, namespace: string): boolean {
    return this.mesh.waypoints?.mayIntercept(model.namespaces.get(namespace)) ?? false;
  }

  private picker(poolScope: Construct, model: MeshModel, pool: PoolNode, inner: Principal): void {
    const { picker } = pool;
    const scope = new Construct(poolScope, 'picker');
    const { namespace } = picker.workload;
    const membership = this.membership(namespace);
    // Traffic that the proxies encrypt with mutual TLS cannot carry the TLS of the picker too.
    const tls = picker.selfSignedTls && membership.kind === 'captured';
    if (picker.deployment) {
      emitPicker(scope, pool, picker.deployment, { secureServing: tls, metadata: this.mesh.podMetadata(picker.workload, model) });
      emitPickerService(scope, pool, { [LABELS.useWaypoint]: () => (this.mayBeRead(model, namespace) ? 'none' : undefined) });
    }
    if (membership.kind === 'mutual-tls') {
      emitMetricsService(scope, pool);
      emitPrefillService(poolScope, pool);
    }
    const ports = [picker.deployment ? PICKER_PORTS.extProc : picker.workload.service!.targetPort];
    const scrapers = picker.deployment && model.scraper ? [{ principals: [model.scraper.principal], ports: [PICKER_PORTS.metrics] }] : [];
    this.mesh.authorizePods(scope, model, picker.workload, () => [{ principals: [inner], ports }, ...scrapers]);
    if (tls) {
      emit(scope, 'tls', DestinationRule, { name: picker.serviceName, namespace }, { spec: () => compilePickerTls(picker) });
    }
  }
}

const EDGE_METRICS = [MERGED_METRICS, ENVOY_METRICS];

const keyOf = ({ namespace, name }: InnerGateway): string => `${namespace}/${name}`;

/** Scopes of the inner gateways that are already emitted, for each gateway, by namespace and name. */
const innerGateways = new Trait<Map<string, Construct>>('a gateway with pools');
