import { Caller } from '../../model/callers';
import { prefillService } from '../../model/disaggregation';
import { hostName } from '../../model/external-host';
import { inferenceEntries } from '../../model/inference-entry';
import { MeshModel } from '../../model/mesh';
import { PODS_SUFFIX } from '../../model/pool';
import { serviceHost } from '../../model/service';
import { hostnamesOf } from '../../model/workload';

/** Display names by host, or by the name of the object that registers the host. */
export type Titles = ReadonlyMap<string, string>;

export interface MeshHosts {
  /** Hosts of the Services of the mesh and of its proxies, and external hosts that the mesh registers. */
  readonly hosts: Titles;
  /** ServiceEntries that register external hosts, by namespace and name. */
  readonly entries: Titles;
  /** External hosts that are registered, by namespace and host. */
  readonly registered: ReadonlySet<string>;
}

type IsOwn = (namespace: string) => boolean;

/** Returns the hosts of a mesh. Only Services in namespaces for which `isOwn` is true count. */
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

/**
 * Returns the Services of workloads and proxies. A proxy has a Service with the name of its ServiceAccount (Istio 1.30, deployment
 * controller). Edge gateways are left out, because no workload of the mesh calls them.
 */
function servicesOf({ workloads, toolServers, pools, tenants, gateways }: MeshModel, proxies: readonly Caller[]): Service[] {
  const edges = new Set(gateways.map(({ name }) => `gateway ${name}`));
  const named = [
    ...workloads.map(({ title, service }) => ({ title, service })),
    ...toolServers.map(({ endpoint: { title, service } }) => ({ title, service })),
  ];
  return [
    ...proxies.filter(({ title }) => !edges.has(title))
      .map(({ title, principal: { namespace, serviceAccount: name } }) => ({ name, namespace, title })),
    ...pools.flatMap(({ name, namespace, picker: { workload: { title }, serviceName } }) => [
      { name: serviceName, namespace, title }, { name: `${name}${PODS_SUFFIX}`, namespace, title: `pool ${name}` },
    ]),
    ...pools.flatMap((pool) => [prefillService(pool) ?? []].flat().map((service) => ({ ...service, title: `pool ${pool.name}` }))),
    ...inferenceEntries({ pools, tenants }).filter(({ isEmitted }) => isEmitted).map(({ entry, title }) => ({ ...entry, title })),
    ...named.flatMap(({ title, service }) =>
      (service && service.hostname === undefined ? [{ name: service.name, namespace: service.namespace, title }] : [])),
  ];
}

interface External { readonly host: string; readonly namespace: string; readonly entry: string; readonly title: string }

function externalHosts({ workloads, toolServers, egress }: MeshModel, isOwn: IsOwn): External[] {
  return [
    ...workloads.flatMap(({ title, namespace, egress: own }) =>
      hostnamesOf({ egress: own }).map((hostname) => ({ host: hostname, namespace, entry: hostName({ hostname, namespace }), title: `host ${hostname} of ${title}` }))),
    ...egress.flatMap(({ name, namespace, hostnames }) => hostnames.map((host) => ({ host, namespace, entry: name, title: `host ${host} of egress ${name}` }))),
    ...toolServers.flatMap(({ endpoint: { title, service } }) =>
      (service?.hostname === undefined ? [] : [{ host: service.hostname, namespace: service.namespace, entry: service.name, title }])),
  ].filter(({ namespace }) => isOwn(namespace));
}
