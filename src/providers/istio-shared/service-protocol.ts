import { httpLimits } from '../../model/service';
import { protocolAt, WorkloadNode } from '../../model/workload';
import { ServicePort } from '../backend';

/** Port names and values of `appProtocol` for which Istio does not inspect requests (Istio 1.30, protocol selection). */
const UNREAD = ['tcp', 'tls', 'https', 'mongo', 'mysql', 'redis', 'udp'];
const READ = ['http', 'http2', 'grpc', 'grpc-web', 'kubernetes.io/h2c', 'kubernetes.io/ws', 'kubernetes.io/wss'];

/**
 * Returns the protocol that Istio expects at a port, as text, if it is not the protocol of the workload. `appProtocol` takes precedence
 * over the port name, of which only the part before the first "-" counts. Without both, Istio detects HTTP, and request rules deny any
 * other protocol.
 */
export function misreadByIstio(workload: WorkloadNode, { name = '', appProtocol }: ServicePort): string | undefined {
  const stated = appProtocol ?? (name.startsWith('grpc-web') ? 'grpc-web' : name.split('-')[0]);
  const where = appProtocol === undefined ? `the name ${name}` : `appProtocol ${appProtocol}`;
  const isOpaque = protocolAt(workload, workload.service!.targetPort) === 'opaque';
  if (isOpaque) return READ.includes(stated.toLowerCase()) ? `${where}, because of which proxies treat the port as HTTP` : undefined;
  return UNREAD.includes(stated.toLowerCase()) && isRead(workload) ? `${where}, because of which proxies treat the port as TCP` : undefined;
}

/** Returns whether rules apply to requests of the workload, and not only to connections. */
function isRead({ service, items, requests, jwt, externalAuthorizer, rateLimit, allowedOrigins, tokens }: WorkloadNode): boolean {
  const ofService = [service?.waypoint, service?.circuitBreaker, httpLimits(service)[0]];
  const asked = [...ofService, items, requests, jwt, externalAuthorizer, rateLimit, allowedOrigins, tokens];
  return asked.some((one) => one !== undefined);
}
