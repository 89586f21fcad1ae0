import { Construct } from 'constructs';
import { compileMcpProxy, compileParameters, compileRoute } from './mcp-proxy';
import { compileCallers, compileCredentials, compileItems, compilePassthrough, compileRateLimit, compileTokens } from './policies';
import { compileServers } from './servers';
import { AgentgatewayBackend, AgentgatewayParameters, AgentgatewayPolicy } from '../../../imports/agentgateway.dev';
import { Gateway, HttpRoute } from '../../../imports/gateway.networking.k8s.io';
import { EXTERNAL_PORT, externalHostsOf } from '../../model/external-host';
import { McpHandling, McpProxyNode } from '../../model/mcp-proxy';
import { MeshModel } from '../../model/mesh';
import { MERGED_METRICS } from '../../model/proxy-metrics';
import { JwtFacts } from '../../model/request-rule';
import { ToolServerNode } from '../../model/tool-server';
import { WorkloadNode } from '../../model/workload';
import { McpProxies, McpProxyMembership, MeshBackend } from '../backend';
import { emit } from '../emit';
import { LABELS } from '../istio-shared/istio-targets';
import { emitMetricsNetwork } from '../istio-shared/metrics-network';

/** Returns the ports of a proxy whose connections the mesh authorizes, with that of its metrics if the mesh has a scraper. */
function metered({ scraper }: MeshModel, { ports }: WorkloadNode) {
  return scraper
    ? { ports: [...ports, MERGED_METRICS], scrapers: [{ principals: [scraper.principal], ports: [MERGED_METRICS] }] }
    : { ports, scrapers: [] };
}

/**
 * Emits an MCP proxy for each McpToolBoundary, run by the agentgateway controller. The proxy inspects MCP messages and sees the identity
 * of callers.
 */
export class AgentgatewayProxies implements McpProxies {
  public constructor(private readonly mesh: MeshBackend, private readonly className: string) {}

  /**
   * Returns the MCP proxy of a boundary. The controller gives Service and ServiceAccount the name of the Gateway (agentgateway 1.4,
   * deployer).
   */
  public mcpProxyOf(place: Pick<McpProxyNode, 'name' | 'namespace' | 'port'>, handling: McpHandling): McpProxyNode {
    return { ...place, serviceAccount: place.name, labels: { [LABELS.gatewayName]: place.name }, handling };
  }

  public createMcpProxy(scope: Construct, model: MeshModel, server: ToolServerNode): void {
    const { mesh: { mcpProxies } } = this;
    const { mcpProxy, endpoint } = server;
    if (!mcpProxy || !mcpProxies) return;
    this.proxy(scope, model, server, mcpProxy, mcpProxies);
    this.policies(scope, server, mcpProxy, mcpProxies);
    if (mcpProxies.needsNamedHosts) this.allowExternalHost(scope, server, mcpProxy);
    if (!mcpProxies.needsWorkloadPolicy) {
      emitMetricsNetwork(scope, model, mcpProxy, [MERGED_METRICS]);
      return;
    }
    // The pods of the proxy accept connections from callers with any grant. The proxy itself authorizes their requests.
    const { ports, scrapers } = metered(model, endpoint);
    const pods = { ...endpoint, ports, title: `proxy of ${endpoint.title}`, items: undefined, requests: undefined, rateLimit: undefined, jwt: undefined, trustsHeaders: true };
    this.mesh.authorizePods(new Construct(scope, 'proxy'), model, pods, () => [{ principals: endpoint.callers.principals, ports: [mcpProxy.port] }, ...scrapers]);
  }

  private proxy(scope: Construct, model: MeshModel, server: ToolServerNode, mcpProxy: McpProxyNode, mcpProxies: McpProxyMembership): void {
    const meta = { name: mcpProxy.name, namespace: mcpProxy.namespace };
    emit(scope, 'parameters', AgentgatewayParameters, meta, { spec: () => compileParameters(mcpProxies, model.facts) });
    emit(scope, 'mcp-proxy', Gateway, meta, { spec: () => compileMcpProxy(mcpProxy, mcpProxies, this.className) });
    emit(scope, 'backend', AgentgatewayBackend, meta, { spec: () => compileServers(server, mcpProxy.handling) });
    emit(scope, 'route', HttpRoute, meta, { spec: () => compileRoute(server, mcpProxy) });
  }

  private policies(scope: Construct, server: ToolServerNode, mcpProxy: McpProxyNode, { matchOf }: McpProxyMembership): void {
    const { endpoint, targets } = server;
    const { name, namespace, handling } = mcpProxy;
    const meta = (suffix: string) => ({ name: `${name}-${suffix}`, namespace });
    // The policy on the backend authorizes items. This one authorizes callers before that.
    emit(scope, 'callers', AgentgatewayPolicy, meta('callers'), { spec: () => compileCallers(server, mcpProxy, matchOf) });
    emit(scope, 'request-policy', AgentgatewayPolicy, { name, namespace }, { spec: () => compileItems(server, mcpProxy, matchOf) });
    const { jwt, rateLimit } = endpoint;
    if (jwt) {
      emit(scope, 'proxy-jwt', AgentgatewayPolicy, meta('tokens'), { spec: () => compileTokens(jwt, meta('keys').name, handling.oauth, mcpProxy) });
      this.keys(scope, jwt, meta('keys'));
    }
    if (rateLimit) emit(scope, 'proxy-rate-limit', AgentgatewayPolicy, meta('limits'), { spec: () => compileRateLimit(endpoint, rateLimit, mcpProxy, matchOf) });
    for (const target of targets.filter(({ place, credentials }) => place.kind === 'pods' && credentials)) {
      emit(scope, `upstream-credentials-${target.name}`, AgentgatewayPolicy, meta(`credentials-${target.name}`), { spec: () => compileCredentials(target, mcpProxy) });
    }
    if (jwt && endpoint.tokens === 'forwarded') emit(scope, 'passthrough', AgentgatewayPolicy, meta('passthrough'), { spec: () => compilePassthrough(mcpProxy) });
  }

  /** Emits the backend from which the controller fetches the keys of the issuer. */
  private keys(scope: Construct, { keys }: JwtFacts, meta: { readonly name: string; readonly namespace: string }): void {
    if (keys.uri === undefined || !URL.canParse(keys.uri)) return;
    const { hostname, port, protocol } = new URL(keys.uri);
    const isTls = protocol === 'https:';
    emit(scope, 'keys', AgentgatewayBackend, meta, {
      spec: () => ({ static: { host: hostname, port: Number(port || (isTls ? EXTERNAL_PORT : 80)) }, ...(isTls && { policies: { tls: {} } }) }),
    });
  }

  /** Allows the external hosts that the proxy calls: servers, and the token issuer if clients are directed to it. */
  private allowExternalHost(scope: Construct, server: ToolServerNode, { name, namespace }: McpProxyNode): void {
    const byPort = new Map<number, string[]>();
    for (const { hostname, port } of externalHostsOf(server)) byPort.set(port, [...byPort.get(port) ?? [], hostname]);
    for (const [port, hostnames] of byPort) {
      const egress = { origin: server.origin, name: `${name}-outside${port === EXTERNAL_PORT ? '' : `-${port}`}`, namespace, hostnames: [...new Set(hostnames)].sort(), port, protocol: 'TLS' as const };
      this.mesh.namespaceEgress?.allow(new Construct(scope, `external-${port}`), egress);
    }
  }
}
