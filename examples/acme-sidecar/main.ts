import { App, Chart } from 'cdk8s';
import { AccessLogs, ExternalHost, InferenceGateway, MeshProvider } from 'cdk8s-agent-mesh';
import { edge, jwt } from '../acme/edge';
import { pooledModels } from '../acme/models';
import { platform } from '../acme/platform';

const app = new App();
const podIdentity = { cidr: '169.254.170.23/32', ports: [80] }; // EKS Pod Identity
const { mesh, triage, planner, billing, invoices } = platform(new Chart(app, 'acme', { namespace: 'agents' }), {
  mesh: MeshProvider.istioSidecar({ accessLogs: AccessLogs.provider('otel') }),
  models: pooledModels,
  egress: {
    coder: { hosts: [ExternalHost.https('api.openai.com'), ExternalHost.https('api.anthropic.com')], networks: [podIdentity] },
    // Refused: McpServer.external. Sidecars authorize requests at pods of the mesh, and an external server has none. So research may use every tool.
    research: { hosts: [ExternalHost.https('mcp.linear.app')] },
    reports: {
      hosts: [
        ExternalHost.https('*.s3.eu-west-1.amazonaws.com'),
        ExternalHost.tcp('db.abc.eu-west-1.rds.amazonaws.com', 5432, { cidrs: ['10.30.0.0/24'] }), // the subnets of the database
      ],
      networks: [podIdentity],
    },
  },
});

invoices.grantAllTools(billing);
// Refused: invoices.grantTools(['find_invoice'], triage). Envoy does not read the body, in which MCP names the tool.

new InferenceGateway(mesh, 'edge', { hostnames: ['agents.acme.example'], jwt, ...edge }).addRoute('triage', { target: triage });
new InferenceGateway(mesh, 'edge-grpc', { hostnames: ['grpc.acme.example'], jwt, ...edge }).addRoute('planner', { target: planner });

app.synth();
mesh.writeAccess('access.txt');
