import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-30';
import { Construct } from 'constructs';
import { isGrpc, MeshModel } from '../../model/mesh';
import { ServiceNode } from '../../model/service';
import { WorkloadNode } from '../../model/workload';
import { emit, Meta } from '../emit';

/** Metadata and port names that a mesh adds to the Service of a workload. */
export interface ServiceMetadata extends Pick<Meta, 'labels' | 'annotations'> {
  /**
   * The `appProtocol` of a port that does not carry HTTP.
   *
   * @default 'tcp'
   */
  readonly opaqueProtocol?: string;
}

/** Emits the Service of a workload. The protocol of its port tells proxies whether to inspect requests. */
export function emitService(scope: Construct, model: MeshModel, workload: WorkloadNode, service: ServiceNode, metadata: ServiceMetadata): ApiObject {
  const { opaqueProtocol, ...meta } = metadata;
  return emit(scope, 'service', k8s.KubeService, { name: service.name, namespace: service.namespace, ...meta }, {
    spec: () => ({
      selector: { ...workload.labels },
      ports: [{ ...spoken(model, service, opaqueProtocol), port: service.port, targetPort: k8s.IntOrString.fromNumber(service.targetPort), protocol: 'TCP' }],
    }),
  });
}

/**
 * Returns the name and `appProtocol` of the port. Without the gRPC protocol, proxies use HTTP/1.1 and gRPC servers do not answer (Istio
 * 1.31 and agentgateway 1.4, tried).
 */
function spoken(model: MeshModel, service: ServiceNode, opaqueProtocol = 'tcp') {
  if (service.protocol === 'opaque') return { name: 'tcp', appProtocol: opaqueProtocol };
  return isGrpc(model, service) ? { name: 'grpc', appProtocol: 'kubernetes.io/h2c' } : { name: 'http', appProtocol: 'http' };
}
