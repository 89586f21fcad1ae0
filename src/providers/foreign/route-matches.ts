import { mayTake } from './hosts';
import { RouteRule } from '../../model/route';

interface Match {
  readonly path?: { readonly type?: string; readonly value?: string };
  /** Of GRPCRoutes; HTTPRoutes have the method of HTTP there. */
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
  readonly group?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** Whether a rule of another route, of a host, can be the one that takes requests of a rule of the mesh. */
export function takes(rule: ManifestRule, host: string, own: RouteRule, ownHost: string): boolean {
  if (!mayTake(host, ownHost) || redirectsToHttps(rule)) return false;
  const { matches = [] } = rule;
  const prefix = own.pathPrefix ?? '/';
  const isBefore = host !== ownHost;
  return matches.length === 0 ? isBefore || prefix === '/' : matches.some((match) => isTakenBy(pathOf(match), prefix, isBefore));
}

/** What sends clients from plain HTTP to HTTPS, and nowhere else. */
function redirectsToHttps({ filters = [] }: ManifestRule): boolean {
  return filters.some(({ requestRedirect: to }) => to?.scheme === 'https' && to.hostname === undefined);
}

/** Of two prefixes the longer one wins; a regular expression may be anything. */
function isTakenBy({ type, value }: { readonly type: string; readonly value: string }, prefix: string, isBefore: boolean): boolean {
  if (type === 'RegularExpression' || isUnder(value, prefix)) return true;
  return isBefore && type === 'PathPrefix' && isUnder(prefix, value);
}

function pathOf({ path, method }: Match): { readonly type: string; readonly value: string } {
  if (typeof method === 'object' && method.service !== undefined) return { type: 'PathPrefix', value: `/${method.service}${method.method === undefined ? '' : `/${method.method}`}` };
  return { type: path?.type ?? 'PathPrefix', value: path?.value ?? '/' };
}

/** By segments, as prefixes of the Gateway API count. */
function isUnder(path: string, prefix: string): boolean {
  const stem = prefix.replace(/\/+$/, '');
  return path === stem || path.startsWith(`${stem}/`);
}
