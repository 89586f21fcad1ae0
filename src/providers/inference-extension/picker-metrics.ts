import { k8s } from 'cdk8s-plus-30';
import { Construct } from 'constructs';
import { poolSelector } from '../../model/disaggregation';
import { pickerPorts, PODS_SUFFIX, PoolNode } from '../../model/pool';
import { ServiceNode } from '../../model/service';
import { emit } from '../emit';

/** Returns the headless Service through which a picker connects to the pods of a pool, if it connects to any port. */
export function metricsService(pool: PoolNode): ServiceNode | undefined {
  const [port] = pickerPorts(pool);
  return port === undefined ? undefined : { name: `${pool.name}${PODS_SUFFIX}`, namespace: pool.namespace, port, targetPort: port };
}

/**
 * Emits a headless Service for the pods of a pool. A picker calls pods by IP address. A sidecar sends plain text to addresses that it
 * does not know, which the pods refuse. With a headless Service that has a TCP port, the sidecar knows the address of every pod and uses
 * mutual TLS (Istio 1.31, pilot/pkg/networking/core/listener.go).
 */
export function emitMetricsService(scope: Construct, pool: PoolNode): void {
  const service = metricsService(pool);
  if (!service) return;
  const { name, namespace } = service;
  emit(scope, 'metrics', k8s.KubeService, { name, namespace }, {
    spec: () => ({
      clusterIp: 'None',
      selector: { ...poolSelector(pool) },
      ports: pickerPorts(pool).map((port) => ({ name: `tcp-${port}`, port, targetPort: k8s.IntOrString.fromNumber(port), appProtocol: 'tcp', protocol: 'TCP' })),
    }),
  });
}
