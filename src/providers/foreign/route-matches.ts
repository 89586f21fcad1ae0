import { mayTake } from '../../model/hosts';
import { RouteMatch, RouteNode } from '../../model/route';

interface Match {
  readonly path?: { readonly type?: string; readonly value?: string };
  readonly headers?: readonly unknown[];
  /** Method of a GRPCRoute, or HTTP method of an HTTPRoute. */
  readonly method?: string | { readonly service?: string; readonly method?: string };
}

export interface ManifestRule {
  readonly matches?: readonly Match[];
  readonly filters?: readonly {
    readonly type?: string;
    readonly requestMirror?: { readonly backendRef?: BackendRef };
    readonly requestRedirect?: { readonly scheme?: string; readonly hostname?: string };
  }[];
  readonly backendRefs?: readonly BackendRef[];
}

export interface BackendRef {
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** The paths that rules of the mesh take. */
export interface TakenPaths {
  /** Prefixes without the last "/"; empty for every path. Each with the fewest headers of its rules. */
  readonly prefixes: ReadonlyMap<string, number>;
  /** Exact paths, which go before every prefix, each with the fewest headers. */
  readonly exact: ReadonlyMap<string, number>;
}

export function takenPaths(routes: readonly Pick<RouteNode, 'rules' | 'exact'>[]): TakenPaths {
  const [prefixes, exact] = [new Map<string, number>(), new Map<string, number>()];
  const add = (paths: Map<string, number>, path: string, { headers }: RouteMatch) => {
    paths.set(path, Math.min(paths.get(path) ?? Infinity, headers.length));
  };
  for (const route of routes) {
    for (const rule of route.rules) {
      if (route.exact) for (const path of route.exact.all()) add(exact, path, rule);
      else add(prefixes, stemOf(rule.pathPrefix ?? '/'), rule);
    }
  }
  return { prefixes, exact };
}

/** Returns whether a rule of another route can take requests for a host from rules of the mesh. */
export function takes(rule: ManifestRule, host: string, { prefixes, exact }: TakenPaths, ownHost: string): boolean {
  if (prefixes.size + exact.size === 0 || !mayTake(host, ownHost) || redirectsToHttps(rule)) return false;
  const { matches = [] } = rule;
  const isBefore = host !== ownHost;
  if (matches.length === 0) return isBefore || prefixes.get('') === 0;
  return matches.some((match) => isTakenBy(match, prefixes, isBefore) || isExactTakenBy(match, exact, isBefore));
}

/** An exact path is taken by the same path with as many headers, and for a host that says more by every match. */
function isExactTakenBy(match: Match, exact: TakenPaths['exact'], isBefore: boolean): boolean {
  const { type, value } = pathOf(match);
  if (type === 'RegularExpression') return exact.size > 0;
  return [...exact].some(([path, headers]) => (type === 'Exact' ? value === path && (isBefore || headersOf(match) >= headers) : isBefore && `${path}/`.startsWith(`${stemOf(value)}/`)));
}

/** Returns whether a rule only redirects clients from plain HTTP to HTTPS. */
function redirectsToHttps({ filters = [] }: ManifestRule): boolean {
  return filters.some(({ requestRedirect: to }) => to?.scheme === 'https' && to.hostname === undefined);
}

/**
 * Returns whether a match can take requests from rules of the mesh. The longer prefix wins, then the match with more headers. A regular
 * expression may match any path.
 */
function isTakenBy(match: Match, prefixes: TakenPaths['prefixes'], isBefore: boolean): boolean {
  const { type, value } = pathOf(match);
  const stem = stemOf(value);
  const isFirst = (prefix: string) => prefixes.has(prefix) && (isBefore || prefix !== stem || type !== 'PathPrefix' || headersOf(match) >= prefixes.get(prefix)!);
  if ((type === 'RegularExpression' && prefixes.size > 0) || stem.split('/').some((_, i, parts) => isFirst(parts.slice(0, i + 1).join('/')))) return true;
  return isBefore && type === 'PathPrefix' && [...prefixes.keys()].some((prefix) => prefix.startsWith(`${stem}/`));
}

/**
 * Returns the number of headers of a match for comparison. A match with a method takes precedence over headers, so it counts as having more
 * headers.
 */
function headersOf({ headers, method }: Match): number {
  return method === undefined ? headers?.length ?? 0 : Infinity;
}

function pathOf({ path, method }: Match): { readonly type: string; readonly value: string } {
  if (typeof method === 'object' && method.service !== undefined) return { type: 'PathPrefix', value: `/${method.service}${method.method === undefined ? '' : `/${method.method}`}` };
  return { type: path?.type ?? 'PathPrefix', value: path?.value ?? '/' };
}

/** Returns a path prefix without a trailing slash, because the Gateway API compares prefixes by segments. */
function stemOf(path: string): string {
  return path.replace(/\/+$/, '');
}
