import { k8s } from 'cdk8s-plus-30';
import { Construct } from 'constructs';
import { InnerGateway, mutualTlsTo } from './inner-gateway';
import { poolRules } from './pool-rules';
import { HttpRoute, HttpRouteSpec } from '../../../imports/gateway.networking.k8s.io';
import { DestinationRule } from '../../../imports/networking.istio.io';
import { AuthorizationPolicySpec } from '../../../imports/security.istio.io';
import { MeshModel } from '../../model/mesh';
import { PoolNode } from '../../model/pool';
import { distinctPrincipals } from '../../model/principal';
import { serviceNames } from '../../model/service';
import { InnerMembership } from '../backend';
import { emit } from '../emit';
import { emitAuthorizationPolicy } from '../istio-shared/authorization-policy';
import { allowConnections, allowHosts, allowHostsFrom } from '../istio-shared/istio-authorization';
import { gatewayRef, LABELS } from '../istio-shared/istio-targets';

/** What the entry of a pool depends on. */
export interface EntryPlace {
  readonly inner: InnerGateway;
  readonly membership: InnerMembership;
  /** Returns whether the Service needs the label that excludes it from waypoints. */
  readonly mayBeRead: () => boolean;
}

/**
 * Emits the entry of a pool for callers inside the mesh: a Service that leads to the port of the pool at the inner gateway, a route for its
 * host names, and the policies that allow the callers with a grant. The inner gateway asks the picker for their requests too.
 */
export function emitMeshEntry(scope: Construct, model: MeshModel, pool: PoolNode, place: EntryPlace): void {
  const { entry: { name, namespace } } = pool;
  const { inner, membership } = place;
  const labels = { [LABELS.useWaypoint]: () => (place.mayBeRead() ? 'none' : undefined) };
  emit(scope, 'service', k8s.KubeService, { name, namespace, labels }, { spec: () => compileService(inner, pool) });
  emit(scope, 'route', HttpRoute, { name, namespace }, { spec: () => compileRoute(inner, pool) });
  if (membership.kind === 'captured') {
    // ztunnel knows the caller, and Envoy behind it knows the host.
    emitAuthorizationPolicy(scope, 'callers', model, { name, namespace }, () => compileCallers(model, pool));
    emitAuthorizationPolicy(scope, 'hosts', model, { name: `${name}-hosts`, namespace }, () => allowHosts([gatewayRef(inner.name)], serviceNames(pool.entry), pool.innerPort));
    return;
  }
  emitAuthorizationPolicy(scope, 'callers', model, { name, namespace }, () =>
    allowHostsFrom(model, distinctPrincipals(pool.callers.principals), [gatewayRef(inner.name)], serviceNames(pool.entry), pool.innerPort));
  emit(scope, 'tls', DestinationRule, { name, namespace }, { spec: () => mutualTlsTo(pool.entry) });
}

/**
 * Returns the policy at ztunnel. Like that of the edge gateway it has no selector, because the analyzers of istiod report every selector on
 * gateway pods as a mistake.
 */
function compileCallers(model: MeshModel, { callers, innerPort }: PoolNode): AuthorizationPolicySpec {
  const principals = distinctPrincipals(callers.principals);
  return allowConnections(model, {}, principals.length > 0 ? [{ principals, ports: [innerPort] }] : []);
}

function compileService({ name }: InnerGateway, { entry: { port, targetPort }, speaksGrpc }: PoolNode): k8s.ServiceSpec {
  const spoken = speaksGrpc ? { name: 'grpc', appProtocol: 'kubernetes.io/h2c' } : { name: 'http', appProtocol: 'http' };
  return {
    selector: { [LABELS.gatewayName]: name },
    ports: [{ ...spoken, port, targetPort: k8s.IntOrString.fromNumber(targetPort), protocol: 'TCP' }],
  };
}

function compileRoute({ name }: InnerGateway, pool: PoolNode): HttpRouteSpec {
  return { hostnames: serviceNames(pool.entry), parentRefs: [{ name, sectionName: pool.name }], rules: poolRules(pool) };
}
