import { IConstruct } from 'constructs';
import { AcknowledgedProblem, CheckedMesh } from './checked-mesh';
import { ClusterModel } from '../../model/mesh';
import { Problem, problemText } from '../../model/problem';
import { Trait } from '../../model/trait';
import { MeshContext } from '../membership/mesh-context';
import { isRepeatedValidation } from '../membership/validation-pass';

/** Knows all meshes of one app. At synth it runs the checks of each mesh, the checks across meshes, and the checks of the whole construct tree. */
export class AppChecks {
  public static of(construct: IConstruct): AppChecks {
    const { root } = construct.node;
    const known = appChecks.find(root);
    if (known) return known;
    const made = new AppChecks(root);
    appChecks.give(root, made);
    return made;
  }

  private readonly clusters = new Map<string | undefined, ClusterModel>();
  private latest?: ReadonlyMap<MeshContext, CheckedMesh>;
  /** Meshes that were validated since the latest checks. */
  private validated = new Set<MeshContext>();

  private constructor(private readonly root: IConstruct) {}

  /** Returns the model of a cluster: all that the app deploys to it. Meshes without a cluster name share one cluster. */
  public cluster(name: string | undefined): ClusterModel {
    const known = this.clusters.get(name);
    if (known) return known;
    const made = new ClusterModel();
    this.clusters.set(name, made);
    return made;
  }

  /** Returns the findings and the acknowledged problems. */
  public check(context: MeshContext): Omit<CheckedMesh, 'problems'> {
    const { model } = context;
    if (model.acknowledgements.length === 0) return { findings: tree().findingsIn(this.root, context), acknowledged: [] };
    return tree().checkApp(this.root).get(context) ?? NOTHING;
  }

  /** Returns the acknowledged problems. The construct tree is read only if there are acknowledgements. */
  public acknowledgedOf(context: MeshContext): readonly AcknowledgedProblem[] {
    return context.model.acknowledgements.length === 0 ? [] : this.check(context).acknowledged;
  }

  /** Returns the problems for which a mesh would fail synth now. */
  public problemsOf(context: MeshContext): readonly Problem[] {
    return (tree().checkApp(this.root).get(context) ?? NOTHING).problems;
  }

  /**
   * Returns the problems of a mesh as lines for cdk8s, which fail synth. cdk8s validates every construct once for a synth and again for
   * each chart. The construct tree is checked once for all of these validations.
   */
  public validate(context: MeshContext): string[] {
    // Each pass validates each mesh once, so a second validation of a mesh means a new pass.
    if (!this.latest?.has(context) || this.validated.has(context)) {
      if (!this.latest?.has(context) || !isRepeatedValidation()) this.latest = tree().checkApp(this.root);
      this.validated = new Set();
    }
    this.validated.add(context);
    return (this.latest.get(context) ?? NOTHING).problems.map(problemText);
  }
}

// Loaded on first check, because loading it with the library would slow down every program.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const tree = () => require('./tree-checks') as typeof import('./tree-checks');

const appChecks = new Trait<AppChecks>('an app with meshes');

const NOTHING: CheckedMesh = { problems: [], findings: [], acknowledged: [] };
