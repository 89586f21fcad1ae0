import { App, Chart } from 'cdk8s';
import { Agent, AgentMesh, InferenceGateway, McpServer, McpToolBoundary, MeshProvider, Port, Workload } from 'cdk8s-agent-mesh';

const app = new App();
const chart = new Chart(app, 'voice-agents');

// The mesh denies every call until you grant it: enrolled namespaces, STRICT mTLS, default deny at every layer.
const mesh = new AgentMesh(chart, 'mesh', {
  namespace: 'voice',
  mesh: MeshProvider.istioAmbient(),
});

// One agent, one identity, two versions.
const assistant = new Agent(mesh, 'assistant', {
  versions: {
    v1: Workload.deploy({ image: 'registry.example.com/assistant:1.4.2', ports: [Port.http(8000)], replicas: 3, healthPath: '/health' }),
    v2: Workload.deploy({ image: 'registry.example.com/assistant:2.0.0', ports: [Port.http(8000)], replicas: 3, healthPath: '/health' }),
  },
});

// The edge gateway: HTTPS, then an InferencePool for each version. Its endpoint picker prefers pods that hold the prompt prefix in their KV cache.
const gateway = new InferenceGateway(mesh, 'voice-gw', {
  hostnames: ['voice.example.com'],
  tls: { secretName: 'voice-tls' },
});
gateway.addCanary('chat', {
  stable: gateway.addPool('assistant-v1', { workload: assistant.version('v1') }),
  canary: gateway.addPool('assistant-v2', { workload: assistant.version('v2') }),
  percent: 5, // plus every request with the header "x-canary: true"
});

// A boundary: an MCP server, its tools, and who may call which. Only the assistant can call it, and only at /mcp.
// `tools` are the names by which `grantTools` grants single tools. Here every tool is granted.
const crm = new McpToolBoundary(mesh, 'crm', {
  server: McpServer.of(Workload.deploy({ image: 'registry.example.com/crm-mcp:0.9.1', ports: [Port.http(8080)] }), { tools: ['find_customer', 'refund'] }),
});
crm.grantAllTools(assistant);

app.synth();
mesh.writeAccess('access.txt');
