import { ForeignObjects, TreeObject } from './tree-object';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** Hosts whose requests an object routes, as a data plane knows them. */
type HostsNamed = (object: TreeObject) => readonly string[];

type IsOwn = (namespace: string) => boolean;

const ROUTES = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute'];

/** Routes of the team with a Service of the mesh as parent: they compete with the mesh's own (Gateway API 1.6, GAMMA). */
export function foreignServiceRoutes(model: MeshModel, foreign: ForeignObjects, isOwn: IsOwn): CheckResult[] {
  return takenHosts(model, isOwn, ROUTES.flatMap((kind) => foreign.ofKind('gateway.networking.k8s.io', kind)), servicesNamed);
}

/** VirtualServices and DestinationRules of the team for a Service of the mesh, or for a host that it registers. */
export function foreignIstioRouting(model: MeshModel, foreign: ForeignObjects, isOwn: IsOwn): CheckResult[] {
  const objects = ['VirtualService', 'DestinationRule'].flatMap((kind) => foreign.ofKind('networking.istio.io', kind));
  return takenHosts(model, isOwn, objects.filter((object) => isSeen(object, model) && !demandsMutualTls(object)), hostsNamed);
}

/** Whether it is exported to a namespace of the mesh; without a list, to every one. */
function isSeen({ namespace, manifest: { spec = {} } }: TreeObject, { namespaces }: MeshModel): boolean {
  const to = (Array.isArray(spec.exportTo) && spec.exportTo.length > 0 ? spec.exportTo : ['*']).map(String);
  return to.some((name) => name === '*' || namespaces.has(name === '.' ? namespace : name));
}

/** What older meshes have for all of their hosts at once; for hosts of which the mesh says more, a DestinationRule of the host goes before. */
function demandsMutualTls({ kind, manifest: { spec = {} } }: TreeObject): boolean {
  if (kind !== 'DestinationRule' || !isPattern(String(spec.host))) return false;
  const { trafficPolicy, subsets } = spec as { readonly trafficPolicy?: object; readonly subsets?: unknown };
  return subsets === undefined && JSON.stringify(trafficPolicy) === '{"tls":{"mode":"ISTIO_MUTUAL"}}';
}

function takenHosts(model: MeshModel, isOwn: IsOwn, objects: readonly TreeObject[], hostsOf: HostsNamed): CheckResult[] {
  if (objects.length === 0) return [];
  const hosts = hostsOfMesh(model, isOwn);
  return objects.flatMap((object): CheckResult[] => {
    const named = hostsOf(object);
    const taken = named.some(isPattern) ? [...hosts].filter(([host]) => named.some((name) => covers(name, host))) : exactly(named, hosts);
    return taken.length === 0 ? [] : [{
      path: object.path,
      message: `${object.title} routes the requests of ${[...new Set(taken.map(([, title]) => title))].join(', ')}, which the mesh routes`,
      actual: taken.map(([host]) => host),
      expected: '`addCanary`, `addRoute` and `circuitBreaker` of the program; a VirtualService and an HTTPRoute of one host exclude each other',
      fix: 'state it in the program, and drop the object',
    }];
  });
}

/** The Services of the mesh and the hosts outside the cluster that it registers, each with what people call it. */
function hostsOfMesh({ workloads, meshRoutes, toolServers }: MeshModel, isOwn: IsOwn): ReadonlyMap<string, string> {
  const services = [
    ...workloads.map(({ title, service }) => ({ title, service })),
    ...toolServers.map(({ endpoint: { title, service } }) => ({ title, service })),
    ...meshRoutes.map(({ service, stable: { title } }) => ({ title, service })),
  ].filter(({ service }) => service && isOwn(service.namespace));
  return new Map([
    ...services.flatMap(({ title, service }) => (service ? [[service.hostname ?? fullName(service.name, service.namespace), title] as const] : [])),
    ...workloads.filter(({ namespace }) => isOwn(namespace))
      .flatMap(({ title, egress }) => (egress?.hostnames ?? []).map((host) => [host, title] as const)),
  ]);
}

function fullName(name: string, namespace: string): string {
  return `${name}.${namespace}.svc.cluster.local`;
}

/** As istiod completes them: a name without a dot is of the object's own namespace. A VirtualService for Istio's own Gateways is none of the mesh's. */
function hostsNamed({ manifest: { spec = {} }, namespace }: TreeObject): string[] {
  if (Array.isArray(spec.gateways) && !spec.gateways.includes('mesh')) return [];
  const named = [...Array.isArray(spec.hosts) ? spec.hosts : [], ...spec.host === undefined ? [] : [spec.host]].map(String);
  return named.map((host) => (/[.*]/.test(host) ? host : fullName(host, namespace)));
}

interface ParentRef { readonly kind?: string; readonly name?: string; readonly namespace?: string }

function servicesNamed({ manifest: { spec = {} }, namespace }: TreeObject): string[] {
  const parents = (Array.isArray(spec.parentRefs) ? spec.parentRefs : []) as readonly ParentRef[];
  return parents.filter(({ kind }) => kind === 'Service').map((parent) => fullName(String(parent.name), parent.namespace ?? namespace));
}

function exactly(named: readonly string[], hosts: ReadonlyMap<string, string>): [host: string, title: string][] {
  return [...new Set(named)].flatMap((host) => (hosts.has(host) ? [[host, hosts.get(host)!]] : []));
}

function isPattern(name: string): boolean {
  return name.startsWith('*');
}

function covers(name: string, host: string): boolean {
  return isPattern(name) ? host.endsWith(name.slice(1)) : name === host;
}
