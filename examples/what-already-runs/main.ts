import { App, Chart } from 'cdk8s';
import {
  Agent, AgentMesh, EndpointPicker, Identity, InferenceGateway, InferencePool, McpServer, McpToolBoundary, MeshProvider, Port, Waypoint, Workload,
} from 'cdk8s-agent-mesh';

const app = new App();
const mesh = new AgentMesh(new Chart(app, 'support'), 'mesh', {
  namespace: 'support',
  existingNamespaces: ['crm'], // you enroll this namespace; the library emits the default deny in it
  mesh: MeshProvider.istioAmbient(),
});

// Describe pods by labels, ServiceAccount and ports. State a Service only if a route or a waypoint needs it.
const triage = new Agent(mesh, 'triage', {
  versions: { v1: Workload.existing({ labels: { app: 'triage' }, serviceAccount: 'triage', ports: [Port.http(9000)], service: { name: 'triage', port: 80 } }) },
});
triage.grantCall(Identity.of({ namespace: 'ops', serviceAccount: 'console' }));

// A tool server with an existing Service: state that the Service has the waypoint label, or bind its namespace to a waypoint.
const waypoint = new Waypoint(mesh, 'waypoint', { namespace: 'crm' });
new McpToolBoundary(mesh, 'tickets', {
  server: McpServer.of(Workload.existing({
    namespace: 'crm', labels: { app: 'tickets' }, serviceAccount: 'tickets', ports: [Port.http(8080)],
    service: { name: 'tickets', port: 80, labels: { 'istio.io/use-waypoint': 'waypoint' } },
  }), { tools: ['open_ticket'] }),
  waypoint,
}).grantAllTools(triage);

// An existing Gateway, whose listeners must allow routes from this namespace. Behind it: an agent, and an InferencePool with its endpoint picker.
const corporate = InferenceGateway.fromGatewayName(mesh, 'corp', { gatewayName: 'corp', namespace: 'ingress', hostnames: ['support.example.com'] });
corporate.addRoute('support', { target: triage.version() });
corporate.addRoute('models', {
  pathPrefix: '/v1',
  target: InferencePool.fromPoolName(corporate, 'llama', {
    poolName: 'llama',
    workload: Workload.existing({ labels: { app: 'vllm' }, serviceAccount: 'vllm', ports: [Port.http(8000)] }),
    picker: EndpointPicker.existing(Workload.existing({
      labels: { app: 'llama-picker' }, serviceAccount: 'llama-picker', ports: [Port.http(9002)], service: { name: 'llama-picker', port: 9002 },
    })),
  }),
});

app.synth();
mesh.writeAccess('access.txt');
