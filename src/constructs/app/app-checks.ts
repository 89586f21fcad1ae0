import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { duplicateObjects } from './duplicate-objects';
import { misstatedServices } from './misstated-services';
import { mixedEnrolment } from './mixed-enrolment';
import { overwrittenFiles } from './overwritten-files';
import { unattachedRoutes } from './unfit-gateways';
import { Caller } from '../../model/callers';
import { ClusterModel } from '../../model/mesh';
import { identified, Problem, problemText } from '../../model/problem';
import { Trait } from '../../model/trait';
import { changedObjects, contradictingChanges, undoneObjects } from '../../providers/foreign/changed-objects';
import { closedIngress } from '../../providers/foreign/closed-ingress';
import { foreignIdentities } from '../../providers/foreign/identities';
import { treeObjectsOf } from '../../providers/foreign/lists';
import { ForeignObjects, TreeObject } from '../../providers/foreign/tree-object';
import { MeshContext, meshContext } from '../membership/mesh-context';
import { isRepeatedValidation } from '../membership/validation-pass';
import { idleAcknowledgements, reasons } from '../mesh/acknowledgements';

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
  /** Namespace of the object with the problem: empty for a cluster-scoped object, undefined where the problem is of no object. */
  readonly namespace?: string;
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

  /** Returns the findings and the acknowledged problems. */
  public check(context: MeshContext): Omit<CheckedMesh, 'problems'> {
    const { model } = context;
    if (model.acknowledgements.length === 0) return { findings: findingsOf(context, treeOf(this.root).foreign), acknowledged: [] };
    return checkApp(this.root).get(context) ?? NOTHING;
  }

  /** Returns the acknowledged problems. The construct tree is read only if there are acknowledgements. */
  public acknowledgedOf(context: MeshContext): readonly AcknowledgedProblem[] {
    return context.model.acknowledgements.length === 0 ? [] : this.check(context).acknowledged;
  }

  /** Returns the problems with which a mesh would fail the synth now. */
  public problemsOf(context: MeshContext): readonly Problem[] {
    return (checkApp(this.root).get(context) ?? NOTHING).problems;
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
const checks = () => require('../../analysis/checks') as typeof import('../../analysis/checks');
const findingChecks = () => require('../../analysis/findings') as typeof import('../../analysis/findings');
/* eslint-enable @typescript-eslint/no-require-imports */

const appChecks = new Trait<AppChecks>('an app with meshes');

const NOTHING: CheckedMesh = { problems: [], findings: [], acknowledged: [] };

function treeOf(root: IConstruct) {
  const tree = root.node.findAll();
  const written = tree.filter((construct): construct is ApiObject => ApiObject.isApiObject(construct));
  const objects = written.flatMap(treeObjectsOf);
  return { tree, written, objects, foreign: new ForeignObjects(objects.filter(({ isOurs }) => !isOurs)) };
}

function findingsOf({ model, mesh }: MeshContext, foreign: ForeignObjects): Problem[] {
  return [...findingChecks().findingsOf(model), ...identified('AM402', closedIngress(model, foreign, (namespace) => mesh.carryingPortIn?.(namespace)))];
}

function checkApp(root: IConstruct): ReadonlyMap<MeshContext, CheckedMesh> {
  const { tree, written, objects, foreign } = treeOf(root);
  const contexts = tree.flatMap((construct) => meshContext.find(construct) ?? []);
  const changed = changedObjects(objects);
  const namespaces = new Map(objects.filter(({ isNamespace }) => isNamespace).map((object) => [object.name, object]));
  const ofApp = [
    ...identified('AM110', duplicateObjects(objects)), ...identified('AM111', overwrittenFiles(root, written)), ...identified('AM109', mixedEnrolment(objects)),
    ...identified('AM122', undoneObjects(changed)),
  ];
  return new Map(contexts.map((context, index) => {
    const { model, mesh, gateway, mcp } = context;
    const proxies = proxiesOf(context);
    const contradictions = (all: ForeignObjects) => [...mesh.checkForeign(model, all, () => true, proxies), ...gateway.checkForeign(model, all)];
    const found = [
      ...model.problems.all, ...model.checksAtSynth.flatMap((check) => check()),
      ...checks().checkMesh(model, proxies), ...mesh.check(model, () => true),
      ...gateway.check(model), ...mcp?.check(model) ?? [],
      ...contradictions(foreign), ...contradictingChanges(changed, contradictions), ...foreignIdentities(model, proxies, foreign),
      ...identified('AM112', unattachedRoutes(model, foreign, namespaces)),
      ...identified('AM114', misstatedServices(model, foreign, mesh)),
      ...index === 0 ? ofApp : [], // problems of the whole app are reported once, with the first mesh
    ];
    return [context, sorted(context, found, findingsOf(context, foreign), objects)];
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
function sorted({ model }: MeshContext, problems: readonly Problem[], findings: readonly Problem[], objects: readonly TreeObject[]): CheckedMesh {
  if (model.acknowledgements.length === 0) return { problems, findings, acknowledged: [] };
  const idle = identified('AM403', idleAcknowledgements(model, [...problems, ...findings]));
  const reasonOf = reasons(model.acknowledgements);
  const namespaceOf = new Map(objects.map((one) => [one.path, one.kind === 'Namespace' ? one.name : one.namespace]));
  const acknowledged = [...problems, ...findings].flatMap((problem) => {
    const reason = reasonOf(problem);
    return reason === undefined ? [] : [{ problem, reason, namespace: namespaceOf.get(problem.path) }];
  });
  if (acknowledged.length === 0) return { problems, findings: [...findings, ...idle], acknowledged };
  const isOpen = (problem: Problem) => reasonOf(problem) === undefined;
  return { problems: problems.filter(isOpen), findings: [...findings.filter(isOpen), ...idle], acknowledged };
}
