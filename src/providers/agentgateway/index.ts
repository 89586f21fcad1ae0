import { checkMcpProxies } from './checks';
import { AgentgatewayProxies } from './proxies';
import { Caller } from '../../model/callers';
import { Feature, Refusal, unsupportedBy } from '../../model/feature';
import { MeshModel } from '../../model/mesh';
import { Problem } from '../../model/problem';
import { byIdentity, MERGED_METRICS, ProxyMetrics } from '../../model/proxy-metrics';
import { McpBackend, McpProxies, MeshBackend } from '../backend';
import { byNetwork } from '../istio-shared/metrics-network';

const SUPPORTED: readonly Feature[] = [
  'tool', 'origin-check', 'tool-federation', 'external-tools', 'upstream-credentials', 'guardrails', 'mcp-oauth', 'mcp-proxy', 'tool-tokens', 'tool-rate-limit',
];

/** agentgateway with its own controller, in front of the servers of each boundary (agentgateway 1.4). */
export class Agentgateway implements McpBackend {
  public readonly label = 'McpProvider.agentgateway';
  public readonly proxies?: McpProxies;

  public constructor(private readonly mesh: MeshBackend, private readonly className: string) {
    if (mesh.mcpProxies) this.proxies = new AgentgatewayProxies(mesh, className);
  }

  public refuses(feature: Feature): Refusal | undefined {
    const { mesh } = this;
    if (!SUPPORTED.includes(feature)) return unsupportedBy(this.label);
    if (this.proxies) return undefined;
    return mesh.mcpProxiesRefusal ?? {
      reason: `${mesh.label} cannot pass caller identities to the proxies of agentgateway`, instead: 'MeshProvider.istioAmbient or MeshProvider.linkerd',
    };
  }

  public callers(model: MeshModel): readonly Caller[] {
    return model.toolServers.flatMap(({ name, mcpProxy }): Caller[] =>
      (mcpProxy ? [{ title: `the proxy of tool server ${name}`, principal: model.principal(mcpProxy.namespace, mcpProxy.serviceAccount) }] : []));
  }

  public proxyMetrics(model: MeshModel): readonly ProxyMetrics[] {
    const readBy = this.mesh.mcpProxies?.needsWorkloadPolicy ? byIdentity(model.scraper) : byNetwork(model);
    return model.toolServers.flatMap(({ mcpProxy }): ProxyMetrics[] =>
      (mcpProxy ? [{ title: `MCP proxy ${mcpProxy.namespace}/${mcpProxy.name}`, ports: [MERGED_METRICS], readBy }] : []));
  }

  public check(model: MeshModel): Problem[] {
    return checkMcpProxies(model, this.mesh, this.className);
  }
}
