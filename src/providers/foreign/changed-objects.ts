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

/** Checks of policies: a changed spec is reported even if the check reported the same before. */
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

/** Labels that route requests through waypoints. Those of a Namespace are checked with its enrolment. */
const LEADING = ['istio.io/use-waypoint', 'istio.io/use-waypoint-namespace', 'istio.io/ingress-use-waypoint', 'istio.io/waypoint-for'];

/** Fields of the spec that identify the pods of an object. */
const IDENTIFYING: Readonly<Record<string, readonly string[]>> = {
  Service: ['selector', 'type', 'externalName'],
  Deployment: ['template.spec.serviceAccountName', 'template.spec.serviceAccount'],
};

/** Reports emitted objects that have no effect, or apply to other pods, because the user changed them. */
export function undoneObjects(changed: readonly ChangedObject[]): CheckResult[] {
  return changed.flatMap(({ now, before }): CheckResult[] => {
    const is = now.manifest;
    const was = before.manifest;
    const isDry = now.kind === 'AuthorizationPolicy' && /^(1|t|true)$/i.test(String(is.metadata?.annotations?.['istio.io/dry-run']));
    const differences = [
      ...isDry ? ['the annotation istio.io/dry-run, with which Istio only logs what the policy would do'] : [],
      ...LEADING.filter(() => now.kind !== 'Namespace').filter((key) => is.metadata?.labels?.[key] !== was.metadata?.labels?.[key]).map((key) => `the label ${key}: ${JSON.stringify(is.metadata?.labels?.[key] ?? null)}`),
      ...isDenying(before) && specOf(now) !== specOf(before) ? ['the spec of a policy that denies'] : [],
      ...(IDENTIFYING[now.kind] ?? []).filter((field) => JSON.stringify(at(is, field)) !== JSON.stringify(at(was, field)))
        .map((field) => `${field}: ${JSON.stringify(at(is, field) ?? null)}`),
    ];
    return differences.length === 0 ? [] : [{
      path: now.path,
      message: `${now.title} is an object of the mesh, and a change keeps it from doing what the program states`,
      actual: differences,
      expected: 'patches, labels and annotations that leave these fields unchanged',
      fix: 'state it in the program, or remove the change',
    }];
  });
}

/** Policies that allow are checked by the requests that they allow. */
function isDenying({ kind, manifest: { spec } }: TreeObject): boolean {
  return kind === 'AuthorizationPolicy' && spec?.action !== undefined && spec.action !== 'ALLOW';
}

function at({ spec }: TreeManifest, field: string): unknown {
  return field.split('.').reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), spec);
}
