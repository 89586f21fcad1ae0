import { Construct } from 'constructs';
import { serviceName } from './class';
import { compileInnerRoute, compileInnerTraffic, emitGrpcEntry, InnerGateway, innerPools, mutualTlsTo, namedAfter } from './inner-gateway';
import { emitMeshEntry, EntryPlace } from './mesh-entry';
import { poolRules } from './pool-rules';
import {
  HttpRoute, HttpRouteSpecRules, HttpRouteSpecRulesFiltersRequestHeaderModifierSet, HttpRouteSpecRulesFiltersType,
} from '../../../imports/gateway.networking.k8s.io';
import { DestinationRule } from '../../../imports/networking.istio.io';
import { MeshModel } from '../../model/mesh';
import { Principal } from '../../model/principal';
import { serviceNames } from '../../model/service';
import { TenantNode } from '../../model/tenant';
import { InnerMembership } from '../backend';
import { emit } from '../emit';
import { FAIRNESS_HEADER, OBJECTIVE_HEADER } from '../inference-extension/picker-headers';
import { emitAuthorizationPolicy } from '../istio-shared/authorization-policy';
import { allowConnections, allowHosts, allowHostsFrom } from '../istio-shared/istio-authorization';
import { gatewayRef } from '../istio-shared/istio-targets';

const SUFFIX = 'tenants';

/**
 * Returns the gateway before an inner gateway that tells the endpoint picker the tenants. It has one port per tenant, so that the identity that
 * a port admits decides the tenant. It is a gateway of its own, because a gateway asks the picker before the filters of its routes set headers.
 */
export function tenantsGatewayOf(inner: InnerGateway): InnerGateway {
  return { ...inner, name: namedAfter(inner, SUFFIX) };
}

/** Returns the tenants of the pools of an inner gateway, sorted by name. */
export function tenantsAt(model: MeshModel, inner: InnerGateway): TenantNode[] {
  const pools = innerPools(model, inner);
  return model.tenants.filter(({ pool }) => pools.includes(pool)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Emits what lets the gateway of the tenants use the inner gateway, once for both. `principal` is its identity. */
export function emitTenantsPath(scope: Construct, model: MeshModel, inner: InnerGateway, { kind }: InnerMembership, principal: Principal): void {
  const { name } = tenantsGatewayOf(inner);
  const { namespace } = inner;
  const hosts = () => tenantsAt(model, inner).flatMap(({ entry }) => serviceNames(entry));
  const ports = () => [...new Set(tenantsAt(model, inner).map(({ pool }) => pool.innerPort))].sort((a, b) => a - b);
  if (kind === 'captured') {
    emitAuthorizationPolicy(scope, 'inner-policy', model, { name, namespace }, () => allowConnections(model, {}, [{ principals: [principal], ports: ports() }]));
    emitAuthorizationPolicy(scope, 'inner-hosts', model, { name: `${name}-hosts`, namespace }, () => allowHosts([gatewayRef(inner.name)], hosts()));
    return;
  }
  emitAuthorizationPolicy(scope, 'inner-policy', model, { name, namespace }, () => allowHostsFrom(model, [principal], [gatewayRef(inner.name)], hosts()));
  const service = { name: serviceName(inner.name, inner.className), namespace };
  emit(scope, 'tls', DestinationRule, service, { spec: () => compileInnerTraffic(service, innerPools(model, inner), mutualTlsTo(service).trafficPolicy) });
}

/**
 * Emits a tenant: its entry at the gateway of the tenants, which sets its headers, and its route at the inner gateway. `scope` is that of the
 * gateway of the tenants, whose objects all tenants share.
 */
export function emitTenant(
  tenantScope: Construct, scope: Construct, model: MeshModel, tenant: TenantNode, { inner, ...place }: Omit<EntryPlace, 'rules'>,
): void {
  const { entry, pool } = tenant;
  const { name, namespace } = entry;
  emitMeshEntry(tenantScope, model, tenant, { ...place, inner: tenantsGatewayOf(inner), rules: () => tenantRules(inner, tenant) });
  emit(tenantScope, 'inner-route', HttpRoute, { name: `${name}-inner`, namespace }, { spec: () => compileInnerRoute(inner, pool.name, serviceNames(entry), poolRules(pool)) });
  if (pool.speaksGrpc) emitGrpcEntry(scope, model, inner);
}

function tenantRules(inner: InnerGateway, { pool, ...tenant }: TenantNode): HttpRouteSpecRules[] {
  return [{
    filters: [{ type: HttpRouteSpecRulesFiltersType.REQUEST_HEADER_MODIFIER, requestHeaderModifier: { set: headersOf(tenant) } }],
    backendRefs: [{ name: serviceName(inner.name, inner.className), port: pool.innerPort }],
  }];
}

function headersOf({ fairnessId, objective }: Pick<TenantNode, 'fairnessId' | 'objective'>): HttpRouteSpecRulesFiltersRequestHeaderModifierSet[] {
  return [{ name: FAIRNESS_HEADER, value: fairnessId }, ...objective ? [{ name: OBJECTIVE_HEADER, value: objective.name }] : []];
}
