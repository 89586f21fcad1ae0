import { BY_HBONE, BY_LINKERD, onAgentgateway } from './agentgateway';
import { isMatched } from './inference';
import { atIstioGateway, isPreflight, onIstioAmbient, onIstioSidecars } from './istio';
import { onLinkerd } from './linkerd';
import { allow, Attempt, deny, mcpProxyPod, of, Pod, podOf, ProviderName, selects, Verdict, World } from './program';
import { TokenSaid } from '../../src/analysis/call';
import { Manifest } from '../synth';

/** A request as a client sends it to the edge gateway. */
export interface Asked {
  readonly host: string;
  readonly path: string;
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: TokenSaid;
  /** Origin of a page; with OPTIONS the request is a preflight. */
  readonly origin?: string;
}

/** Where a request may end, such as "95% assistant-v1": pods by their name. */
export interface Reached extends Verdict {
  readonly shares: readonly string[];
}

const JUDGES: Record<ProviderName, (world: World, attempt: Attempt) => Verdict> = {
  'Istio ambient': onIstioAmbient, 'Istio sidecars': onIstioSidecars, 'Linkerd': onLinkerd,
};

/** What the objects make of a request: at the edge gateway, by its route, and at each hop to the pods that serve it. */
export function throughGateway(provider: ProviderName, world: World, client: Pod, name: string, asked: Asked): Reached {
  const gateway = of(world, 'Gateway').find(({ metadata }) => metadata.name === name)!;
  const edge = podsOf(world, gateway);
  const attempt = attempted(asked, client, edge, 443);
  if (!gateway.spec.listeners.some(({ hostname }: any) => isOfHost(hostname, asked.host))) return { ...deny('404: no listener has the host'), shares: [] };
  const atEdge: ReturnType<typeof atIstioGateway> = gateway.spec.gatewayClassName === 'istio' ? atIstioGateway(world, gateway, { attempt, isPeerSeen: false }) : allow('no policy is evaluated');
  const forwarded = { ...asked, token: isPreflight(attempt) ? undefined : (atEdge.forwarded ?? asked).token };
  if (!atEdge.allowed) return { ...atEdge, shares: [] };
  const rule = mostSpecific(of(world, 'HTTPRoute').filter(({ spec }) => spec.parentRefs.some((ref: any) => ref.name === name && ref.namespace === gateway.metadata.namespace)), asked);
  if (!rule) return { ...deny('404: no route matches'), shares: [] };
  const cors = rule.filters?.find(({ type }: any) => type === 'CORS')?.cors;
  if (cors && isPreflight(attempt)) return { ...answered(cors, asked.origin!), shares: [] };
  const received = { ...forwarded, path: rewritten(rule, asked.path) };
  const total = rule.backendRefs.reduce((sum: number, { weight = 1 }: any) => sum + weight, 0);
  const ends = rule.backendRefs.filter(({ weight = 1 }: any) => weight > 0)
    .map((ref: any) => ({ ...reached(provider, world, edge, ref, received), share: Math.round((ref.weight ?? 1) / total * 100) }));
  const denied = ends.find(({ verdict }: any) => !verdict.allowed);
  return { ...(denied ?? ends[0]).verdict, shares: ends.map(({ share, pod }: any) => `${share}% ${pod}`).sort() };
}

const attempted = (asked: Asked, from: Pod, to: Pod, port: number): Attempt => ({
  from, to, port, path: asked.path, method: asked.method, token: asked.token,
  headers: {
    ...asked.headers, host: asked.host, ...(asked.origin !== undefined && { origin: asked.origin, ...(asked.method === 'OPTIONS' && { 'access-control-request-method': 'POST' }) }),
  },
});

/** The gateway answers preflights itself; the browser reads what it allows. */
const answered = ({ allowOrigins }: any, origin: string): Verdict => (allowOrigins.includes(origin) || allowOrigins.includes('*') ? allow('200: the gateway answers it') : deny('200 without the origin'));

function podsOf(world: World, { metadata: { namespace, name } }: Manifest): Pod {
  return podOf(world, namespace!, { 'gateway.networking.k8s.io/gateway-name': name });
}

/** What a backend does with a request of the edge gateway: the pods of a Service, or those of the pool at a port of the inner gateway. */
function reached(provider: ProviderName, world: World, edge: Pod, ref: any, asked: Asked): { readonly verdict: Verdict; readonly pod: string } {
  const service = of(world, 'Service').find(({ metadata }) => metadata.name === ref.name && metadata.namespace === ref.home);
  if (service) {
    const pod = world.pods.find(({ namespace, labels }) => namespace === ref.home && selects(service.spec.selector, labels))!;
    return { pod: pod.name, verdict: JUDGES[provider](world, { ...attempted(asked, edge, pod, ref.port), service: ref.name }) };
  }
  if (of(world, 'AgentgatewayParameters').some(({ metadata }) => metadata.name === ref.name)) return throughMcpProxy(provider, world, edge, ref, asked);
  const inner = of(world, 'Gateway').find(({ metadata }) => `${metadata.name}-istio` === ref.name && metadata.namespace === ref.home)!;
  const proxies = podsOf(world, inner);
  const entering = attempted(asked, edge, proxies, ref.port);
  const entered = enter(provider, world, inner, entering);
  const { name: listener } = inner.spec.listeners.find(({ port }: any) => port === ref.port);
  const route = of(world, 'HTTPRoute').find(({ metadata, spec }) => metadata.namespace === ref.home && spec.parentRefs.some((parent: any) => parent.name === inner.metadata.name && parent.sectionName === listener))!;
  if (!isMatched(route.spec.rules[0], asked.path, asked.method)) return { pod: inner.metadata.name, verdict: deny('404: the inner gateway has no such path') };
  const pool = of(world, 'InferencePool').find(({ metadata }) => metadata.name === route.spec.rules[0].backendRefs[0].name && metadata.namespace === ref.home)!;
  const pod = podOf(world, ref.home, pool.spec.selector.matchLabels);
  const picked = attempted(asked, proxies, pod, pool.spec.targetPorts[0].number);
  return { pod: pod.name, verdict: entered.allowed ? JUDGES[provider](world, picked) : entered };
}

/** The MCP proxy of a boundary reads from the body what the headers mirror. */
function throughMcpProxy(
  provider: ProviderName, world: World, edge: Pod, ref: any, asked: Asked,
): { readonly verdict: Verdict; readonly pod: string } {
  const { 'mcp-method': method, 'mcp-name': name } = asked.headers ?? {};
  const attempt = { ...attempted(asked, edge, mcpProxyPod(world, ref.name), ref.port), path: asked.path.split('?')[0] };
  const request = { origin: asked.origin, ...(method === 'tools/call' && { kind: 'tool' as const, name }) };
  return { pod: ref.name, verdict: onAgentgateway(world, provider === 'Linkerd' ? BY_LINKERD : BY_HBONE, attempt, ref.name, request) };
}

/** In ambient ztunnel judges who enters, and Envoy, which sees no peer, the host. Beside sidecars Envoy judges both: it has none itself. */
function enter(provider: ProviderName, world: World, gateway: Manifest, attempt: Attempt): Verdict {
  const atZtunnel = provider === 'Istio ambient' ? JUDGES[provider](world, attempt) : undefined;
  return atZtunnel?.allowed === false ? atZtunnel : atIstioGateway(world, gateway, { attempt, isPeerSeen: atZtunnel === undefined });
}

/** An exact host, or any below a wildcard. */
const isOfHost = (hostname: string, host: string): boolean => (hostname.startsWith('*') ? host.endsWith(hostname.slice(1)) : hostname === host);

/** The path that a route sends on. */
function rewritten({ matches, filters = [] }: any, path: string): string {
  const replaced = filters.find(({ type }: any) => type === 'URLRewrite')?.urlRewrite.path.replacePrefixMatch as string | undefined;
  if (replaced === undefined) return path;
  return `/${replaced}/${path.slice(matches[0].path.value.length)}`.replace(/^\/+/, '/').replace(/^([^?]*?)\/{2,}/, '$1/');
}

/** The rule with the most specific match, as the Gateway API orders them: host, path, headers. Backends keep the namespace of their route. */
function mostSpecific(routes: readonly Manifest[], { host, path, headers = {} }: Asked): any {
  const written = path.split('?')[0];
  const lower = Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]));
  const isBelow = (prefix: string) => written === prefix || written.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);
  const fits = ({ path: at, headers: wanted = [] }: any) => (!at || (at.type === 'Exact' ? at.value === written : isBelow(at.value.replace(/(.)\/$/, '$1'))))
    && wanted.every(({ name, value }: any) => lower[name.toLowerCase()] === value);
  const hits = routes.flatMap(({ metadata, spec }) => {
    const own: string[] = spec.hostnames.filter((one: string) => isOfHost(one, host));
    const hosts = own.map((one) => (one.startsWith('*') ? one.length : 1000 + one.length));
    if (hosts.length === 0) return [];
    return spec.rules.flatMap((rule: any) => (rule.matches ?? [{}]).filter(fits).map((match: any) => ({
      rule: { ...rule, backendRefs: rule.backendRefs.map((ref: any) => ({ ...ref, home: ref.namespace ?? metadata.namespace })) },
      rank: [Math.max(...hosts), match.path?.type === 'Exact' ? 1 : 0, (match.path?.value ?? '/').length, (match.headers ?? []).length],
    })));
  });
  const before = (a: readonly number[], b: readonly number[]) => b.map((value, i) => value - a[i]).find((difference) => difference !== 0) ?? 0;
  return hits.sort((a, b) => before(a.rank, b.rank))[0]?.rule;
}
