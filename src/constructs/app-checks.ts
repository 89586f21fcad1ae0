import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { idleAcknowledgements, reasons } from './acknowledgements';
import { changedObjects, contradictingChanges, undoneObjects } from './changed-objects';
import { duplicateObjects } from './duplicate-objects';
import { MeshContext, meshContext } from './mesh-context';
import { misstatedServices } from './misstated-services';
import { mixedEnrolment } from './mixed-enrolment';
import { overwrittenFiles } from './overwritten-files';
import { misstatedGateways, unattachedRoutes } from './unfit-gateways';
import { isRepeatedValidation } from './validation-pass';
import { Caller } from '../model/callers';
import { ClusterModel } from '../model/mesh';
import { identified, Problem, problemText } from '../model/problem';
import { Trait } from '../model/trait';
import { closedIngress } from '../providers/foreign/closed-ingress';
import { ForeignObjects, TreeObject } from '../providers/foreign/tree-object';

/** What the checks say of one mesh. */
export interface CheckedMesh {
  /** What fails the synth. */
  readonly problems: readonly Problem[];
  /** What does not. */
  readonly findings: readonly Problem[];
  /** What the team said that it means. */
  readonly acknowledged: readonly AcknowledgedProblem[];
}

export interface AcknowledgedProblem {
  readonly problem: Problem;
  readonly reason: string;
  /** Of the object that it is about; empty for one of the cluster, and none where it is about no object. */
  readonly namespace?: string;
}

/** The meshes of one app, and what is checked of all of them and of the whole tree together. */
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

  /** What the app puts on a cluster; without a name, on the one that is not named. */
  public cluster(name: string | undefined): ClusterModel {
    const known = this.clusters.get(name);
    if (known) return known;
    const made = new ClusterModel();
    this.clusters.set(name, made);
    return made;
  }

  /** What fails no synth: the findings, and what the team said that it means. */
  public check(context: MeshContext): Omit<CheckedMesh, 'problems'> {
    const { model } = context;
    if (model.acknowledgements.length === 0) return { findings: findingsOf(context, treeOf(this.root).foreign), acknowledged: [] };
    return checkApp(this.root).get(context) ?? NOTHING;
  }

  /** What the team said that it means; where it said nothing, the tree is not read. */
  public acknowledgedOf(context: MeshContext): readonly AcknowledgedProblem[] {
    return context.model.acknowledgements.length === 0 ? [] : this.check(context).acknowledged;
  }

  /**
   * The lines with which a mesh fails the synth. cdk8s validates every construct once for a synth and once more for each chart: the tree is
   * read once for all of these.
   */
  public validate(context: MeshContext): string[] {
    // In one pass each mesh is asked once: whoever is asked again begins another.
    if (!this.latest?.has(context) || this.validated.has(context)) {
      if (!this.latest?.has(context) || !isRepeatedValidation()) this.latest = checkApp(this.root);
      this.validated = new Set();
    }
    this.validated.add(context);
    return (this.latest.get(context) ?? NOTHING).problems.map(problemText);
  }
}

// Loaded when a program is checked, not with the library.
/* eslint-disable @typescript-eslint/no-require-imports */
const checks = () => require('../analysis/checks') as typeof import('../analysis/checks');
const findingChecks = () => require('../analysis/findings') as typeof import('../analysis/findings');
/* eslint-enable @typescript-eslint/no-require-imports */

const appChecks = new Trait<AppChecks>('an app with meshes');

const NOTHING: CheckedMesh = { problems: [], findings: [], acknowledged: [] };

function treeOf(root: IConstruct) {
  const tree = root.node.findAll();
  const objects = tree.filter((construct): construct is ApiObject => ApiObject.isApiObject(construct)).map((object) => new TreeObject(object));
  return { tree, objects, foreign: new ForeignObjects(objects.filter(({ isOurs }) => !isOurs)) };
}

function findingsOf({ model, mesh }: MeshContext, foreign: ForeignObjects): Problem[] {
  return [...findingChecks().findingsOf(model), ...identified('AM402', closedIngress(model, foreign, (namespace) => mesh.carryingPortIn(namespace)))];
}

function checkApp(root: IConstruct): ReadonlyMap<MeshContext, CheckedMesh> {
  const { tree, objects, foreign } = treeOf(root);
  const contexts = tree.flatMap((construct) => meshContext.find(construct) ?? []);
  const changed = changedObjects(objects);
  const namespaces = new Map(objects.filter(({ kind, group }) => kind === 'Namespace' && group === 'core').map((object) => [object.name, object]));
  const ofApp = [
    ...identified('AM110', duplicateObjects(objects)), ...identified('AM111', overwrittenFiles(root, objects)), ...identified('AM109', mixedEnrolment(objects)),
    ...identified('AM122', undoneObjects(changed)),
  ];
  return new Map(contexts.map((context, index) => {
    const { model, mesh, gateway } = context;
    const found = [
      ...model.problems.all, ...checks().checkMesh(model, proxiesOf(context)), ...mesh.check(model, () => true), ...gateway.check(model),
      ...mesh.checkForeign(model, foreign, () => true), ...gateway.checkForeign(model, foreign),
      ...contradictingChanges(changed, (all) => [...mesh.checkForeign(model, all, () => true), ...gateway.checkForeign(model, all)]),
      ...identified('AM112', unattachedRoutes(model, foreign, namespaces)),
      ...identified('AM123', misstatedGateways(model, foreign, gateway)),
      ...identified('AM114', misstatedServices(model, foreign, mesh)),
      ...index === 0 ? ofApp : [], // the first mesh speaks for what is nobody's
    ];
    return [context, sorted(context, found, findingsOf(context, foreign), objects)];
  }));
}

/** The identities that gateways and waypoints have, and that nothing else may have. */
function proxiesOf({ model, gateway }: MeshContext): Caller[] {
  return [
    ...gateway.proxies(model),
    ...model.waypoints.map(({ name, namespace, serviceAccount }) => ({ title: `waypoint ${name}`, principal: model.principal(namespace, serviceAccount) })),
  ];
}

/** What the team acknowledged is taken out of what it is told. */
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
