import { PickerSettings } from './config';
import { MeshModel } from '../mesh';
import { PoolNode } from '../pool';

/** The plugin that counts requests without a tenant to the session that a header names (llm-d-router v0.10, requestheader/agentidentity). */
export const SESSION_READER = 'agent-identity';

/** Headers in which the plugin always looks for a session (llm-d-router v0.10, agent_identity.go). */
const SESSION_HEADERS: readonly string[] = ['x-claude-code-session-id', 'x-session-affinity', 'session-id', 'session_id'];

/** Returns the headers, in small letters, by which clients choose the session to which a picker counts their requests. */
function sessionHeaders({ plugins }: PickerSettings): string[] {
  return plugins.filter(({ type }) => type === SESSION_READER).flatMap(({ parameters }) => {
    const more: readonly unknown[] = Array.isArray(parameters?.additionalSessionHeaders) ? parameters.additionalSessionHeaders : [];
    return [...SESSION_HEADERS, ...more.map((header) => String(header).toLowerCase())];
  });
}

/** Returns the session headers that pickers of the library read of the requests at the gateway of a pool, which pools of a namespace share. */
export function sessionHeadersAt(model: MeshModel, { gateway, namespace }: Pick<PoolNode, 'gateway' | 'namespace'>): string[] {
  const pools = model.poolsOf(gateway).filter((pool) => pool.namespace === namespace);
  return [...new Set(pools.flatMap(({ picker: { deployment } }) => (deployment ? sessionHeaders(deployment.config.settings) : [])))].sort();
}
