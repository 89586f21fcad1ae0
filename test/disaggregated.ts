import {
  AgentMesh, EndpointPicker, EndpointPickerConfig, GatewayExposure, IInferencePool, InferenceGateway, InferencePoolOptions, Port, Workload,
} from '../src';
import { IMAGE } from './story';

/** Ports of model servers in prefill/decode disaggregation. */
export const SERVING = 8000;
export const BEHIND_SIDECAR = 8200;
export const SIDE_CHANNEL = 5600;
export const TRANSFER = [17_000, 17_001];

export const decodeServers = (more: object = {}) => Workload.deploy({ image: IMAGE, ports: [Port.http(BEHIND_SIDECAR)], healthPath: '/health', egress: {}, ...more });
export const prefillServers = (more: object = {}) =>
  Workload.deploy({ image: IMAGE, ports: [Port.http(SERVING), ...[SIDE_CHANNEL, ...TRANSFER, 7000].map((port) => Port.tcp(port))], healthPath: '/health', ...more });

/** Options of a pool with prefill servers that the library deploys. */
export const withPrefill = (more: Partial<InferencePoolOptions> = {}): InferencePoolOptions => ({
  workload: decodeServers(), prefill: { workload: prefillServers(), kvTransferPorts: TRANSFER },
  picker: EndpointPicker.deploy({ config: EndpointPickerConfig.prefillDecode() }), ...more,
});

/** Existing pods of a role, with a label that the pods of both roles have. */
export const existingServers = (role: string, more: object = {}) => Workload.existing({
  labels: { 'app': 'vllm', 'llm-d.ai/role': role }, serviceAccount: `vllm-${role}`, ports: [Port.http(SERVING), Port.tcp(SIDE_CHANNEL)],
  ...role === 'decode' && { egress: {} }, ...more,
});

/** A gateway inside the mesh with a pool that has prefill servers. */
export function disaggregated(mesh: AgentMesh, options = withPrefill()): IInferencePool {
  return new InferenceGateway(mesh, 'inside', { exposure: GatewayExposure.IN_MESH }).addPool('llama', options);
}
