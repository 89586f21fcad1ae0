import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-30';
import { Construct } from 'constructs';
import { ServiceNode } from '../../model/service';
import { WorkloadNode } from '../../model/workload';
import { emit, Meta } from '../emit';

/** What a mesh adds to the Service of a workload. */
export interface ServiceMarks extends Pick<Meta, 'labels' | 'annotations'> {
  /**
   * What it calls a port that carries something else than HTTP.
   *
   * @default 'tcp'
   */
  readonly opaqueProtocol?: string;
}

/** The Service before a workload's pods; its port says what it speaks, so that proxies know whether to read requests. */
export function emitService(scope: Construct, workload: WorkloadNode, service: ServiceNode, marks: ServiceMarks): ApiObject {
  const { opaqueProtocol, ...meta } = marks;
  const port = service.opaque ? { name: 'tcp', appProtocol: opaqueProtocol ?? 'tcp' } : { name: 'http', appProtocol: 'http' };
  return emit(scope, 'service', k8s.KubeService, { name: service.name, namespace: service.namespace, ...meta }, {
    spec: () => ({
      selector: { ...workload.labels },
      ports: [{ ...port, port: service.port, targetPort: k8s.IntOrString.fromNumber(service.targetPort), protocol: 'TCP' }],
    }),
  });
}
