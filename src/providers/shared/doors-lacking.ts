import { Lacking, Refusal } from '../../model/capability';

const BEFORE_SERVERS: Refusal = {
  reason: 'a gateway does not stand before tool servers', instead: 'a mesh that reads requests, or GatewayProvider.agentgateway', isNotAsked: true,
};

const BY_MCP = (reason: string): Refusal => ({ reason, instead: 'GatewayProvider.agentgateway' });

/** What no door for clients does inside the mesh, before tool servers. */
export const DOORS_LACK: Lacking = {
  'tool': BEFORE_SERVERS,
  'origin-check': BEFORE_SERVERS,
  'tool-tokens': BEFORE_SERVERS,
  'tool-rate-limit': BEFORE_SERVERS,
  'external-tools': BEFORE_SERVERS,
  'tool-federation': BY_MCP('nobody in the path puts the lists of several MCP servers together'),
  'upstream-credentials': BY_MCP('nobody in the path is given credentials but in its configuration, where everybody could read them'),
  'guardrails': BY_MCP('nobody in the path reads MCP messages that could be shown to a judge'),
  'mcp-oauth': BY_MCP('nobody in the path answers for the authorization of MCP servers'),
  'mcp-proxy': BY_MCP('without a proxy that reads MCP, names and sessions are the server\'s own'),
};
