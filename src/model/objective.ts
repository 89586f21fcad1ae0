import { instanceName } from './picker/config';
import { PoolNode } from './pool';

/** A priority of requests at a pool, by name. */
export interface ObjectiveNode {
  readonly name: string;
  readonly pool: PoolNode;
  readonly priority: number;
  /** Claim by whose value clients of the gateway of the pool name the objective. Undefined if no claim selects objectives there. */
  readonly claim?: string;
}

/** A rule that replaces the name of a model in requests to a pool. */
export interface ModelRewriteNode {
  readonly name: string;
  readonly pool: PoolNode;
  /** Name of the model in requests. Every name if undefined. */
  readonly model?: string;
  readonly targets: readonly { readonly model: string; readonly weight?: number }[];
}

/** Returns the name of the InferenceModelRewrite that limits the models of a pool. */
export function allowedModelsName({ name }: Pick<PoolNode, 'name'>): string {
  return `${name}-models`;
}

/** Returns the types of the parsers that the configuration of a picker states. Undefined if it leaves them to the picker: these read models. */
export function statedParsers({ picker: { deployment } }: PoolNode): string[] | undefined {
  const { plugins = [], requestHandler } = deployment?.config.settings ?? {};
  return requestHandler?.parsers?.map(({ pluginRef }) => plugins.find((plugin) => instanceName(plugin) === pluginRef)?.type ?? pluginRef);
}
