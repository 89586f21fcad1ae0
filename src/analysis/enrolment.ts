/** What of an object says whose proxies its pods have. */
export interface EnrolmentMetadata {
  readonly labels?: Readonly<Record<string, unknown>>;
  readonly annotations?: Readonly<Record<string, unknown>>;
}

/** The data planes that a namespace or a pod template is marked for; more than one means that one of them wins in silence. */
export function enrolments({ labels = {}, annotations = {} }: EnrolmentMetadata): string[] {
  const sidecar = labels['istio-injection'] === 'enabled' || labels['istio.io/rev'] !== undefined || labels['sidecar.istio.io/inject'] === 'true';
  const linkerd = annotations['linkerd.io/inject'];
  return [
    ...labels['istio.io/dataplane-mode'] === 'ambient' ? ['Istio ambient'] : [],
    ...sidecar ? ['Istio sidecars'] : [],
    ...linkerd === 'enabled' || linkerd === 'ingress' ? ['Linkerd'] : [],
  ];
}
