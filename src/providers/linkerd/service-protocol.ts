import { protocolAt, WorkloadNode } from '../../model/workload';
import { ServicePort } from '../backend';

const OPAQUE_PORTS = 'config.linkerd.io/opaque-ports';

/** Proxies forward an opaque port without reading it, so no HTTPRoute applies (Linkerd 2.20, protocol detection). */
export function misreadByLinkerd(
  workload: WorkloadNode, { name, port = 0, appProtocol }: ServicePort, annotations: Readonly<Record<string, unknown>>,
): string | undefined {
  if (protocolAt(workload, workload.service!.targetPort) === 'opaque') return undefined;
  // appProtocol takes precedence over the annotation.
  if (appProtocol !== undefined) return ['linkerd.io/opaque', 'linkerd.io/tcp'].includes(appProtocol) ? `appProtocol ${appProtocol}, by which proxies read no requests` : undefined;
  const opaque = annotations[OPAQUE_PORTS];
  const isOpaque = typeof opaque === 'string' && opaque.split(',').map((one) => one.trim()).some((one) => one === name || isWithin(port, one));
  return isOpaque ? `${OPAQUE_PORTS}: ${opaque}, by which proxies read no requests` : undefined;
}

/** "8080" or "8000-9000" */
function isWithin(port: number, range: string): boolean {
  const [first, last = first] = range.split('-').map(Number);
  return port >= first && port <= last;
}
