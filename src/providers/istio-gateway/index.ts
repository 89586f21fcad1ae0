import { Construct } from 'constructs';
import { checkIstioGateway } from './checks';
import { serviceName } from './class';
import { emitEdgeGateway, emitHosts } from './edge-gateway';
import { emitEdgeRoute } from './edge-route';
import { closedInnerGateway, compileInnerRoute, emitInnerGateway, INNER_SUFFIX, InnerGateway, innerGatewayOf } from './inner-gateway';
import { compilePickerTls } from './picker-tls';
import { HttpRoute } from '../../../imports/gateway.networking.k8s.io';
import { InferencePool } from '../../../imports/inference.networking.k8s.io';
import { DestinationRule } from '../../../imports/networking.istio.io';
import { Caller } from '../../model/callers';
import { ConnectionRule } from '../../model/connection-rule';
import { declaredRefusal, Feature, Refusal, UnsupportedFeatures } from '../../model/feature';
import { GatewayNode } from '../../model/gateway';
import { MeshModel } from '../../model/mesh';
import { PICKER_PORTS, PoolNode, scrapedPorts } from '../../model/pool';
import { Principal } from '../../model/principal';
import { Problem } from '../../model/problem';
import { RouteNode } from '../../model/route';
import { Trait } from '../../model/trait';
import { WorkloadNode } from '../../model/workload';
import { GatewayBackend, InnerMembership, MeshBackend } from '../backend';
import { emit } from '../emit';
import { checkForeignGateways } from '../foreign/gateways';
import { ForeignObjects } from '../foreign/tree-object';
import { compilePool } from '../inference-extension/inference-pool';
import { emitPicker, emitPickerService } from '../inference-extension/picker';
import { emitMetricsService } from '../inference-extension/picker-metrics';
import { closedGateways } from '../istio-shared/edge-gateway';
import { LABELS } from '../istio-shared/istio-targets';
import { isProxyPort } from '../istio-shared/proxy-ports';
import { skippedGateways } from '../istio-shared/skipped-gateways';

/** Options of the Istio gateway. */
export interface IstioGatewayOptions {
  readonly className: string;
  /** Features that this release or channel does not support, each with the reason. */
  readonly unsupported: UnsupportedFeatures;
}

const SUPPORTED: readonly Feature[] = ['pool', 'gateway-route', 'gateway-canary', 'gateway-retries', 'gateway-timeouts', 'client-certificates'];

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
    const inner = [...new Map(model.pools.map((pool) => {
      const one = this.innerOf(pool);
      return [`${one.namespace}/${one.name}`, one] as const;
    })).values()];
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

  public allowHosts(scope: Construct, gateway: GatewayNode): void {
    emitHosts(scope, gateway);
  }

  public createPool(scope: Construct, gatewayScope: Construct, model: MeshModel, pool: PoolNode): void {
    const inner = this.innerOf(pool);
    this.innerGateway(gatewayScope, model, inner);
    const { name, namespace } = pool;
    if (!pool.existing) emit(scope, 'pool', InferencePool, { name, namespace }, { spec: () => compilePool(pool) });
    emit(scope, 'route', HttpRoute, { name, namespace }, { spec: () => compileInnerRoute(inner, pool) });
    this.picker(scope, model, pool, this.principal(model, inner));
  }

  public createRoute(scope: Construct, route: RouteNode): void {
    emitEdgeRoute(scope, route, this.options.className);
  }

  public connectionRules(model: MeshModel, workload: WorkloadNode): readonly ConnectionRule[] {
    if (model.poolsOf(workload).length + model.routesOf(workload).length === 0) return NONE;
    const pools = model.poolsOf(workload).flatMap((pool): ConnectionRule[] => [
      { principals: [this.server(model, pool).principal], ports: pool.targetPorts },
      { principals: [model.principal(pool.picker.workload.namespace, pool.picker.workload.serviceAccount)], ports: scrapedPorts(pool) },
    ]);
    if (!workload.service || this.mesh.waypoints?.isBehind(workload)) return pools;
    const ports = [workload.service.targetPort];
    const { requests } = workload;
    return [...pools, ...model.routesOf(workload).map(({ gateway }) => ({ principals: [this.caller(model, gateway).principal], ports, requests }))];
  }

  public caller(model: MeshModel, gateway: GatewayNode): Caller {
    const serviceAccount = gateway.existingServiceAccount ?? this.serviceAccount(gateway.name);
    return { title: `gateway ${gateway.name}`, principal: model.principal(gateway.namespace, serviceAccount) };
  }

  public server(model: MeshModel, pool: PoolNode): Caller {
    return { title: `the inner gateway of ${pool.gateway.name}`, principal: this.principal(model, this.innerOf(pool)) };
  }

  public proxies(model: MeshModel): readonly Caller[] {
    const inner = new Map(model.pools.map((pool) => {
      const server = this.server(model, pool);
      return [server.principal.key, server] as const;
    }));
    return [...model.gateways.map((gateway) => this.caller(model, gateway)), ...inner.values()];
  }

  private innerOf(pool: PoolNode): InnerGateway {
    return innerGatewayOf(pool.gateway, pool.namespace, this.options.className);
  }

  private principal(model: MeshModel, inner: InnerGateway): Principal {
    return model.principal(inner.namespace, serviceName(inner.name, inner.className));
  }

  /** Emits the inner gateway of a namespace with its first pool. All pools of the namespace share it. */
  private innerGateway(gatewayScope: Construct, model: MeshModel, inner: InnerGateway): void {
    const made = innerGateways.find(gatewayScope) ?? new Set();
    innerGateways.give(gatewayScope, made);
    if (made.has(inner.namespace)) return;
    made.add(inner.namespace);
    const id = `inner-${inner.namespace}`;
    const scope = new Construct(gatewayScope, gatewayScope.node.tryFindChild(id) ? `${id}-gateway` : id); // a pool may already use the id
    emitInnerGateway(scope, model, inner, {
      membership: this.membership(inner.namespace),
      endpoint: () => this.caller(model, inner.gateway).principal,
      mayBeRead: () => this.mayBeRead(model, inner.namespace),
    });
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
      emitPicker(scope, pool, picker.deployment, { secureServing: tls, metadata: this.mesh.podMetadata(picker.workload) });
      emitPickerService(scope, pool, { [LABELS.useWaypoint]: () => (this.mayBeRead(model, namespace) ? 'none' : undefined) });
    }
    if (membership.kind === 'mutual-tls') emitMetricsService(scope, pool);
    const ports = [picker.deployment ? PICKER_PORTS.extProc : picker.workload.service!.targetPort];
    const scrapers = picker.deployment && model.scraper ? [{ principals: [model.scraper.principal], ports: [PICKER_PORTS.metrics] }] : [];
    this.mesh.authorizePods(scope, model, picker.workload, () => [{ principals: [inner], ports }, ...scrapers]);
    if (tls) {
      emit(scope, 'tls', DestinationRule, { name: picker.serviceName, namespace }, { spec: () => compilePickerTls(picker) });
    }
  }
}

/** Shared empty result, because most workloads have no routes and pools. */
const NONE: readonly never[] = [];

/** Namespaces that already have an inner gateway, for each edge gateway. */
const innerGateways = new Trait<Set<string>>('a gateway with pools');
