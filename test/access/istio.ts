import { Manifest } from '../synth';
import { allow, Attempt, deny, HOME, isWithin, Labels, of as written, Pod, selects, servicesBefore, Verdict, World } from './program';

/** A request as one proxy judges it. */
interface Seen {
  /** Trust domain, namespace and ServiceAccount of who proved an identity. */
  readonly peer?: { readonly trustDomain: string; readonly namespace: string; readonly serviceAccount: string };
  readonly port: number;
  /** Issuers whose tokens are verified there. */
  readonly issuers: readonly string[];
  readonly attempt: Attempt;
}

/** A dry run is never sent to ztunnel, and Envoy enforces nothing of it. */
const of = (world: World, kind: string): Manifest[] => written(world, kind).filter(({ metadata }) => metadata.annotations?.['istio.io/dry-run'] !== 'true');

const ROOT = 'istio-system';
const GATEWAY_NAME = 'gateway.networking.k8s.io/gateway-name';

/** Istio ambient: through the Service's waypoint, where the caller is sent there, and then the pod's ztunnel. */
export function onIstioAmbient(world: World, attempt: Attempt): Verdict {
  const { from, to } = attempt;
  const way = addressed(world, attempt);
  if (!way) return deny('reset: the Service has no such port');
  let peer = isEnrolled(world, from) || isGateway(from) ? identity(from) : undefined;
  if (!isVerified(world, from)) return deny('reset: a certificate that nobody can verify');
  const waypoint = way.service && waypointOf(world, way.service);
  if (waypoint && way.service && (isEnrolled(world, from) || usesWaypoint(world, way.service))) {
    if (!peer) return deny('reset: a waypoint takes mutual TLS alone');
    const { metadata: { name, namespace, annotations } } = waypoint;
    const readsFor = (object: Manifest) => targets(object, 'Gateway', waypoint) || targets(object, 'Service', way.service!) || targetsItsClass(object);
    const issuers = issuersOf(of(world, 'RequestAuthentication').filter(readsFor));
    if (isStrange(issuers, attempt)) return deny(`401 at waypoint ${name}: a token of nobody who is known there`);
    const judged = judge(of(world, 'AuthorizationPolicy').filter(readsFor), { peer, port: attempt.port, issuers, attempt });
    if (!judged.allowed) return deny(`403 at waypoint ${name}: ${judged.status}`);
    peer = { trustDomain: HOME, namespace: namespace!, serviceAccount: annotations?.['gateway.istio.io/service-account'] ?? name };
  }
  if (!isEnrolled(world, to)) return allow('200: no ztunnel is before the pod');
  if (isStrict(world, to, way.podPort) && !peer) return deny('reset: STRICT');
  const sent = attachedTo(world, 'AuthorizationPolicy', to).filter(({ spec: { action } }) => action !== 'CUSTOM' && action !== 'AUDIT');
  const judged = judge(sent.map(asZtunnelReads), { peer, port: way.podPort, issuers: [], attempt });
  return judged.allowed ? allow(`200: ${judged.status}`) : deny(`reset at ztunnel: ${judged.status}`);
}

/** Istio ambient: to a host outside, by its name, through the waypoint that stands for it. */
export function toExternalHost(world: World, hostname: string, attempt: Attempt): Verdict {
  const entry = of(world, 'ServiceEntry').find(({ spec }) => spec.hosts.includes(hostname));
  if (!entry?.spec.ports.some(({ number }: any) => number === attempt.port)) return deny('reset: nothing stands for the host there');
  const waypoint = waypointOf(world, entry);
  if (!waypoint) return allow('it is passed on');
  const peer = isEnrolled(world, attempt.from) ? identity(attempt.from) : undefined;
  if (!peer) return deny('it does not come to the waypoint');
  const readsFor = (object: Manifest) => targets(object, 'Gateway', waypoint) || targets(object, 'ServiceEntry', entry);
  const policies = of(world, 'AuthorizationPolicy').filter(readsFor);
  const isRead = entry.spec.ports.find(({ number }: any) => number === attempt.port).protocol === 'HTTP';
  if (!isRead) return judge(policies.map(asConnectionsAreJudged), { peer, port: attempt.port, issuers: [], attempt });
  const issuers = issuersOf(of(world, 'RequestAuthentication').filter(readsFor));
  if (isStrange(issuers, attempt)) return deny('401 at the waypoint');
  return judge(policies, { peer, port: attempt.port, issuers, attempt });
}

/** Where Envoy reads no requests: of ALLOW it drops a rule that asks for more than connections show, of DENY what it cannot read, and the rest denies. */
function asConnectionsAreJudged(policy: Manifest): Manifest {
  const isOfRequests = (key: string): boolean => /^(not)?(hosts|methods|paths|requestPrincipals)$/i.test(key);
  const { spec } = policy;
  const rules: readonly any[] = spec.rules ?? [];
  const asksMore = ({ from = [], to = [], when = [] }: any): boolean => when.some(({ key }: any) => key.startsWith('request.'))
    || [...from, ...to].some(({ source, operation }: any) => Object.keys(source ?? operation).some(isOfRequests));
  if (spec.action !== 'DENY') return { ...policy, spec: { ...spec, rules: rules.filter((rule) => !asksMore(rule)) } };
  return { ...policy, spec: { ...spec, rules: rules.map(({ when = [], ...rule }) => ({ ...rule, when: when.filter(({ key }: any) => !key.startsWith('request.')) })) } };
}

/** A gateway of Istio: the policies of its Gateway and of its namespace, with the identity of the client where it sees one. */
export function atIstioGateway(
  world: World, gateway: Manifest, { attempt, isPeerSeen }: { attempt: Attempt; isPeerSeen: boolean },
): Verdict & { readonly forwarded?: Attempt } {
  const readBy = (kind: string) => of(world, kind).filter((one) => targets(one, 'Gateway', gateway) || attachedTo(world, kind, attempt.to).includes(one));
  const tokens = readBy('RequestAuthentication');
  const issuers = issuersOf(tokens);
  if (!isPreflight(attempt) && isStrange(issuers, attempt)) return deny(`401 at gateway ${gateway.metadata.name}: a token of nobody who is known there`);
  const seen = verified(tokens, attempt);
  const judged = judge(readBy('AuthorizationPolicy'), { peer: isPeerSeen ? identity(attempt.from) : undefined, port: attempt.port, issuers, attempt: seen });
  if (!judged.allowed) return deny(`403 at gateway ${gateway.metadata.name}: ${judged.status}`);
  const isStripped = tokens.flatMap(({ spec }) => spec.jwtRules)
    .some(({ issuer, forwardOriginalToken }: any) => issuer === seen.token?.issuer && !forwardOriginalToken);
  return { ...judged, forwarded: isStripped ? { ...seen, token: undefined } : seen };
}

/** What Envoy's JWT filter makes of a request: it removes headers of claims and sets them from the token, which it does not read of preflights. */
function verified(tokens: readonly Manifest[], attempt: Attempt): Attempt {
  if (tokens.length === 0) return attempt;
  const token = isPreflight(attempt) ? undefined : attempt.token;
  const rules = tokens.flatMap(({ spec }) => spec.jwtRules);
  const ofClaims = rules.flatMap(({ outputClaimToHeaders = [] }: any) => outputClaimToHeaders.map(({ header }: any) => header.toLowerCase()));
  const kept = Object.entries(attempt.headers ?? {}).filter(([name]) => !ofClaims.includes(name.toLowerCase()));
  const set = rules.filter(({ issuer }: any) => issuer === token?.issuer)
    .flatMap(({ outputClaimToHeaders = [] }: any) => outputClaimToHeaders)
    .flatMap(({ header, claim }: any) => token?.claims?.[claim]?.map((value) => [header, value]) ?? []);
  return { ...attempt, token, headers: Object.fromEntries([...kept, ...set]) };
}

/** As browsers ask before a request (Fetch, CORS-preflight request). */
export const isPreflight = ({ method, headers = {} }: Pick<Attempt, 'method' | 'headers'>): boolean =>
  method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;

/** Istio sidecars: what the caller's own sidecar knows, and what the pod's lets in. */
export function onIstioSidecars(world: World, attempt: Attempt): Verdict {
  const known = atCallersSidecar(world, attempt);
  return known.allowed ? atCalleesSidecar(world, attempt) : known;
}

/** Whether the caller's sidecar passes the request on: beyond its view there is nothing under REGISTRY_ONLY. */
export function atCallersSidecar(world: World, attempt: Attempt): Verdict {
  const { from, to } = attempt;
  if (isGateway(from) || from.trustDomain !== HOME) return allow('no Sidecar is for it');
  const views = of(world, 'Sidecar').filter(({ metadata }) => metadata.namespace === from.namespace);
  const view = views.find(({ spec }) => spec.workloadSelector && selects(spec.workloadSelector.labels, from.labels))
    ?? views.find(({ spec }) => !spec.workloadSelector)
    ?? of(world, 'Sidecar').find(({ metadata, spec }) => metadata.namespace === ROOT && !spec.workloadSelector);
  if (!view) return allow('it sees everything');
  const services = servicesBefore(world, to).filter(({ metadata, spec }) => (attempt.service === undefined
    ? spec.ports.some(({ port, targetPort }: any) => port === attempt.port && targetPort === attempt.port)
    : metadata.name === attempt.service));
  const hosts: string[] = view.spec.egress.flatMap((egress: any) => egress.hosts);
  if (services.some(({ metadata }) => hosts.some((entry) => shows(entry, from.namespace, metadata.namespace!, metadata.name)))) return allow('it is in the view');
  if (view.spec.outboundTrafficPolicy?.mode === 'REGISTRY_ONLY') return deny(`502 at the caller: Sidecar ${view.metadata.name} does not show it`);
  return allow('it is passed on unseen');
}

function shows(entry: string, own: string, namespace: string, name: string): boolean {
  const [where, host] = entry.split('/');
  if (where.startsWith('~')) return false;
  const full = `${name}.${namespace}.svc.cluster.local`;
  return (where === '*' || (where === '.' ? own : where) === namespace) && (host === '*' || (host.startsWith('*.') ? full.endsWith(host.slice(1)) : host === full));
}

/** Inbound ports that istio-init does not redirect (Istio 1.31, injection template). */
const UNCAPTURED = [15020, 15021, 15090];

/** Whether the pod's sidecar lets it in, whatever the caller's does. */
export function atCalleesSidecar(world: World, attempt: Attempt): Verdict {
  const { from, to } = attempt;
  const way = addressed(world, attempt);
  if (!way) return deny('reset: the Service has no such port');
  if (!isInjected(world, to)) return allow('200: the pod has no sidecar');
  if (UNCAPTURED.includes(way.podPort)) return allow('200: the port goes past the rules of the sidecar');
  if (!isVerified(world, from)) return deny('reset: a certificate that nobody can verify');
  const peer = isInjected(world, from) || isGateway(from) ? identity(from) : undefined;
  if (isStrict(world, to, way.podPort) && !peer) return deny('reset: STRICT');
  const issuers = issuersOf(attachedTo(world, 'RequestAuthentication', to));
  if (isStrange(issuers, attempt)) return deny('401 at the pod: a token of nobody who is known there');
  const judged = judge(attachedTo(world, 'AuthorizationPolicy', to), { peer, port: way.podPort, issuers, attempt });
  return judged.allowed ? allow(`200: ${judged.status}`) : deny(`403 at the pod: ${judged.status}`);
}

/** The Service that is addressed, and the pods' port that it leads to. */
function addressed(world: World, { to, service: name, port }: Attempt): { service?: Manifest; podPort: number } | undefined {
  if (name === undefined) return { podPort: port };
  const service = servicesBefore(world, to).find(({ metadata }) => metadata.name === name);
  const podPort = service?.spec.ports.find((one: any) => one.port === port)?.targetPort;
  return podPort === undefined ? undefined : { service, podPort };
}

/** The labels of the Service count before those of its namespace, and a waypoint that is not there is none. */
function waypointOf(world: World, { metadata }: Manifest): Manifest | undefined {
  const said = [metadata.labels, namespaceLabels(world, metadata.namespace!)].find((labels) => labels?.['istio.io/use-waypoint'] !== undefined);
  const name = said?.['istio.io/use-waypoint'];
  if (name === undefined || name === 'none') return undefined;
  const home = said!['istio.io/use-waypoint-namespace'] ?? metadata.namespace;
  return of(world, 'Gateway').find((one) => one.spec.gatewayClassName === 'istio-waypoint' && one.metadata.name === name && one.metadata.namespace === home);
}

/** Gateways go straight to the pods unless the Service, or its namespace, says otherwise. */
function usesWaypoint(world: World, { metadata }: Manifest): boolean {
  const key = 'istio.io/ingress-use-waypoint';
  return (metadata.labels?.[key] ?? namespaceLabels(world, metadata.namespace!)[key]) === 'true';
}

export const isGateway = ({ labels }: Pod): boolean => labels[GATEWAY_NAME] !== undefined;

/** Of the team's own namespaces, which are not among the objects, what is given. */
function namespaceLabels(world: World, name: string, unknown: Labels = {}): Labels {
  const known = of(world, 'Namespace').find(({ metadata }) => metadata.name === name);
  return known ? known.metadata.labels ?? {} : unknown;
}

/** A label of the pod counts before that of its namespace; the team's namespaces are enrolled, but for pods outside every mesh. */
function isEnrolled(world: World, pod: Pod): boolean {
  const byNamespace = namespaceLabels(world, pod.namespace, { 'istio.io/dataplane-mode': 'ambient' })['istio.io/dataplane-mode'];
  return pod.trustDomain !== undefined && (pod.labels['istio.io/dataplane-mode'] ?? (isGateway(pod) ? 'none' : byNamespace)) === 'ambient';
}

export function isInjected(world: World, { namespace, labels, trustDomain }: Pod): boolean {
  const own = namespaceLabels(world, namespace, { 'istio-injection': 'enabled' });
  const byNamespace = String(own['istio-injection'] === 'enabled' || own['istio.io/rev'] !== undefined);
  return trustDomain !== undefined && (labels['sidecar.istio.io/inject'] ?? byNamespace) === 'true';
}

export const isVerified = ({ trusted = [HOME] }: World, { trustDomain }: Pod): boolean => trustDomain === undefined || trusted.includes(trustDomain);

const identity = ({ trustDomain, ...pod }: Pod): Seen['peer'] => (trustDomain === undefined ? undefined : { ...pod, trustDomain });

/** Of the rules that read the Authorization header. */
const issuersOf = (objects: readonly Manifest[]): string[] =>
  objects.flatMap(({ spec }) => spec.jwtRules.filter(({ fromHeaders = [{ name: 'authorization' }] }: any) => fromHeaders.some(({ name }: any) => name.toLowerCase() === 'authorization')).map(({ issuer }: any) => issuer));

/** Where tokens are verified, those of others are refused. */
const isStrange = (issuers: readonly string[], { token }: Attempt): boolean =>
  token !== undefined && issuers.length > 0 && !issuers.includes(token.issuer);

/** That of the workload counts before that of the namespace, and that before the mesh's. */
function isStrict(world: World, { namespace, labels }: Pod, port: number): boolean {
  const all = of(world, 'PeerAuthentication');
  const said = [
    ...all.filter(({ metadata, spec }) => metadata.namespace === namespace && spec.selector && selects(spec.selector.matchLabels, labels)),
    ...all.filter(({ metadata, spec }) => metadata.namespace === namespace && !spec.selector),
    ...all.filter(({ metadata, spec }) => metadata.namespace === ROOT && !spec.selector),
  ].map(({ spec }) => spec.portLevelMtls?.[port]?.mode ?? spec.mtls?.mode).find((mode) => mode !== undefined && mode !== 'UNSET');
  return said === 'STRICT';
}

/** Those by selector and those of the whole namespace; what names targets is for gateways and waypoints. */
function attachedTo(world: World, kind: string, { namespace, labels }: Pod): Manifest[] {
  return of(world, kind).filter(({ metadata, spec }) => (metadata.namespace === namespace || metadata.namespace === ROOT)
    && !spec.targetRefs && (!spec.selector || selects(spec.selector.matchLabels, labels)));
}

function targets({ metadata, spec }: Manifest, kind: string, target: Manifest): boolean {
  const { namespace, name } = target.metadata;
  return metadata.namespace === namespace && spec.targetRefs?.some((ref: any) => ref.kind === kind && ref.name === name) === true;
}

const targetsItsClass = ({ metadata, spec }: Manifest): boolean => metadata.namespace === ROOT
  && spec.targetRefs?.some(({ kind, name }: any) => kind === 'GatewayClass' && name === 'istio-waypoint') === true;

/** ztunnel reads identities and ports: of ALLOW it drops a rule that asks for more, of DENY what it cannot read, and a clause without anything left never matches. */
function asZtunnelReads(policy: Manifest): Manifest {
  const l7 = (part: any): boolean => Object.keys(part).some((key) => /^(not)?(hosts|methods|paths|requestPrincipals|remoteIpBlocks)$/i.test(key));
  const parts = ({ from = [], to = [] }: any): any[] => [...from, ...to].map(({ source, operation }) => source ?? operation);
  const { spec } = policy;
  const rules: readonly any[] = spec.rules ?? [];
  if (spec.action !== 'DENY') return { ...policy, spec: { ...spec, rules: rules.filter((rule) => !rule.when && !parts(rule).some(l7)) } };
  const stripped = (part: any) => Object.fromEntries(Object.entries(part).filter(([key]) => !l7({ [key]: 0 })));
  const clause = (part: any) => (Object.keys(stripped(part)).length === 0 ? { ports: [] } : stripped(part));
  const l4 = rules.map((rule) => ({
    ...rule.from && { from: rule.from.map(({ source }: any) => ({ source: clause(source) })) },
    ...rule.to && { to: rule.to.map(({ operation }: any) => ({ operation: clause(operation) })) },
  }));
  return { ...policy, spec: { ...spec, rules: l4 } };
}

/** DENY first; then, where there is any ALLOW, one of them must match. */
function judge(policies: readonly Manifest[], seen: Seen): Verdict {
  const hit = ({ spec }: Manifest): boolean => (spec.rules ?? []).some((rule: any) => matches(rule, seen));
  if (policies.some(({ spec }) => spec.action === 'CUSTOM')) throw new Error('CUSTOM is judged by somebody else');
  const denying = policies.find((policy) => policy.spec.action === 'DENY' && hit(policy));
  if (denying) return deny(`${denying.metadata.name} denies it`);
  const allowing = policies.filter(({ spec }) => (spec.action ?? 'ALLOW') === 'ALLOW');
  if (allowing.length === 0) return allow('no policy');
  const one = allowing.find(hit);
  return one ? allow(`${one.metadata.name} allows it`) : deny(`none of ${allowing.map(({ metadata }) => metadata.name).join(', ')} allows it`);
}

function matches(rule: any, seen: Seen): boolean {
  return (rule.when ?? []).every((condition: any) => holdsWhen(condition, seen))
    && (!rule.from || rule.from.some(({ source }: any) => holds(source, (key) => sourceOf(key, seen))))
    && (!rule.to || rule.to.some(({ operation }: any) => holds(operation, (key) => operationOf(key, seen))));
}

/** A header that is sent twice is one value with a comma in it; of a claim that is a list each is a value. */
function holdsWhen({ key, values, notValues }: { key: string; values?: string[]; notValues?: string[] }, seen: Seen): boolean {
  const sent = valuesOf(key, seen);
  const fits = (patterns: readonly string[]) => sent.some((value) => patterns.some((pattern) => fitsPattern(key, pattern, value)));
  return (!values || fits(values)) && (!notValues || !fits(notValues));
}

function valuesOf(key: string, { attempt: { headers, token }, issuers }: Seen): readonly string[] {
  const [, header] = /^request\.headers\[(.+)\]$/.exec(key) ?? [];
  if (header !== undefined) return Object.entries(headers ?? {}).filter(([name]) => name.toLowerCase() === header).map(([, value]) => value);
  const [, claim] = /^request\.auth\.claims\[(.+)\]$/.exec(key) ?? [];
  if (claim === undefined) throw new Error(`conditions on ${key} are not judged here`);
  if (!token || !issuers.includes(token.issuer)) return [];
  if (claim === 'iss') return [token.issuer];
  if (claim === 'sub') return token.subject === undefined ? [] : [token.subject];
  const said = token.claims?.[claim] ?? [];
  return claim === 'scope' || claim === 'permission' ? said.flatMap((text) => text.split(' ')) : said;
}

/** Every field must have a value that fits; one that begins with "not", none. */
function holds(clause: Record<string, readonly string[]>, valueOf: (field: string) => string | undefined): boolean {
  return Object.entries(clause).every(([key, patterns]) => {
    const negated = key.startsWith('not');
    const field = negated ? key[3].toLowerCase() + key.slice(4) : key;
    const value = valueOf(field);
    const fits = value !== undefined && patterns.some((pattern) => fitsPattern(field, pattern, value));
    return negated ? !fits : fits;
  });
}

function fitsPattern(field: string, pattern: string, value: string): boolean {
  if (field === 'paths' && /[{}]/.test(pattern)) throw new Error(`templates are not judged here: ${pattern}`);
  if (field === 'ports' || field === 'serviceAccounts') return pattern === value;
  if (field === 'ipBlocks') return isWithin(pattern, value);
  if (pattern === '*') return value !== '';
  if (pattern.startsWith('*')) return value.endsWith(pattern.slice(1));
  return pattern.endsWith('*') ? value.startsWith(pattern.slice(0, -1)) : pattern === value;
}

function sourceOf(field: string, { peer, issuers, attempt: { token, sourceAddress = '10.0.0.1' } }: Seen): string | undefined {
  switch (field) {
    case 'principals': return peer && `${peer.trustDomain}/ns/${peer.namespace}/sa/${peer.serviceAccount}`;
    case 'serviceAccounts': return peer && `${peer.namespace}/${peer.serviceAccount}`; // of any trust domain
    case 'namespaces': return peer?.namespace;
    case 'ipBlocks': return sourceAddress; // of the connection, as the proxy at the pods sees it
    case 'requestPrincipals': return token && issuers.includes(token.issuer) ? `${token.issuer}/${token.subject ?? 'anybody'}` : undefined;
    default: throw new Error(`the source's ${field} are not judged here`);
  }
}

/** No header stands for the path or the method; a path is read without its query, once it is normalized. */
function operationOf(field: string, { port, attempt: { path, method, headers } }: Seen): string | undefined {
  switch (field) {
    case 'ports': return String(port);
    case 'methods': return method;
    case 'paths': return normalized(path.split('?')[0]);
    case 'hosts': return headers?.host;
    default: throw new Error(`the operation's ${field} are not judged here`);
  }
}

/** As Envoy does by Istio's default: unreserved characters decoded, dot segments resolved, doubled slashes left. */
function normalized(path: string): string {
  const decoded = path.replace(/%([0-9a-f]{2})/gi, (escape, hex) => {
    const character = String.fromCharCode(parseInt(hex, 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : escape;
  });
  const kept: string[] = [];
  const segments = decoded.replace(/\\/g, '/').split('/').slice(1);
  segments.forEach((segment, i) => {
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
    if (i === segments.length - 1 && /^\.\.?$/.test(segment)) kept.push('');
  });
  return `/${kept.join('/')}`;
}
