import { MeshModel } from '../model/mesh';
import { CheckResult } from '../model/problem';
import { ServiceNode } from '../model/service';
import { entriesOf, ForeignObjects, TreeObject } from '../providers/foreign/tree-object';

/**
 * Reports Services in the app that differ from their description in Workload.existing, on which policies, routes and waypoints are based.
 */
export function misstatedServices({ workloads }: MeshModel, foreign: ForeignObjects): CheckResult[] {
  return workloads.flatMap(({ origin, title, service }): CheckResult[] => {
    const object = service?.statedLabels && serviceObject(foreign, service);
    const differences = object ? differencesOf(service!, object) : [];
    return differences.length === 0 ? [] : [{
      path: origin.path,
      message: `Service ${service!.namespace}/${service!.name} in this app differs from its description in Workload.existing of ${title}`,
      actual: Object.fromEntries(differences.map(({ field, is }) => [field, is])),
      expected: JSON.stringify(Object.fromEntries(differences.map(({ field, said }) => [field, said]))),
      fix: 'correct `service` in Workload.existing, or the Service',
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

/** Istio uses such labels to send requests to a Service through waypoints. */
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
