import { NamedServer } from './mcp-servers';
import { Item } from '../../model/item-grants';
import { isOrigin } from '../input/origins';
import { Membership } from '../membership/membership';

/** Which items get the name of their server as a prefix from an MCP proxy in front of several servers. */
export interface Prefixed {
  readonly names: boolean;
  /** Whether the URIs of resources get the prefix. Without it they could be ambiguous. */
  readonly uris: boolean;
}

/** Returns all items of the servers, with the names that callers use. */
export function itemsOf(servers: readonly NamedServer[], { names, uris }: Prefixed): Item[] {
  return servers.flatMap(({ name: target, tools, prompts = [], resources = [] }) => [
    ...tools.map((name): Item => ({ kind: 'tool', name: names ? `${target}_${name}` : name, origin: { target, name } })),
    ...prompts.map((name): Item => ({ kind: 'prompt', name: names ? `${target}_${name}` : name, origin: { target, name } })),
    ...resources.map((name): Item => ({ kind: 'resource', name: uris ? prefixedUri(target, name) : name, origin: { target, name } })),
  ]);
}

/** Scheme of user interface resources. It stays in front of the prefix, because clients recognize it (agentgateway 1.4, MCP handler). */
const UI_SCHEME = 'ui://';

function prefixedUri(target: string, uri: string): string {
  return uri.startsWith(UI_SCHEME) ? `${UI_SCHEME}${target}+${uri.slice(UI_SCHEME.length)}` : `${target}+${uri}`;
}

/** Valid names of tools and prompts (MCP 2025-11-25, Tools). "*" is not allowed, because a policy would interpret it as a pattern. */
const NAME = /^[A-Za-z0-9_./-]{1,128}$/;

/** URIs that a header can carry unencoded. */
const URI = /^[a-z][a-z0-9+.-]*:[\x21-\x29\x2b\x2d-\x7e]{1,1000}$/;

/** Reports invalid names, and names that two servers share without a prefix. Names are checked without the prefix, as the server uses them. */
export function checkItems(member: Membership, items: readonly Item[]): void {
  const seen = new Set<string>();
  for (const { kind, name, origin } of items) {
    const key = `${kind} ${name}`;
    if (seen.has(key)) member.report({ message: `the name of a ${kind} is listed twice`, actual: name, expected: `each ${kind} once`, fix: `list the ${kind} once; if two servers have it, rename it on one server` });
    seen.add(key);
    if (kind === 'resource' ? URI.test(origin.name) : NAME.test(origin.name)) continue;
    member.report(kind === 'resource'
      ? { message: 'the URI of a resource has characters that the header Mcp-Name cannot carry', actual: origin.name, expected: 'URIs of printable ASCII without spaces, "*" and ","', fix: 'write it as resources/list returns it' }
      : { message: `the name of a ${kind} is not valid in MCP`, actual: origin.name, expected: '1 to 128 letters, digits, "_", "-", "." and "/"', fix: `write it as ${kind}s/list returns it` });
  }
}

/** Returns the allowed origins. If no provider can check origins, reports it and returns nothing. */
export function originsOf(member: Membership, origins: readonly string[] | undefined): readonly string[] | undefined {
  if (!origins || member.refuse('origin-check', 'Origin validation (`allowedOrigins`)', origins)) return undefined;
  const bad = origins.find((origin) => !isOrigin(origin));
  if (bad !== undefined) member.report({ message: 'an entry of `allowedOrigins` is not an origin in the form that browsers send', actual: bad, expected: '"https://" or "http://", a host, and a port if it is not the default one', fix: 'write it as in "https://desk.example.com"' });
  return [...new Set(origins)];
}
