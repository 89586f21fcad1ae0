import { MeshModel } from '../model/mesh';
import { CheckResult } from '../model/problem';
import { ServiceNode } from '../model/service';
import { entriesOf, ForeignObjects, TreeObject } from '../providers/foreign/tree-object';

/** Services that the app has, and of which Workload.existing says something else: policies, routes and waypoints are made for what it says. */
export function misstatedServices({ workloads }: MeshModel, foreign: ForeignObjects): CheckResult[] {
  return workloads.flatMap(({ origin, title, service }): CheckResult[] => {
    const object = service?.statedLabels && serviceObject(foreign, service);
    const differences = object ? differencesOf(service!, object) : [];
    return differences.length === 0 ? [] : [{
      path: origin.path,
      what: `Service ${service!.namespace}/${service!.name} of the app is not what the program says of it for ${title}`,
      got: Object.fromEntries(differences.map(({ field, is }) => [field, is])),
      allowed: JSON.stringify(Object.fromEntries(differences.map(({ field, said }) => [field, said]))),
      next: 'correct `service` in Workload.existing, or the Service',
    }];
  });
}

interface Difference {
  readonly field: string;
  readonly said: unknown;
  readonly is: unknown;
}

interface Port { readonly port?: number; readonly targetPort?: number | string }

function serviceObject(foreign: ForeignObjects, { name, namespace }: ServiceNode): TreeObject | undefined {
  return foreign.in(namespace).find((object) => object.kind === 'Service' && object.group === 'core' && object.name === name);
}

/** By such labels Istio sends the requests of a Service through waypoints. */
const isIstios = (label: string): boolean => label.startsWith('istio.io/');

function differencesOf(service: ServiceNode, { manifest: { metadata, spec = {} } }: TreeObject): Difference[] {
  const { port, targetPort, headless = false, statedLabels = {} } = service;
  const ports = entriesOf<Port>(spec.ports);
  const own = ports.find((one) => one.port === port);
  const led = own?.targetPort ?? port;
  const labels = metadata?.labels ?? {};
  const compared = new Set([...Object.keys(statedLabels), ...Object.keys(labels).filter(isIstios)]);
  return [
    ...(spec.clusterIP === 'None') === headless ? [] : [{ field: 'headless', said: headless, is: spec.clusterIP === 'None' }],
    ...own ? [] : [{ field: 'port', said: port, is: ports.map((one) => one.port) }],
    ...own && typeof led === 'number' && led !== targetPort ? [{ field: 'targetPort', said: targetPort, is: led }] : [],
    ...[...compared].filter((key) => labels[key] !== statedLabels[key]).map((key) => ({ field: `label ${key}`, said: statedLabels[key] ?? null, is: labels[key] ?? null })),
  ];
}
