import { celValue } from './cel';
import { isPreflight, onIstioAmbient } from './istio';
import { onLinkerd } from './linkerd';
import { allow, Attempt, deny, HOME, of, Pod, Verdict, World } from './program';
import { Manifest } from '../synth';

/** What an MCP request asks for, as the proxy reads it from the body. */
export interface McpRequest {
  readonly kind?: 'tool' | 'prompt' | 'resource';
  readonly name?: string;
  /** The web page that a browser says it is of. */
  readonly origin?: string;
}

/** How a mesh brings a request to the proxy: the workload policy of its pods, and what the proxy sees of who calls. */
export interface Way {
  readonly reaches: (world: World, attempt: Attempt, gateway: string) => Verdict;
  readonly seen: (from: Pod) => { readonly request: { readonly headers: object } } & Record<string, unknown>;
}

/** In ambient HBONE ends in the proxy: who proved an identity of a domain that it was told of is its peer, and plain text comes without one. */
export const BY_HBONE: Way = {
  reaches: (world, { from: { trustDomain } }, gateway) => {
    const { istio } = of(world, 'AgentgatewayParameters').find(({ metadata }) => metadata.name === gateway)!.spec;
    const accepted = [undefined, istio.trustDomain, ...istio.additionalTrustDomains ?? []];
    return accepted.includes(trustDomain) ? allow('it listens to everybody') : deny('no handshake: a trust domain that it was not told of');
  },
  seen: ({ trustDomain, namespace, serviceAccount }) => ({
    source: trustDomain === undefined ? {} : { identity: { trustDomain, namespace, serviceAccount } }, request: { headers: {} },
  }),
};

/** On Linkerd its own sidecar allows the callers of the workload policy and sets their identity in a header; it strips such a header of the caller. */
export const BY_LINKERD: Way = {
  reaches: onLinkerd,
  seen: ({ trustDomain, namespace, serviceAccount }) => ({
    source: {}, request: { headers: trustDomain === undefined ? {} : { 'l5d-client-id': `${serviceAccount}.${namespace}.serviceaccount.identity.linkerd.${trustDomain}` } },
  }),
};

export const STRAIGHT_TO_PODS = { ambient: onIstioAmbient, linkerd: onLinkerd };

/** agentgateway before a server: the route, who may take it, and which items they may use. */
export function onAgentgateway(world: World, way: Way, attempt: Attempt, gateway: string, { kind, name, origin }: McpRequest): Verdict {
  const reached = way.reaches(world, attempt, gateway);
  if (!reached.allowed) return reached;
  const takes = ({ matches }: any) => matches.some(({ path }: any) => path.type === 'Exact' && path.value === attempt.path);
  const route = of(world, 'HTTPRoute').find(({ spec }) => spec.parentRefs.some((ref: any) => ref.name === gateway) && spec.rules.some(takes));
  if (!route) return deny('404: no route');
  const traffic = (key: string): any => policiesOf(world, 'Gateway', gateway).map((spec) => spec.traffic?.[key]).find((one) => one !== undefined);
  if (isPreflight(attempt) && traffic('cors')?.allowOrigins.includes(origin)) return allow('200: the proxy answers it');
  const authentication = traffic('jwtAuthentication');
  if (authentication?.mcp && /^\/\.well-known\/oauth-(protected-resource|authorization-server)/.test(attempt.path)) return allow('200: the proxy tells it');
  const verified = tokenOf(authentication, attempt);
  if (verified === 'refused') return deny('401: no token, or a bad one');
  const { request, ...match } = way.seen(attempt.from);
  const seen = { ...match, jwt: verified ?? null, request: { headers: { ...request.headers, ...(origin !== undefined && { origin }) } } };
  const callers = decided([
    ...rulesOf(world, 'HTTPRoute', route.metadata.name, ({ traffic: of1 }) => of1?.authorization),
    ...rulesOf(world, 'Gateway', gateway, ({ traffic: of1 }) => of1?.authorization),
  ], seen);
  if (!callers) return deny('403: no caller that is allowed');
  const [backend] = route.spec.rules.find(takes).backendRefs;
  if (kind === undefined) return allow('not gated');
  const called = calledItem(of(world, 'AgentgatewayBackend').find(({ metadata }) => metadata.name === backend.name)!.spec.mcp, kind, name ?? '');
  if (!called) return deny('400: an unknown item');
  const items = [['AgentgatewayBackend', backend.name], ['Gateway', gateway]].flatMap(([of1, name1]) =>
    rulesOf(world, of1, name1, ({ backend: policy }) => policy?.mcp?.authorization));
  return decided(items, { ...seen, mcp: { [kind]: called } }) ? allow('200') : deny('400: an unknown item');
}

/** Whose item a name is: of several servers, or where that is asked for, the server's name stands before it. */
function calledItem({ targets, prefixMode }: any, kind: NonNullable<McpRequest['kind']>, said: string): { target: string; name: string } | undefined {
  const isPrefixed = prefixMode === 'Always' || (prefixMode === 'Conditional' && targets.length > 1);
  if (kind === 'resource' ? targets.length === 1 && prefixMode !== 'Always' : !isPrefixed && targets.length === 1) return { target: targets[0].name, name: said };
  if (kind !== 'resource' && !isPrefixed) throw new Error('names that nobody tells apart are not judged here');
  const [, target, name] = (kind === 'resource' ? /^([^+]+)\+(.*)$/s : /^([^_]+)_(.*)$/s).exec(said) ?? [];
  return target === undefined ? undefined : { target, name };
}

/** What a token says, where there is one that is good; who must have one and has none is refused, and so is a bad one. */
function tokenOf(authentication: any, { token }: Attempt): Record<string, unknown> | undefined | 'refused' {
  if (!authentication) return undefined;
  const { mode = 'Strict', providers } = authentication;
  if (!token) return mode === 'Strict' ? 'refused' : undefined;
  if (!providers.some(({ issuer }: any) => issuer === token.issuer)) return 'refused';
  const claims = Object.entries(token.claims ?? {}).map(([name, values]) => [name, values.length === 1 ? values[0] : [...values]]);
  return { iss: token.issuer, ...(token.subject !== undefined && { sub: token.subject }), ...Object.fromEntries(claims) };
}

interface Rule { readonly action: string; readonly expression: string }

/** Every expression of every policy that is attached is a rule of its own. */
function rulesOf(world: World, kind: string, name: string, section: (spec: any) => any): Rule[] {
  return policiesOf(world, kind, name).map(section).filter((authorization) => authorization !== undefined)
    .flatMap(({ action = 'Allow', policy }) => policy.matchExpressions.map((expression: string) => ({ action, expression })));
}

const policiesOf = (world: World, kind: string, name: string): any[] => of(world, 'AgentgatewayPolicy')
  .filter(({ spec }: Manifest) => spec.targetRefs.some((ref: any) => ref.kind === kind && ref.name === name)).map(({ spec }) => spec);

/** No rule allows; then any deny, then every require, then any allow; where there is one to allow and none does, it is denied. */
function decided(rules: readonly Rule[], context: Record<string, unknown>): boolean {
  const holds = ({ expression }: Rule): boolean => {
    try {
      return celValue(expression, context) === true;
    } catch {
      return false; // what cannot be evaluated is not true
    }
  };
  const by = (action: string) => rules.filter((rule) => rule.action === action);
  if (by('Deny').some(holds) || !by('Require').every(holds)) return false;
  return by('Allow').length === 0 || by('Allow').some(holds);
}

export const isAtHome = ({ trustDomain }: Pod): boolean => trustDomain === HOME;
