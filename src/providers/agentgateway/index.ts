import { Construct } from 'constructs';
import { checkFronts } from './checks';
import { AgentgatewayTools } from './tools';
import { Admission } from '../../model/admission';
import { Caller } from '../../model/callers';
import { Capability, Refusal } from '../../model/capability';
import { GatewayNode } from '../../model/gateway';
import { MeshModel } from '../../model/mesh';
import { PoolNode } from '../../model/pool';
import { Problem } from '../../model/problem';
import { RouteNode } from '../../model/route';
import { WorkloadNode } from '../../model/workload';
import { GatewayBackend, MeshBackend, ToolBackend } from '../backend';

/** What it is asked for inside the mesh; the rest is asked of who reads what comes from outside. */
const OF_TOOLS: readonly Capability[] = [
  'tool', 'origin-check', 'tool-federation', 'external-tools', 'upstream-credentials', 'guardrails', 'mcp-oauth', 'mcp-proxy', 'tool-tokens', 'tool-rate-limit',
];

/** agentgateway before tool servers; what comes from outside is another gateway's, as it would be without it. */
export class AgentgatewayGateway implements GatewayBackend {
  public readonly label = 'GatewayProvider.agentgateway';
  public readonly nameSuffix: string;
  public readonly tools?: ToolBackend;
  private readonly refusal?: Refusal;

  public constructor(private readonly clients: GatewayBackend, private readonly mesh: MeshBackend, private readonly className: string) {
    this.nameSuffix = clients.nameSuffix;
    const tools = new AgentgatewayTools(mesh, className);
    this.refusal = tools.refusal;
    if (!this.refusal) this.tools = tools;
  }

  public refuses(capability: Capability): Refusal | undefined {
    return OF_TOOLS.includes(capability) ? this.refusal : this.clients.refuses(capability);
  }

  public serviceAccount(gatewayName: string): string {
    return this.clients.serviceAccount(gatewayName);
  }

  public expose(scope: Construct, model: MeshModel, gateway: GatewayNode): void {
    this.clients.expose(scope, model, gateway);
  }

  public admitHosts(scope: Construct, gateway: GatewayNode): void {
    this.clients.admitHosts(scope, gateway);
  }

  public serve(scope: Construct, gatewayScope: Construct, model: MeshModel, pool: PoolNode): void {
    this.clients.serve(scope, gatewayScope, model, pool);
  }

  public route(scope: Construct, route: RouteNode): void {
    this.clients.route(scope, route);
  }

  public admissions(model: MeshModel, workload: WorkloadNode): readonly Admission[] {
    return this.clients.admissions(model, workload);
  }

  public proxies(model: MeshModel): readonly Caller[] {
    const fronts = model.toolServers.flatMap(({ name, front }): Caller[] =>
      (front ? [{ title: `the proxy of tool server ${name}`, principal: model.principal(front.namespace, front.serviceAccount) }] : []));
    return [...this.clients.proxies(model), ...fronts];
  }

  public caller(model: MeshModel, gateway: GatewayNode): Caller {
    return this.clients.caller(model, gateway);
  }

  public server(model: MeshModel, pool: PoolNode): Caller {
    return this.clients.server(model, pool);
  }

  public check(model: MeshModel): Problem[] {
    return [...this.clients.check(model), ...checkFronts(model, this.mesh, this.className)];
  }
}
