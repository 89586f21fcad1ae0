import { protocolAt, WorkloadNode } from '../../model/workload';
import { ServicePort } from '../backend';

/** Names of ports, and values of `appProtocol`, by which Istio reads no requests (Istio 1.30, protocol selection). */
const UNREAD = ['tcp', 'tls', 'https', 'mongo', 'mysql', 'redis', 'udp'];
const READ = ['http', 'http2', 'grpc', 'grpc-web', 'kubernetes.io/h2c', 'kubernetes.io/ws', 'kubernetes.io/wss'];

/**
 * Returns how Istio misreads a port. \`appProtocol\` takes precedence over the name, of which the part before the first "-" counts. Without both,
 * Istio detects HTTP, and denies anything else where rules are about requests.
 */
export function misreadByIstio(workload: WorkloadNode, { name = '', appProtocol }: ServicePort): string | undefined {
  const stated = appProtocol ?? (name.startsWith('grpc-web') ? 'grpc-web' : name.split('-')[0]);
  const where = appProtocol === undefined ? `the name ${name}` : `appProtocol ${appProtocol}`;
  const isOpaque = protocolAt(workload, workload.service!.targetPort) === 'opaque';
  if (isOpaque) return READ.includes(stated.toLowerCase()) ? `${where}, by which proxies read requests` : undefined;
  return UNREAD.includes(stated.toLowerCase()) && isRead(workload) ? `${where}, by which proxies read no requests` : undefined;
}

/** Whether rules apply to its requests, not only to its connections. */
function isRead({ service, items, requests, jwt, externalAuthorizer, rateLimit, allowedOrigins, tokens }: WorkloadNode): boolean {
  const asked = [service?.waypoint, service?.circuitBreaker, items, requests, jwt, externalAuthorizer, rateLimit, allowedOrigins, tokens];
  return asked.some((one) => one !== undefined);
}
