import { ForeignObjects } from './tree-object';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/**
 * Reports user-managed InferenceModelRewrites of pools with `allowedModels`. Of two rules for a model the endpoint picker uses the older one, and
 * a rule for a name goes before the rule for all others (llm-d-router v0.10), so such an object can allow what the pool excludes.
 */
export function foreignRewrites({ pools }: MeshModel, foreign: ForeignObjects): CheckResult[] {
  return foreign.ofKind('llm-d.ai', 'InferenceModelRewrite').flatMap((object) => {
    const { name } = (object.manifest.spec?.poolRef ?? {}) as { readonly name?: unknown };
    return pools.filter((pool) => pool.allowedModels && pool.namespace === object.namespace && pool.name === name).map((pool) => ({
      path: object.path,
      message: `${object.title} is for pool ${pool.name} and can allow models that \`allowedModels\` of the pool excludes`,
      actual: object.title,
      expected: 'rewrites of this pool as InferenceModelRewrite of the library',
      fix: 'define it as an InferenceModelRewrite of the library, or remove `allowedModels` of the pool',
    }));
  });
}
