import { Call, Decision, TokenSaid } from './call';
import { decideAtProxy, decideProbe } from './open-requests';
import { Caller } from '../model/callers';
import { GatewayNode } from '../model/gateway';
import { ITEM_METHODS } from '../model/item-grants';
import { MeshModel } from '../model/mesh';
import { MeshTells } from '../model/mesh-tells';
import { PICKER_PORTS, PoolNode, scrapedPorts } from '../model/pool';
import { distinctPrincipals, isAnyone, Principal } from '../model/principal';
import { RequestLimits, RequestRule } from '../model/request-rule';
import { SPACED_CLAIMS, TokenLimits, tokenText } from '../model/token';
import { calledPorts, requestRules, WorkloadNode } from '../model/workload';

/** What the proxies of gateways prove to be, which only their provider knows. */
export interface GatewayIdentities {
  /** Who calls the Services that the routes of a gateway lead to. */
  readonly routing: (gateway: GatewayNode) => Principal;
  /** Who asks the picker of a pool, and calls the pods that it names. */
  readonly serving: (pool: PoolNode) => Principal;
}

/** What decides beside the model, which only the providers know. */
export interface EnforcedFacts extends GatewayIdentities {
  /** What the mesh leaves open whatever is granted. */
  readonly tells: MeshTells;
}

/** What was said to let somebody call a workload. */
interface Leave extends Caller {
  readonly ports: readonly number[];
  readonly limits?: RequestLimits;
  readonly because: string;
  /** Whether it is for requests that use no item. */
  readonly isSession?: boolean;
}

/** Whether a call may be made: read from what was granted and routed alone, never from what was made of it. */
export function decide(model: MeshModel, call: Call, facts: EnforcedFacts): Decision {
  const { tells } = facts;
  return decideAtProxy(model, call, tells) ?? decideProbe(call, tells) ?? decideGranted(model, call, facts);
}

function decideGranted(model: MeshModel, call: Call, gateways: GatewayIdentities): Decision {
  const { caller, callee, port, method, path, token, origin } = call;
  if (!caller) return { allowed: false, reason: `nobody calls ${callee.title} without a proven identity` };
  if (callee.tokens === 'refused' && token && !callee.jwt) return { allowed: false, reason: `${callee.title} is not to see credentials of its callers, and the call carries some` };
  if (callee.jwt && token && token.issuer !== callee.jwt.issuer) return { allowed: false, reason: `${callee.title} takes tokens of ${callee.jwt.issuer} alone` };
  if (origin !== undefined && callee.allowedOrigins?.includes(origin) === false) return { allowed: false, reason: `${callee.title} takes no requests of pages of ${origin}` };
  const own = leaves(model, callee, gateways).filter(({ principal }) => isAnyone(principal) || principal.identity === caller.identity);
  if (own.length === 0) return { allowed: false, reason: `no grant lets ${titleOf(model, caller)} call ${callee.title}` };
  const [{ title }] = own;
  const gap = model.facts.cluster.gapBetween(caller.namespace, callee.namespace);
  if (gap) return { allowed: false, reason: `no data plane carries calls of ${title} (${gap.caller}) to ${callee.title} (${gap.callee})` };
  const there = own.filter(({ ports }) => ports.includes(port));
  if (there.length === 0) {
    const ports = [...new Set(own.flatMap((leave) => leave.ports))];
    return { allowed: false, reason: `${title} may call ${callee.title} at ${ports.length > 0 ? `port ${ports.join(', ')}` : 'no port'}, not at ${port}` };
  }
  const leave = there.find(({ limits, isSession }) => (!isSession || !usesItem(call)) && admits(limits, call));
  if (leave) return { allowed: true, reason: leave.because };
  const isMeant = ({ limits, isSession }: Leave) => (!isSession || !usesItem(call)) && admits({ ...limits, token: undefined }, call);
  const wanted = there.find(isMeant)?.limits?.token;
  if (wanted) return { allowed: false, reason: `${titleOf(model, caller)} may ask ${callee.title} for it only with ${tokenText(wanted)}; the call carries ${token ? tokenText(shown(token)) : 'none'}` };
  if (callee.items && call.mcp) {
    const { method: use, name } = call.mcp;
    return { allowed: false, reason: `${title} was not granted ${[use, name].filter(Boolean).join(' ')} of ${callee.title}` };
  }
  return { allowed: false, reason: `${title} may not ask ${callee.title} for ${method} ${path}: it takes ${there.map(({ limits }) => limitsText(limits)).join(', or ')}` };
}

/** "GET, POST at exactly /mcp with a token of https://issuer.example.com for alice" */
function limitsText({ endpoints, token, mcp, preflightsOf }: RequestLimits = {}): string {
  const where = endpoints ? endpoints.map(({ path, methods }) => `${methods.join(', ')} at exactly ${path}`).join(' and ') : 'every method';
  const what = mcp ? `${where} for ${whatOf({ mcp })}` : where;
  if (preflightsOf) return `${what} for pages of ${preflightsOf.join(', ')}`;
  return token ? `${what} with ${tokenText(token)}` : what;
}

/** What is not limited is open. The query is no part of a path; the rest counts as it is written. */
function admits(limits: RequestLimits | undefined, { path, method, token, mcp, origin = '' }: Call): boolean {
  const { endpoints, token: wanted, mcp: said, preflightsOf } = limits ?? {};
  const isSaid = !said || (mcp !== undefined && said.methods.includes(mcp.method) && (!said.names || said.names.includes(mcp.name ?? '')));
  const isThere = !endpoints || endpoints.some((endpoint) => endpoint.path === path.split('?')[0] && endpoint.methods.includes(method));
  return isSaid && isThere && (!preflightsOf || preflightsOf.includes(origin)) && (!wanted || says(wanted, token));
}

/** What a token says, as what is asked of one. */
function shown({ issuer, subject, claims = {} }: TokenSaid): TokenLimits {
  return { issuer, subject, claims: Object.fromEntries(Object.entries(claims).map(([name, values]) => [name, values.join(', ')])) };
}

function says({ issuer, subject, claims = {} }: TokenLimits, token: TokenSaid | undefined): boolean {
  if (!token || token.issuer !== issuer || (subject !== undefined && token.subject !== subject)) return false;
  return Object.entries(claims).every(([name, value]) => {
    const said = Object.hasOwn(token.claims ?? {}, name) ? token.claims![name] : [];
    return (SPACED_CLAIMS.includes(name) ? said.flatMap((text) => text.split(' ')) : said).includes(value);
  });
}

function usesItem({ mcp }: Call): boolean {
  return mcp !== undefined && Object.values(ITEM_METHODS).some(({ use, list }) => [use, ...list].includes(mcp.method));
}

function leaves(model: MeshModel, callee: WorkloadNode, gateways: GatewayIdentities): Leave[] {
  return [...granted(model, callee), ...routed(model, callee, gateways), ...pooled(model, callee, gateways), ...asked(model, callee, gateways)];
}

/** The port that callers name: the Service's, where there is one. */
function portsOf(workload: WorkloadNode): readonly number[] {
  return workload.service ? [workload.service.port] : calledPorts(workload);
}

function granted(model: MeshModel, callee: WorkloadNode): Leave[] {
  const server = model.index.toolServersAt(callee).at(0);
  const titles = new Map(callee.callers.all.map(({ title, principal }) => [principal.key, title]));
  const leavesOf = ({ principals, ...limits }: RequestRule): Leave[] => distinctPrincipals(principals).map((principal) => {
    const title = titles.get(principal.key)!;
    const what = callee.items ? `${whatOf(limits)} of ${callee.title}` : server ? `every tool of ${server.name}, at ${server.endpointPath}` : `calls of ${callee.title}`;
    return { title, principal, ports: portsOf(callee), limits, because: `${title} was granted ${what}` };
  });
  return [...requestRules(callee).flatMap(leavesOf), ...server?.front ? sessionLeaves(callee) : []];
}

/** A proxy that reads MCP gates items: sessions, pings and streams are open to whom anything was granted. */
function sessionLeaves(callee: WorkloadNode): Leave[] {
  const { callers, requests } = callee;
  return callers.all.map((caller) => ({
    ...caller, ports: portsOf(callee), isSession: true,
    limits: { ...requests, token: caller.principal.token ?? requests?.token },
    because: `${caller.title} was granted something of ${callee.title}, and may open a session`,
  }));
}

/** "tools/call find_customer" */
function whatOf({ mcp }: RequestLimits): string {
  return mcp ? [mcp.methods.join(', '), ...mcp.names ?? []].join(' ') : 'everything';
}

function routed(model: MeshModel, callee: WorkloadNode, { routing }: GatewayIdentities): Leave[] {
  const { service, requests } = callee;
  if (!service) return [];
  return model.routesOf(callee).map(({ name, gateway }) => ({
    title: `gateway ${gateway.name}`, principal: routing(gateway), ports: [service.port], limits: requests,
    because: `route ${name} of gateway ${gateway.name} leads to ${callee.title}`,
  }));
}

/** Who reaches the pods of a pool: what sends its requests, and the picker, which reads their metrics. */
function pooled(model: MeshModel, callee: WorkloadNode, { serving }: GatewayIdentities): Leave[] {
  return model.poolsOf(callee).flatMap((pool): Leave[] => {
    const { workload } = pool.picker;
    return [{
      title: `gateway ${pool.gateway.name}`, principal: serving(pool), ports: pool.targetPorts,
      because: `${callee.title} serves pool ${pool.name} of gateway ${pool.gateway.name}`,
    }, {
      title: workload.title, principal: model.principal(workload.namespace, workload.serviceAccount), ports: scrapedPorts(pool),
      because: `${workload.title} reads the metrics of ${callee.title}`,
    }];
  });
}

/** A picker is asked by what sends the requests of its pool; of one that is deployed here, the metrics are read by who scrapes for the mesh. */
function asked({ index, scraper }: MeshModel, callee: WorkloadNode, { serving }: GatewayIdentities): Leave[] {
  return index.poolsPickedBy(callee).flatMap((pool): Leave[] => [{
    title: `gateway ${pool.gateway.name}`, principal: serving(pool), ports: [pool.picker.port],
    because: `gateway ${pool.gateway.name} asks the ${callee.title} for pods`,
  }, ...scraper && pool.picker.deployment ? [{ ...scraper, ports: [PICKER_PORTS.metrics], because: `${scraper.title} reads the metrics of the ${callee.title}` }] : []]);
}

/** What people call somebody to whom nothing was granted here. */
function titleOf(model: MeshModel, { key, namespace, serviceAccount }: Principal): string {
  if (model.principal(namespace, serviceAccount).key !== key) return `identity ${key}`;
  const [agent] = model.index.agentsAs(namespace, serviceAccount);
  return agent ? `agent ${agent.name}` : model.index.workloadsAs(namespace, serviceAccount).at(0)?.title ?? `identity ${key}`;
}
