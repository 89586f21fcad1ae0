import { App, Chart } from 'cdk8s';
import {
  Agent, AgentMesh, ExternalHost, Identity, McpProvider, McpServer, McpToolBoundary, MeshProvider, Port, TokenCaller, Workload,
} from 'cdk8s-agent-mesh';

const app = new App();
const mesh = new AgentMesh(new Chart(app, 'tool-boundary'), 'mesh', {
  namespace: 'support',
  mesh: MeshProvider.istioAmbient(),
  mcp: McpProvider.agentgateway(), // deploys an MCP proxy in front of the servers of each boundary
});

// Callers of an external server must not be able to call it directly, so these agents may not call any external host.
const agent = (name: string) => new Agent(mesh, name, { versions: { v1: Workload.deploy({ image: `registry.example.com/${name}:1.0.0`, ports: [Port.http(8000)], egress: {} }) } });
const [triage, billing, librarian, auditor] = ['triage', 'billing', 'librarian', 'auditor'].map(agent);

const server = (name: string) => Workload.deploy({ image: `registry.example.com/${name}-mcp:1.0.0`, ports: [Port.http(8080)] });

// Grant tools one by one. A tool without a grant can be neither called nor listed.
const crm = new McpToolBoundary(mesh, 'crm', {
  server: McpServer.of(server('crm'), { tools: ['find_customer', 'refund'], prompts: ['apology'], enforcesMirroredHeaders: true }),
  jwt: { issuer: 'https://login.example.com', audiences: ['crm'], jwksUri: 'https://login.example.com/keys', required: false },
});
crm.grantTools(['find_customer'], triage, billing);
crm.grantTools(['refund'], TokenCaller.of({ caller: billing, claims: { role: 'supervisor' } })); // needs both: the identity of billing and a supervisor's token
crm.grantPrompts(['apology'], triage);

const library = new McpToolBoundary(mesh, 'library', {
  server: McpServer.of(server('library'), { tools: ['search'], resources: ['library://index'], enforcesMirroredHeaders: true }),
});
library.grantTools(['search'], triage, librarian);
library.grantResources(['library://index'], librarian);

const mail = new McpToolBoundary(mesh, 'mail', {
  server: McpServer.of(Workload.deploy({ image: 'registry.example.com/mail-mcp:1.0.0', ports: [Port.http(8080)], egress: { hosts: [ExternalHost.https('smtp.example.com')] } }), {
    tools: ['send', 'draft'], enforcesMirroredHeaders: true,
  }),
});
mail.grantTools(['draft'], triage);
mail.grantAllTools(auditor, Identity.of({ namespace: 'compliance', serviceAccount: 'reviewer' }));

// A third-party server outside the cluster.
const weather = new McpToolBoundary(mesh, 'weather', {
  servers: {
    forecasts: McpServer.external({
      host: ExternalHost.https('mcp.weather.example'), tools: ['forecast', 'history'], enforcesMirroredHeaders: true, credentials: { secretName: 'weather', key: 'token' },
    }),
  },
});
weather.grantTools(['forecast'], triage);

app.synth();
mesh.writeAccess('access.txt');
console.log(mesh.decide({ caller: billing, callee: crm, tool: 'refund', tokenIssuer: 'https://login.example.com', tokenClaims: { role: 'clerk' } }).reason);
