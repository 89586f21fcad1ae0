import { Construct } from 'constructs';
import { InferenceModelRewrite, InferenceObjective } from '../../../imports/llm-d.ai';
import { MeshModel } from '../../model/mesh';
import { allowedModelsName, ModelRewriteNode, ObjectiveNode } from '../../model/objective';
import { PoolNode } from '../../model/pool';
import { emit } from '../emit';

/** Emits an InferenceObjective (llm-d-router v0.10), with the id `objective`. */
export function emitObjective(scope: Construct, { name, pool, priority }: ObjectiveNode): void {
  emit(scope, 'objective', InferenceObjective, { name, namespace: pool.namespace }, { spec: () => ({ poolRef: { name: pool.name }, priority }) });
}

/** Emits an InferenceModelRewrite (llm-d-router v0.10), with the id `rewrite`. */
export function emitModelRewrite(scope: Construct, { name, pool, model, targets }: ModelRewriteNode): void {
  emit(scope, 'rewrite', InferenceModelRewrite, { name, namespace: pool.namespace }, {
    spec: () => ({
      poolRef: { name: pool.name },
      rules: [{
        ...(model !== undefined && { matches: [{ model: { value: model } }] }),
        targets: targets.map(({ model: modelRewrite, weight }) => ({ modelRewrite, ...(weight !== undefined && { weight }) })),
      }],
    }),
  });
}

/**
 * Emits the InferenceModelRewrite that limits the models of a pool, with the id `allowed-models`. Each model stays as it is. The last rule is
 * for every other name and has no target, so the picker answers that it knows no such model (llm-d-router v0.10, pkg/epp/requestcontrol).
 */
export function emitAllowedModels(scope: Construct, { modelRewrites }: MeshModel, pool: PoolNode): void {
  const { allowedModels } = pool;
  if (!allowedModels) return;
  // Of two rules for a model the picker uses the older one, so a model with a rewrite of its own has none here.
  const kept = () => allowedModels.filter((name) => !modelRewrites.some((rewrite) => rewrite.pool === pool && rewrite.model === name));
  emit(scope, 'allowed-models', InferenceModelRewrite, { name: allowedModelsName(pool), namespace: pool.namespace }, {
    spec: () => ({
      poolRef: { name: pool.name },
      rules: [...kept().map((value) => ({ matches: [{ model: { value } }], targets: [{ modelRewrite: value }] })), {}],
    }),
  });
}
