import { atCallersSidecar, atIstioGateway, isGateway, isInjected, isVerified, onIstioAmbient, onIstioSidecars } from './istio';
import { allow, Attempt, deny, of, Pod, podOf, selects, Verdict, World } from './program';
import { Manifest } from '../synth';

/** A request for inference, as a pod sends it to the Service of a pool. */
export interface Inference {
  readonly from: Pod;
  readonly namespace: string;
  /** Name of the Service. */
  readonly service: string;
  /** The Host header. */
  readonly host: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly method?: string;
  /** The model in the body. */
  readonly model?: string;
}

/** Providers whose gateways have pools. */
export type PoolProvider = 'Istio ambient' | 'Istio sidecars';

/** What the endpoint picker is told, if it is asked. */
export interface Inferred extends Verdict {
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the objects make of it: at the proxies before each gateway, at each gateway by its route, and at the pods of the pool. */
export function infers(provider: PoolProvider, world: World, { from, namespace, service: name, host, headers, path = '/v1/chat/completions', method = 'POST', model = 'any' }: Inference): Inferred {
  const service = of(world, 'Service').find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  if (!service) return deny('no address: there is no such Service');
  const gateway = of(world, 'Gateway').find(({ metadata }) => metadata.namespace === namespace && selects(service.spec.selector, { [GATEWAY_NAME]: metadata.name }))!;
  const [{ port, targetPort }] = service.spec.ports;
  const attempt = { from, to: podOf(world, namespace, service.spec.selector), service: name, port, path, method, headers: { ...headers, host } };
  return atGateway(provider, world, { gateway, service, listener: targetPort, attempt, model });
}

const GATEWAY_NAME = 'gateway.networking.k8s.io/gateway-name';

/** One hop to a gateway: `service` is its address, and `listener` the port of its pods. */
interface Hop {
  readonly gateway: Manifest;
  readonly service: Pick<Manifest, 'metadata'>;
  readonly listener: number;
  readonly attempt: Attempt;
  readonly model: string;
}

function atGateway(provider: PoolProvider, world: World, { gateway, service, listener, attempt, model }: Hop): Inferred {
  const connected = provider === 'Istio ambient' ? onIstioAmbient(world, attempt) : byMutualTls(world, service, attempt);
  if (!connected.allowed) return connected;
  const seen = atIstioGateway(world, gateway, { attempt: { ...attempt, port: listener }, isPeerSeen: provider === 'Istio sidecars' });
  if (!seen.allowed) return seen;
  const { to: proxies, method, path } = attempt;
  const headers = seen.forwarded?.headers ?? {};
  const rule = ruleAt(world, gateway, listener, attempt);
  if (!rule) return deny('404: no route has the host and the path');
  const [ref] = rule.backendRefs;
  const { namespace } = gateway.metadata;
  if (ref.kind === undefined) {
    const next = of(world, 'Gateway').find(({ metadata }) => metadata.namespace === namespace && `${metadata.name}-istio` === ref.name)!;
    const to = podOf(world, namespace!, { [GATEWAY_NAME]: next.metadata.name });
    const forwarded = { ...attempt, from: proxies, to, service: undefined, port: ref.port, headers: { ...headers, ...setBy(rule) } };
    const address = { metadata: { name: ref.name, namespace } };
    return atGateway(provider, world, { gateway: next, service: address, listener: ref.port, attempt: forwarded, model });
  }
  const pool = of(world, 'InferencePool').find(({ metadata }) => metadata.name === ref.name && metadata.namespace === namespace)!;
  if (method === 'POST' && !isKnownModel(world, pool, model)) return deny('400: the picker does not know the model');
  const to = podOf(world, namespace!, pool.spec.selector.matchLabels);
  const picked = { ...attempt, path, from: proxies, to, service: undefined, port: pool.spec.targetPorts[0].number };
  return { ...provider === 'Istio ambient' ? onIstioAmbient(world, picked) : onIstioSidecars(world, picked), headers };
}

/** The headers that the filters of a rule set, after the picker was asked. */
const setBy = ({ filters = [] }: any): Record<string, string> =>
  Object.fromEntries(filters.flatMap(({ requestHeaderModifier }: any) => requestHeaderModifier.set).map(({ name, value }: any) => [name, value]));

/** With sidecars the listener takes certificates of the mesh alone, which the caller's sidecar shows where it knows the Service and is told to. */
function byMutualTls(world: World, { metadata: { name, namespace } }: Pick<Manifest, 'metadata'>, attempt: Attempt): Verdict {
  if (!isInjected(world, attempt.from) && !isGateway(attempt.from)) return deny('reset: the listener takes mutual TLS alone');
  if (!isVerified(world, attempt.from)) return deny('reset: a certificate that nobody can verify');
  const known = atCallersSidecar(world, attempt);
  if (!known.allowed) return known;
  const rule = of(world, 'DestinationRule').find(({ spec }) => spec.host === `${name}.${namespace}.svc.cluster.local`);
  return rule?.spec.trafficPolicy.tls?.mode === 'ISTIO_MUTUAL' ? allow('by mutual TLS') : deny('reset: plain text, where the listener takes mutual TLS');
}

/** The rule that matches, at a port of a gateway. */
function ruleAt(world: World, gateway: Manifest, port: number, { path, method, headers }: Attempt): any {
  const { name: section } = gateway.spec.listeners.find((listener: any) => listener.port === port);
  const route = of(world, 'HTTPRoute').find(({ metadata, spec }) => metadata.namespace === gateway.metadata.namespace && spec.hostnames.includes(headers!.host)
    && spec.parentRefs.some((parent: any) => parent.name === gateway.metadata.name && parent.sectionName === section));
  return route?.spec.rules.find((one: any) => isMatched(one, path, method));
}

/** Whether a rule of an inner gateway matches: its paths are exact, and do not see the query. */
export function isMatched({ matches }: any, path: string, method: string): boolean {
  return !matches || matches.some((one: any) => one.path.type === 'Exact' && one.path.value === path.split('?')[0] && one.method === method);
}

/** The picker looks for a rule with the exact name, then for one without names. A rule without targets is for models that it does not know. */
function isKnownModel(world: World, pool: Manifest, model: string): boolean {
  const rules = of(world, 'InferenceModelRewrite').filter(({ metadata, spec }) => metadata.namespace === pool.metadata.namespace && spec.poolRef.name === pool.metadata.name)
    .flatMap(({ spec }) => spec.rules as any[]);
  const rule = rules.find(({ matches = [] }) => matches.some((one: any) => one.model.value === model)) ?? rules.find(({ matches }) => !matches);
  return !rule || rule.targets !== undefined;
}
