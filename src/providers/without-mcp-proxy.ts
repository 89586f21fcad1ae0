import { Feature, Refusal } from '../model/feature';

/** What a proxy needs of the mesh: to be told who calls. */
interface MeshOfMcpProxies {
  readonly mcpProxies?: object;
}

/** Names the provider whose proxies inspect MCP messages; where the mesh cannot tell them who calls, on another mesh. */
export function mcpProviderFor({ mcpProxies }: MeshOfMcpProxies): string {
  return mcpProxies ? 'McpProvider.agentgateway' : 'McpProvider.agentgateway on MeshProvider.istioAmbient or MeshProvider.linkerd';
}

const REASONS: Readonly<Partial<Record<Feature, string>>> = {
  'tool-federation': 'no proxy in the path merges the lists of several MCP servers',
  'upstream-credentials': 'no proxy in the path holds credentials but in its configuration, which everyone with read access sees',
  'guardrails': 'no proxy in the path inspects MCP messages and could send them to an external processor',
  'mcp-oauth': 'no proxy in the path serves the OAuth metadata of MCP servers',
  'mcp-proxy': 'without an MCP proxy, names and sessions are those of the server itself',
};

/** Returns why a feature that only an MCP proxy has is refused where the mesh has none. */
export function refusalWithoutMcpProxy(mesh: MeshOfMcpProxies, feature: Feature): Refusal {
  return { reason: REASONS[feature] ?? 'no proxy in the path inspects MCP messages', instead: mcpProviderFor(mesh) };
}
