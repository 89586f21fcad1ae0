import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { KnownLabels, maySelect } from './label-selector';
import { treeObjectsOf } from './lists';
import { PodTemplate } from './pod-template';
import { entriesOf, TreeManifest } from './tree-object';

/** Protocol that proxies expect at a port. */
export type Spoken = 'http' | 'grpc' | 'tls' | 'opaque';

/** A Service of the app. */
export interface AppService {
  readonly name: string;
  readonly headless: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** TCP ports whose target is a known port of the pods. */
  readonly ports: readonly AppServicePort[];
}

export interface AppServicePort {
  readonly port: number;
  readonly targetPort: number;
  /** Absent if neither the name nor `appProtocol` states the protocol. */
  readonly spoken?: Spoken;
}

/** A TCP port of a container. */
export interface ContainerPort {
  readonly number: number;
  readonly name?: string;
}

/** Names of ports and values of `appProtocol` (Istio 1.31, protocol selection; Linkerd 2.20, outbound index; Kubernetes 1.36, Service). */
const SPOKEN: Readonly<Record<Spoken, readonly string[]>> = {
  http: ['http', 'grpc-web', 'kubernetes.io/ws'],
  grpc: ['grpc', 'http2', 'h2c', 'kubernetes.io/h2c'],
  tls: ['tls', 'https', 'kubernetes.io/wss'],
  opaque: ['tcp', 'mongo', 'mysql', 'redis', 'linkerd.io/opaque', 'linkerd.io/tcp'],
};

/** Returns the protocol that `appProtocol` states, or the name of the port up to its first "-". */
export function spokenBy(name: unknown, appProtocol?: unknown): Spoken | undefined {
  const named = typeof name !== 'string' ? '' : name.startsWith('grpc-web') ? 'grpc-web' : name.split('-')[0];
  const stated = (typeof appProtocol === 'string' ? appProtocol : named).toLowerCase();
  return (Object.keys(SPOKEN) as Spoken[]).find((spoken) => SPOKEN[spoken].includes(stated));
}

interface Port {
  readonly name?: unknown;
  readonly port?: unknown;
  readonly protocol?: unknown;
  readonly targetPort?: unknown;
  readonly appProtocol?: unknown;
}

const isTcp = ({ protocol = 'TCP' }: { readonly protocol?: unknown }): boolean => protocol === 'TCP';

/** Returns the TCP ports of the containers of a template, including native sidecars (init containers that keep running). */
export function containerPorts({ spec }: PodTemplate): ContainerPort[] {
  interface Container { readonly ports?: unknown; readonly restartPolicy?: unknown }
  const running = [...entriesOf<Container>(spec.containers), ...entriesOf<Container>(spec.initContainers).filter(({ restartPolicy }) => restartPolicy === 'Always')];
  return running.flatMap(({ ports }) => entriesOf<Port & { readonly containerPort?: unknown }>(ports)).filter(isTcp)
    .flatMap(({ containerPort, name }) => (typeof containerPort === 'number' ? [{ number: containerPort, ...typeof name === 'string' && { name } }] : []));
}

/** Returns the Services of the app that select pods with these labels. Services that cannot be rendered yet are left out. */
export function servicesSelecting(root: IConstruct, namespace: string, { labels }: Pick<KnownLabels, 'labels'>, containers: readonly ContainerPort[]): AppService[] {
  const services = root.node.findAll().filter((one): one is ApiObject => ApiObject.isApiObject(one)).filter(({ kind }) => kind === 'Service' || kind.endsWith('List'))
    .flatMap(treeObjectsOf).filter((object) => !object.isOurs && object.group === 'core' && object.kind === 'Service' && object.namespace === namespace);
  return services.flatMap((object): AppService[] => {
    const manifest = rendered(() => object.manifest);
    const matchLabels = manifest?.spec?.selector as Readonly<Record<string, unknown>> | undefined;
    const isOne = manifest && matchLabels && Object.keys(matchLabels).length > 0 && manifest.spec!.type !== 'ExternalName' && maySelect({ matchLabels }, { labels, isAll: true });
    return isOne ? [serviceOf(object.name, manifest, containers)] : [];
  });
}

function rendered(manifest: () => TreeManifest): TreeManifest | undefined {
  try {
    return manifest();
  } catch {
    return undefined;
  }
}

function serviceOf(name: string, { metadata, spec = {} }: TreeManifest, containers: readonly ContainerPort[]): AppService {
  const ports = entriesOf<Port>(spec.ports).filter(isTcp).flatMap((one): AppServicePort[] => {
    const { port, targetPort = port } = one;
    const target = typeof targetPort === 'string' ? containers.find((each) => each.name === targetPort)?.number : targetPort;
    const spoken = spokenBy(one.name, one.appProtocol);
    return typeof port === 'number' && typeof target === 'number' ? [{ port, targetPort: target, ...spoken && { spoken } }] : [];
  });
  const labels = Object.fromEntries(Object.entries(metadata?.labels ?? {}).map(([key, value]) => [key, String(value)]));
  return { name, headless: spec.clusterIP === 'None', labels, ports };
}
