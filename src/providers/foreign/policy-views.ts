import { selectorOf } from './calico-selector';
import { KnownLabels, LabelSelector, maySelect } from './label-selector';
import { entriesOf, ForeignObjects, listOf, TreeManifest, TreeObject } from './tree-object';
import { networkOf } from '../../model/networks';

/** A network policy of any kind: the pods that it selects, and its allow rules. */
export interface PolicyView {
  readonly object: TreeObject;
  /** Namespace of the selected pods. If absent, the policy selects pods in any namespace. */
  readonly namespace?: string;
  /** Labels that all selected pods have, if the selector consists of plain labels. */
  readonly labels?: Readonly<Record<string, unknown>>;
  readonly maySelectPods: (namespace: string, known: KnownLabels) => boolean;
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
}

/** An allow rule. */
export interface Rule {
  readonly ports: readonly unknown[];
  /** Whether the rule has peers, and all of them are pods of the cluster or a DNS cache on the node. */
  readonly isInside: boolean;
}

export type Opening = (view: PolicyView) => boolean;

export const opensIngress: Opening = ({ ingress }) => ingress.length > 0;

/** Returns whether a policy allows egress outside the cluster. DNS inside the cluster does not count, because every pod may use it. */
export const opensEgress: Opening = ({ egress }) => egress.some(({ ports, isInside }) => !isInside || ports.length === 0 || ports.some((port) => String(port) !== '53'));

/** Returns the policies of the app that allow something. They are additive to the NetworkPolicies of the mesh, or take precedence over them. */
export function openingPolicies(foreign: ForeignObjects, opens: Opening): PolicyView[] {
  return KINDS.flatMap(([group, kind, viewsOf]) => foreign.ofKind(group, kind).flatMap((object) => viewsOf(object).filter(opens)));
}

type Fields = Readonly<Record<string, unknown>>;
type ViewsOf = (object: TreeObject) => readonly PolicyView[];

/**
 * Kinds of network policies that are checked. A BaselineAdminNetworkPolicy, and a ClusterNetworkPolicy of the tier Baseline, are not among
 * them: they apply only to pods without a NetworkPolicy, and pods of the mesh have one (Network Policy API v1alpha2).
 */
const KINDS: readonly (readonly [group: string, kind: string, viewsOf: ViewsOf])[] = [
  ['networking.k8s.io', 'NetworkPolicy', kubernetes],
  ['policy.networking.k8s.io', 'AdminNetworkPolicy', admin],
  ['policy.networking.k8s.io', 'ClusterNetworkPolicy', (object) => (object.manifest.spec?.tier === 'Baseline' ? [] : admin(object))],
  ['cilium.io', 'CiliumNetworkPolicy', cilium],
  ['cilium.io', 'CiliumClusterwideNetworkPolicy', cilium],
  ...['projectcalico.org', 'crd.projectcalico.org'].flatMap((group) => ['NetworkPolicy', 'GlobalNetworkPolicy'].map((kind) => [group, kind, calico] as const)),
];

/** A Kubernetes NetworkPolicy that isolates pods for ingress. */
export interface IngressPolicy extends PolicyView {
  /** All ports of all rules. */
  readonly ports: readonly unknown[];
  /** Returns whether a rule allows a port for any peer. */
  readonly opens: (port: number) => boolean;
}

export function ingressPolicies(object: TreeObject): IngressPolicy[] {
  return kubernetes(object).filter(({ types }) => types.includes('Ingress')).map((view) => ({
    ...view,
    ports: view.ingress.flatMap(({ ports }) => ports),
    opens: (port) => entriesOf<Fields>(object.manifest.spec?.ingress).some(({ ports }) =>
      listOf(ports).length === 0 || entriesOf<Fields>(ports).some((one) => isWithin(port, one))),
  }));
}

function isWithin(port: number, { port: first, endPort, protocol = 'TCP' }: Fields): boolean {
  if (protocol !== 'TCP') return false;
  return first === undefined || first === port || (Number(first) <= port && port <= Number(endPort));
}

function kubernetes(object: TreeObject): (PolicyView & { readonly types: readonly unknown[] })[] {
  const spec = object.manifest.spec ?? {};
  const selector = (spec.podSelector ?? {}) as LabelSelector;
  const types = listOf(spec.policyTypes).length > 0 ? listOf(spec.policyTypes) : ['Ingress', ...listOf(spec.egress).length > 0 ? ['Egress'] : []];
  const rules = (type: string, value: unknown) => (types.includes(type) ? entriesOf<Fields>(value).map((rule): Rule => ({
    ports: entriesOf<Fields>(rule.ports).map(({ port }) => port),
    isInside: isEach(entriesOf<Fields>(rule.from ?? rule.to), ({ ipBlock }) => ipBlock === undefined || isOnNode(String((ipBlock as Fields).cidr))),
  })) : []);
  return [{
    object, types, namespace: object.namespace, labels: selector.matchLabels,
    maySelectPods: (namespace, known) => namespace === object.namespace && maySelect(selector, known),
    ingress: rules('Ingress', spec.ingress), egress: rules('Egress', spec.egress),
  }];
}

/** Returns whether a network is link-local, like the address of a DNS cache on the node (RFC 3927). */
function isOnNode(cidr: string): boolean {
  const network = networkOf(cidr);
  return network !== undefined && network.prefix >= 16 && network.text.startsWith('169.254.');
}

function admin(object: TreeObject): PolicyView[] {
  const { subject = {}, ...spec } = (object.manifest.spec ?? {}) as { readonly subject?: Fields; readonly [field: string]: unknown };
  const { namespaceSelector = subject.namespaces, podSelector = {} } = (subject.pods ?? {}) as Readonly<Record<string, LabelSelector | undefined>>;
  const rules = (value: unknown) => entriesOf<Fields>(value).filter(({ action }) => action === 'Allow' || action === 'Accept').map((rule): Rule => ({
    ports: entriesOf<Fields>(rule.ports ?? rule.protocols).map((port) => portNumber(port)),
    isInside: isEach(entriesOf<Fields>(rule.from ?? rule.to), ({ namespaces, pods }) => namespaces !== undefined || pods !== undefined),
  }));
  return [{
    object, ingress: rules(spec.ingress), egress: rules(spec.egress),
    maySelectPods: (namespace, known) => inNamespace((namespaceSelector ?? {}) as LabelSelector, namespace)
      && maySelect(podSelector as LabelSelector, known),
  }];
}

/** Returns the port number of `{ portNumber: { port } }` (v1alpha1) or `{ tcp: { destinationPort: { number } } }` (v1alpha2). */
function portNumber(port: Fields): unknown {
  const [value] = Object.values(port) as Fields[];
  return value?.port ?? (value?.destinationPort as Fields | undefined)?.number;
}

const POD_NAMESPACE = 'io.kubernetes.pod.namespace';

/** Returns the views of a Cilium policy. A rule without peers and ports allows nothing (Cilium 1.18, policy language). */
function cilium(object: TreeObject): PolicyView[] {
  const { spec, specs: more } = object.manifest as TreeManifest & { readonly specs?: unknown };
  const specs = [...entriesOf<Fields>([spec ?? {}]), ...entriesOf<Fields>(more)].filter(({ endpointSelector }) => endpointSelector !== undefined);
  const rules = (value: unknown, peers: string) => entriesOf<Fields>(value).filter((rule) => Object.keys(rule).length > 0).map((rule): Rule => ({
    ports: entriesOf<Fields>(rule.toPorts).flatMap(({ ports }) => entriesOf<Fields>(ports).map(({ port }) => port)),
    isInside: Object.keys(rule).every((field) => field === 'toPorts' || field === peers) && listOf(rule[peers]).length > 0,
  }));
  return specs.map(({ ingress, egress, ...own }): PolicyView => {
    const selector = unprefixed(own.endpointSelector as LabelSelector);
    return {
      object, ...(object.namespace !== '' && { namespace: object.namespace }), ingress: rules(ingress, 'fromEndpoints'), egress: rules(egress, 'toEndpoints'),
      maySelectPods: (namespace, { labels, isAll }) => (object.namespace === '' || namespace === object.namespace)
        && maySelect(selector, { labels: { ...labels, [POD_NAMESPACE]: namespace }, isAll }),
    };
  });
}

/** Removes the prefix with the source of a label from a Cilium selector, as in "k8s:app". */
function unprefixed({ matchLabels = {}, matchExpressions = [] }: LabelSelector): LabelSelector {
  const plain = (key: unknown) => String(key).replace(/^(any|k8s)[:.]/, '');
  const isKnown = (key: unknown) => !/^(reserved|io\.cilium\.)/.test(plain(key));
  return {
    matchLabels: Object.fromEntries(Object.entries(matchLabels).filter(([key]) => isKnown(key)).map(([key, value]) => [plain(key), value])),
    matchExpressions: matchExpressions.filter(({ key }) => isKnown(key)).map((one) => ({ ...one, key: plain(one.key) })),
  };
}

function calico(object: TreeObject): PolicyView[] {
  const spec = object.manifest.spec ?? {};
  const isGlobal = object.kind === 'GlobalNetworkPolicy';
  const rules = (type: string, value: unknown) => (spec.types === undefined || listOf(spec.types).includes(type) ? entriesOf<Fields>(value) : [])
    .filter(({ action }) => action === 'Allow').map(({ destination = {} }): Rule => {
      const { ports, nets, selector, namespaceSelector, services } = destination as Fields;
      return { ports: listOf(ports), isInside: nets === undefined && [selector, namespaceSelector, services].some((one) => one !== undefined) };
    });
  return [{
    object, ...(!isGlobal && { namespace: object.namespace }), ingress: rules('Ingress', spec.ingress), egress: rules('Egress', spec.egress),
    maySelectPods: (namespace, known) => (isGlobal ? inNamespace(selectorOf(spec.namespaceSelector), namespace) : namespace === object.namespace)
      && maySelect(selectorOf(spec.selector), known),
  }];
}

function inNamespace(selector: LabelSelector, namespace: string): boolean {
  return maySelect(selector, { labels: { 'kubernetes.io/metadata.name': namespace }, isAll: false });
}

/** Returns whether the list is not empty and all its entries pass the test. */
function isEach(values: readonly Fields[], is: (value: Fields) => boolean): boolean {
  return values.length > 0 && values.every(is);
}
