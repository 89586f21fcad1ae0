import { InferencePoolSpec, InferencePoolSpecAppProtocol, InferencePoolSpecEndpointPickerRefFailureMode } from '../../../imports/inference.networking.k8s.io';
import { poolSelector } from '../../model/disaggregation';
import { PoolNode } from '../../model/pool';

/** Returns the InferencePool spec. It always names an endpoint picker (Gateway API Inference Extension v1.6, InferencePool v1). */
export function compilePool(pool: PoolNode): InferencePoolSpec {
  return {
    selector: { matchLabels: { ...poolSelector(pool) } },
    ...pool.speaksGrpc && { appProtocol: InferencePoolSpecAppProtocol.KUBERNETES_PERIOD_IO_FORWARD_SLASH_H2C },
    targetPorts: pool.targetPorts.map((number) => ({ number })),
    endpointPickerRef: {
      name: pool.picker.serviceName,
      port: { number: pool.picker.port },
      failureMode: pool.failOpen
        ? InferencePoolSpecEndpointPickerRefFailureMode.FAIL_OPEN
        : InferencePoolSpecEndpointPickerRefFailureMode.FAIL_CLOSE,
    },
  };
}
