import { Yaml } from 'cdk8s';
import { GatewayNode } from '../../model/gateway';
import { GatewayMembership } from '../backend';

/** Returns the annotations of the Service and the pods of a gateway. Those of the mesh take precedence. */
export function infrastructureAnnotations({ infrastructure }: GatewayNode, { edge }: GatewayMembership): Record<string, string> {
  return { ...infrastructure?.annotations, ...trust(infrastructure?.trustedProxies), ...edge.annotations };
}

/** Returns the annotation with the number of trusted proxies in front of the gateway proxy (Istio 1.31, gatewayTopology). */
function trust(numTrustedProxies: number | undefined): Record<string, string> {
  return numTrustedProxies === undefined ? {} : { 'proxy.istio.io/config': JSON.stringify({ gatewayTopology: { numTrustedProxies } }) };
}

/**
 * Returns the data of the ConfigMap with a strategic merge patch for the Service that istiod creates (Istio 1.31, parametersRef), or
 * nothing if the Service needs no patch.
 */
export function serviceParameters({ infrastructure }: GatewayNode): Record<string, string> | undefined {
  const loadBalancerClass = infrastructure?.loadBalancerClass;
  return loadBalancerClass === undefined ? undefined : { service: Yaml.stringify({ spec: { loadBalancerClass } }) };
}
