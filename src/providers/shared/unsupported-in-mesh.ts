import { UnsupportedFeatures, Refusal } from '../../model/feature';
import { MeshBackend } from '../backend';

/** Who reads MCP; where the mesh cannot tell it who calls, on another mesh. */
export function whoReadsMcp({ mcpProxies }: Pick<MeshBackend, 'mcpProxies'>): string {
  return mcpProxies ? 'GatewayProvider.agentgateway' : 'GatewayProvider.agentgateway on MeshProvider.istioAmbient or MeshProvider.linkerd';
}

/** What no door for clients does inside the mesh, before tool servers. */
export function unsupportedInMesh(mesh: Pick<MeshBackend, 'mcpProxies'>): UnsupportedFeatures {
  const byMcp = (reason: string): Refusal => ({ reason, instead: whoReadsMcp(mesh) });
  const beforeServers: Refusal = {
    reason: 'a gateway does not stand before tool servers', instead: `a mesh that reads requests, or ${whoReadsMcp(mesh)}`, isNotApplicable: true,
  };
  return {
    'tool': beforeServers,
    'origin-check': beforeServers,
    'tool-tokens': beforeServers,
    'tool-rate-limit': beforeServers,
    'external-tools': beforeServers,
    'tool-federation': byMcp('nobody in the path puts the lists of several MCP servers together'),
    'upstream-credentials': byMcp('nobody in the path is given credentials but in its configuration, where everybody could read them'),
    'guardrails': byMcp('nobody in the path reads MCP messages that could be shown to a judge'),
    'mcp-oauth': byMcp('nobody in the path answers for the authorization of MCP servers'),
    'mcp-proxy': byMcp('without a proxy that reads MCP, names and sessions are the server\'s own'),
  };
}
