import { Construct } from 'constructs';
import { checkRewriteTargets } from './model-server-checks';
import { poolNode } from './pool-facts';
import { IInferencePool } from './pool-props';
import { accepted } from '../../input/guard';
import { ModelRewriteNode, statedParsers } from '../../model/objective';
import { MODEL_PARSERS } from '../../model/picker/config';
import { InputProblem, listed } from '../../model/problem';
import { emitModelRewrite } from '../../providers/inference-extension/objective';
import { rangeProblem } from '../input/number-checks';
import { isAtHome } from '../membership/home-mesh';
import { setMainObject } from '../membership/main-object';
import { freshId, Membership, MeshMemberProps } from '../membership/membership';

/** A model that replaces that of a request, and its share. */
export interface ModelRewriteTarget {
  /** Name of the model, or of the adapter, as the model servers know it. */
  readonly model: string;
  /**
   * Share of the requests, relative to the other targets: 1 to 1000000. Either each target of a rewrite has a weight, or none.
   *
   * @default - the same share for each target
   */
  readonly weight?: number;
}

/** Props of `InferenceModelRewrite`. */
export interface InferenceModelRewriteProps extends MeshMemberProps {
  /** Pool whose requests are rewritten. */
  readonly pool: IInferencePool;
  /**
   * Name of the model in the body of requests.
   *
   * @default - every name that no other rewrite of the pool has
   */
  readonly model?: string;
  /** Models that replace it, by weight. */
  readonly targets: ModelRewriteTarget[];
  /**
   * Name of the emitted object.
   *
   * @default - the construct id
   */
  readonly name?: string;
}

/**
 * A rule that replaces the name of a model in requests to an InferencePool, such as a canary of an adapter. Emits an InferenceModelRewrite (source:
 * llm-d-router v0.10, `llm-d.ai/v1alpha2`). All models are of this pool: requests are not sent to another pool. It needs an endpoint picker that
 * reads the body, as the default configuration does. It grants and denies nothing.
 *
 * @example
 * // pool: an InferencePool whose servers have two adapters
 * new InferenceModelRewrite(mesh, 'support', { pool, model: 'support', targets: [{ model: 'support-v1', weight: 90 }, { model: 'support-v2', weight: 10 }] });
 */
export class InferenceModelRewrite extends Construct {
  public constructor(scope: Construct, id: string, props: InferenceModelRewriteProps) {
    [scope, id, props] = accepted('new InferenceModelRewrite', [scope, id, props]);
    super(scope, freshId(scope, id, props.mesh));
    const member = Membership.of(this, props);
    const name = member.name('the name of the rewrite', props.name ?? this.node.id);
    const pool = poolNode.of(props.pool.asRouteTarget);
    member.reportAll(rewriteProblems(props));
    if (pool === 'reported' || !isAtHome(member, pool, `pool ${pool.name}`)) return;
    const node: ModelRewriteNode = { name, pool, model: props.model, targets: [...props.targets] };
    checkTwice(member, node);
    checkRead(member, node);
    checkAllowed(member, node);
    checkRewriteTargets(member, node);
    member.model.modelRewrites.push(node);
    emitModelRewrite(this, node);
    setMainObject(this, 'rewrite');
  }
}

/** Reports a second rewrite of the same model: the endpoint picker uses the object that was created first. */
function checkTwice(member: Membership, { name, pool, model }: ModelRewriteNode): void {
  const other = member.model.modelRewrites.find((one) => one.pool === pool && one.model === model);
  if (!other) return;
  member.report({
    message: `rewrites ${other.name} and ${name} of pool ${pool.name} are for the same model, and only the one that was created first on the cluster has an effect`,
    actual: model ?? 'every other model', expected: 'one rewrite for each model of a pool', fix: 'state all targets in one rewrite',
  });
}

/** Reports a rewrite at a picker whose parsers replace no models. */
function checkRead(member: Membership, { name, pool }: ModelRewriteNode): void {
  const parsers = statedParsers(pool);
  if (!parsers || parsers.some((type) => MODEL_PARSERS.includes(type))) return;
  member.report({
    message: `rewrite ${name} has no effect, because the endpoint picker of pool ${pool.name} reads no models in request bodies`, actual: parsers, expected: listed(MODEL_PARSERS), fix: 'use a `config` with such a parser, or remove the rewrite',
  });
}

/** Reports a rewrite of models that requests at the pool may not name. It would allow them. */
function checkAllowed(member: Membership, { name, pool: { name: pool, allowedModels }, model }: ModelRewriteNode): void {
  if (!allowedModels || (model !== undefined && allowedModels.includes(model))) return;
  member.report({
    message: `rewrite ${name} would allow requests at pool ${pool} to name ${model === undefined ? 'any model' : `model ${model}`}, which \`allowedModels\` of the pool excludes`,
    actual: model ?? 'every other model', expected: listed(allowedModels), fix: 'state one of these models in `model`, or add the model to `allowedModels`',
  });
}

const MOST_WEIGHT = 1_000_000;

function rewriteProblems({ model, targets }: InferenceModelRewriteProps): (InputProblem | undefined)[] {
  const weights = targets.map(({ weight }) => weight);
  const names = [...model === undefined ? [] : [model], ...targets.map((target) => target.model)];
  return [
    ...names.includes('') ? [{ message: 'a model of the rewrite has an empty name', actual: names, expected: 'names of models', fix: 'write the name as in the request body' }] : [],
    ...targets.length === 0 ? [{ message: 'the rewrite has no targets, so the endpoint picker would answer that the model was not found', actual: [], expected: 'one target or more', fix: 'add a target' }] : [],
    ...weights.includes(undefined) && weights.some((weight) => weight !== undefined) ? [{
      message: 'some targets of the rewrite have a weight, and others would never be chosen', actual: weights.map((weight) => weight ?? 'none'), expected: 'a weight for each target, or for none', fix: 'set `weight` of each target',
    }] : [],
    ...weights.map((weight) => (weight === undefined ? undefined : rangeProblem('weight', weight, 1, MOST_WEIGHT))),
  ];
}
