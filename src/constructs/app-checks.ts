import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { absentListeners } from './absent-listeners';
import { duplicateObjects } from './duplicate-objects';
import { MeshContext, meshContext } from './mesh-context';
import { misstatedServices } from './misstated-services';
import { mixedEnrolment } from './mixed-enrolment';
import { overwrittenFiles } from './overwritten-files';
import { isRepeatedValidation } from './validation-pass';
import { Caller } from '../model/callers';
import { Acknowledgement, ClusterModel } from '../model/mesh';
import { identified, Problem, problemText } from '../model/problem';
import { Trait } from '../model/trait';
import { foreignIdentities } from '../providers/foreign/identities';
import { treeObjectsOf } from '../providers/foreign/lists';
import { ForeignObjects } from '../providers/foreign/tree-object';

/** The results of the checks of one mesh. */
export interface CheckedMesh {
  /** Problems that fail the synth. */
  readonly problems: readonly Problem[];
  /** Findings, which do not fail the synth. */
  readonly findings: readonly Problem[];
  /** Problems and findings that were acknowledged. */
  readonly acknowledged: readonly AcknowledgedProblem[];
}

export interface AcknowledgedProblem {
  readonly problem: Problem;
  readonly reason: string;
}

/** The meshes of one app, and the checks of all meshes and of the whole construct tree. */
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

  /** Returns what the app puts on a cluster. Meshes without a cluster name share one cluster. */
  public cluster(name: string | undefined): ClusterModel {
    const known = this.clusters.get(name);
    if (known) return known;
    const made = new ClusterModel();
    this.clusters.set(name, made);
    return made;
  }

  /** Returns the findings and the acknowledged problems. The construct tree is read only if there are acknowledgements. */
  public check(context: MeshContext): Omit<CheckedMesh, 'problems'> {
    const { model } = context;
    if (model.acknowledgements.length === 0) return { findings: findingChecks().findingsOf(model), acknowledged: [] };
    return checkApp(this.root).get(context) ?? NOTHING;
  }

  /**
   * Returns the lines with which a mesh fails the synth. cdk8s validates every construct once for a synth and once more for each chart.
   * The tree is read once for all of these.
   */
  public validate(context: MeshContext): string[] {
    // Each pass validates each mesh once, so a second validation of a mesh means a new pass.
    if (!this.latest?.has(context) || this.validated.has(context)) {
      if (!this.latest?.has(context) || !isRepeatedValidation()) this.latest = checkApp(this.root);
      this.validated = new Set();
    }
    this.validated.add(context);
    return (this.latest.get(context) ?? NOTHING).problems.map(problemText);
  }
}

// Loaded on first check, because loading them with the library would slow down every program.
/* eslint-disable @typescript-eslint/no-require-imports */
const checks = () => require('../analysis/checks') as typeof import('../analysis/checks');
const findingChecks = () => require('../analysis/findings') as typeof import('../analysis/findings');
/* eslint-enable @typescript-eslint/no-require-imports */

const appChecks = new Trait<AppChecks>('an app with meshes');

const NOTHING: CheckedMesh = { problems: [], findings: [], acknowledged: [] };

function checkApp(root: IConstruct): ReadonlyMap<MeshContext, CheckedMesh> {
  const tree = root.node.findAll();
  const contexts = tree.flatMap((construct) => meshContext.find(construct) ?? []);
  const written = tree.filter((construct): construct is ApiObject => ApiObject.isApiObject(construct));
  const objects = written.flatMap(treeObjectsOf);
  const foreign = new ForeignObjects(objects.filter(({ isOurs }) => !isOurs));
  const ofApp = [
    ...identified('AM110', duplicateObjects(objects)), ...identified('AM111', overwrittenFiles(root, written)), ...identified('AM109', mixedEnrolment(objects)),
  ];
  return new Map(contexts.map((context, index) => {
    const { model, mesh, gateway, mcp } = context;
    const proxies = proxiesOf(context);
    const found = [
      ...model.problems.all, ...checks().checkMesh(model, proxies), ...mesh.check(model, () => true),
      ...gateway.check(model), ...mcp?.check(model) ?? [],
      ...mesh.checkForeign(model, foreign, () => true, proxies), ...foreignIdentities(model, proxies, foreign), ...identified('AM112', absentListeners(model, foreign)),
      ...identified('AM114', misstatedServices(model, foreign)),
      ...index === 0 ? ofApp : [], // problems of the whole app are reported once, with the first mesh
    ];
    return [context, sorted(context, found, findingChecks().findingsOf(model))];
  }));
}

/** Returns the identities of gateways and waypoints, which nothing else may have. */
function proxiesOf({ model, gateway, mcp }: MeshContext): Caller[] {
  return [
    ...gateway.proxies(model), ...mcp?.callers(model) ?? [],
    ...model.waypoints.map(({ name, namespace, serviceAccount }) => ({ title: `waypoint ${name}`, principal: model.principal(namespace, serviceAccount) })),
  ];
}

/** Separates the acknowledged problems from the rest. */
function sorted({ model }: MeshContext, problems: readonly Problem[], findings: readonly Problem[]): CheckedMesh {
  if (model.acknowledgements.length === 0) return { problems, findings, acknowledged: [] };
  const reasonOf = reasons(model.acknowledgements);
  const acknowledged = [...problems, ...findings].flatMap((problem) => {
    const reason = reasonOf(problem);
    return reason === undefined ? [] : [{ problem, reason }];
  });
  if (acknowledged.length === 0) return { problems, findings, acknowledged };
  const isOpen = (problem: Problem) => reasonOf(problem) === undefined;
  return { problems: problems.filter(isOpen), findings: findings.filter(isOpen), acknowledged };
}

/** Returns a lookup of the reason of an acknowledgement: the first one for the construct, a scope above it or the whole mesh. */
function reasons(acknowledgements: readonly Acknowledgement[]): (problem: Problem) => string | undefined {
  const first = new Map<string, number>();
  acknowledgements.forEach(({ id, path = ANYWHERE }, index) => {
    if (!first.has(`${id} ${path}`)) first.set(`${id} ${path}`, index);
  });
  return ({ id, path }) => {
    const found = [ANYWHERE, ...scopesOf(path)].map((scope) => first.get(`${id} ${scope}`)).filter((index) => index !== undefined);
    return found.length === 0 ? undefined : acknowledgements[Math.min(...found)].reason;
  };
}

/** Stands for the whole mesh. It is not the path of a construct. */
const ANYWHERE = '/';

/** Returns the path and the paths of all scopes above it: "", "app", "app/mesh" for "app/mesh". */
function scopesOf(path: string): string[] {
  return ['', ...path.split('/').map((_, i, ids) => ids.slice(0, i + 1).join('/'))];
}
