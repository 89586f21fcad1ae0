import { App, Chart } from 'cdk8s';
import { AccessLogs, ExternalHost, InferenceGateway, McpProvider, McpServer, McpToolBoundary, MeshProvider } from 'cdk8s-agent-mesh';
import { edge, jwt } from './edge';
import { pooledModels } from './models';
import { platform } from './platform';

const app = new App();
const podIdentity = { cidr: '169.254.170.23/32', ports: [80] }; // EKS Pod Identity
const { mesh, triage, planner, billing, research, invoices } = platform(new Chart(app, 'acme', { namespace: 'agents' }), {
  mesh: MeshProvider.istioAmbient({ accessLogs: AccessLogs.provider('otel') }),
  mcp: McpProvider.agentgateway(),
  models: pooledModels,
  egress: {
    coder: { hosts: [ExternalHost.https('api.openai.com'), ExternalHost.https('api.anthropic.com')], networks: [podIdentity] },
    research: {}, // no external host: it calls Linear through a boundary
    reports: {
      // Refused: ExternalHost.https('*.s3.eu-west-1.amazonaws.com'). A waypoint does not forward the hosts of a wildcard, so name each bucket.
      hosts: [ExternalHost.https('acme-reports.s3.eu-west-1.amazonaws.com'), ExternalHost.tcp('db.abc.eu-west-1.rds.amazonaws.com', 5432)],
      networks: [podIdentity],
    },
  },
});

invoices.grantAllTools(billing);
invoices.grantTools(['find_invoice'], triage);

const linear = new McpToolBoundary(mesh, 'linear', {
  server: McpServer.external({
    host: ExternalHost.https('mcp.linear.app'), tools: ['list_issues', 'create_issue'], credentials: { secretName: 'linear', key: 'token' },
  }),
});
linear.grantTools(['list_issues'], research);

new InferenceGateway(mesh, 'edge', { hostnames: ['agents.acme.example'], jwt, ...edge }).addRoute('triage', { target: triage });
new InferenceGateway(mesh, 'edge-grpc', { hostnames: ['grpc.acme.example'], jwt, ...edge }).addRoute('planner', { target: planner });

app.synth();
mesh.writeAccess('access.txt');
