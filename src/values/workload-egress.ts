import { ExternalHost } from './external-host';

/** A network outside the mesh that pods may call by IP address. */
export interface ExternalNetwork {
  /** The network as a CIDR, such as "169.254.170.23/32". */
  readonly cidr: string;
  /** TCP ports that may be called. */
  readonly ports: number[];
}

/** Allowed egress of pods to destinations outside the mesh. All other egress to such destinations is denied. Grants allow calls inside the mesh. */
export interface WorkloadEgress {
  /**
   * Allowed external hosts, each at its port. With sidecars, every connection of the workload at the port of an `ExternalHost.tcp` goes to
   * this host. On Linkerd, synth fails for an `ExternalHost.tcp`. On Istio ambient, synth fails for a hostname with "*.".
   *
   * On Istio ambient, all ambient pods of the cluster reach a listed host by name through a waypoint: at ports 80 and 443, at the ports
   * that workloads list, and at no other port. The waypoint allows workloads that list the host with the port, workloads without `egress`,
   * and pods outside the namespaces of the mesh (unless `closesExternalHosts` of the mesh is true). It denies all other callers. The access
   * report lists the allowed callers.
   *
   * @default - no external hosts
   */
  readonly hosts?: ExternalHost[];
  /**
   * Allowed networks outside the mesh, each with its TCP ports, such as the agent of EKS Pod Identity at 169.254.170.23, port 80. The
   * NetworkPolicy and the proxies check addresses only, not the identity of the server. UDP stays denied. On Linkerd, synth fails if other
   * workloads of the namespace could call the network too, and an external host with an address in the network can be reached only at the
   * ports listed here.
   *
   * @default - no networks. The DNS cache on the node, 169.254.20.10, is always allowed
   */
  readonly networks?: ExternalNetwork[];
  /**
   * Namespaces outside the mesh whose pods may be called, at any port. Examples are a database that is not in the mesh, or a DNS server
   * that is not in `kube-system`. Namespaces of the mesh need not be listed.
   *
   * @default - no namespaces. On Linkerd every pod of the cluster can always be called
   */
  readonly namespaces?: string[];
  /**
   * CIDRs of the endpoints of the Kubernetes API server (not of its Service), for pods that call the API (`mountToken`). To print the
   * addresses, run `kubectl get endpointslices -l kubernetes.io/service-name=kubernetes`. The NetworkPolicy allows ports 443 and 6443.
   *
   * @default - no access to the API server
   */
  readonly kubernetesApiCidrs?: string[];
}
