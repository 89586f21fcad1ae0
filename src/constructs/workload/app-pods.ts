import { CheckResult, identified, listed } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';
import { AppPods, candidates, readAppPods } from '../../providers/foreign/app-pods';
import { lostMarks, markPods } from '../../providers/foreign/pod-marks';
import { AppDescription } from '../../values/workload';
import { Membership } from '../membership/membership';

/**
 * Adds the labels and annotations of the mesh to pods of another construct of the app. Reports settings of these pods that the library
 * cannot use.
 */
export function bindAppPods(member: Membership, node: WorkloadNode, app: AppDescription): void {
  const { pods } = app;
  checkAccount(member, pods);
  checkServices(member, app);
  if (pods.namespace === undefined && !member.model.namespaces.has(node.namespace)) {
    member.report({ message: `${pods.title} states no namespace, so the namespace of kubectl decides where its pods run`, actual: pods.namespace, expected: 'a namespace of the mesh', fix: 'set `namespace` on its Chart or in its metadata' });
  }
  for (const problem of markPods(pods, member.context.mesh.podMetadata(node, member.model))) member.report(problem);
  member.model.checksAtSynth.push(() => identified('AM117', changesSince(app)));
}

function checkAccount(member: Membership, { title, template: { spec }, serviceAccount }: AppPods): void {
  if (serviceAccount !== undefined) return;
  member.report({
    message: `the pods of ${title} run as the ServiceAccount "default", so a grant to them would also be a grant to every other pod that states no ServiceAccount`,
    actual: spec.serviceAccountName ?? spec.serviceAccount, expected: 'a ServiceAccount of their own',
    fix: 'set `serviceAccount` of the cdk8s-plus workload, or `serviceAccountName` in the pod template, before the call of Workload.fromConstruct',
  });
}

function checkServices(member: Membership, { pods: { title, services }, hasOwnPorts, hasOwnService }: AppDescription): void {
  const several = candidates(services);
  if (hasOwnService || several.length < 2) return;
  member.report({
    message: `several Services of the app select the pods of ${title}, and the library cannot know which of them callers use`, actual: several.map(({ name }) => name), expected: '`service` with the Service that callers use',
    fix: `state this Service as \`service\` in Workload.fromConstruct${hasOwnPorts ? '' : ', and state `ports` with the target port of the Service first'}`,
  });
}

interface Difference { readonly field: string; readonly is: unknown; readonly was: unknown }

/** Returns a problem if the pods were changed after Workload.fromConstruct read them. */
function changesSince(app: AppDescription): CheckResult[] {
  const { pods } = app;
  const { path } = pods.object.node;
  const now = readAppPods(pods.construct);
  if ('fix' in now) return [{ path, ...now }];
  const differences = [...changedFields(app, now), ...lostMarks(now)];
  return differences.length === 0 ? [] : [{
    path,
    message: `${pods.title} was changed after Workload.fromConstruct read it: ${listed(differences.map(({ field }) => field))}`,
    actual: Object.fromEntries(differences.map(({ field, is }) => [field, is])),
    expected: JSON.stringify(Object.fromEntries(differences.map(({ field, was }) => [field, was]))),
    fix: 'make the change before the call of Workload.fromConstruct, or remove the change',
  }];
}

function changedFields({ pods, hasOwnPorts, hasOwnService }: AppDescription, now: AppPods): Difference[] {
  const said = ({ ports }: AppPods) => ports.map(({ number, spoken }) => `${spoken} ${number}`);
  const named = ({ services }: AppPods) => candidates(services).map(({ name }) => name).sort();
  const fields: readonly (readonly [field: string, of: (one: AppPods) => unknown, isRead?: boolean])[] = [
    ['labels', ({ labels }) => labels],
    ['serviceAccount', ({ serviceAccount }) => serviceAccount ?? 'default'],
    ['namespace', ({ namespace }) => namespace ?? null],
    ['ports', said, !hasOwnPorts],
    ['Services', named, !hasOwnService],
  ];
  return fields.filter(([, of, isRead = true]) => isRead && JSON.stringify(of(pods)) !== JSON.stringify(of(now)))
    .map(([field, of]) => ({ field, is: of(now), was: of(pods) }));
}
