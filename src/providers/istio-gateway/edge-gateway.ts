import { Construct } from 'constructs';
import { AuthorizationPolicy } from '../../../imports/security.istio.io';
import { GatewayNode } from '../../model/gateway';
import { MeshModel } from '../../model/mesh';
import { GatewayMembership } from '../backend';
import { emit } from '../emit';
import { emitGateway, emitSecretGrant } from '../shared/edge-gateway';
import { allowHosts } from '../shared/istio-authorization';
import { gatewayRef } from '../shared/istio-targets';
import { emitTelemetry } from '../shared/istio-telemetry';

/** The door: HTTPS for its hosts, closed for every other. */
export function emitEdgeGateway(scope: Construct, model: MeshModel, gateway: GatewayNode, className: string, membership: GatewayMembership): void {
  emitGateway(scope, model, gateway, className, membership);
  emitHosts(scope, gateway);
  if (!membership.governed && isFirstThere(model, gateway)) emitTelemetry(scope, 'telemetry', gateway.namespace);
  emitSecretGrant(scope, gateway);
}

/** Telemetry is for a namespace: the first gateway there brings it, where the mesh does not. */
function isFirstThere(model: MeshModel, gateway: GatewayNode): boolean {
  return model.gateways.find(({ namespace, tls }) => namespace === gateway.namespace && tls) === gateway;
}

/** The deny-all of a namespace closes the gateways there too. */
export function emitHosts(scope: Construct, { name, namespace, hostnames }: GatewayNode): void {
  emit(scope, 'hosts', AuthorizationPolicy, { name: `${name}-hosts`, namespace }, { spec: () => allowHosts([gatewayRef(name)], hostnames) });
}
