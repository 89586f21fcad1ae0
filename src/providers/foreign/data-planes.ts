/** Facts of every mesh that the library knows, whichever of them a program uses: a cluster may run several. */

/** Metadata of an object that enrolls its pods in a data plane. */
export interface EnrolmentMetadata {
  readonly labels?: Readonly<Record<string, unknown>>;
  readonly annotations?: Readonly<Record<string, unknown>>;
}

/** Returns the data planes in which a namespace or pod template is enrolled. If there are several, one wins silently. */
export function enrolments({ labels = {}, annotations = {} }: EnrolmentMetadata): string[] {
  const sidecar = labels['istio-injection'] === 'enabled' || labels['istio.io/rev'] !== undefined || labels['sidecar.istio.io/inject'] === 'true';
  const linkerd = annotations['linkerd.io/inject'];
  return [
    ...labels['istio.io/dataplane-mode'] === 'ambient' ? ['Istio ambient'] : [],
    ...sidecar ? ['Istio sidecars'] : [],
    ...linkerd === 'enabled' || linkerd === 'ingress' ? ['Linkerd'] : [],
  ];
}

/**
 * Returns whether a label belongs to Istio, Linkerd or the Gateway API, which decide by it how a pod joins the mesh or which gateway owns
 * it.
 */
export function isMeshLabel(key: string): boolean {
  return key.includes('/') && /(^|\.)(istio\.io|linkerd\.io|gateway\.networking\.k8s\.io)\//.test(key);
}

/** Namespaces of Kubernetes, Istio and Linkerd. A deny-all policy there would break the cluster or every mesh on it. */
export const SYSTEM_NAMESPACES: readonly string[] = ['istio-system', 'kube-node-lease', 'kube-public', 'kube-system', 'linkerd', 'linkerd-multicluster'];
