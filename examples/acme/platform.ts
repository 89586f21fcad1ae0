// The part of the platform that every mesh can enforce.
import { Chart } from 'cdk8s';
import { Agent, AgentMesh, Backend, Cluster, Identity, McpProvider, McpServer, McpToolBoundary, MeshProvider, Port, Workload, WorkloadEgress } from 'cdk8s-agent-mesh';
import { Models } from './models';
import { otherTeams } from './teams';

export interface PlatformOptions {
  readonly mesh: MeshProvider;
  readonly mcp?: McpProvider;
  readonly cluster?: Cluster;
  /** How callers reach the pods of vLLM. */
  readonly models: (mesh: AgentMesh, vllm: Workload) => Models;
  /** What these agents call outside the mesh. */
  readonly egress: { readonly coder: WorkloadEgress; readonly research: WorkloadEgress; readonly reports: WorkloadEgress };
  /** Whether `coder` and `reports` have a namespace each, for a mesh that allows external hosts by namespace. */
  readonly splitNamespaces?: boolean;
}

// Every server answers Prometheus at a port of its own.
const METRICS = 9090;
const listen = (...ports: Port[]) => ({ ports: [...ports, Port.http(METRICS)], metricsPort: METRICS });

export function platform(chart: Chart, { mesh: provider, mcp, cluster, models, egress, splitNamespaces }: PlatformOptions) {
  const mesh = new AgentMesh(chart, 'mesh', {
    mesh: provider, mcp, cluster,
    existingNamespaces: ['legacy', 'data', 'observability', 'models'],
    metrics: { scraper: Identity.of({ namespace: 'monitoring', serviceAccount: 'prometheus' }) },
  });

  // What already runs: pods with the label `app`, a ServiceAccount and a Service of one name.
  const running = (namespace: string, name: string, ports: Port[], options: { egress?: WorkloadEgress; headless?: boolean } = {}) => Workload.existing({
    namespace, labels: { app: name }, serviceAccount: name, ...listen(...ports), egress: options.egress,
    service: { name, port: ports[0].number, headless: options.headless },
  });
  const collector = new Backend(mesh, 'collector', { workload: running('observability', 'collector', [Port.grpc(4317), Port.http(4318)]) });
  const postgres = new Backend(mesh, 'postgres', { workload: running('data', 'postgres', [Port.tcp(5432)]) });
  const redis = new Backend(mesh, 'redis', { workload: running('data', 'redis', [Port.tcp(6379), Port.tcp(16379)], { headless: true }), peers: true });
  const backup = new Agent(mesh, 'backup', {
    versions: { v1: Workload.existing({ namespace: 'data', labels: { app: 'backup' }, serviceAccount: 'backup', ports: [] }) }, // only calls
  });
  const llama = models(mesh, running('models', 'vllm', [Port.http(8000)]));
  const billing = new Agent(mesh, 'billing', { versions: { v1: running('legacy', 'billing', [Port.http(8080)]) } });
  const research = new Agent(mesh, 'research', { versions: { v1: running('legacy', 'research', [Port.http(8080)], { egress: egress.research }) } });
  const invoicesServer = running('legacy', 'invoices', [Port.http(3000)]);
  const invoices = new McpToolBoundary(mesh, 'invoices', {
    name: 'invoices-mcp', server: McpServer.of(invoicesServer, { tools: ['find_invoice', 'refund'] }),
  });

  // What is deployed here.
  const deploy = (image: string, port: Port, options: { egress?: WorkloadEgress; env?: Record<string, string> } = {}) => Workload.deploy({
    image: `registry.acme.example/${image}`, ...listen(port), egress: options.egress,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://${collector.host}:4317`, OPENAI_BASE_URL: `${llama.url}/v1`, ...options.env },
  });
  const coder = new Agent(mesh, 'coder', {
    namespace: splitNamespaces ? 'coder' : undefined,
    versions: { v1: deploy('coder:1.0.0', Port.http(8080), { egress: egress.coder }) },
  });
  const reports = new Agent(mesh, 'reports', {
    namespace: splitNamespaces ? 'reports' : undefined,
    versions: { v1: deploy('reports:1.0.0', Port.http(8080), { egress: egress.reports }) },
  });
  const planner = new Agent(mesh, 'planner', {
    versions: { v1: deploy('planner:1.0.0', Port.grpc(50051)), v2: deploy('planner:1.1.0', Port.grpc(50051)) },
    canary: { version: 'v2', percent: 10 },
  });
  const env = { BILLING_URL: billing.url, RESEARCH_URL: research.url, CODER_URL: coder.url, INVOICES_URL: invoices.url };
  const triage = new Agent(mesh, 'triage', {
    versions: { v1: deploy('triage:1.0.0', Port.http(8080), { env }), v2: deploy('triage:2.0.0', Port.http(8080), { env }) },
    canary: { version: 'v2', percent: 10 }, // of the calls inside the mesh, and of the requests of the gateway
  });

  // What other teams wrote joins as it is.
  const { supportPods, memoryPods, reindexPods, evalsPods } = otherTeams(chart);
  const support = new Agent(mesh, 'support', { versions: { v1: Workload.fromConstruct(supportPods, { metricsPort: METRICS }) } });
  const memory = new Agent(mesh, 'memory', { versions: { v1: Workload.fromConstruct(memoryPods, { metricsPort: METRICS }) } });
  const reindex = new Agent(mesh, 'reindex', { versions: { v1: Workload.fromConstruct(reindexPods) } });
  const evals = new Agent(mesh, 'evals', { versions: { v1: Workload.fromConstruct(evalsPods) } });

  // The calls between agents. The tools of `invoices` are granted where it is known which grants the mesh can enforce.
  for (const callee of [billing, research, coder, reports, planner, support]) callee.grantCall(triage);
  triage.grantCall(evals);
  memory.grantCall(support, reindex);
  postgres.grantCall(coder, research, invoicesServer, backup);
  redis.grantCall(triage, coder);
  llama.grant(triage, coder, research);
  collector.grantCall(mesh.members);
  collector.grantPorts([4318], mesh.members);

  return { mesh, collector, postgres, redis, backup, billing, research, invoices, coder, reports, planner, triage, support, memory, reindex, evals };
}
