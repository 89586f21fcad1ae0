import { ForeignObjects, TreeManifest, TreeObject } from './tree-object';
import { CheckResult, Problem } from '../../model/problem';

/** An emitted object that the user changed with a patch, a label or an annotation, and the object before the change. */
export interface ChangedObject {
  readonly now: TreeObject;
  readonly before: TreeObject;
}

/** Returns the changed objects. Objects without changes are not rendered. */
export function changedObjects(objects: readonly TreeObject[]): ChangedObject[] {
  return objects.flatMap((now) => {
    const before = now.beforeChanges;
    return before ? [{ now, before }] : [];
  });
}

/** Checks of policies. They report a changed spec even if they reported the same problem before the change. */
const OF_POLICIES: readonly string[] = ['AM103', 'AM107', 'AM121'];

/** Runs the checks of user-managed objects on changed objects, and returns the problems that the changes caused. */
export function contradictingChanges(changed: readonly ChangedObject[], check: (objects: ForeignObjects) => Problem[]): Problem[] {
  if (changed.length === 0) return [];
  const keyOf = ({ id, path, actual }: Problem) => JSON.stringify([id, path, actual]);
  const before = new Set(check(new ForeignObjects(changed.map((one) => one.before))).map(keyOf));
  const respecified = new Set(changed.filter(({ now, before: made }) => specOf(now) !== specOf(made)).map(({ now }) => now.path));
  return check(new ForeignObjects(changed.map(({ now }) => now)))
    .filter((problem) => !before.has(keyOf(problem)) || (OF_POLICIES.includes(problem.id) && respecified.has(problem.path)));
}

function specOf({ manifest: { spec } }: TreeObject): string {
  const inOrder = (value: unknown) => (isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value);
  return JSON.stringify(spec, (_, value: unknown) => inOrder(value));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Labels that route requests through waypoints. For a Namespace, the check of its enrolment covers them. */
const LEADING = ['istio.io/use-waypoint', 'istio.io/use-waypoint-namespace', 'istio.io/ingress-use-waypoint', 'istio.io/waypoint-for'];

/** Fields of the spec that identify the pods of an object. */
const IDENTIFYING: Readonly<Record<string, readonly string[]>> = {
  Service: ['selector', 'type', 'externalName'],
  Deployment: ['selector', 'template.spec.serviceAccountName', 'template.spec.serviceAccount'],
};

/** Reports emitted objects that have no effect, or apply to other pods, because the user changed them. */
export function undoneObjects(changed: readonly ChangedObject[]): CheckResult[] {
  return changed.flatMap(({ now, before }): CheckResult[] => {
    const is = now.manifest;
    const was = before.manifest;
    const isDry = now.kind === 'AuthorizationPolicy' && /^(1|t|true)$/i.test(String(is.metadata?.annotations?.['istio.io/dry-run']));
    const differences = [
      ...isDry ? ['the annotation istio.io/dry-run, with which Istio does not enforce the policy but only logs its decisions'] : [],
      ...LEADING.filter(() => now.kind !== 'Namespace').filter((key) => is.metadata?.labels?.[key] !== was.metadata?.labels?.[key]).map((key) => `the label ${key}: ${JSON.stringify(is.metadata?.labels?.[key] ?? null)}`),
      ...isDenying(before) && specOf(now) !== specOf(before) ? ['the spec of a deny policy'] : [],
      ...(IDENTIFYING[now.kind] ?? []).filter((field) => JSON.stringify(at(is, field)) !== JSON.stringify(at(was, field)))
        .map((field) => `${field}: ${JSON.stringify(at(is, field) ?? null)}`),
      ...now.kind === 'Deployment' ? lostPodMetadata(is, was) : [],
    ];
    return differences.length === 0 ? [] : [{
      path: now.path,
      message: `the library emitted ${now.title}, and a patch, label or annotation of the app changed it, so that it no longer does what the program states`,
      actual: differences,
      expected: 'patches, labels and annotations that do not change these fields',
      fix: 'change the props of the construct instead, or remove the patch, label or annotation',
    }];
  });
}

/** Returns the pod labels and annotations of the library that a change removed or set to another value. They select and enroll the pods. */
function lostPodMetadata(is: TreeManifest, was: TreeManifest): string[] {
  return ['labels', 'annotations'].flatMap((kind) => {
    const [now, made] = [is, was].map((one) => at(one, `template.metadata.${kind}`)).map((one) => (isRecord(one) ? one : {}));
    return Object.keys(made).filter((key) => now[key] !== made[key]).map((key) => `template.metadata.${kind} ${key}: ${JSON.stringify(now[key] ?? null)}`);
  });
}

/** Returns whether a policy denies. Other checks cover policies that allow. */
function isDenying({ kind, manifest: { spec } }: TreeObject): boolean {
  return kind === 'AuthorizationPolicy' && spec?.action !== undefined && spec.action !== 'ALLOW';
}

function at({ spec }: TreeManifest, field: string): unknown {
  return field.split('.').reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), spec);
}
