import { servedNames } from './model-server';
import { ModelRewriteNode } from './objective';
import { PoolNode } from './pool';
import { listed } from './problem';

/**
 * Paths of the requests that a pool with `allowedModels` serves: those whose model the parsers of the endpoint picker read and compare
 * (llm-d-router v0.10, tried). It may send requests for other paths to the pods unread, and does so for `/v1/messages/count_tokens`.
 */
export const MODEL_PATHS: readonly string[] = [
  '/v1/chat/completions', '/v1/completions', '/v1/embeddings', '/v1/responses', '/v1/conversations', '/v1/images/generations', '/v1/messages',
  '/inference/v1/generate',
];

/** Path of the list of models, which names every model of the pods. */
export const MODEL_LIST_PATH = '/v1/models';

/** Model of a request whose body names none. */
export const NO_MODEL = '';

/** What decides whether a pool with `allowedModels` serves a request. Undefined if any. */
export interface ModelRequest {
  readonly method?: string;
  readonly path?: string;
  readonly model?: string;
}

/** Returns why a pool with `allowedModels` does not serve a request, or nothing. */
export function unservedBy({ name, allowedModels }: PoolNode, { method = 'POST', path, model }: ModelRequest): string | undefined {
  if (!allowedModels) return undefined;
  const isServed = path === undefined || (method === 'POST' ? MODEL_PATHS : method === 'GET' ? [MODEL_LIST_PATH] : []).includes(path.split('?')[0]);
  if (!isServed) return `pool ${name} has \`allowedModels\` and serves no ${method} ${path}: the picker reads no model in it`;
  if (model === undefined || allowedModels.includes(model)) return undefined;
  const what = model === NO_MODEL ? 'without a model' : `for model ${model}`;
  return `the picker of pool ${name} rejects requests ${what}: they may name ${listed(allowedModels)}`;
}

/**
 * Returns the names of models that a pool knows: those of its servers, of its rewrites and of `allowedModels`. Returns undefined if it may know
 * others: the program does not describe its servers or its objects, the servers load further adapters, or a rewrite is for every name.
 */
export function knownModels(rewrites: readonly ModelRewriteNode[], pool: PoolNode): readonly string[] | undefined {
  const { servers: { deployment }, allowedModels = [], existing } = pool;
  const server = deployment?.modelServer;
  const names = rewrites.filter((rewrite) => rewrite.pool === pool).map(({ model }) => model);
  const stated = names.filter((name) => name !== undefined);
  if (!server || existing || server.lora?.loadsOthers || stated.length < names.length) return undefined;
  return [...new Set([...servedNames(server), ...stated, ...allowedModels])];
}
