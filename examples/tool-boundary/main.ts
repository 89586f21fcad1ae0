import { App, Chart } from 'cdk8s';
import { Agent, AgentMesh, GatewayProvider, Identity, McpToolBoundary, MeshProvider, Workload } from 'cdk8s-agent-mesh';

const app = new App();
const mesh = new AgentMesh(new Chart(app, 'tool-boundary'), 'mesh', {
  namespace: 'support',
  provider: MeshProvider.istioAmbient(),
  gateway: GatewayProvider.agentgateway(), // a proxy before each tool server, which reads MCP
});

const agent = (name: string) => new Agent(mesh, name, { workload: Workload.deploy({ image: `registry.example.com/${name}:1.0.0`, ports: [8000] }) });
const [triage, billing, librarian, auditor] = ['triage', 'billing', 'librarian', 'auditor'].map(agent);

const server = (name: string) => Workload.deploy({ image: `registry.example.com/${name}-mcp:1.0.0`, ports: [8080] });

// Tools are granted one by one; a tool that nobody was granted is used by nobody, and not even listed.
const crm = new McpToolBoundary(mesh, 'crm', { server: server('crm'), tools: ['find_customer', 'refund'], prompts: ['apology'] });
crm.grantTool('find_customer', triage, billing);
crm.grantTool('refund', billing);
crm.grantPrompts(['apology'], triage);

const library = new McpToolBoundary(mesh, 'library', { server: server('library'), tools: ['search'], resources: ['library://index'] });
library.grantTools(['search'], triage, librarian);
library.grantResources(['library://index'], librarian);

const mail = new McpToolBoundary(mesh, 'mail', { server: server('mail'), tools: ['send', 'draft'] });
mail.grantTool('draft', triage);
mail.grantAllTools(auditor, Identity.of({ namespace: 'compliance', serviceAccount: 'reviewer' }));

app.synth();
console.log(mesh.describeAccess());
console.log(mesh.decide({ caller: triage, callee: crm, tool: 'refund' }).reason);
