import { POLICY_GROUP } from './facts';
import {
  HttpRouteSpec, HttpRouteSpecRulesFiltersType, HttpRouteSpecRulesMatches, HttpRouteSpecRulesMatchesHeaders,
  HttpRouteSpecRulesMatchesHeadersType, HttpRouteSpecRulesMatchesMethod,
  HttpRouteSpecRulesMatchesPathType,
} from '../../../imports/gateway.networking.k8s.io';
import { DISCOVER, Item, ITEM_METHODS } from '../../model/item-grants';
import { Principal } from '../../model/principal';
import { McpLimits, MIRRORED_HEADERS, MIRRORING_REVISION, RequestLimits } from '../../model/request-rule';
import { HASH_LENGTH, shortHash } from '../../model/short-hash';
import { calledPorts, TokenHandling, WorkloadNode } from '../../model/workload';

/** Matches of a route. */
export type RouteLimits = Required<Pick<RequestLimits, 'endpoints'>> & Pick<RequestLimits, 'mcp'>;

/** Returns the only requests that callers may make at a port, or undefined if all are allowed. */
export function limitsOf(workload: WorkloadNode, port: number): RouteLimits | undefined {
  if (workload.mcpProxy) return undefined; // the MCP proxy authorizes the requests
  const { endpoints } = workload.requests ?? {};
  return endpoints && calledPorts(workload).includes(port) ? { endpoints } : undefined;
}

/** A route of a Server, and the callers that may use it. */
export interface InboundRoute {
  readonly id: string;
  readonly name: string;
  readonly limits: RouteLimits;
  readonly principals: () => readonly Principal[];
}

/**
 * Returns the routes of a port. Only the most specific route authorizes a request, so callers that were granted everything are listed on
 * every route. Each declared item has a route, granted or not, so grants add and remove no objects.
 */
export function inboundRoutesOf(workload: WorkloadNode, port: number, limits: RouteLimits): InboundRoute[] {
  const { name, callers, items } = workload;
  const server = `${name}-${port}`;
  const all = { id: String(port), name: server, limits, principals: () => (items ? items.everything.principals : callers.principals) };
  if (!items) return [all];
  const posts = (mcp: McpLimits): RouteLimits => ({ endpoints: limits.endpoints.map(({ path }) => ({ path, methods: ['POST'] })), mcp });
  const endpoint = (suffix: string, mcp: McpLimits, principals: () => readonly Principal[]): InboundRoute => ({
    id: `${port}-${suffix}`, name: `${server}-${suffix}`, limits: posts(mcp), principals: () => [...items.everything.principals, ...principals()],
  });
  return [
    all,
    endpoint('discover', { methods: [DISCOVER] }, () => items.askersOf()),
    ...items.kinds.map((kind) => endpoint(`${kind}s`, { methods: ITEM_METHODS[kind].list }, () => items.askersOf(kind))),
    ...items.all.map(({ item, callers: granted }) =>
      endpoint(nameOf(item), { methods: [ITEM_METHODS[item.kind].use], names: [item.name] }, () => granted.principals)),
  ];
}

const HASHED = new RegExp(`(^|-)[0-9a-f]{${HASH_LENGTH}}$`);

/** Returns the name part of an item. Names that are not valid in Kubernetes get a hash, so they stay distinct. */
function nameOf({ kind, name }: Item): string {
  if (/^[a-z0-9]([-a-z0-9]{0,60}[a-z0-9])?$/.test(name) && !HASHED.test(name)) return `${kind}-${name}`;
  const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40).replace(/-+$/, '');
  return [kind, slug, shortHash(name)].filter((part) => part !== '').join('-');
}

export function compileRequests(server: string, { endpoints, mcp }: RouteLimits, tokens?: TokenHandling): HttpRouteSpec {
  const matches = endpoints.flatMap(({ path, methods }) => methods.flatMap((method) => headersOf(mcp).map((headers): HttpRouteSpecRulesMatches => ({
    path: { type: HttpRouteSpecRulesMatchesPathType.EXACT, value: path },
    method: method as HttpRouteSpecRulesMatchesMethod,
    ...(headers.length > 0 && { headers }),
  }))));
  return { parentRefs: [{ group: POLICY_GROUP, kind: 'Server', name: server }], rules: [{ matches, ...(tokens === 'stripped' && { filters: [WITHOUT_CREDENTIALS] }) }] };
}

/**
 * Returns the route of all requests that no other route of a Server matches. Without it Linkerd answers 404 to them once the Server has a
 * route, also if its access policy is "audit". It has no authorization, so it allows nothing once the access policy is "deny".
 */
export function compileRest(server: string): HttpRouteSpec {
  return { parentRefs: [{ group: POLICY_GROUP, kind: 'Server', name: server }], rules: [{ matches: [{ path: { type: HttpRouteSpecRulesMatchesPathType.PATH_PREFIX, value: '/' } }] }] };
}

/** Filter that strips the credentials of callers, which a server could otherwise reuse elsewhere (MCP 2026-07-28, authorization). */
const WITHOUT_CREDENTIALS = {
  type: HttpRouteSpecRulesFiltersType.REQUEST_HEADER_MODIFIER, requestHeaderModifier: { remove: ['authorization'] },
};

/** Returns one list of headers for each method and name, or one empty list without limits. */
function headersOf(mcp: McpLimits | undefined): HttpRouteSpecRulesMatchesHeaders[][] {
  if (!mcp) return [[]];
  const header = (name: string, value: string) => ({ type: HttpRouteSpecRulesMatchesHeadersType.EXACT, name, value });
  return mcp.methods.flatMap((method) => (mcp.names ?? [undefined]).map((named) => [
    header(MIRRORED_HEADERS.revision, MIRRORING_REVISION), header(MIRRORED_HEADERS.method, method),
    ...named === undefined ? [] : [header(MIRRORED_HEADERS.name, named)],
  ]));
}
