import { k8s } from 'cdk8s-plus-30';
import { Construct } from 'constructs';
import { prefillPorts, prefillService } from '../../model/disaggregation';
import { PoolNode } from '../../model/pool';
import { emit } from '../emit';

/**
 * Emits a headless Service for the prefill pods of a pool. Decode pods call them by IP address, and a sidecar uses mutual TLS only to addresses
 * that it knows, as for the picker (Istio 1.31, pilot/pkg/networking/core/listener.go).
 */
export function emitPrefillService(scope: Construct, pool: PoolNode): void {
  const service = prefillService(pool);
  if (!service) return;
  const { name, namespace } = service;
  emit(scope, 'prefill-service', k8s.KubeService, { name, namespace }, {
    spec: () => ({
      clusterIp: 'None',
      selector: { ...pool.prefill!.servers.labels },
      ports: prefillPorts(pool).map((port) => ({ name: `tcp-${port}`, port, targetPort: k8s.IntOrString.fromNumber(port), appProtocol: 'tcp', protocol: 'TCP' })),
    }),
  });
}
