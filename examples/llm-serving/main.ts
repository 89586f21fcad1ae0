import { App, Chart } from 'cdk8s';
import {
  Agent, AgentMesh, AvailabilityMode, EndpointPicker, EndpointPickerConfig, GatewayExposure, Identity, InferenceGateway, InferenceModelRewrite,
  InferenceObjective, MeshProvider, Port, TaintEffect, Volume, Workload,
} from 'cdk8s-agent-mesh';

const app = new App();
const mesh = new AgentMesh(new Chart(app, 'llm-serving'), 'mesh', {
  namespace: 'models', mesh: MeshProvider.istioAmbient(),
  metrics: { scraper: Identity.of({ namespace: 'monitoring', serviceAccount: 'prometheus' }) }, // also what KEDA reads below
});

// vLLM on one GPU for each pod, with the weights of the model on a volume.
const vllm = (model: string, replicas: number | undefined, ...args: string[]) => Workload.deploy({
  image: 'registry.example.com/vllm:0.21.0',
  args: ['serve', `/models/${model}`, `--served-model-name=${model}`, '--port=8000', ...args],
  ports: [Port.http(8000)],
  replicas,
  healthPath: '/health',
  startupSeconds: 1800, // until the weights are in GPU memory
  cpuMillis: 4000,
  memoryMebibytes: 32768,
  extendedResources: { 'nvidia.com/gpu': 1 },
  tolerations: [{ key: 'nvidia.com/gpu', effect: TaintEffect.NO_SCHEDULE }],
  volumes: {
    '/models': Volume.persistentVolumeClaim('models', { readOnly: true }),
    '/dev/shm': Volume.emptyDir({ inMemory: true, sizeMebibytes: 20480 }),
  },
});
const llamaServers = vllm('llama', 4, '--enable-lora', '--lora-modules=support-v1=/models/support-v1', '--lora-modules=support-v2=/models/support-v2');

// If a picker is gone, a standby takes over. Prompts have common prefixes, so the picker knows what is cached where.
const picker = EndpointPicker.deploy({ availability: AvailabilityMode.LEADER_ELECTED, config: EndpointPickerConfig.optimizedBaseline() });

// Agents use models by grant. Nobody else does: the gateway serves nobody outside the mesh.
const inside = new InferenceGateway(mesh, 'inside', { exposure: GatewayExposure.IN_MESH });
const llama = inside.addPool('llama', { workload: llamaServers, picker });
const qwen = inside.addPool('qwen', {
  workload: vllm('qwen', undefined),
  autoscaling: { serverAddress: 'http://prometheus.monitoring:9090', minReplicas: 2, maxReplicas: 8, runningRequestsPerReplica: 32 },
  // Prompts without common prefixes: all pickers decide by load, and their number follows the load.
  picker: EndpointPicker.deploy({
    availability: AvailabilityMode.ACTIVE_ACTIVE, config: EndpointPickerConfig.loadOnly(), horizontalPodAutoscaler: { minReplicas: 2, maxReplicas: 6 },
  }),
});
const agent = (name: string, env: { [variable: string]: string }) => new Agent(mesh, name, {
  namespace: 'agents', versions: { v1: Workload.deploy({ image: `registry.example.com/${name}:1.0.0`, ports: [Port.http(8000)], env }) },
});
llama.grantInfer(agent('planner', { OPENAI_BASE_URL: `${llama.url}/v1` }));
qwen.grantInfer(agent('coder', { OPENAI_BASE_URL: `${qwen.url}/v1` }));

// Customers reach the same llama pods from outside, with a token. Its claim `tier` names their priority: 0, unless it is `trial`.
const edge = new InferenceGateway(mesh, 'edge', {
  hostnames: ['models.example.com'],
  tls: { secretName: 'models-tls' },
  jwt: {
    issuer: 'https://login.example.com', jwksUri: 'https://login.example.com/keys', claimHeaders: { 'x-llm-d-inference-objective': 'tier' },
  },
});
const customers = edge.addPool('llama-customers', { workload: llamaServers, picker });
edge.addRoute('chat', { target: customers, pathPrefix: '/v1' });
new InferenceObjective(mesh, 'trial', { pool: customers, priority: -1 }); // answered with 429 while the pool is saturated

// One request of ten for the model `support` is answered by its next adapter.
for (const pool of [llama, customers]) {
  new InferenceModelRewrite(pool, 'support', {
    pool, name: `${pool.node.id}-support`, model: 'support', targets: [{ model: 'support-v1', weight: 90 }, { model: 'support-v2', weight: 10 }],
  });
}

app.synth();
mesh.writeAccess('access.txt');
