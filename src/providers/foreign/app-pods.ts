import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { isMeshLabel } from './data-planes';
import { isAdded } from './label-selector';
import { accountOf, PodTemplate, podTemplatesOf } from './pod-template';
import { AppService, ContainerPort, containerPorts, servicesSelecting, Spoken, spokenBy } from './service-ports';
import { entriesOf, TreeObject } from './tree-object';
import { isPath } from '../../model/names';
import { InputProblem } from '../../model/problem';
import { isEmitted } from '../emit';

/** The pods of an object of the app, as read from its manifest. */
export interface AppPods {
  /** Construct that the program passed: the object, or a construct that contains it. */
  readonly construct: IConstruct;
  readonly object: ApiObject;
  /** Kind, namespace and name, such as "Deployment voice/assistant". */
  readonly title: string;
  /** Namespace of the object. Undefined if neither the object nor its chart sets one. */
  readonly namespace?: string;
  readonly template: PodTemplate;
  /** Labels that select the pods. */
  readonly labels: Readonly<Record<string, string>>;
  /** Whether the pods terminate by themselves, like those of a Job. */
  readonly isBatch: boolean;
  /** ServiceAccount of the pods. Undefined if the pods set none and run as "default". */
  readonly serviceAccount?: string;
  /** Ports of the pods. The target ports of Services come first. */
  readonly ports: readonly AppPort[];
  readonly healthPath?: string;
  /** Services of the app that select the pods. */
  readonly services: readonly AppService[];
}

export interface AppPort {
  readonly number: number;
  readonly spoken: Spoken;
}

/** Namespace in which kubectl creates an object without a namespace, by default. */
const UNNAMED = 'default';

/** Reads the pods of a construct, or returns why it cannot. */
export function readAppPods(construct: IConstruct): AppPods | InputProblem {
  const object = apiObjectOf(construct);
  if (!object) return { message: 'the construct that Workload.fromConstruct got contains no Kubernetes object', actual: construct.node.path, expected: PODS, fix: 'pass the construct that defines the pods' };
  if (isEmitted(object)) return { message: 'the construct that Workload.fromConstruct got is an object that the library itself emits', actual: object.node.path, expected: `${PODS} that the app defines itself`, fix: 'use the value that Workload.deploy returned' };
  const tree = new TreeObject(object);
  const templates = templatesOf(tree);
  if ('fix' in templates) return templates;
  if (templates.length !== 1) {
    return {
      message: templates.length === 0 ? `${tree.title} defines no pods` : `${tree.title} has several pod templates`, actual: templates.map(({ pointer }) => pointer),
      expected: PODS, fix: 'describe the pods with Workload.existing',
    };
  }
  return podsOf(construct, tree, templates[0]);
}

const PODS = 'a Deployment, StatefulSet, DaemonSet, Job, CronJob, Pod, or another object with one pod template';

function apiObjectOf(construct: IConstruct): ApiObject | undefined {
  try {
    return ApiObject.of(construct);
  } catch {
    return undefined;
  }
}

function templatesOf(object: TreeObject): readonly PodTemplate[] | InputProblem {
  try {
    return podTemplatesOf(object);
  } catch (error) {
    return {
      message: `${object.kind} ${object.name} cannot be rendered yet`, actual: (error as Error).message.split('\n')[0], expected: 'a complete object',
      fix: 'add the containers before the call of Workload.fromConstruct',
    };
  }
}

function podsOf(construct: IConstruct, tree: TreeObject, template: PodTemplate): AppPods {
  const { object, title, manifest } = tree;
  const { namespace } = manifest.metadata ?? {};
  const place = typeof namespace === 'string' && namespace !== '' ? { namespace } : {};
  const account = accountOf(template);
  const containers = containerPorts(template);
  const services = servicesSelecting(construct.node.root, place.namespace ?? UNNAMED, { labels: template.metadata.labels ?? {} }, containers);
  const isBatch = tree.group === 'batch';
  const ports = isBatch ? [] : portsOf(containers, services);
  const healthPath = healthPathOf(template, containers, ports[0]);
  return {
    construct, object, title, ...place, template, isBatch, labels: selectorOf(tree, template), ports,
    ...account !== 'default' && { serviceAccount: account }, ...healthPath !== undefined && { healthPath }, services,
  };
}

/**
 * Returns the labels by which the controller selects its pods. If the controller of a kind adds these labels itself, returns the labels of
 * the template.
 */
function selectorOf({ manifest }: TreeObject, { metadata: { labels = {} } }: PodTemplate): Record<string, string> {
  const { matchLabels } = (manifest.spec?.selector ?? {}) as { readonly matchLabels?: Readonly<Record<string, unknown>> };
  return own(matchLabels) ?? own(labels) ?? {};
}

function own(labels: Readonly<Record<string, unknown>> = {}): Record<string, string> | undefined {
  const kept = Object.entries(labels).filter(([key]) => !isMeshLabel(key) && !isAdded(key)).sort(([a], [b]) => (a < b ? -1 : 1));
  return kept.length === 0 ? undefined : Object.fromEntries(kept.map(([key, value]) => [key, String(value)]));
}

/**
 * Returns the target ports of Services and the ports of the containers. The protocol of the Service port takes precedence, because proxies
 * use it.
 */
function portsOf(containers: readonly ContainerPort[], services: readonly AppService[]): AppPort[] {
  const targets = [...services.filter(({ headless }) => !headless), ...services.filter(({ headless }) => headless)].flatMap(({ ports }) => ports);
  const numbers = [...new Set([...targets.map(({ targetPort }) => targetPort), ...containers.map(({ number }) => number)])];
  return numbers.map((number) => {
    const said = targets.find(({ targetPort, spoken }) => targetPort === number && spoken)?.spoken;
    return { number, spoken: said ?? spokenBy(containers.find((one) => one.number === number)?.name) ?? 'http' };
  });
}

interface Probed { readonly [probe: string]: unknown }

interface HttpProbe { readonly path?: unknown; readonly port?: unknown; readonly scheme?: unknown }

/** Returns the path of the HTTP probes of the first port, if all of them have the same path. */
function healthPathOf({ spec }: PodTemplate, containers: readonly ContainerPort[], first: AppPort | undefined): string | undefined {
  if (first?.spoken !== 'http') return undefined;
  const probes = entriesOf<Probed>(spec.containers).flatMap((one) => ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((kind) => {
    const { httpGet } = (one[kind] ?? {}) as { readonly httpGet?: HttpProbe };
    return httpGet ? [httpGet] : [];
  }));
  const numberOf = (port: unknown) => containers.find(({ name }) => name !== undefined && name === port)?.number ?? port;
  const paths = new Set(probes.filter(({ port, scheme }) => numberOf(port) === first.number && scheme !== 'HTTPS').map(({ path }) => path ?? '/'));
  const [path] = paths;
  return paths.size === 1 && typeof path === 'string' && isPath(path) ? path : undefined;
}

/** A Service of the pods, and the Service port that targets the pods. */
export interface UsedService extends Pick<AppService, 'name' | 'headless' | 'labels'> {
  readonly port: number;
  readonly targetPort: number;
}

/** Returns the only Service of the pods, or the only one that is not headless. Returns nothing if there are several. */
export function usedService({ services }: AppPods, ports: readonly number[]): UsedService | undefined {
  const [one, ...others] = candidates(services);
  if (!one || others.length > 0 || ports.length === 0) return undefined;
  const [first] = one.ports;
  const port = one.ports.find(({ targetPort }) => targetPort === ports[0]) ?? one.ports.find(({ targetPort }) => ports.includes(targetPort)) ?? first;
  const labels = Object.fromEntries(Object.entries(one.labels).filter(([key]) => key.startsWith('istio.io/'))); // proxies interpret no other labels
  return port && { name: one.name, port: port.port, targetPort: port.targetPort, headless: one.headless, labels };
}

/** Returns the Services that callers may use. Headless Services count only if there are no others. */
export function candidates(services: readonly AppService[]): readonly AppService[] {
  const ordinary = services.filter(({ headless }) => !headless);
  return ordinary.length > 0 ? ordinary : services;
}
