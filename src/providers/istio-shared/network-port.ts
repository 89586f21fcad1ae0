import { k8s } from 'cdk8s-plus-30';

/** Returns a TCP port of a NetworkPolicy. */
export function tcpPort(port: number): k8s.NetworkPolicyPort {
  return { port: k8s.IntOrString.fromNumber(port), protocol: 'TCP' };
}
