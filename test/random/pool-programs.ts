import { createHash } from 'crypto';
import fc from 'fast-check';
import { Drawing } from './drawing';
import { mesh } from './draws/meshes';
import { Plan } from './plan';
import { Build } from './runner';
import { STEPS, takeLeading } from './steps';
import { publicSurface } from './surface';
import { Tape } from './tape';
import { Manifest } from '../synth';

/** A pool, and everything that can be said of it and of its endpoint picker. */
const OF_POOLS = new RegExp([
  'InferencePool', 'InferenceObjective', 'ModelRewrite', 'PoolAutoscaling', 'EndpointPicker', 'DeployPickerOptions', 'Picker(?!Pod)', 'Preset', 'ModelServer', 'FailureMode',
  'AvailabilityMode', 'ImagePullPolicy', '(Agents|ApproximatePrefix|LoadOnly|LoraAffinity|OptimizedBaseline|PayloadAgnostic|PrecisePrefix|SessionAffinity|TieredCache)Options',
].map((name) => `^(new )?${name}`).join('|'));

/** The parts of the public API that a combination of a pool is made of. */
export const poolSurface = (): string[] => publicSurface().filter((use) => OF_POOLS.test(use));

/** What is added to a pool, or beside it, each as often as it is here. */
const FURTHER: readonly (keyof typeof STEPS)[] = ['pool', 'objective', 'modelRewrite', 'grantInfer', 'route', 'objective'];

/** A combination that synthesizes. */
export interface Combination {
  /** The program, which says what was combined. */
  readonly source: string;
  readonly uses: ReadonlySet<string>;
  /** What the library makes of it. */
  readonly manifests: readonly Manifest[];
  /** Of the objects of pools, pickers and model servers, so that combinations that differ in the mesh around them count once. */
  readonly digest: string;
}

const tapes = fc.record({ head: fc.array(fc.nat(0xffff), { minLength: 24, maxLength: 24 }), tail: fc.array(fc.nat(0xffff), { minLength: 320, maxLength: 320 }) });

/** What is sought once each part was shown: the combinations that would otherwise be rare. */
const RARE: readonly string[] = [
  'new InferenceObjective', 'InferencePoolOptions.autoscaling', 'new InferenceModelRewrite', 'InferencePoolOptions.allowedModels', 'PoolAutoscaling.queuedRequestsPerReplica',
  'ApproximatePrefixOptions.flowControl', 'EndpointPickerConfig.precisePrefix', 'AvailabilityMode.LEADER_ELECTED', 'AvailabilityMode.ACTIVE_ACTIVE', 'EndpointPicker.existing',
];

/** Distinct outputs of combinations around pools, in which each part of the public API is used that concerns them. */
export function combinations(count: number, seed: number): Combination[] {
  const missing = new Set(poolSurface());
  const found = new Map<string, Combination>();
  for (const [i, { head, tail }] of fc.sample(tapes, { numRuns: 10 * count, seed }).entries()) {
    if (found.size >= count && missing.size === 0) break;
    const next = missing.size > 0 ? [...missing] : RARE;
    const one = combined(planOf(head, tail, next[i % next.length]));
    if (!one || found.has(one.digest)) continue;
    found.set(one.digest, one);
    for (const use of one.uses) missing.delete(use);
  }
  return [...found.values()];
}

function planOf(head: readonly number[], tail: readonly number[], sought: string): Plan {
  const plan = new Plan();
  const first = new Tape(head);
  const on = new Drawing(first, plan, 'plain', sought);
  mesh(on, first.pick(['ambient', 'sidecars']));
  takeLeading(on.by(new Tape(tail.slice(0, 160))), sought);
  const rest = new Tape(tail.slice(160));
  for (const name of rest.some(FURTHER, rest.below(4))) STEPS[name].step(on.by(rest))?.();
  return plan;
}

function combined(plan: Plan): Combination | undefined {
  const build = new Build(plan);
  if (build.synth().refused !== undefined) return undefined;
  const manifests = build.objects.filter(({ isOurs }) => isOurs).map(({ manifest }) => manifest);
  if (!manifests.some(({ kind }) => kind === 'InferencePool')) return undefined;
  const counted = manifests.filter(({ kind }) => COUNTED.includes(kind));
  return { source: plan.source, uses: plan.uses, manifests, digest: createHash('sha256').update(JSON.stringify(counted)).digest('hex') };
}

const COUNTED: readonly string[] = [
  'InferencePool', 'InferenceObjective', 'InferenceModelRewrite', 'ScaledObject', 'ConfigMap', 'Deployment', 'HorizontalPodAutoscaler', 'PodDisruptionBudget', 'Role',
];
