import {
  Agent, AgentMesh, Cluster, ExternalHost, GatewayApiChannel, GuardrailPhase, IAgent, ICaller, Identity, McpProvider, McpServer, McpServerOptions,
  McpToolBoundary, MeshProvider, MigrationStage, Port, Workload, WorkloadEgress,
} from '../../src';
import { BoundaryOptions, boundaryProps, deploy, IMAGE, JWKS } from '../story';
import { Build } from '../synth';

export const sidecar = { mesh: MeshProvider.istioSidecar() };
export const linkerd = { mesh: MeshProvider.linkerd(), cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) };
export const agentgateway = { mcp: McpProvider.agentgateway() };
export const moving = { mesh: MeshProvider.istioAmbient({ migration: { voice: MigrationStage.PERMISSIVE } }) };

export const planner = Identity.of({ namespace: 'ops', serviceAccount: 'planner' });
export const jwt = { issuer: 'https://issuer.example.com', jwks: JWKS };
export const running = (options: object) => Workload.deploy({ image: IMAGE, ports: [Port.http(8080)], ...options });
export const restricted = (mesh: AgentMesh, id = 'kept', egress: WorkloadEgress = {}) => new Agent(mesh, id, { versions: { v1: running({ egress }) } });
export const crmOf = (mesh: AgentMesh, props: BoundaryOptions = {}) =>
  new McpToolBoundary(mesh, 'crm', boundaryProps(props));
export const crm = (props: () => BoundaryOptions): Build => (mesh) => void crmOf(mesh, props());
export const of = (options: Partial<McpServerOptions> = {}, workload = deploy([8080])) => McpServer.of(workload, { tools: ['find'], ...options });
export const external = (hostname: string, options: Partial<McpServerOptions> = {}, port?: number) => McpServer.external({ host: ExternalHost.https(hostname, { port }), tools: ['find'], ...options });
export const several = () => ({ servers: { one: of(), two: of({}, deploy([8081])) } });
export const judged = (judge: (mesh: AgentMesh) => IAgent, methods: Record<string, GuardrailPhase> = { '*': GuardrailPhase.FULL }): Build => (mesh) =>
  void crmOf(mesh, { guardrails: [{ service: judge(mesh), methods }] });
export const granting = (caller: ICaller, props: BoundaryOptions = { jwt }): Build =>
  (mesh) => crmOf(mesh, props).grantAllTools(caller);
export const calling = (egress: WorkloadEgress, options: object = {}): Build => (mesh) => void new Agent(mesh, 'caller', { versions: { v1: running({ egress, ...options }) } });
export const resource = 'https://crm.example.com/mcp';
