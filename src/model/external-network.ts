import { networkText } from './networks';
import { WorkloadNode } from './workload';

/** A port of a network outside the mesh that workloads of a namespace may call. */
export interface ExternalNetworkNode {
  readonly namespace: string;
  /** CIDR in the form that Kubernetes requires. */
  readonly cidr: string;
  readonly port: number;
}

/** Returns the ports of networks that a workload may call, each once. */
export function networksOf({ namespace, egress }: Pick<WorkloadNode, 'namespace' | 'egress'>): ExternalNetworkNode[] {
  const all = (egress?.networks ?? []).flatMap(({ cidr, ports }) => ports.map((port) => ({ namespace, cidr: networkText(cidr), port })));
  return [...new Map(all.map((one) => [`${one.cidr} ${one.port}`, one])).values()];
}

/** Returns a network as part of an object name. Characters that are not allowed in names become "-". */
export function networkName(cidr: string): string {
  return cidr.replace(/[^a-z0-9]/g, '-');
}
