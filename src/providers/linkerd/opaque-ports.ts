/** Annotation of pods, Services and Namespaces with opaque ports, at which proxies do not inspect the traffic (Linkerd 2.20, protocol detection). */
export const OPAQUE_PORTS = 'config.linkerd.io/opaque-ports';

/** Application protocols with the same effect, for one port of a Service (Linkerd 2.20, outbound index). */
const OPAQUE_PROTOCOLS = ['linkerd.io/opaque', 'linkerd.io/tcp'];

/** A port of a Service in a manifest. */
interface Port {
  readonly name?: unknown;
  readonly port?: unknown;
  readonly targetPort?: unknown;
  readonly appProtocol?: unknown;
}

/** Returns the reason why a port of a Service is opaque, as text, or nothing if proxies inspect its requests. */
export function opaqueBy({ name, port, targetPort, appProtocol }: Port, annotations: Readonly<Record<string, unknown>>): string | undefined {
  if (OPAQUE_PROTOCOLS.includes(String(appProtocol))) return `appProtocol ${String(appProtocol)}`;
  const stated = annotations[OPAQUE_PORTS];
  return typeof stated === 'string' && [port, name, targetPort].some((one) => lists(stated, one)) ? `${OPAQUE_PORTS}: ${stated}` : undefined;
}

/** Returns whether a list such as "80,8000-8010,web" contains a port, by number or by name. */
export function lists(stated: string, port: unknown): boolean {
  return stated.split(',').map((one) => one.trim()).some((one) => {
    const range = /^(\d+)-(\d+)$/.exec(one);
    return range ? Number(port) >= Number(range[1]) && Number(port) <= Number(range[2]) : one !== '' && one === String(port);
  });
}
