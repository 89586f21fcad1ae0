import { isRead } from './inbound';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { podLabelsOf, WorkloadNode } from '../../model/workload';
import { PodTemplate } from '../foreign/pod-template';
import { entriesOf, ForeignObjects, TreeObject } from '../foreign/tree-object';

const OPAQUE_PORTS = 'config.linkerd.io/opaque-ports';

/** Application protocols that stand for the annotation, port by port (Linkerd 2.20, outbound index). */
const OPAQUE_PROTOCOLS = ['linkerd.io/opaque', 'linkerd.io/tcp'];

/** Ports of pods that nobody would read, though requests there are told apart, counted or trusted for their headers. */
export function opaquePorts({ index }: MeshModel, { metadata: { labels = {}, annotations = {} }, spec }: PodTemplate, namespace: string): string[] {
  const stated = annotations[OPAQUE_PORTS];
  if (typeof stated !== 'string') return [];
  const containers = spec.containers as readonly { readonly ports?: unknown }[];
  const named = containers.flatMap((one) => entriesOf<ContainerPort>(one?.ports));
  const names = (port: number) => named.filter(({ containerPort }) => containerPort === port).map(({ name }) => name);
  const read = index.workloadsSelecting(namespace, labels).flatMap((workload) => workload.ports.filter((port) => isRead(workload, port)));
  const opaque = read.filter((port) => [port, ...names(port)].some((one) => includes(stated, one)));
  return opaque.length === 0 ? [] : [`${OPAQUE_PORTS}: ${JSON.stringify(stated)}, of which the mesh reads ${opaque.join(', ')}`];
}

interface ContainerPort { readonly name?: unknown; readonly containerPort?: unknown }

interface ServicePort { readonly name?: unknown; readonly port?: number; readonly targetPort?: unknown; readonly appProtocol?: unknown }

/** Services by which callers' proxies would send what is read as bytes that nobody reads. */
export function opaqueServices(model: MeshModel, namespaces: readonly NamespaceNode[], foreign: ForeignObjects): CheckResult[] {
  const services = namespaces.flatMap(({ name }) => foreign.in(name)).filter(({ group, kind }) => group === 'core' && kind === 'Service');
  return services.flatMap((object) => opaqueService(model, object));
}

function opaqueService({ index }: MeshModel, object: TreeObject): CheckResult[] {
  const { metadata: { annotations = {} } = {}, spec = {} } = object.manifest;
  const stated = annotations[OPAQUE_PORTS];
  const ports = entriesOf<ServicePort>(spec.ports);
  const isOpaque = ({ port, name, targetPort, appProtocol }: ServicePort) =>
    OPAQUE_PROTOCOLS.includes(String(appProtocol)) || (typeof stated === 'string' && [port, name, targetPort].some((one) => includes(stated, one)));
  const opaque = ports.filter(isOpaque);
  if (opaque.length === 0) return [];
  const found = selectedBy(index, object).filter((workload) => opaque.some((port) => leadsToRead(workload, port)));
  return found.length === 0 ? [] : [{
    path: object.path,
    message: `${object.title} has callers' proxies send bytes that nobody reads to ${found.map(({ title }) => title).join(', ')}, whose requests the mesh reads`,
    actual: opaque.map(({ port }) => port),
    expected: `ports that neither the annotation ${OPAQUE_PORTS} nor an appProtocol makes opaque`,
    fix: 'drop what makes them opaque',
  }];
}

/** By what is known of the labels of its pods. */
function selectedBy(index: MeshModel['index'], { namespace, manifest: { spec = {} } }: TreeObject): readonly WorkloadNode[] {
  const selector = Object.entries((spec.selector ?? {}) as Readonly<Record<string, string>>);
  if (selector.length === 0) return [];
  const isSelected = (workload: WorkloadNode) => selector.every(([key, value]) => podLabelsOf(workload)[key] === value);
  return index.workloadsWith(namespace, Object.fromEntries(selector)).filter(isSelected);
}

/** A port by its name may be any of the pods'. */
function leadsToRead(workload: WorkloadNode, { port, targetPort = port }: ServicePort): boolean {
  return workload.ports.some((one) => isRead(workload, one) && (typeof targetPort === 'string' || targetPort === one));
}

/** Whether a list such as "80,8000-8010,web" has a port, by number or by name. */
function includes(list: string, port: unknown): boolean {
  return list.split(',').map((one) => one.trim()).some((one) => {
    const range = /^(\d+)-(\d+)$/.exec(one);
    return range ? Number(port) >= Number(range[1]) && Number(port) <= Number(range[2]) : one !== '' && one === String(port);
  });
}
