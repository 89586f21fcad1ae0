import { Construct } from 'constructs';
import { checkMcpProxies } from './checks';
import { AgentgatewayTools } from './tools';
import { Caller } from '../../model/callers';
import { ConnectionRule } from '../../model/connection-rule';
import { Feature, Refusal } from '../../model/feature';
import { GatewayNode } from '../../model/gateway';
import { MeshModel } from '../../model/mesh';
import { PoolNode } from '../../model/pool';
import { Problem } from '../../model/problem';
import { RouteNode } from '../../model/route';
import { WorkloadNode } from '../../model/workload';
import { GatewayBackend, MeshBackend, ToolBackend } from '../backend';
import { ForeignObjects } from '../foreign/tree-object';

/** What it is asked for inside the mesh; the rest is asked of who reads what comes from outside. */
const OF_TOOLS: readonly Feature[] = [
  'tool', 'origin-check', 'tool-federation', 'external-tools', 'upstream-credentials', 'guardrails', 'mcp-oauth', 'mcp-proxy', 'tool-tokens', 'tool-rate-limit',
];

/** agentgateway before tool servers; what comes from outside is another gateway's, as it would be without it. */
export class AgentgatewayGateway implements GatewayBackend {
  public readonly label = 'GatewayProvider.agentgateway';
  public readonly nameSuffix: string;
  public readonly className: string;
  public readonly tools?: ToolBackend;
  private readonly refusal?: Refusal;

  public constructor(private readonly clients: GatewayBackend, private readonly mesh: MeshBackend, private readonly ownClass: string) {
    this.nameSuffix = clients.nameSuffix;
    this.className = clients.className;
    const tools = new AgentgatewayTools(mesh, ownClass);
    this.refusal = tools.refusal;
    if (!this.refusal) this.tools = tools;
  }

  public refuses(feature: Feature): Refusal | undefined {
    return OF_TOOLS.includes(feature) ? this.refusal : this.clients.refuses(feature);
  }

  public serviceAccount(gatewayName: string): string {
    return this.clients.serviceAccount(gatewayName);
  }

  public createGateway(scope: Construct, model: MeshModel, gateway: GatewayNode): void {
    this.clients.createGateway(scope, model, gateway);
  }

  public allowHosts(scope: Construct, gateway: GatewayNode): void {
    this.clients.allowHosts(scope, gateway);
  }

  public createPool(scope: Construct, gatewayScope: Construct, model: MeshModel, pool: PoolNode): void {
    this.clients.createPool(scope, gatewayScope, model, pool);
  }

  public createRoute(scope: Construct, route: RouteNode): void {
    this.clients.createRoute(scope, route);
  }

  public connectionRules(model: MeshModel, workload: WorkloadNode): readonly ConnectionRule[] {
    return this.clients.connectionRules(model, workload);
  }

  public proxies(model: MeshModel): readonly Caller[] {
    const mcpProxies = model.toolServers.flatMap(({ name, mcpProxy }): Caller[] =>
      (mcpProxy ? [{ title: `the proxy of tool server ${name}`, principal: model.principal(mcpProxy.namespace, mcpProxy.serviceAccount) }] : []));
    return [...this.clients.proxies(model), ...mcpProxies];
  }

  public caller(model: MeshModel, gateway: GatewayNode): Caller {
    return this.clients.caller(model, gateway);
  }

  public server(model: MeshModel, pool: PoolNode): Caller {
    return this.clients.server(model, pool);
  }

  public checkForeign(model: MeshModel, foreign: ForeignObjects): Problem[] {
    return this.clients.checkForeign(model, foreign);
  }

  public check(model: MeshModel): Problem[] {
    return [...this.clients.check(model), ...checkMcpProxies(model, this.mesh, this.ownClass)];
  }
}
