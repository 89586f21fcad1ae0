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
