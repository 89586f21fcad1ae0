import { Feature, Refusal } from '../model/feature';

/** A mesh from which MCP proxies may get the identity of callers. */
interface MeshOfMcpProxies {
  readonly mcpProxies?: object;
}

/**
 * Returns the provider to use for MCP proxies, as text. If they cannot get the identity of callers from this mesh, the text includes a mesh
 * that supports them.
 */
export function mcpProviderFor({ mcpProxies }: MeshOfMcpProxies): string {
  return mcpProxies ? 'McpProvider.agentgateway' : 'McpProvider.agentgateway on MeshProvider.istioAmbient or MeshProvider.linkerd';
}

const REASONS: Readonly<Partial<Record<Feature, string>>> = {
  'tool-federation': 'merging the tools of several MCP servers needs an MCP proxy, and this mesh has none',
  'upstream-credentials': 'without an MCP proxy, credentials would have to be in the configuration of a proxy, where everyone who may read this configuration sees them',
  'guardrails': 'sending MCP messages to an external processor needs an MCP proxy, and this mesh has none',
  'mcp-oauth': 'serving OAuth metadata needs an MCP proxy, and this mesh has none',
  'mcp-proxy': 'without an MCP proxy, the MCP server itself decides its names and sessions',
};

/** Returns the refusal of a feature that needs an MCP proxy, for a mesh without MCP proxies. */
export function refusalWithoutMcpProxy(mesh: MeshOfMcpProxies, feature: Feature): Refusal {
  return { reason: REASONS[feature] ?? 'no proxy in the path inspects MCP messages', instead: mcpProviderFor(mesh) };
}
