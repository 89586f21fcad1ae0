import { inItsStage, Stage } from './audit-only';
import { Call, Decision, TokenSaid } from './call';
import { decideAtProxy, decideMedia, decideProbe, decideUnauthenticated, decideUncaptured } from './open-requests';
import { Caller } from '../model/callers';
import { prefillPorts } from '../model/disaggregation';
import { GatewayNode } from '../model/gateway';
import { ITEM_METHODS } from '../model/item-grants';
import { MeshModel } from '../model/mesh';
import { MeshLimitations } from '../model/mesh-limitations';
import { eventPorts, PICKER_PORTS, pickerPorts, PoolNode, scrapedPorts } from '../model/pool';
import { PortGrant } from '../model/port-callers';
import { grantedPorts } from '../model/port-rules';
import { distinctPrincipals, matchesIdentity, Principal } from '../model/principal';
import { isAmong, RequestLimits, RequestRule } from '../model/request-rule';
import { SPACED_CLAIMS, TokenLimits, tokenText } from '../model/token';
import { calledPorts, forwardedLimits, requestRules, WorkloadNode } from '../model/workload';

/** Identities of gateway proxies, which only the provider knows. */
export interface GatewayIdentities {
  /** Returns the principal that calls the Services behind the routes of a gateway. */
  readonly routing: (gateway: GatewayNode) => Principal;
  /** Returns the principal that queries the picker of a pool and calls the picked pods. */
  readonly serving: (pool: PoolNode) => Principal;
}

/** Facts for decisions that only the providers know. */
export interface EnforcedFacts extends GatewayIdentities {
  /** Traffic that the mesh cannot restrict, also without a grant. */
  readonly limitations: MeshLimitations;
  /** Whether audit-only namespaces count as such, or as if they enforced. */
  readonly stage: Stage;
}

/** A rule that allows calls to a workload. */
export interface AllowRule extends Caller {
  readonly ports: readonly number[];
  readonly limits?: RequestLimits;
  readonly because: string;
  /** Whether the rule is only for requests that use no tool, prompt or resource. */
  readonly isSession?: boolean;
}

/** Decides whether a call is allowed, from the grants and routes of the model only and never from the emitted objects. */
export function decide(model: MeshModel, call: Call, facts: EnforcedFacts): Decision {
  const enforced = decideEnforced(model, call, facts);
  const { caller, callee } = call;
  const isGranted = () => caller !== undefined && allowRules(model, callee, facts).some(({ principal }) => matchesIdentity(principal, caller));
  return inItsStage(model, enforced, facts.stage, { namespace: callee.namespace, caller, isGranted });
}

function decideEnforced(model: MeshModel, call: Call, facts: EnforcedFacts): Decision {
  const { limitations } = facts;
  return decideAtProxy(model, call, limitations) ?? decideUncaptured(call, limitations) ?? decideMedia(call) ?? decideUnauthenticated(call)
    ?? decideProbe(call, limitations) ?? decideGranted(model, call, facts);
}

function decideGranted(model: MeshModel, call: Call, gateways: GatewayIdentities): Decision {
  const { caller, callee, port, method, path, token, origin } = call;
  if (!caller) return { allowed: false, reason: `${callee.title} cannot be called without an authenticated identity` };
  if (callee.tokens === 'refused' && token && !callee.jwt) return { allowed: false, reason: `${callee.title} denies requests that carry credentials of the caller, and the call carries a token` };
  if (callee.jwt && token && token.issuer !== callee.jwt.issuer) return { allowed: false, reason: `${callee.title} accepts only tokens from ${callee.jwt.issuer}` };
  if (origin !== undefined && callee.allowedOrigins?.includes(origin) === false) return { allowed: false, reason: `${callee.title} does not allow requests from origin ${origin}` };
  const own = allowRules(model, callee, gateways).filter(({ principal }) => matchesIdentity(principal, caller));
  if (own.length === 0) return { allowed: false, reason: `no grant allows ${callerTitle(model, caller)} to call ${callee.title}` };
  const [{ title }] = own;
  const gap = model.facts.cluster.gapBetween(caller.namespace, callee.namespace);
  if (gap) return { allowed: false, reason: `${title} (${gap.caller}) cannot connect to ${callee.title} (${gap.callee}), because caller and callee are not on the same data plane` };
  const there = own.filter(({ ports }) => ports.includes(port));
  if (there.length === 0) {
    const ports = [...new Set(own.flatMap((rule) => rule.ports))];
    return { allowed: false, reason: `${title} may call ${callee.title} on ${ports.length > 0 ? `port ${ports.join(', ')}` : 'no port'}, not on port ${port}` };
  }
  const rule = there.find(({ limits, isSession }) => (!isSession || !usesItem(call)) && admits(limits, call));
  if (rule) return { allowed: true, reason: rule.because };
  const isMeant = ({ limits, isSession }: AllowRule) => (!isSession || !usesItem(call)) && admits({ ...limits, token: undefined }, call);
  const wanted = there.find(isMeant)?.limits?.token;
  if (wanted) return { allowed: false, reason: `${callerTitle(model, caller)} may make this call to ${callee.title} only with ${tokenText(wanted)}; the call carries ${token ? tokenText(shown(token)) : 'no token'}` };
  if (callee.items && call.mcp) {
    const { method: use, name } = call.mcp;
    return { allowed: false, reason: `${title} was not granted ${[use, name].filter(Boolean).join(' ')} of ${callee.title}` };
  }
  return { allowed: false, reason: `${title} may not send ${method} ${path} to ${callee.title}; allowed: ${there.map(({ limits }) => limitsText(limits)).join(', or ')}` };
}

/** Returns text such as "GET, POST on exactly /mcp with a token from https://issuer.example.com (sub=alice)". */
function limitsText({ endpoints, paths, token, mcp, preflightsOf }: RequestLimits = {}): string {
  const where = paths ? `every method on ${paths.join(' and ')}` : endpoints ? endpoints.map(({ path, methods }) => `${methods.join(', ')} on exactly ${path}`).join(' and ') : 'every method';
  const what = mcp ? `${where} for ${whatOf({ mcp })}` : where;
  if (preflightsOf) return `${what} from origin ${preflightsOf.join(', ')}`;
  return token ? `${what} with ${tokenText(token)}` : what;
}

/** Returns whether a call is within the limits. Undefined limits allow everything. Endpoints are compared as written, without the query. */
function admits(limits: RequestLimits | undefined, { path, method, token, mcp, origin = '' }: Call): boolean {
  const { endpoints, paths, token: wanted, mcp: said, preflightsOf } = limits ?? {};
  const isSaid = !said || (mcp !== undefined && said.methods.includes(mcp.method) && (!said.names || said.names.includes(mcp.name ?? '')));
  if (paths && !isAmong(paths, path)) return false;
  const isThere = !endpoints || endpoints.some((endpoint) => endpoint.path === path.split('?')[0] && endpoint.methods.includes(method));
  return isSaid && isThere && (!preflightsOf || preflightsOf.includes(origin)) && (!wanted || says(wanted, token));
}

/** Converts the content of a token to requirements, for text. */
function shown({ issuer, subject, claims = {} }: TokenSaid): TokenLimits {
  return { issuer, subject, claims: Object.fromEntries(Object.entries(claims).map(([name, values]) => [name, values.join(', ')])) };
}

/** Returns whether a token meets requirements. */
export function says({ issuer, subject, claims = {} }: TokenLimits, token: TokenSaid | undefined): boolean {
  if (!token || token.issuer !== issuer || (subject !== undefined && token.subject !== subject)) return false;
  return Object.entries(claims).every(([name, value]) => {
    const said = Object.hasOwn(token.claims ?? {}, name) ? token.claims![name] : [];
    return (SPACED_CLAIMS.includes(name) ? said.flatMap((text) => text.split(' ')) : said).includes(value);
  });
}

function usesItem({ mcp }: Call): boolean {
  return mcp !== undefined && Object.values(ITEM_METHODS).some(({ use, list }) => [use, ...list].includes(mcp.method));
}

function allowRules(model: MeshModel, callee: WorkloadNode, gateways: GatewayIdentities): AllowRule[] {
  return [
    ...granted(model, callee), ...routed(model, callee, gateways), ...pooled(model, callee, gateways), ...prefilling(model, callee),
    ...asked(model, callee, gateways),
  ];
}

/** Returns the ports that callers use: the port of the Service of the workload, and the port of a Service whose requests a canary splits. */
export function portsOf(model: MeshModel, workload: WorkloadNode): readonly number[] {
  if (!workload.service) return calledPorts(workload);
  return [...new Set([workload.service, ...model.meshRoutesServedBy(workload).map(({ service }) => service)].map(({ port }) => port))];
}

function granted(model: MeshModel, callee: WorkloadNode): AllowRule[] {
  const server = model.index.toolServersAt(callee).at(0);
  const titles = new Map(callee.callers.all.map(({ title, principal }) => [principal.key, title]));
  const rulesOf = ({ principals, ...limits }: RequestRule): AllowRule[] => distinctPrincipals(principals).map((principal) => {
    const title = titles.get(principal.key)!;
    const what = callee.items ? `${whatOf(limits)} of ${callee.title}` : server ? `every tool of ${server.name}, at ${server.endpointPath}` : `calls to ${callee.title}`;
    return { title, principal, ports: portsOf(model, callee), limits, because: `${title} was granted ${what}` };
  });
  return [
    ...requestRules(callee).flatMap(rulesOf), ...grantedPorts(callee).flatMap((grant) => portRulesOf(callee, grant)),
    ...server?.mcpProxy ? sessionRules(model, callee) : [],
  ];
}

function portRulesOf(callee: WorkloadNode, { port, callers }: PortGrant): AllowRule[] {
  return callers.all.map(({ title, principal }) => ({ title, principal, ports: [port], because: `${title} was granted port ${port} of ${callee.title}` }));
}

/** Returns the rules of MCP sessions. An MCP proxy authorizes items only, so every caller with a grant may use sessions, pings and streams. */
function sessionRules(model: MeshModel, callee: WorkloadNode): AllowRule[] {
  const { callers, requests } = callee;
  return callers.all.map((caller) => ({
    ...caller, ports: portsOf(model, callee), isSession: true,
    limits: { ...requests, token: caller.principal.token ?? requests?.token },
    because: `${caller.title} has a grant for ${callee.title} and may open a session`,
  }));
}

/** Returns text such as "tools/call find_customer". */
function whatOf({ mcp }: RequestLimits): string {
  return mcp ? [mcp.methods.join(', '), ...mcp.names ?? []].join(' ') : 'everything';
}

function routed(model: MeshModel, callee: WorkloadNode, { routing }: GatewayIdentities): AllowRule[] {
  const { service } = callee;
  if (!service) return [];
  return model.routesOf(callee).flatMap(({ name, gateway }) => forwardedLimits(callee).map((limits) => ({
    title: `gateway ${gateway.name}`, principal: routing(gateway), ports: [service.port], limits,
    because: `route ${name} of gateway ${gateway.name} targets ${callee.title}`,
  })));
}

function pooled(model: MeshModel, callee: WorkloadNode, gateways: GatewayIdentities): AllowRule[] {
  return model.poolsOf(callee).flatMap((pool) => poolRules(model, pool, gateways));
}

/** Returns the rules for the pods of a pool: the gateway that sends requests, and the picker that scrapes metrics and reads KV cache events. */
function poolRules(model: MeshModel, pool: PoolNode, { serving }: GatewayIdentities): AllowRule[] {
  const { servers, picker: { workload } } = pool;
  const picker = { title: workload.title, principal: model.principal(workload.namespace, workload.serviceAccount) };
  const byPicker: AllowRule[] = [
    { ...picker, ports: scrapedPorts(pool), because: `${workload.title} scrapes the metrics of ${servers.title}` },
    { ...picker, ports: eventPorts(pool), because: `${workload.title} reads the KV cache events of ${servers.title}` },
  ];
  return [{
    title: `gateway ${pool.gateway.name}`, principal: serving(pool), ports: pool.targetPorts,
    because: `${servers.title} serves pool ${pool.name} of gateway ${pool.gateway.name}`,
  }, ...byPicker.filter(({ ports }) => ports.length > 0)];
}

/** Returns the rules for prefill servers: for the decode servers of their pools, and for the endpoint pickers. */
function prefilling(model: MeshModel, callee: WorkloadNode): AllowRule[] {
  return model.index.poolsPrefilledBy(callee).flatMap((pool): AllowRule[] => {
    const rule = ({ title, namespace, serviceAccount }: WorkloadNode, ports: readonly number[], what: string): AllowRule[] =>
      (ports.length === 0 ? [] : [{ title, principal: model.principal(namespace, serviceAccount), ports, because: `${title} ${what} ${callee.title}` }]);
    return [
      ...rule(pool.servers, prefillPorts(pool), 'send prompts to and read the KV cache of'),
      ...rule(pool.picker.workload, pickerPorts(pool), 'scrapes the metrics or reads the KV cache events of'),
    ];
  });
}

/** Returns the rules for a picker: the gateway that queries it, and the metrics scraper of the mesh if the library deploys the picker. */
function asked({ index, scraper }: MeshModel, callee: WorkloadNode, { serving }: GatewayIdentities): AllowRule[] {
  return index.poolsPickedBy(callee).flatMap((pool): AllowRule[] => [{
    title: `gateway ${pool.gateway.name}`, principal: serving(pool), ports: [pool.picker.port],
    because: `gateway ${pool.gateway.name} queries the ${callee.title} for endpoints`,
  }, ...scraper && pool.picker.deployment ? [{ ...scraper, ports: [PICKER_PORTS.metrics], because: `${scraper.title} scrapes the metrics of the ${callee.title}` }] : []]);
}

/** Returns the display name of a caller that may have no grant. */
export function callerTitle(model: MeshModel, { key, namespace, serviceAccount }: Principal): string {
  if (model.principal(namespace, serviceAccount).key !== key) return `identity ${key}`;
  const [agent] = model.index.agentsAs(namespace, serviceAccount);
  return agent ? agent.title : model.index.workloadsAs(namespace, serviceAccount).at(0)?.title ?? `identity ${key}`;
}
