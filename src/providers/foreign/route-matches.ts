import { mayTake } from '../../model/hosts';
import { RouteRule } from '../../model/route';

interface Match {
  readonly path?: { readonly type?: string; readonly value?: string };
  /** In GRPCRoutes. In HTTPRoutes this is the HTTP method. */
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

/** The prefixes of the paths that rules of the mesh take, without the last "/"; empty for every path. */
export function prefixesOf(rules: readonly RouteRule[]): ReadonlySet<string> {
  return new Set(rules.map(({ pathPrefix = '/' }) => stemOf(pathPrefix)));
}

/** Whether a rule of another route can take requests of rules of the mesh for a host. */
export function takes(rule: ManifestRule, host: string, prefixes: ReadonlySet<string>, ownHost: string): boolean {
  if (prefixes.size === 0 || !mayTake(host, ownHost) || redirectsToHttps(rule)) return false;
  const { matches = [] } = rule;
  const isBefore = host !== ownHost;
  return matches.length === 0 ? isBefore || prefixes.has('') : matches.some((match) => isTakenBy(pathOf(match), prefixes, isBefore));
}

/** Whether a rule only redirects clients from plain HTTP to HTTPS. */
function redirectsToHttps({ filters = [] }: ManifestRule): boolean {
  return filters.some(({ requestRedirect: to }) => to?.scheme === 'https' && to.hostname === undefined);
}

/** The longer of two prefixes wins. A regular expression may match any path. */
function isTakenBy({ type, value }: { readonly type: string; readonly value: string }, prefixes: ReadonlySet<string>, isBefore: boolean): boolean {
  const stem = stemOf(value);
  if (type === 'RegularExpression' || stem.split('/').some((_, i, parts) => prefixes.has(parts.slice(0, i + 1).join('/')))) return true;
  return isBefore && type === 'PathPrefix' && [...prefixes].some((prefix) => prefix.startsWith(`${stem}/`));
}

function pathOf({ path, method }: Match): { readonly type: string; readonly value: string } {
  if (typeof method === 'object' && method.service !== undefined) return { type: 'PathPrefix', value: `/${method.service}${method.method === undefined ? '' : `/${method.method}`}` };
  return { type: path?.type ?? 'PathPrefix', value: path?.value ?? '/' };
}

/** Prefixes of the Gateway API count by segments. */
function stemOf(path: string): string {
  return path.replace(/\/+$/, '');
}
