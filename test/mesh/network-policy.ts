/** The part of a NetworkPolicy that says who may connect (Kubernetes networking.k8s.io/v1), evaluated where no network plugin does. */
export interface NetworkPolicy {
  readonly metadata: { readonly namespace: string };
  readonly spec: {
    readonly podSelector: LabelSelector;
    readonly policyTypes?: readonly string[];
    readonly ingress?: readonly Rule[];
  };
}

interface Rule {
  readonly from?: readonly Peer[];
  readonly ports?: readonly { readonly port?: number; readonly endPort?: number }[];
}

interface LabelSelector { readonly matchLabels?: Record<string, string> }

interface Peer {
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
}

export interface Pod {
  readonly address: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly namespaceLabels: Readonly<Record<string, string>>;
}

/** Whether a connection from an address, which may be a pod's, to a port of a pod is let in. */
export function admits(policies: readonly NetworkPolicy[], to: Pod, port: number, from: { address: string; pod?: Pod }): boolean {
  const about = policies.filter(({ metadata, spec }) => metadata.namespace === to.namespace && selects(spec.podSelector, to.labels)
    && (spec.policyTypes ?? ['Ingress']).includes('Ingress'));
  return about.length === 0 || about.some(({ metadata, spec }) => (spec.ingress ?? []).some((rule) =>
    (!rule.ports?.length || rule.ports.some((range) => range.port === undefined || (port >= range.port && port <= (range.endPort ?? range.port))))
    && (!rule.from?.length || rule.from.some((peer) => isPeer(peer, metadata.namespace, from)))));
}

function isPeer(peer: Peer, namespace: string, from: { address: string; pod?: Pod }): boolean {
  if (peer.ipBlock) return within(from.address, peer.ipBlock.cidr) && !peer.ipBlock.except?.some((cidr) => within(from.address, cidr));
  if (!from.pod) return false;
  const inNamespace = peer.namespaceSelector ? selects(peer.namespaceSelector, from.pod.namespaceLabels) : from.pod.namespace === namespace;
  return inNamespace && (!peer.podSelector || selects(peer.podSelector, from.pod.labels));
}

function selects(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
}

/** The rig's addresses are IPv4: no network of IPv6 has one of them. */
function within(address: string, cidr: string): boolean {
  if (cidr.includes(':')) return false;
  const [base, length] = cidr.split('/');
  const mask = Number(length) === 0 ? 0 : (~0 << (32 - Number(length))) >>> 0;
  return ((number(address) & mask) >>> 0) === ((number(base) & mask) >>> 0);
}

function number(address: string): number {
  return address.split('.').reduce((sum, part) => (sum << 8 | Number(part)) >>> 0, 0);
}
