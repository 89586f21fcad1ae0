import { isRead } from './inbound';
import { lists, OPAQUE_PORTS, opaqueBy } from './opaque-ports';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';
import { KnownPods } from '../foreign/known-pods';
import { PodTemplate } from '../foreign/pod-template';
import { entriesOf, ForeignObjects, TreeObject } from '../foreign/tree-object';

/** Returns the annotation that makes ports of pods opaque, if the mesh authorizes, counts or trusts requests there. */
export function opaquePorts({ index }: MeshModel, { metadata: { labels = {}, annotations = {} }, spec }: PodTemplate, namespace: string): string[] {
  const stated = annotations[OPAQUE_PORTS];
  if (typeof stated !== 'string') return [];
  const containers = spec.containers as readonly { readonly ports?: unknown }[];
  const named = containers.flatMap((one) => entriesOf<ContainerPort>(one?.ports));
  const names = (port: number) => named.filter(({ containerPort }) => containerPort === port).map(({ name }) => name);
  const read = index.workloadsSelecting(namespace, labels).flatMap((workload) => workload.ports.filter((port) => isRead(workload, port)));
  const opaque = read.filter((port) => [port, ...names(port)].some((one) => lists(stated, one)));
  return opaque.length === 0 ? [] : [`${OPAQUE_PORTS}: ${JSON.stringify(stated)}, and the mesh authorizes requests at ${opaque.join(', ')}`];
}

interface ContainerPort { readonly name?: unknown; readonly containerPort?: unknown }

interface ServicePort { readonly name?: unknown; readonly port?: number; readonly targetPort?: unknown; readonly appProtocol?: unknown }

/**
 * Reports Services that make a port opaque at which the mesh inspects requests. Services that the program describes are not reported,
 * because another check compares them with their description.
 */
export function opaqueServices(model: MeshModel, namespaces: readonly NamespaceNode[], foreign: ForeignObjects): CheckResult[] {
  const stated = new Set(model.workloads.flatMap(({ service }) => (service?.statedLabels ? [`${service.namespace}/${service.name}`] : [])));
  const services = namespaces.flatMap(({ name }) => foreign.in(name))
    .filter(({ group, kind, namespace, name }) => group === 'core' && kind === 'Service' && !stated.has(`${namespace}/${name}`));
  return services.flatMap((object) => opaqueService(KnownPods.of(model.index, foreign), object));
}

function opaqueService(pods: KnownPods, object: TreeObject): CheckResult[] {
  const { metadata: { annotations = {} } = {}, spec = {} } = object.manifest;
  const opaque = entriesOf<ServicePort>(spec.ports).filter((port) => opaqueBy(port, annotations));
  const matchLabels = (spec.selector ?? {}) as Readonly<Record<string, unknown>>;
  if (opaque.length === 0 || Object.keys(matchLabels).length === 0) return [];
  const found = pods.selected(object.namespace, { matchLabels }).filter((workload) => opaque.some((port) => leadsToRead(workload, port)));
  return found.length === 0 ? [] : [{
    path: object.path,
    message: `${object.title} makes ports of ${found.map(({ title }) => title).join(', ')} opaque, so the proxies cannot inspect the requests that the mesh authorizes there`,
    actual: opaque.map(({ port }) => port),
    expected: `ports that neither the annotation ${OPAQUE_PORTS} nor an appProtocol makes opaque`,
    fix: 'remove the annotation or the appProtocol',
  }];
}

/** Returns whether the mesh inspects requests at a port. A named port counts, because only the pods define its number. */
function leadsToRead(workload: WorkloadNode, { port, targetPort = port }: ServicePort): boolean {
  return workload.ports.some((one) => isRead(workload, one) && (typeof targetPort === 'string' || targetPort === one));
}
