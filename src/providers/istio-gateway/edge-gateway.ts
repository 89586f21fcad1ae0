import { Construct } from 'constructs';
import { AuthorizationPolicy } from '../../../imports/security.istio.io';
import { GatewayNode } from '../../model/gateway';
import { MeshModel } from '../../model/mesh';
import { GatewayMembership } from '../backend';
import { emit } from '../emit';
import { emitGateway, emitSecretGrant } from '../istio-shared/edge-gateway';
import { allowHosts } from '../istio-shared/istio-authorization';
import { gatewayRef } from '../istio-shared/istio-targets';

/** Emits an edge gateway: HTTPS for its hosts, closed for every other host. */
export function emitEdgeGateway(scope: Construct, model: MeshModel, gateway: GatewayNode, className: string, membership: GatewayMembership): void {
  emitGateway(scope, model, gateway, className, membership);
  emitHosts(scope, gateway);
  emitSecretGrant(scope, gateway);
}

/** Emits the policy that opens a gateway for its hosts. The deny-all of the namespace also applies to gateways. */
export function emitHosts(scope: Construct, { name, namespace, hostnames }: GatewayNode): void {
  emit(scope, 'hosts', AuthorizationPolicy, { name: `${name}-hosts`, namespace }, { spec: () => allowHosts([gatewayRef(name)], hostnames) });
}
