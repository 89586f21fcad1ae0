import { App, Chart } from 'cdk8s';
import {
  Agent, AgentMesh, EndpointPicker, Identity, InferenceGateway, InferencePool, McpToolBoundary, MeshProvider, Waypoint, Workload,
} from 'cdk8s-agent-mesh';

const app = new App();
const mesh = new AgentMesh(new Chart(app, 'support'), 'mesh', {
  namespace: 'support',
  existingNamespaces: ['crm'], // yours: you enrol it, and the mesh denies by default everything that runs there
  mesh: MeshProvider.istioAmbient(),
});

// Pods by their labels, ServiceAccount and ports; a Service only where a route or a waypoint needs to know it.
const triage = new Agent(mesh, 'triage', {
  workload: Workload.existing({ labels: { app: 'triage' }, serviceAccount: 'triage', ports: [9000], service: { name: 'triage', port: 80 } }),
});
triage.grantCall(Identity.of({ namespace: 'ops', serviceAccount: 'console' }));

// A tool server with a Service of its own: say that it has the label of the waypoint, or bind its namespace to one.
const waypoint = new Waypoint(mesh, 'waypoint', { namespace: 'crm' });
new McpToolBoundary(mesh, 'tickets', {
  server: Workload.existing({
    namespace: 'crm', labels: { app: 'tickets' }, serviceAccount: 'tickets', ports: [8080],
    service: { name: 'tickets', port: 80, labels: { 'istio.io/use-waypoint': 'waypoint' } },
  }),
  tools: ['open_ticket'],
  waypoint,
}).grantAllTools(triage);

// A Gateway of the platform team, which must admit routes of this namespace; behind it an agent, and a pool with its picker.
const corporate = InferenceGateway.fromGatewayName(mesh, 'corp', { gatewayName: 'corp', namespace: 'ingress', hostnames: ['support.example.com'] });
corporate.addRoute('support', { target: triage.version() });
corporate.addRoute('models', {
  pathPrefix: '/v1',
  target: InferencePool.fromPoolName(corporate, 'llama', {
    poolName: 'llama',
    servers: Workload.existing({ labels: { app: 'vllm' }, serviceAccount: 'vllm', ports: [8000] }),
    picker: EndpointPicker.existing(Workload.existing({
      labels: { app: 'llama-picker' }, serviceAccount: 'llama-picker', ports: [9002], service: { name: 'llama-picker', port: 9002 },
    })),
  }),
});

app.synth();
console.log(mesh.describeAccess());
