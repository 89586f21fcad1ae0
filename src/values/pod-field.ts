/** A field of a pod whose value a container gets in an environment variable (source: Kubernetes 1.36, downward API). */
export enum PodField {
  /** Address of the pod. */
  POD_IP = 'status.podIP',
  /** Name of the pod. */
  POD_NAME = 'metadata.name',
  /** Namespace of the pod. */
  POD_NAMESPACE = 'metadata.namespace',
  /** Unique id of the pod. */
  POD_UID = 'metadata.uid',
  /** Name of the ServiceAccount of the pod. */
  SERVICE_ACCOUNT_NAME = 'spec.serviceAccountName',
  /** Name of the node that runs the pod. */
  NODE_NAME = 'spec.nodeName',
  /** Address of the node that runs the pod. */
  NODE_IP = 'status.hostIP',
}
