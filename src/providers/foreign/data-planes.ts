/** Facts about all supported data planes. They apply to every program, because a cluster may run several data planes. */

/** Metadata of an object that enrolls its pods in a data plane. */
export interface EnrolmentMetadata {
  readonly labels?: Readonly<Record<string, unknown>>;
  readonly annotations?: Readonly<Record<string, unknown>>;
}

/** Returns the data planes in which a namespace or pod template is enrolled. If there are several, only one takes effect, without a warning. */
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
 * Returns whether a label belongs to Istio, Linkerd or the Gateway API. These labels determine how a pod joins the mesh, or to which
 * gateway it belongs.
 */
export function isMeshLabel(key: string): boolean {
  return key.includes('/') && /(^|\.)(istio\.io|linkerd\.io|gateway\.networking\.k8s\.io)\//.test(key);
}

/** Namespaces of Kubernetes, Istio and Linkerd. A deny-all policy there would break the cluster or every mesh on it. */
export const SYSTEM_NAMESPACES: readonly string[] = ['istio-system', 'kube-node-lease', 'kube-public', 'kube-system', 'linkerd', 'linkerd-multicluster'];
