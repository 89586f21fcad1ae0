import { App, Chart } from 'cdk8s';
import {
  Backend, Cluster, ExternalHost, GatewayApiChannel, GatewayServiceType, InferenceGateway, LinkerdAccessLog, McpProvider, McpServer, McpToolBoundary, MeshProvider,
  TlsTermination,
} from 'cdk8s-agent-mesh';
import { platform } from '../acme/platform';

const app = new App();
const podIdentity = { cidr: '169.254.170.23/32', ports: [80] }; // EKS Pod Identity
const { mesh, triage, planner, billing, research, invoices } = platform(new Chart(app, 'acme', { namespace: 'agents' }), {
  mesh: MeshProvider.linkerd({ accessLog: LinkerdAccessLog.JSON }), // to standard output: Linkerd has no other target
  mcp: McpProvider.agentgateway(),
  cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL, kubeletCidrs: ['10.0.0.0/20'] }), // for `egress`, and for probes
  splitNamespaces: true,
  // Refused: InferenceGateway.addPool. No gateway on Linkerd asks an endpoint picker, so the Service of vLLM balances without regard to KV caches.
  models: (mesh, workload) => {
    const vllm = new Backend(mesh, 'vllm', { workload });
    return { url: `http://${vllm.host}:8000`, grant: (...callers) => { vllm.grantCall(...callers); } };
  },
  egress: {
    coder: { hosts: [ExternalHost.https('api.openai.com'), ExternalHost.https('api.anthropic.com')], networks: [podIdentity] },
    research: {}, // no external host: it calls Linear through a boundary
    reports: {
      hosts: [ExternalHost.https('*.s3.eu-west-1.amazonaws.com')],
      // Refused: ExternalHost.tcp('db.abc.eu-west-1.rds.amazonaws.com', 5432). Linkerd sees no name without TLS from the first byte.
      networks: [podIdentity, { cidr: '10.30.0.0/24', ports: [5432] }], // the subnets of the database
    },
  },
});

invoices.grantAllTools(billing);
invoices.grantTools(['find_invoice'], triage);

const linear = new McpToolBoundary(mesh, 'linear', {
  namespace: 'linear',
  server: McpServer.external({
    host: ExternalHost.https('mcp.linear.app'), tools: ['list_issues', 'create_issue'], credentials: { secretName: 'linear', key: 'token' },
  }),
});
linear.grantTools(['list_issues'], research);

// Refused: `jwt`. No gateway on Linkerd verifies tokens. An application load balancer does, and connects to these gateways; pods may not.
const edge = { tlsTermination: TlsTermination.LOAD_BALANCER, serviceType: GatewayServiceType.CLUSTER_IP, deniedCidrs: ['100.64.0.0/16'] };
new InferenceGateway(mesh, 'edge', { hostnames: ['agents.acme.example'], ...edge }).addRoute('triage', { target: triage });
new InferenceGateway(mesh, 'edge-grpc', { hostnames: ['grpc.acme.example'], ...edge }).addRoute('planner', { target: planner });

app.synth();
mesh.writeAccess('access.txt');
