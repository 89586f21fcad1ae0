/** Type of the Service of a gateway (Kubernetes, ServiceSpec `type`). */
export enum GatewayServiceType {
  /** The cloud provider creates a load balancer for the Service. */
  LOAD_BALANCER = 'LoadBalancer',
  /** The Service is reachable at a port of every node. */
  NODE_PORT = 'NodePort',
  /** The Service is reachable inside the cluster only. Use it with a load balancer of your own that connects to the pods or to the Service. */
  CLUSTER_IP = 'ClusterIP',
}
