// The models that the team serves itself, with vLLM, for agents inside the mesh alone.
import { AgentMesh, GatewayExposure, ICaller, InferenceGateway, Workload } from 'cdk8s-agent-mesh';

/** The model servers as agents call them. */
export interface Models {
  readonly url: string;
  grant(...callers: ICaller[]): void;
}

// An endpoint picker selects the pod whose KV cache holds the beginning of the prompt.
export function pooledModels(mesh: AgentMesh, vllm: Workload): Models {
  const gateway = new InferenceGateway(mesh, 'models', { exposure: GatewayExposure.IN_MESH });
  const llama = gateway.addPool('llama', { workload: vllm });
  return { url: llama.url, grant: (...callers) => { llama.grantInfer(...callers); } };
}
