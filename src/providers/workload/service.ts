import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-30';
import { Construct } from 'constructs';
import { ServiceNode } from '../../model/service';
import { WorkloadNode } from '../../model/workload';
import { emit, Meta } from '../emit';

/** The Service before a workload's pods; its port says that it speaks HTTP, so that proxies can read requests. */
export function emitService(scope: Construct, workload: WorkloadNode, service: ServiceNode, labels: Meta['labels']): ApiObject {
  return emit(scope, 'service', k8s.KubeService, { name: service.name, namespace: service.namespace, labels }, {
    spec: () => ({
      selector: { ...workload.labels },
      ports: [{ name: 'http', port: service.port, targetPort: k8s.IntOrString.fromNumber(service.targetPort), appProtocol: 'http', protocol: 'TCP' }],
    }),
  });
}
