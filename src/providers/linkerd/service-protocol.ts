import { opaqueBy } from './opaque-ports';
import { protocolAt, WorkloadNode } from '../../model/workload';
import { ServicePort } from '../backend';

/** Returns how Linkerd misreads a port of a Service. Proxies do not read requests of an opaque port, so no HTTPRoute applies to them. */
export function misreadByLinkerd(workload: WorkloadNode, port: ServicePort, annotations: Readonly<Record<string, unknown>>): string | undefined {
  if (protocolAt(workload, workload.service!.targetPort) === 'opaque') return undefined;
  const reason = opaqueBy(port, annotations);
  return reason === undefined ? undefined : `${reason}, by which proxies read no requests`;
}
