import { inWrongStage, opened } from './closed';
import { Plan } from './plan';
import { Pods, podsOf } from './pods';
import { Reference, referencesOf, Selector, selectorOf } from './references';
import { Build } from './runner';
import { Manifest } from '../synth';

/** @throws where the objects of an accepted program break what holds for all */
export function invariants(plan: Plan, build: Build, bytes: string): void {
  const broken = new Output(plan, build).broken(bytes);
  if (broken.length > 0) throw new Error(`the output breaks what always holds:\n${broken.join('\n')}`);
}

/** Text of values that were never meant to be text. */
const LEAKED = /undefined|\bNaN\b|\[object |\$\{Token|function \(|=>/;

const groupOf = ({ apiVersion }: Manifest): string => (apiVersion.includes('/') ? apiVersion.split('/')[0] : '');
const title = ({ kind, metadata: { name, namespace } }: Manifest): string => [kind, namespace, name].filter((part) => part !== undefined).join(' ');
const key = (group: string, kind: string, namespace: string | undefined, name: string): string => JSON.stringify([group, kind, namespace ?? '', name]);

/** Where Linkerd's multicluster extension is installed. */
const MULTICLUSTER = 'linkerd-multicluster';

interface Named { readonly group?: string; readonly kind?: string; readonly namespace?: string; readonly name?: string }

/** All objects of a build, and those of them that the library made. */
class Output {
  private readonly all: readonly Manifest[];
  private readonly clusters: readonly string[];
  private readonly own: readonly Manifest[];
  private readonly byKey: ReadonlyMap<string, Manifest>;
  private readonly pods: readonly Pods[];
  private readonly source: string;

  public constructor(private readonly plan: Plan, private readonly build: Build) {
    const objects = build.objects;
    this.all = objects.map(({ manifest }) => manifest);
    this.clusters = objects.map(({ cluster }) => cluster);
    this.own = objects.filter(({ isOurs }) => isOurs).map(({ manifest }) => manifest);
    this.byKey = new Map(this.all.map((one) => [key(groupOf(one), one.kind, one.metadata.namespace, one.metadata.name), one]));
    this.source = plan.source;
    this.pods = podsOf(this.all, build.models);
  }

  public broken(bytes: string): string[] {
    return [
      ...this.duplicates(), ...this.leaked(bytes), ...this.dangling(), ...this.ungranted(), ...this.homeless(), ...this.selectingNothing(),
      ...this.build.models.flatMap((model, i) => [...opened(this.all, this.plan.meshes[i], model), ...inWrongStage(this.own, model)]),
    ];
  }

  /** Two objects of one cluster that are the same there; of two that are the team's, the library says nothing. */
  private duplicates(): string[] {
    const seen = new Map<string, boolean>();
    return this.all.flatMap((one, i) => {
      const id = this.clusters[i] + key(one.apiVersion, one.kind, one.metadata.namespace, one.metadata.name);
      const isOurs = this.own.includes(one);
      const twin = seen.get(id);
      seen.set(id, isOurs || twin === true);
      return twin !== undefined && (isOurs || twin) ? [`two objects are ${title(one)}`] : [];
    });
  }

  /** What the program says itself may stand there. */
  private leaked(bytes: string): string[] {
    const [found] = LEAKED.exec(bytes) ?? [];
    return found === undefined || this.source.includes(found) ? [] : [`the output has "${found}": ${bytes.slice(bytes.indexOf(found) - 100, bytes.indexOf(found) + 50)}`];
  }

  private dangling(): string[] {
    return this.own.flatMap((one) => referencesOf(one).filter((reference) => !this.resolves(reference))
      .map(({ kind, namespace, name, listener, port }) => `${title(one)} names ${kind} ${namespace}/${name}${listener ? ` with the listener ${JSON.stringify(listener)}` : ''}${port ? ` at port ${port}` : ''}, which nobody has`));
  }

  /** Across namespaces a route or a listener may name only what a ReferenceGrant there lets it. */
  private ungranted(): string[] {
    const grants = this.all.filter(({ kind }) => kind === 'ReferenceGrant');
    const isGranted = (one: Manifest, { group, kind, namespace, name }: Reference) => grants.some(({ metadata, spec }) =>
      metadata.namespace === namespace
      && spec.from.some((source: Named) => source.kind === one.kind && source.group === groupOf(one) && source.namespace === one.metadata.namespace)
      && spec.to.some((target: Named) => target.kind === kind && target.group === group && [undefined, name].includes(target.name)));
    return this.own.filter((one) => groupOf(one) === 'gateway.networking.k8s.io').flatMap((one) => referencesOf(one)
      .filter((reference) => reference.kind !== 'Gateway' && reference.namespace !== one.metadata.namespace && !isGranted(one, reference))
      .map(({ kind, namespace, name }) => `no ReferenceGrant lets ${title(one)} name ${kind} ${namespace}/${name}`));
  }

  /** Every namespace is made here, or one that the program says is there. */
  private homeless(): string[] {
    const made = new Set(this.all.filter(({ kind }) => kind === 'Namespace').map(({ metadata: { name } }) => name));
    const isThere = (name: string) => made.has(name) || name === MULTICLUSTER || this.source.includes(`'${name}'`);
    return this.own.flatMap((one) => (one.metadata.namespace === undefined || isThere(one.metadata.namespace) ? [] : [`nobody has the namespace of ${title(one)}`]));
  }

  private resolves({ group, kind, namespace, name, listener, port }: Reference): boolean {
    const object = this.byKey.get(key(group, kind, namespace, name)) ?? this.byKey.get(key(group, kind, '', name));
    if (!object) return this.plan.stated.has(`${kind} ${name}`) || (group === '' && this.isOfGateway(kind, namespace, name)) || kind === 'Namespace';
    if (listener) return kind !== 'Gateway' || object.spec.listeners.some((one: { readonly name: string; readonly port: number }) => [undefined, one.name].includes(listener.name) && [undefined, one.port].includes(listener.port));
    return kind !== 'Service' || port === undefined || object.spec.ports.some((one: { readonly port: number }) => one.port === port);
  }

  /** A controller makes a Service and a ServiceAccount for a Gateway: Istio's and agentgateway's by its name, the first also with its class. */
  private isOfGateway(kind: string, namespace: string, name: string): boolean {
    const isOf = ({ metadata, spec }: Manifest) => metadata.namespace === namespace && [metadata.name, `${metadata.name}-${spec.gatewayClassName}`].includes(name);
    if (!['Service', 'ServiceAccount'].includes(kind)) return false;
    return this.all.some((one) => one.kind === 'Gateway' && isOf(one)) || [...this.plan.stated].some((stated) => stated.startsWith('Gateway ') && name.startsWith(stated.slice('Gateway '.length)));
  }

  private selectingNothing(): string[] {
    return this.own.flatMap((one) => {
      const selector = selectorOf(one);
      return !selector || this.pods.some((pods) => selects(selector, pods)) ? [] : [`${title(one)} selects no pods by ${JSON.stringify(selector.labels)}`];
    });
  }
}

function selects({ namespace, labels }: Selector, pods: Pods): boolean {
  return namespace === pods.namespace && Object.entries(labels).every(([label, value]) => pods.labels[label] === value);
}
