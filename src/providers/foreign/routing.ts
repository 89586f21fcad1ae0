import { GATEWAY_API, GATEWAY_ROUTES, ISTIO_NETWORKING } from './groups';
import { MeshHosts, meshHosts, Titles } from './mesh-hosts';
import { entriesOf, ForeignObjects, listOf, TreeObject } from './tree-object';
import { Caller } from '../../model/callers';
import { covers } from '../../model/hosts';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { serviceHost } from '../../model/service';

/** What an object routes: hosts by their names in the data plane, and hosts by the object that registers them. */
interface Routed {
  readonly hosts: readonly string[];
  readonly entries: readonly string[];
}

type IsOwn = (namespace: string) => boolean;

/** Kinds by API group, and a function that returns what an object of the kind routes. */
type Kinds = readonly (readonly [group: string, kinds: readonly string[], routed: (object: TreeObject) => Routed])[];

/**
 * Kinds with a Service as parent or target. If it is a Service of the mesh, they compete with the objects of the mesh (Gateway API 1.6,
 * GAMMA, policy attachment).
 */
const ATTACHED: Kinds = [
  [GATEWAY_API, [...GATEWAY_ROUTES, 'UDPRoute'], ({ manifest: { spec = {} }, namespace }) => attachedTo(spec.parentRefs, namespace)],
  [GATEWAY_API, ['BackendTLSPolicy'], ({ manifest: { spec = {} }, namespace }) => attachedTo(spec.targetRefs, namespace)],
  ['gateway.networking.x-k8s.io', ['XBackendTrafficPolicy'], ({ manifest: { spec = {} }, namespace }) => attachedTo(spec.targetRefs, namespace)],
];

const OF_ISTIO: Kinds = [...ATTACHED, [ISTIO_NETWORKING, ['VirtualService', 'DestinationRule'], istioHosts], [ISTIO_NETWORKING, ['ServiceEntry'], registered]];

/** The kinds of Linkerd for the same purpose (Linkerd 2.20, outbound index and destination). */
const OF_LINKERD: Kinds = [
  ...ATTACHED,
  ['policy.linkerd.io', ['HTTPRoute'], ({ manifest: { spec = {} }, namespace }) => attachedTo(spec.parentRefs, namespace)],
  ['linkerd.io', ['ServiceProfile'], ({ name }) => ({ hosts: [name], entries: [] })],
  ['split.smi-spec.io', ['TrafficSplit'], ({ manifest: { spec = {} }, namespace }) => ({ hosts: [localHost(String(spec.service), namespace)], entries: [] })],
];

/** Reports user-managed objects that route requests to a Service of the mesh, or to a host that the mesh registers. */
export function foreignIstioRouting(model: MeshModel, foreign: ForeignObjects, isOwn: IsOwn, proxies: readonly Caller[]): CheckResult[] {
  return takenHosts(foreign, OF_ISTIO, () => meshHosts(model, isOwn, proxies), isOwn, (object) => isSeen(object, model) && !demandsMutualTls(object));
}

/** Returns whether an object is exported to a namespace of the mesh. Istio exports objects without `exportTo` to every namespace. */
function isSeen({ kind, namespace, manifest: { spec = {} } }: TreeObject, { namespaces }: MeshModel): boolean {
  if (!EXPORTED.includes(kind)) return true;
  const to = (Array.isArray(spec.exportTo) && spec.exportTo.length > 0 ? spec.exportTo : ['*']).map(String);
  return to.some((name) => name === '*' || namespaces.has(name === '.' ? namespace : name));
}

const EXPORTED: readonly string[] = ['VirtualService', 'DestinationRule'];

/**
 * Returns whether a DestinationRule only demands mutual TLS. Older meshes have such a rule for all hosts. For a host with a DestinationRule
 * of the mesh, the more specific rule takes precedence.
 */
function demandsMutualTls({ kind, manifest: { spec = {} } }: TreeObject): boolean {
  if (kind !== 'DestinationRule' || !isPattern(String(spec.host))) return false;
  const { trafficPolicy, subsets } = spec as { readonly trafficPolicy?: object; readonly subsets?: unknown };
  return subsets === undefined && JSON.stringify(trafficPolicy) === '{"tls":{"mode":"ISTIO_MUTUAL"}}';
}

export function foreignLinkerdRouting(model: MeshModel, foreign: ForeignObjects, isOwn: IsOwn): CheckResult[] {
  return takenHosts(foreign, OF_LINKERD, () => meshHosts(model, isOwn, []), isOwn);
}

function takenHosts(
  foreign: ForeignObjects, kinds: Kinds, hostsOf: () => MeshHosts, isOwn: IsOwn, isInEffect: (object: TreeObject) => boolean = () => true,
): CheckResult[] {
  const found = kinds.flatMap(([group, names, routed]) =>
    names.flatMap((kind) => foreign.ofKind(group, kind)).filter(isInEffect).map((object) => ({ object, routed: routed(object) })));
  if (found.length === 0) return [];
  const known = hostsOf();
  return found.flatMap(({ object, routed }): CheckResult[] => {
    const taken = takenBy(routed, known).filter(([host]) => object.kind !== 'ServiceEntry' || counts(known, isOwn, object, host));
    return taken.length === 0 ? [] : [{
      path: object.path,
      message: `${object.title} defines routing for ${[...new Set(taken.map(([, title]) => title))].join(', ')}, for which the mesh also defines routing; the proxies would ignore this object or the routing of the mesh`,
      actual: taken.map(([host]) => host),
      expected: 'objects for hosts that the mesh does not route',
      fix: 'state the routing with props of the library (`canary`, `addRoute`, `circuitBreaker`, `egress`), and remove the object',
    }];
  });
}

type Taken = readonly [host: string, title: string];

function takenBy(routed: Routed, { hosts, entries }: MeshHosts): Taken[] {
  const matching = () => [...hosts].filter(([host]) => routed.hosts.some((name) => covers(name, host)));
  return [...routed.hosts.some(isPattern) ? matching() : exactly(routed.hosts, hosts), ...exactly(routed.entries, entries)];
}

/**
 * Returns the hosts of an Istio object, completed as istiod completes them. A VirtualService for Istio's own Gateways does not route calls
 * inside the mesh.
 */
function istioHosts({ manifest: { spec = {} }, namespace }: TreeObject): Routed {
  if (Array.isArray(spec.gateways) && !spec.gateways.includes('mesh')) return { hosts: [], entries: [] };
  const named = [...listOf(spec.hosts), ...spec.host === undefined ? [] : [spec.host]].map(String);
  return { hosts: named.map((host) => localHost(host, namespace)), entries: [] };
}

/** Returns the exact hosts that a ServiceEntry registers. A pattern takes no requests from the mesh, because an exact name takes precedence. */
function registered({ manifest: { spec = {} } }: TreeObject): Routed {
  return { hosts: listOf(spec.hosts).map(String).filter((host) => !isPattern(host)), entries: [] };
}

/**
 * Returns whether a ServiceEntry competes with the mesh for a host. A caller uses the entry in its namespace (Istio 1.30, ServiceEntry), so
 * an entry for an external host counts only beside an entry of the mesh in the same namespace.
 */
function counts({ registered: places }: MeshHosts, isOwn: IsOwn, { namespace }: TreeObject, host: string): boolean {
  return isOwn(namespace) && (host.endsWith('.svc.cluster.local') || places.has(`${namespace}/${host}`));
}

/** Returns the full host name. A name without a dot is in the namespace of the object. */
function localHost(host: string, namespace: string): string {
  return /[.*]/.test(host) ? host : serviceHost({ name: host, namespace });
}

interface Ref { readonly kind?: string; readonly name?: string; readonly namespace?: string }

function attachedTo(value: unknown, home: string): Routed {
  const refs = entriesOf<Ref>(value);
  const of = (wanted: string) => refs.filter(({ kind }) => kind === wanted)
    .map(({ name, namespace }) => ({ name: String(name), namespace: namespace ?? home }));
  return {
    hosts: of('Service').map(({ name, namespace }) => serviceHost({ name, namespace })),
    entries: of('ServiceEntry').map(({ name, namespace }) => `${namespace}/${name}`),
  };
}

function exactly(named: readonly string[], titles: Titles): Taken[] {
  return [...new Set(named)].flatMap((name) => (titles.has(name) ? [[name, titles.get(name)!] as const] : []));
}

function isPattern(name: string): boolean {
  return name.startsWith('*');
}
