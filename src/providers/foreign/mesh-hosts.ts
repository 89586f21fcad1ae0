import { Caller } from '../../model/callers';
import { hostName } from '../../model/external-host';
import { MeshModel } from '../../model/mesh';
import { PODS_SUFFIX } from '../../model/pool';
import { serviceHost } from '../../model/service';

/** By host, or by the name of the object that registers it: what people call it. */
export type Titles = ReadonlyMap<string, string>;

export interface MeshHosts {
  /** The Services of the mesh and of its proxies, and the hosts outside the cluster that it registers. */
  readonly hosts: Titles;
  /** By namespace and name: the ServiceEntries that register them. */
  readonly entries: Titles;
  /** By namespace and host: where each host outside the cluster is registered. */
  readonly registered: ReadonlySet<string>;
}

type IsOwn = (namespace: string) => boolean;

/** Of Services in namespaces that are its own. */
export function meshHosts(model: MeshModel, isOwn: IsOwn, proxies: readonly Caller[]): MeshHosts {
  const external = externalHosts(model, isOwn);
  const services = servicesOf(model, proxies).filter(({ namespace }) => isOwn(namespace));
  return {
    hosts: new Map([
      ...services.map(({ name, namespace, title }) => [serviceHost({ name, namespace }), title] as const),
      ...external.map(({ host, title }) => [host, title] as const),
    ]),
    entries: new Map(external.map(({ namespace, entry, title }) => [`${namespace}/${entry}`, title])),
    registered: new Set(external.map(({ namespace, host }) => `${namespace}/${host}`)),
  };
}

interface Service { readonly name: string; readonly namespace: string; readonly title: string }

/** Proxies have a Service of the name of their ServiceAccount (Istio 1.30, deployment controller); nobody within calls those for clients outside. */
function servicesOf({ workloads, meshRoutes, toolServers, pools, gateways }: MeshModel, proxies: readonly Caller[]): Service[] {
  const edges = new Set(gateways.map(({ name }) => `gateway ${name}`));
  const named = [
    ...workloads.map(({ title, service }) => ({ title, service })),
    ...toolServers.map(({ endpoint: { title, service } }) => ({ title, service })),
    ...meshRoutes.map(({ service, stable: { title } }) => ({ title, service })),
  ];
  return [
    ...proxies.filter(({ title }) => !edges.has(title))
      .map(({ title, principal: { namespace, serviceAccount: name } }) => ({ name, namespace, title })),
    ...pools.flatMap(({ name, namespace, picker: { workload: { title }, serviceName } }) => [
      { name: serviceName, namespace, title }, { name: `${name}${PODS_SUFFIX}`, namespace, title: `pool ${name}` },
    ]),
    ...named.flatMap(({ title, service }) =>
      (service && service.hostname === undefined ? [{ name: service.name, namespace: service.namespace, title }] : [])),
  ];
}

interface External { readonly host: string; readonly namespace: string; readonly entry: string; readonly title: string }

function externalHosts({ workloads, toolServers, egress }: MeshModel, isOwn: IsOwn): External[] {
  return [
    ...workloads.flatMap(({ title, namespace, egress: own }) =>
      (own?.hostnames ?? []).map((hostname) => ({ host: hostname, namespace, entry: hostName({ hostname, namespace }), title }))),
    ...egress.flatMap(({ name, namespace, hostnames }) => hostnames.map((host) => ({ host, namespace, entry: name, title: `the egress ${name}` }))),
    ...toolServers.flatMap(({ endpoint: { title, service } }) =>
      (service?.hostname === undefined ? [] : [{ host: service.hostname, namespace: service.namespace, entry: service.name, title }])),
  ].filter(({ namespace }) => isOwn(namespace));
}
