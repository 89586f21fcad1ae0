import { Manifest } from '../synth';

/** What an object of the library names, and must find. */
export interface Reference {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Of a Gateway the listener to which a route attaches. */
  readonly listener?: { readonly name?: string; readonly port?: number };
  /** Of a Service its port. */
  readonly port?: number;
}

/** A selector of pods, and in which namespace. */
export interface Selector {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

const GATEWAY_API = 'gateway.networking.k8s.io';
const CORE = '';

type Entry = any;
type Read = (entry: Entry, own: string) => Reference[];

const named = (group: string, kind: string): Read => (entry, own) =>
  (entry?.name === undefined ? [] : [{ group: entry.group ?? group, kind: entry.kind ?? kind, namespace: entry.namespace ?? own, name: entry.name, ...entry.port !== undefined && typeof entry.port === 'number' && { port: entry.port } }]);
const account: Read = (name, own) => [{ group: CORE, kind: 'ServiceAccount', namespace: own, name }];

/** How references are read, by the field that holds them. */
const FIELDS: Readonly<Record<string, Read>> = {
  backendRef: named(CORE, 'Service'),
  backendRefs: named(CORE, 'Service'),
  parentRefs: (entry, own) => named(GATEWAY_API, 'Gateway')({ ...entry, port: undefined }, own).map((one) => ({ ...one, listener: { name: entry.sectionName, port: entry.port } })),
  targetRef: named(CORE, ''),
  targetRefs: named(CORE, ''),
  requiredAuthenticationRefs: named(CORE, ''),
  parametersRef: named(CORE, 'ConfigMap'),
  endpointPickerRef: (entry, own) => named(CORE, 'Service')({ ...entry, port: entry.port?.number }, own),
  certificateRefs: named(CORE, 'Secret'),
  caCertificateRefs: named(CORE, 'ConfigMap'),
  secretKeyRef: named(CORE, 'Secret'),
  secretRef: named(CORE, 'Secret'),
  configMap: named(CORE, 'ConfigMap'),
  roleRef: (entry, own) => [{ group: 'rbac.authorization.k8s.io', kind: entry.kind, namespace: own, name: entry.name }],
  subjects: named(CORE, 'ServiceAccount'),
  serviceAccountName: account,
  // "namespace/name", and whole principals where a mesh trusts several trust domains
  serviceAccounts: (entry: string) => {
    const [namespace, name] = entry.split('/');
    return account(name, namespace);
  },
  principals: (entry: string) => {
    const [, namespace, name] = /^[^/]+\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(entry) ?? [];
    return name === undefined || name === '*' ? [] : account(name, namespace); // "*" is every ServiceAccount of the namespace
  },
};

const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** Everything that an object names by a reference. */
export function referencesOf(manifest: Manifest): Reference[] {
  const own = manifest.metadata.namespace ?? '';
  const found: Reference[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, entry] of Object.entries(value)) {
      if (Object.hasOwn(FIELDS, key)) found.push(...asList(entry).flatMap((one) => FIELDS[key](one, own)));
      visit(entry);
    }
  };
  visit({ ...manifest, metadata: undefined });
  return [...found, ...waypointOf(manifest, own), ...hostOf(manifest)];
}

/** By a label, Istio sends what is for an object, or for all of a namespace, through a waypoint. */
function waypointOf({ kind, metadata: { name: called, labels = {} } }: Manifest, own: string): Reference[] {
  const { 'istio.io/use-waypoint': name, 'istio.io/use-waypoint-namespace': namespace } = labels;
  const home = kind === 'Namespace' ? called : own;
  return name === undefined || name === 'none' ? [] : [{ group: GATEWAY_API, kind: 'Gateway', namespace: namespace ?? home, name }];
}

/** A DestinationRule is for a Service by its full name. */
function hostOf({ kind, spec }: Manifest): Reference[] {
  const [, name, namespace] = (kind === 'DestinationRule' && /^([^.]+)\.([^.]+)\.svc\.cluster\.local$/.exec(spec.host)) || [];
  return name === undefined ? [] : [{ group: CORE, kind: 'Service', namespace, name }];
}

/** The pods that an object is for; none where it is for all of a namespace, or selects by expressions. */
export function selectorOf({ kind, spec = {}, metadata: { namespace = '' } }: Manifest): Selector | undefined {
  const selector = kind === 'Service' ? { matchLabels: spec.selector } : spec.selector ?? spec.podSelector ?? (spec.workloadSelector && { matchLabels: spec.workloadSelector.labels });
  const labels = selector?.matchLabels as Selector['labels'] | undefined;
  return labels && Object.keys(labels).length > 0 ? { namespace, labels } : undefined;
}
