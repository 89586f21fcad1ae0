/** A LabelSelector of Kubernetes. An empty one selects everything. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, unknown>>;
  readonly matchExpressions?: readonly Requirement[];
}

interface Requirement {
  readonly key?: unknown;
  readonly operator?: unknown;
  readonly values?: readonly unknown[];
}

/** Known labels of a pod or Namespace. */
export interface KnownLabels {
  readonly labels: Readonly<Record<string, unknown>>;
  /** Whether there are no other labels, except those that controllers and injectors add. */
  readonly isAll: boolean;
}

/** Returns whether a selector may match labels. An unknown label counts as a match. */
export function maySelect({ matchLabels = {}, matchExpressions = [] }: LabelSelector, known: KnownLabels): boolean {
  return Object.entries(matchLabels).every(([key, value]) => mayHold({ key, operator: 'In', values: [value] }, known))
    && matchExpressions.every((requirement) => mayHold(requirement, known));
}

const ADDED = /(^|\.)(istio\.io|linkerd\.io|gateway\.networking\.k8s\.io|batch\.kubernetes\.io|apps\.kubernetes\.io|statefulset\.kubernetes\.io)\/|-hash$|^(job-name|controller-uid)$/;

/** Returns whether a controller, an injector or the API server may add a label with this key. */
export function isAdded(key: string): boolean {
  return ADDED.test(key);
}

function mayHold({ key, operator, values = [] }: Requirement, { labels, isAll }: KnownLabels): boolean {
  const name = String(key);
  const value = Object.hasOwn(labels, name) ? labels[name] : undefined;
  if (value === undefined && (!isAll || isAdded(name))) return true;
  switch (operator) {
    case 'In': return value !== undefined && values.includes(value);
    case 'NotIn': return value === undefined || !values.includes(value);
    case 'Exists': return value !== undefined;
    case 'DoesNotExist': return value === undefined;
    default: return true;
  }
}
