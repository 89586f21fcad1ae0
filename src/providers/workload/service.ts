import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-30';
import { Construct } from 'constructs';
import { isGrpc, MeshModel } from '../../model/mesh';
import { furtherPorts } from '../../model/port-rules';
import { AppProtocol, ServiceNode } from '../../model/service';
import { protocolAt, terminatesTls, WorkloadNode } from '../../model/workload';
import { emit, Meta } from '../emit';

/** Metadata and port names that a mesh adds to the Service of a workload. */
export interface ServiceMetadata extends Pick<Meta, 'labels' | 'annotations'> {
  /**
   * The `appProtocol` of a port that does not carry HTTP.
   *
   * @default - 'tls' if the workload terminates TLS at the port, otherwise 'tcp'
   */
  readonly opaqueProtocol?: string;
}

/** Name and `appProtocol` of a port that proxies do not inspect. */
interface Opaque { readonly name: string; readonly appProtocol: string }

/** Emits the Service of a workload. The protocol of its port tells proxies whether to inspect requests. */
export function emitService(scope: Construct, model: MeshModel, workload: WorkloadNode, service: ServiceNode, metadata: ServiceMetadata): ApiObject {
  const { opaqueProtocol, ...meta } = metadata;
  const opaqueAt = (port: number): Opaque => {
    const name = terminatesTls(workload, port) ? 'tls' : 'tcp';
    return { name, appProtocol: opaqueProtocol ?? name };
  };
  return emit(scope, 'service', k8s.KubeService, { name: service.name, namespace: service.namespace, ...meta }, {
    spec: () => ({
      selector: { ...workload.labels },
      ports: [
        { ...spoken(isGrpc(model, service) ? 'grpc' : service.protocol, opaqueAt(service.targetPort)), port: service.port, targetPort: k8s.IntOrString.fromNumber(service.targetPort), protocol: 'TCP' },
        ...furtherPorts(workload, service).map((port) => {
          const { name, appProtocol } = spoken(protocolAt(workload, port), opaqueAt(port));
          return { name: `${name}-${port}`, appProtocol, port, targetPort: k8s.IntOrString.fromNumber(port), protocol: 'TCP' };
        }),
      ],
    }),
  });
}

/**
 * Returns the name and `appProtocol` of the port. Without the gRPC protocol, proxies use HTTP/1.1 and gRPC servers do not answer (Istio
 * 1.31 and agentgateway 1.4, tried).
 */
function spoken(protocol: AppProtocol = 'http', opaque: Opaque) {
  if (protocol === 'opaque') return opaque;
  return protocol === 'grpc' ? { name: 'grpc', appProtocol: 'kubernetes.io/h2c' } : { name: 'http', appProtocol: 'http' };
}
