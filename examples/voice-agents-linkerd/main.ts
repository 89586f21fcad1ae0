import { App, Chart } from 'cdk8s';
import { Agent, AgentMesh, InferenceGateway, McpServer, McpToolBoundary, MeshProvider, Port, Workload } from 'cdk8s-agent-mesh';

const app = new App();
const chart = new Chart(app, 'voice-agents');

// The mesh denies every call until you grant it: enrolled namespaces, STRICT mTLS, default deny at every layer.
const mesh = new AgentMesh(chart, 'mesh', {
  namespace: 'voice',
  mesh: MeshProvider.linkerd(),
});

// One agent, one identity, two versions.
const assistant = new Agent(mesh, 'assistant', {
  versions: {
    v1: Workload.deploy({ image: 'registry.example.com/assistant:1.4.2', ports: [Port.http(8000)], replicas: 3, healthPath: '/health' }),
    v2: Workload.deploy({ image: 'registry.example.com/assistant:2.0.0', ports: [Port.http(8000)], replicas: 3, healthPath: '/health' }),
  },
  canary: { version: 'v2', percent: 5 }, // plus every request with the header "x-canary: true"
});

// The edge gateway: HTTPS, then a Service for each version, because Linkerd does not support InferencePools.
const gateway = new InferenceGateway(mesh, 'voice-gw', {
  hostnames: ['voice.example.com'],
  tls: { secretName: 'voice-tls' },
});
gateway.addRoute('chat', { target: assistant });

// A boundary: an MCP server, its tools, and who may call which. Only the assistant can call it, and only at /mcp.
// `tools` are the names by which `grantTools` grants single tools. Here every tool is granted.
const crm = new McpToolBoundary(mesh, 'crm', {
  server: McpServer.of(Workload.deploy({ image: 'registry.example.com/crm-mcp:0.9.1', ports: [Port.http(8080)] }), { tools: ['find_customer', 'refund'] }),
});
crm.grantAllTools(assistant);

app.synth();
mesh.writeAccess('access.txt');
