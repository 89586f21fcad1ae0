import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { CheckedMesh } from './checked-mesh';
import { duplicateObjects } from './duplicate-objects';
import { misstatedServices } from './misstated-services';
import { mixedEnrolment } from './mixed-enrolment';
import { overwrittenFiles } from './overwritten-files';
import { unattachedRoutes } from './unfit-gateways';
import { checkMesh } from '../../analysis/checks';
import { findingsOf } from '../../analysis/findings';
import { Caller } from '../../model/callers';
import { identified, Problem } from '../../model/problem';
import { changedObjects, contradictingChanges, undoneObjects } from '../../providers/foreign/changed-objects';
import { closedIngress } from '../../providers/foreign/closed-ingress';
import { foreignIdentities } from '../../providers/foreign/identities';
import { treeObjectsOf } from '../../providers/foreign/lists';
import { ForeignObjects, TreeObject } from '../../providers/foreign/tree-object';
import { ungrantedCallers } from '../../providers/foreign/ungranted-callers';
import { MeshContext, meshContext } from '../membership/mesh-context';
import { idleAcknowledgements, reasons } from '../mesh/acknowledgements';

/** The construct tree of an app, and the objects in it. */
function treeOf(root: IConstruct) {
  const tree = root.node.findAll();
  const written = tree.filter((construct): construct is ApiObject => ApiObject.isApiObject(construct));
  const objects = written.flatMap(treeObjectsOf);
  return { tree, written, objects, foreign: new ForeignObjects(objects.filter(({ isOurs }) => !isOurs)) };
}

function findingsOfMesh({ model, mesh }: MeshContext, { foreign, objects }: Pick<ReturnType<typeof treeOf>, 'foreign' | 'objects'>): Problem[] {
  return [
    ...findingsOf(model), ...identified('AM402', closedIngress(model, foreign, (namespace) => mesh.carryingPortIn?.(namespace))),
    ...identified('AM405', ungrantedCallers(model, objects)),
  ];
}

/** Returns the results of all checks, for each mesh of the app. */
export function checkApp(root: IConstruct): ReadonlyMap<MeshContext, CheckedMesh> {
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
      ...checkMesh(model, proxies), ...mesh.check(model, () => true),
      ...gateway.check(model), ...mcp?.check(model) ?? [],
      ...contradictions(foreign), ...contradictingChanges(changed, contradictions), ...foreignIdentities(model, proxies, foreign),
      ...identified('AM112', unattachedRoutes(model, foreign, namespaces)),
      ...identified('AM114', misstatedServices(model, foreign, mesh)),
      ...index === 0 ? ofApp : [], // problems of the whole app are reported once, with the first mesh
    ];
    return [context, sorted(context, found, findingsOfMesh(context, { foreign, objects }), objects)];
  }));
}

/** Returns the findings of a mesh. */
export function findingsIn(root: IConstruct, context: MeshContext): Problem[] {
  return findingsOfMesh(context, treeOf(root));
}

/** Returns the identities of gateways and waypoints. No other pods may have them. */
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
