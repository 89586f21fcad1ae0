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

// Two base models with two adapters each. The weights are on a volume.
const onGpus = {
  image: 'registry.example.com/vllm:0.29.0',
  modelVolume: Volume.persistentVolumeClaim('models'),
  tolerations: [{ key: 'nvidia.com/gpu', effect: TaintEffect.NO_SCHEDULE }],
  maxModelLen: 32768,
};
const llamaServers = Workload.vllm({
  ...onGpus, model: '/models/llama', servedModelNames: ['llama'], replicas: 4,
  loraAdapters: { 'support-v1': '/models/llama-support-v1', 'support-v2': '/models/llama-support-v2' },
});
const qwenServers = Workload.vllm({
  ...onGpus, model: '/models/qwen', servedModelNames: ['qwen'], acceleratorCount: 2, memoryMebibytes: 65536,
  loraAdapters: { 'code-review': '/models/qwen-code-review', 'sql': '/models/qwen-sql' }, maxLoraRank: 64,
});

// If a picker is gone, a standby takes over. Prompts have common prefixes, so the picker knows what is cached where.
const byPrefix = EndpointPicker.deploy({ availability: AvailabilityMode.LEADER_ELECTED, config: EndpointPickerConfig.optimizedBaseline() });
// Prompts without common prefixes: all pickers decide by active adapters and load, and their number follows the load.
const byAdapter = () => EndpointPicker.deploy({
  availability: AvailabilityMode.ACTIVE_ACTIVE, config: EndpointPickerConfig.loraAffinity({ prefixCacheWeight: 0 }), horizontalPodAutoscaler: { minReplicas: 2, maxReplicas: 6 },
});

// Agents use models by grant, one adapter each. Nobody else does: the gateway serves nobody outside the mesh.
const inside = new InferenceGateway(mesh, 'inside', { exposure: GatewayExposure.IN_MESH });
const llama = inside.addPool('llama', { workload: llamaServers, picker: byPrefix, allowedModels: ['support'] });
const qwen = inside.addPool('qwen', {
  workload: qwenServers, picker: byAdapter(), allowedModels: ['code-review'],
  // KEDA counts the requests of both pools with these pods.
  autoscaling: { serverAddress: 'http://prometheus.monitoring:9090', minReplicas: 2, maxReplicas: 8, runningRequestsPerReplica: 32 },
});
const sql = inside.addPool('qwen-sql', { workload: qwenServers, picker: byAdapter(), allowedModels: ['sql'] });

const agent = (name: string, env: { [variable: string]: string }) => new Agent(mesh, name, {
  namespace: 'agents', versions: { v1: Workload.deploy({ image: `registry.example.com/${name}:1.0.0`, ports: [Port.http(8000)], env }) },
});
llama.grantInfer(agent('planner', { OPENAI_BASE_URL: `${llama.url}/v1`, MODEL: 'support' }));
qwen.grantInfer(agent('coder', { OPENAI_BASE_URL: `${qwen.url}/v1`, MODEL: 'code-review' }));
sql.grantInfer(agent('analyst', { OPENAI_BASE_URL: `${sql.url}/v1`, MODEL: 'sql' }));

// Customers reach the same llama pods from outside, with a token. Its claim `tier` names their priority: 0, unless it is `trial`.
const edge = new InferenceGateway(mesh, 'edge', {
  hostnames: ['models.example.com'],
  tls: { secretName: 'models-tls' },
  jwt: {
    issuer: 'https://login.example.com', jwksUri: 'https://login.example.com/keys', claimHeaders: { 'x-llm-d-inference-objective': 'tier' },
  },
});
const customers = edge.addPool('llama-customers', { workload: llamaServers, picker: byPrefix, allowedModels: ['llama', 'support'] });
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
