import { ForeignObjects, TreeObject } from './tree-object';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** Returns the hosts that an object routes, with the names that a data plane uses. */
type HostsNamed = (object: TreeObject) => readonly string[];

type IsOwn = (namespace: string) => boolean;

const ROUTES = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute'];

/** Reports user-managed routes whose parent is a Service of the mesh. They compete with the routes of the mesh (Gateway API 1.6, GAMMA). */
export function foreignServiceRoutes(model: MeshModel, foreign: ForeignObjects, isOwn: IsOwn): CheckResult[] {
  return takenHosts(model, isOwn, ROUTES.flatMap((kind) => foreign.ofKind('gateway.networking.k8s.io', kind)), servicesNamed);
}

/** Reports user-managed VirtualServices and DestinationRules for a Service of the mesh or an external host that it registers. */
export function foreignIstioRouting(model: MeshModel, foreign: ForeignObjects, isOwn: IsOwn): CheckResult[] {
  return takenHosts(model, isOwn, ['VirtualService', 'DestinationRule'].flatMap((kind) => foreign.ofKind('networking.istio.io', kind)), hostsNamed);
}

function takenHosts(model: MeshModel, isOwn: IsOwn, objects: readonly TreeObject[], hostsOf: HostsNamed): CheckResult[] {
  if (objects.length === 0) return [];
  const hosts = hostsOfMesh(model, isOwn);
  return objects.flatMap((object): CheckResult[] => {
    const named = hostsOf(object);
    const taken = named.some(isPattern) ? [...hosts].filter(([host]) => named.some((name) => covers(name, host))) : exactly(named, hosts);
    return taken.length === 0 ? [] : [{
      path: object.path,
      message: `${object.title} routes the requests of ${[...new Set(taken.map(([, title]) => title))].join(', ')}, whose routing the mesh manages`,
      actual: taken.map(([host]) => host),
      expected: '`addCanary`, `addRoute` and `circuitBreaker`; a VirtualService and an HTTPRoute for the same host exclude each other',
      fix: 'declare the routing with these, and remove the object',
    }];
  });
}

/** Returns the Services of the mesh and the external hosts that it registers, each with its title. */
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

/**
 * Returns the hosts of an Istio object as istiod resolves them. A name without a dot belongs to the namespace of the object. A
 * VirtualService for Istio Gateways only does not affect the mesh.
 */
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
