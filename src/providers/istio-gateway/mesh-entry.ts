import { k8s } from 'cdk8s-plus-30';
import { Construct } from 'constructs';
import { compileInnerRoute, InnerGateway, mutualTlsTo } from './inner-gateway';
import { HttpRoute, HttpRouteSpecRules } from '../../../imports/gateway.networking.k8s.io';
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

/** What callers inside the mesh reach at a port of its own: a pool, or a tenant of a pool. */
export type MeshEntry = Pick<PoolNode, 'name' | 'entry' | 'innerPort' | 'callers' | 'speaksGrpc'>;

/** What an entry depends on. */
export interface EntryPlace {
  /** The gateway with the port. */
  readonly inner: InnerGateway;
  /** Returns the rules of its route, when the objects are written. */
  readonly rules: () => HttpRouteSpecRules[];
  readonly membership: InnerMembership;
  /** Returns whether the Service needs the label that excludes it from waypoints. */
  readonly mayBeRead: () => boolean;
}

/**
 * Emits an entry for callers inside the mesh: a Service that leads to its port at the gateway, a route for its host names, and the policies
 * that allow the callers with a grant.
 */
export function emitMeshEntry(scope: Construct, model: MeshModel, reached: MeshEntry, place: EntryPlace): void {
  const { entry: { name, namespace } } = reached;
  const { inner, membership } = place;
  const labels = { [LABELS.useWaypoint]: () => (place.mayBeRead() ? 'none' : undefined) };
  emit(scope, 'service', k8s.KubeService, { name, namespace, labels }, { spec: () => compileService(inner, reached) });
  emit(scope, 'route', HttpRoute, { name, namespace }, { spec: () => compileInnerRoute(inner, reached.name, serviceNames(reached.entry), place.rules()) });
  if (membership.kind === 'captured') {
    // ztunnel knows the caller, and Envoy behind it knows the host.
    emitAuthorizationPolicy(scope, 'callers', model, { name, namespace }, () => compileCallers(model, reached));
    emitAuthorizationPolicy(scope, 'hosts', model, { name: `${name}-hosts`, namespace }, () => allowHosts([gatewayRef(inner.name)], serviceNames(reached.entry), reached.innerPort));
    return;
  }
  emitAuthorizationPolicy(scope, 'callers', model, { name, namespace }, () =>
    allowHostsFrom(model, distinctPrincipals(reached.callers.principals), [gatewayRef(inner.name)], serviceNames(reached.entry), reached.innerPort));
  emit(scope, 'tls', DestinationRule, { name, namespace }, { spec: () => mutualTlsTo(reached.entry) });
}

/**
 * Returns the policy at ztunnel. Like that of the edge gateway it has no selector, because the analyzers of istiod report every selector on
 * gateway pods as a mistake.
 */
function compileCallers(model: MeshModel, { callers, innerPort }: MeshEntry): AuthorizationPolicySpec {
  const principals = distinctPrincipals(callers.principals);
  return allowConnections(model, {}, principals.length > 0 ? [{ principals, ports: [innerPort] }] : []);
}

function compileService({ name }: InnerGateway, { entry: { port, targetPort }, speaksGrpc }: MeshEntry): k8s.ServiceSpec {
  const spoken = speaksGrpc ? { name: 'grpc', appProtocol: 'kubernetes.io/h2c' } : { name: 'http', appProtocol: 'http' };
  return {
    selector: { [LABELS.gatewayName]: name },
    ports: [{ ...spoken, port, targetPort: k8s.IntOrString.fromNumber(targetPort), protocol: 'TCP' }],
  };
}
