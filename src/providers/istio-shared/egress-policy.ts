import { k8s } from 'cdk8s-plus-30';
import { Construct } from 'constructs';
import { HBONE_PORT, LABELS } from './istio-targets';
import { tcpPort } from './network-port';
import { networksOf } from '../../model/external-network';
import { networkText } from '../../model/networks';
import { HostFacts, WorkloadEgressFacts, WorkloadNode } from '../../model/workload';
import { emit } from '../emit';

/** How pods of a mesh reach other pods and external hosts. */
export interface EgressPath {
  /** Ports at which the mesh connects to other pods. Absent if it connects to the ports of the workloads. */
  readonly podPorts?: readonly number[];
  /** Whether pods connect to external hosts directly. A NetworkPolicy cannot name the hosts. */
  readonly toHosts: boolean;
}

/**
 * Egress through ztunnel only. ztunnel carries traffic to other pods and to external hosts behind waypoints. The NetworkPolicy stops
 * traffic that ztunnel does not carry, because such traffic leaves the pod unchanged.
 */
export const HBONE_ALONE: EgressPath = { podPorts: [HBONE_PORT], toHosts: false };

/**
 * Egress through the proxy of the pod. The proxy connects to pods at their own ports and to external hosts, and it decides which hosts
 * are allowed.
 */
export const ANY_POD_AND_NAMED_HOSTS: EgressPath = { toHosts: true };

/** Emits a NetworkPolicy that allows other pods, DNS and the external hosts that the workload names. The id is `outbound`. */
export function emitEgressPolicy(scope: Construct, workload: WorkloadNode, egress: WorkloadEgressFacts, way: EgressPath): void {
  emit(scope, 'outbound', k8s.KubeNetworkPolicy, { name: `${workload.name}-outbound`, namespace: workload.namespace }, {
    spec: () => compileEgressPolicy(workload, egress, way),
  });
}

/** Namespace of the cluster DNS. */
const DNS_NAMESPACE = 'kube-system';

/**
 * Address of a DNS cache on the node. Its pods use the host network, where no pod selector matches them (Kubernetes 1.36, NodeLocal
 * DNSCache).
 */
const DNS_ON_NODE = '169.254.20.10/32';

/** Addresses that no external host has (RFC 6890). */
const INSIDE = {
  v4: ['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'],
  v6: ['::1/128', 'fc00::/7', 'fe80::/10'],
};

const KUBERNETES_PORTS = [443, 6443];

const PUBLIC = [{ ipBlock: { cidr: '0.0.0.0/0', except: INSIDE.v4 } }, { ipBlock: { cidr: '::/0', except: INSIDE.v6 } }];

/** Returns a rule for the ports of hosts with public addresses, and one for each host whose networks are known. */
function hostRules(hosts: readonly HostFacts[]): k8s.NetworkPolicyEgressRule[] {
  const ports = [...new Set(hosts.filter(({ cidrs }) => cidrs.length === 0).map(({ port }) => port))].sort((a, b) => a - b);
  const within = new Map(hosts.filter(({ cidrs }) => cidrs.length > 0).map(({ port, cidrs }) => {
    const networks = [...new Set(cidrs.map(networkText))].sort();
    return [`${port} ${networks.join()}`, { to: networks.map((cidr) => ({ ipBlock: { cidr } })), ports: [tcpPort(port)] }];
  }));
  return [...ports.length > 0 ? [{ to: PUBLIC, ports: ports.map(tcpPort) }] : [], ...within.values()];
}

export function compileEgressPolicy(
  { labels, namespace }: WorkloadNode, egress: WorkloadEgressFacts, { podPorts, toHosts }: EgressPath,
): k8s.NetworkPolicySpec {
  const { hosts, namespaces, kubernetesNetworks } = egress;
  const dns = {
    to: [{ namespaceSelector: { matchLabels: { [LABELS.namespaceName]: DNS_NAMESPACE } } }, { ipBlock: { cidr: DNS_ON_NODE } }],
    ports: [tcpPort(53), { ...tcpPort(53), protocol: 'UDP' }],
  };
  return {
    podSelector: { matchLabels: { ...labels } },
    policyTypes: ['Egress'],
    egress: [
      { to: [{ namespaceSelector: {} }], ...(podPorts && { ports: podPorts.map(tcpPort) }) },
      dns,
      ...namespaces.length > 0 ? [{ to: namespaces.map((name) => ({ namespaceSelector: { matchLabels: { [LABELS.namespaceName]: name } } })) }] : [],
      ...toHosts ? hostRules(hosts) : [],
      ...networksOf({ namespace, egress }).map(({ cidr, port }) => ({ to: [{ ipBlock: { cidr } }], ports: [tcpPort(port)] })),
      ...kubernetesNetworks.length > 0 ? [{
        to: kubernetesNetworks.map((cidr) => ({ ipBlock: { cidr: networkText(cidr) } })), ports: KUBERNETES_PORTS.map(tcpPort),
      }] : [],
    ],
  };
}
