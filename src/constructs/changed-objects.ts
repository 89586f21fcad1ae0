import { CheckResult, Problem } from '../model/problem';
import { ForeignObjects, TreeManifest, TreeObject } from '../providers/foreign/tree-object';

/** An object of the library's that the team changed, by a patch, a label or an annotation; and what it was before. */
export interface ChangedObject {
  readonly now: TreeObject;
  readonly before: TreeObject;
}

/** What nobody touched is not rendered to find out. */
export function changedObjects(objects: readonly TreeObject[]): ChangedObject[] {
  return objects.flatMap((now) => {
    const before = now.beforeChanges;
    return before ? [{ now, before }] : [];
  });
}

/** Of these a change of what they allow counts, whatever else the check says of them. */
const OF_POLICIES: readonly string[] = ['AM103', 'AM107', 'AM121'];

/** What the checks of the team's own objects say of the library's since the team changed them, and did not say before. */
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

/** Labels by which requests go through waypoints; those of a Namespace are a matter of its enrolment. */
const LEADING = ['istio.io/use-waypoint', 'istio.io/use-waypoint-namespace', 'istio.io/ingress-use-waypoint', 'istio.io/waypoint-for'];

/** Fields of the spec by which an object is what the program names. */
const IDENTIFYING: Readonly<Record<string, readonly string[]>> = {
  Service: ['selector', 'type', 'externalName'],
  Deployment: ['template.spec.serviceAccountName', 'template.spec.serviceAccount'],
};

/** Objects of the library's that the team changed so that they do nothing, or something for others. */
export function undoneObjects(changed: readonly ChangedObject[]): CheckResult[] {
  return changed.flatMap(({ now, before }): CheckResult[] => {
    const is = now.manifest;
    const was = before.manifest;
    const isDry = now.kind === 'AuthorizationPolicy' && /^(1|t|true)$/i.test(String(is.metadata?.annotations?.['istio.io/dry-run']));
    const differences = [
      ...isDry ? ['the annotation istio.io/dry-run, with which Istio logs what it would do, and does nothing'] : [],
      ...LEADING.filter(() => now.kind !== 'Namespace').filter((key) => is.metadata?.labels?.[key] !== was.metadata?.labels?.[key]).map((key) => `the label ${key}: ${JSON.stringify(is.metadata?.labels?.[key] ?? null)}`),
      ...isDenying(before) && specOf(now) !== specOf(before) ? ['the spec of a policy that denies'] : [],
      ...(IDENTIFYING[now.kind] ?? []).filter((field) => JSON.stringify(at(is, field)) !== JSON.stringify(at(was, field)))
        .map((field) => `${field}: ${JSON.stringify(at(is, field) ?? null)}`),
    ];
    return differences.length === 0 ? [] : [{
      path: now.path,
      message: `${now.title} is an object of the mesh, and was changed so that it does not do what the program says`,
      actual: differences,
      expected: 'patches, labels and annotations that leave this as it is',
      fix: 'say it in the program, or drop the change',
    }];
  });
}

/** What allows is judged by what it allows. */
function isDenying({ kind, manifest: { spec } }: TreeObject): boolean {
  return kind === 'AuthorizationPolicy' && spec?.action !== undefined && spec.action !== 'ALLOW';
}

function at({ spec }: TreeManifest, field: string): unknown {
  return field.split('.').reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), spec);
}
