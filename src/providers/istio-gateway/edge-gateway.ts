import { Construct } from 'constructs';
import { allowClients, compileTokenCheck } from './client-policy';
import { RequestAuthentication } from '../../../imports/security.istio.io';
import { GatewayNode } from '../../model/gateway';
import { MeshModel } from '../../model/mesh';
import { GatewayMembership } from '../backend';
import { emit } from '../emit';
import { emitAuthorizationPolicy } from '../istio-shared/authorization-policy';
import { emitGateway, emitSecretGrant } from '../istio-shared/edge-gateway';

/** Emits an edge gateway, which serves its hosts with HTTPS and denies every other host. */
export function emitEdgeGateway(scope: Construct, model: MeshModel, gateway: GatewayNode, className: string, membership: GatewayMembership): void {
  emitGateway(scope, model, gateway, className, membership);
  emitHosts(scope, model, gateway);
  emitTokenCheck(scope, gateway);
  emitSecretGrant(scope, gateway);
}

/** Emits the policy that allows requests for the hosts of a gateway. The deny-all policy of the namespace also applies to gateways. */
export function emitHosts(scope: Construct, model: MeshModel, gateway: GatewayNode): void {
  const { name, namespace } = gateway;
  emitAuthorizationPolicy(scope, 'hosts', model, { name: `${name}-hosts`, namespace }, () => allowClients(gateway, model.routesOf(gateway)));
}

/** Emits the policy that rejects invalid tokens of clients. The id is `jwt`. */
function emitTokenCheck(scope: Construct, { name, namespace, jwt }: GatewayNode): void {
  if (jwt) emit(scope, 'jwt', RequestAuthentication, { name: `${name}-jwt`, namespace }, { spec: () => compileTokenCheck(name, jwt) });
}
