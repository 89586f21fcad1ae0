import { k8s } from 'cdk8s-plus-30';
import { Construct } from 'constructs';
import { PODS_SUFFIX, PoolNode, scrapedPorts } from '../../model/pool';
import { ServiceNode } from '../../model/service';
import { emit } from '../emit';

/** The Service that stands for the pods of a pool where a picker reads them. */
export function metricsService(pool: PoolNode): ServiceNode {
  const [port] = scrapedPorts(pool);
  return { name: `${pool.name}${PODS_SUFFIX}`, namespace: pool.namespace, port, targetPort: port };
}

/**
 * A picker calls pods by their addresses. A sidecar sends to an address that it does not know in plain text, which the pods
 * refuse; of a headless Service with a TCP port it knows every pod's address, and speaks mutual TLS to it
 * (Istio 1.31, pilot/pkg/networking/core/listener.go).
 */
export function emitMetricsService(scope: Construct, pool: PoolNode): void {
  const { name, namespace } = metricsService(pool);
  emit(scope, 'metrics', k8s.KubeService, { name, namespace }, {
    spec: () => ({
      clusterIp: 'None',
      selector: { ...pool.servers.labels },
      ports: scrapedPorts(pool).map((port) => ({ name: `tcp-${port}`, port, targetPort: k8s.IntOrString.fromNumber(port), appProtocol: 'tcp', protocol: 'TCP' })),
    }),
  });
}
