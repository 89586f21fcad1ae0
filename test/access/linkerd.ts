import { Manifest } from '../synth';
import { allow, Attempt, deny, HOME, isWithin, Labels, of, Pod, selects, servicesBefore, Verdict, World } from './program';

const CLUSTER_DEFAULT = 'all-unauthenticated';
const OPAQUE = ['opaque', 'TLS'];

/** Who calls, as the proxy of the pod that is called sees it. */
interface Client {
  /** `<ServiceAccount>.<namespace>.serviceaccount.identity.linkerd.<trust domain>`; none without mutual TLS. */
  readonly identity?: string;
  readonly address: string;
}

/** What lets a client in, where it fits. */
type AllowRule = (client: Client) => boolean;

/** Linkerd: the proxy of the pod that is called decides, by the Server of the port and the routes of the Server. */
export function onLinkerd(world: World, attempt: Attempt): Verdict {
  const { to } = attempt;
  const port = podPort(world, attempt);
  if (port === undefined) return deny('reset: the Service has no such port');
  if (!isMember(world, to)) return allow('200: the pod has no proxy');
  if (skips(to, port)) return allow('200: the port goes past the proxy');
  const client = clientOf(world, attempt);
  const pod = injected(to);
  const servers = of(world, 'Server').filter(({ metadata, spec }) => metadata.namespace === to.namespace
    && spec.podSelector && isSelected(spec.podSelector, pod.labels) && portNumber(pod, spec.port) === port);
  if (servers.length > 1) throw new Error(`${servers.map(({ metadata }) => metadata.name).join(' and ')} select one port: which of them counts is not defined`);
  if (servers.length === 0) {
    const policy = inboundDefault(world, to);
    return ruleOf(policy)(client) || isProbe(pod, port, attempt) ? allow(`200: ${policy} where no Server is`) : deny(`403: ${policy} where no Server is`);
  }
  return atServer(world, servers[0], { client, port, attempt: { ...attempt, to: pod } });
}

/** A member as it runs: with the injector's label, and its container (Linkerd 2.20, proxy template). */
function injected(pod: Pod): Pod {
  const proxy = {
    name: 'linkerd-proxy', ports: [{ name: 'linkerd-proxy', containerPort: 4143 }, { name: 'linkerd-admin', containerPort: 4191 }],
    livenessProbe: { httpGet: { path: '/live', port: 4191 } }, readinessProbe: { httpGet: { path: '/ready', port: 4191 } },
  };
  return { ...pod, labels: { ...pod.labels, 'linkerd.io/control-plane-ns': 'linkerd' }, spec: { ...pod.spec, containers: [...pod.spec?.containers ?? [], proxy] } };
}

function isSelected({ matchLabels = {}, matchExpressions = [] }: any, labels: Labels): boolean {
  return selects(matchLabels, labels) && matchExpressions.every(({ key, operator, values }: any) => {
    switch (operator) {
      case 'Exists': return labels[key] !== undefined;
      case 'In': return values.includes(labels[key]);
      default: throw new Error(`no operator of selectors here: ${operator}`);
    }
  });
}

function atServer(world: World, server: Manifest, { client, port, attempt }: { client: Client; port: number; attempt: Attempt }): Verdict {
  const { namespace, name } = server.metadata;
  const forAll = [
    ruleOf(server.spec.accessPolicy ?? 'deny'),
    ...rulesAt(world, namespace!, 'Server', name), ...rulesAt(world, namespace!, 'Namespace', namespace!),
  ];
  const routes = OPAQUE.includes(server.spec.proxyProtocol) ? [] : of(world, 'HTTPRoute').filter(({ metadata, spec }) => metadata.namespace === namespace
    && spec.parentRefs.some((parent: any) => parent.group === 'policy.linkerd.io' && parent.kind === 'Server' && parent.name === name));
  if (routes.length === 0) {
    const isLet = forAll.some((rule) => rule(client)) || (!OPAQUE.includes(server.spec.proxyProtocol) && isProbe(attempt.to, port, attempt));
    return isLet ? allow(`200 at Server ${name}`) : deny(`403 at Server ${name}`);
  }
  const route = mostSpecific(routes, attempt);
  if (!route) return deny(`404: no route of Server ${name} matches`);
  // What opens a Server opens every route of it.
  const allowRules = [...forAll, ...rulesAt(world, namespace!, 'HTTPRoute', route.metadata.name)];
  return allowRules.some((rule) => rule(client)) ? allow(`200 at route ${route.metadata.name}`) : deny(`403 at route ${route.metadata.name}`);
}

/** Only GETs of a path that the pod's own spec names for its health, from wherever they come: the networks of probes are all by default. */
function isProbe({ spec }: Pod, port: number, { method, path }: Attempt): boolean {
  const probes = (spec?.containers ?? []).flatMap((container: any) => [container.livenessProbe, container.readinessProbe, container.startupProbe]);
  return method === 'GET' && probes.some((probe: any) => probe?.httpGet?.port === port && probe.httpGet.path === path.split('?')[0]);
}

/** `audit` lets everybody in and tells of it; the networks of the cluster are taken for everywhere. */
function ruleOf(policy: string): AllowRule {
  switch (policy) {
    case 'deny': return () => false;
    case 'all-authenticated': case 'cluster-authenticated': return ({ identity }) => identity !== undefined;
    case 'all-unauthenticated': case 'cluster-unauthenticated': case 'audit': return () => true;
    default: throw new Error(`no policy of Linkerd: ${policy}`);
  }
}

/** One for each policy that is attached there: any of them may let a client in. */
function rulesAt(world: World, namespace: string, kind: string, name: string): AllowRule[] {
  return of(world, 'AuthorizationPolicy')
    .filter(({ apiVersion, metadata, spec }) => apiVersion.startsWith('policy.linkerd.io/') && metadata.namespace === namespace
      && spec.targetRef.kind === kind && spec.targetRef.name === name)
    .map((policy) => ruleOfPolicy(world, policy));
}

/** All that it requires must hold; one that requires what is not there counts for nothing. */
function ruleOfPolicy(world: World, { metadata, spec }: Manifest): AllowRule {
  const required: (AllowRule | undefined)[] = spec.requiredAuthenticationRefs.map((ref: any): AllowRule | undefined => {
    const namespace = ref.namespace ?? metadata.namespace;
    if (ref.kind === 'ServiceAccount') return ({ identity }) => identity === identityOf(namespace, ref.name, HOME);
    const found = of(world, ref.kind).find((one) => one.metadata.name === ref.name && one.metadata.namespace === namespace);
    if (!found) return undefined;
    return ref.kind === 'MeshTLSAuthentication' ? ofIdentities(found) : ofNetworks(found);
  });
  return required.every((rule) => rule !== undefined) ? (client) => required.every((rule) => rule!(client)) : () => false;
}

function ofIdentities({ metadata, spec }: Manifest): AllowRule {
  const patterns: string[] = [
    ...spec.identities ?? [],
    ...(spec.identityRefs ?? []).map((ref: any) => (ref.kind === 'Namespace'
      ? `*.${ref.name ?? metadata.namespace}.serviceaccount.identity.linkerd.${HOME}`
      : identityOf(ref.namespace ?? metadata.namespace, ref.name, HOME))),
  ];
  return ({ identity }) => identity !== undefined
    && patterns.some((pattern) => pattern === '*' || (pattern.startsWith('*.') ? identity.endsWith(pattern.slice(1)) : identity === pattern));
}

function ofNetworks({ spec }: Manifest): AllowRule {
  return ({ address }) => spec.networks.some(({ cidr, except = [] }: { cidr: string; except?: string[] }) =>
    isWithin(cidr, address) && !except.some((one) => isWithin(one, address)));
}

/** Exact before prefix, longer before shorter, with a method before without: the order of the Gateway API. */
function mostSpecific(routes: readonly Manifest[], attempt: Attempt): Manifest | undefined {
  const rank = ({ path, method, headers }: any): number[] => [path?.type === 'Exact' ? 1 : 0, path?.value.length ?? 0, method ? 1 : 0, headers?.length ?? 0];
  const hits = routes.flatMap((route) => {
    const all: any[] = route.spec.rules.flatMap((rule: any) => rule.matches ?? [{}]);
    return all.filter((match) => matches(match, attempt)).map((match) => ({ route, rank: rank(match) }));
  });
  return hits.sort((a, b) => b.rank.map((value, i) => value - a.rank[i]).find((difference) => difference !== 0) ?? 0)[0]?.route;
}

/** Paths are read as they are written, without the query. */
function matches({ path, method, headers, queryParams }: any, attempt: Attempt): boolean {
  if (queryParams) throw new Error('queries are not judged here');
  const written = attempt.path.split('?')[0];
  return (!method || method === attempt.method)
    && (!path || pathFits(path.type ?? 'PathPrefix', path.value, written))
    && (headers ?? []).every(({ type = 'Exact', name, value }: { type?: string; name: string; value: string }) => {
      const sent = Object.entries(attempt.headers ?? {}).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
      return sent !== undefined && (type === 'RegularExpression' ? new RegExp(`^(?:${value})$`).test(sent) : sent === value);
    });
}

function pathFits(type: string, value: string, written: string): boolean {
  switch (type) {
    case 'Exact': return written === value;
    case 'PathPrefix': return value === '/' || written === value || written.startsWith(value.endsWith('/') ? value : `${value}/`);
    case 'RegularExpression': return new RegExp(`^(?:${value})$`).test(written);
    default: throw new Error(`no match of paths: ${type}`);
  }
}

function podPort(world: World, { to, service: name, port }: Attempt): number | undefined {
  if (name === undefined) return port;
  const service = servicesBefore(world, to).find(({ metadata }) => metadata.name === name);
  return service?.spec.ports.find((one: any) => one.port === port)?.targetPort;
}

function portNumber({ spec }: Pod, port: number | string): number | undefined {
  if (typeof port === 'number') return port;
  return spec?.containers.flatMap(({ ports = [] }: any) => ports).find(({ name }: any) => name === port)?.containerPort;
}

const identityOf = (namespace: string, serviceAccount: string, trustDomain: string): string => `${serviceAccount}.${namespace}.serviceaccount.identity.linkerd.${trustDomain}`;

/** Of a trust domain that it cannot verify it gets no handshake, so that nothing is proven: its caller is one without an identity. */
function clientOf(world: World, { from: pod, sourceAddress = '10.0.0.1' }: Attempt): Client {
  const { namespace, serviceAccount, trustDomain } = pod;
  const isProven = isMember(world, pod) && (world.trusted ?? [HOME]).includes(trustDomain!);
  return { address: sourceAddress, identity: isProven ? identityOf(namespace, serviceAccount, trustDomain!) : undefined };
}

/** An annotation of the pod counts before that of its namespace. */
function annotation(world: World, { namespace, annotations }: Pod, key: string): string | undefined {
  return annotations?.[key] ?? of(world, 'Namespace').find(({ metadata }) => metadata.name === namespace)?.metadata.annotations?.[key];
}

/** Who is injected: with or without an API token, since tokens are projected by default. Namespaces that are not among the objects are members where their pods have identities. */
function isMember(world: World, pod: Pod): boolean {
  if (pod.trustDomain === undefined || pod.spec?.hostNetwork === true || hasSidecar(pod)) return false;
  const known = of(world, 'Namespace').some(({ metadata }) => metadata.name === pod.namespace);
  return (annotation(world, pod, 'linkerd.io/inject') ?? (known ? 'disabled' : 'enabled')) !== 'disabled';
}

/** Containers by which the injector takes a pod for injected, and skips it (Linkerd 2.19 to edge-26.8.3, pkg/healthcheck/sidecar.go). */
function hasSidecar({ spec }: Pod): boolean {
  const initial: any[] = spec?.initContainers ?? [];
  const proxies: any[] = [...spec?.containers ?? [], ...initial];
  const begins = (image: string, prefixes: readonly string[]) => prefixes.some((prefix) => image.startsWith(prefix));
  return proxies.some(({ name, image = '' }) => ['istio-proxy', 'linkerd-proxy'].includes(name) || begins(image, ['cr.l5d.io/linkerd/proxy:', 'gcr.io/istio-release/proxyv2:']))
    || initial.some(({ name, image = '' }) => ['istio-init', 'linkerd-init'].includes(name) || begins(image, ['cr.l5d.io/linkerd/proxy-init:', 'gcr.io/istio-release/proxy_init:']));
}

function skips({ annotations }: Pod, port: number): boolean {
  return (annotations?.['config.linkerd.io/skip-inbound-ports'] ?? '').split(',').some((range) => {
    const [first, last = first] = range.split('-');
    return first !== '' && Number(first) <= port && port <= Number(last);
  });
}

function inboundDefault(world: World, pod: Pod): string {
  return annotation(world, pod, 'config.linkerd.io/default-inbound-policy') ?? CLUSTER_DEFAULT;
}
