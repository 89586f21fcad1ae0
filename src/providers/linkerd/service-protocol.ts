import { opaqueBy } from './opaque-ports';
import { protocolAt, WorkloadNode } from '../../model/workload';
import { ServicePort } from '../backend';

/**
 * Returns the protocol that Linkerd expects at a port of a Service, as text, if it is not the protocol of the workload. Proxies do not
 * inspect requests at an opaque port, so no HTTPRoute applies there.
 */
export function misreadByLinkerd(workload: WorkloadNode, port: ServicePort, annotations: Readonly<Record<string, unknown>>): string | undefined {
  if (protocolAt(workload, workload.service!.targetPort) === 'opaque') return undefined;
  const reason = opaqueBy(port, annotations);
  return reason === undefined ? undefined : `${reason}, because of which proxies treat the port as TCP`;
}
