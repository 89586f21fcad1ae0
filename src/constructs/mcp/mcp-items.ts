import { NamedServer } from './mcp-servers';
import { Item } from '../../model/item-grants';
import { Membership } from '../membership/membership';

/** Whether an MCP proxy in front of several servers adds the name of the server to the names of its items. */
export interface Prefixed {
  readonly names: boolean;
  /** The same for the URIs of resources, which would otherwise be ambiguous. */
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

/** The scheme of user interface resources stays in front of the prefix, because clients recognize it (agentgateway 1.4, MCP handler). */
const UI_SCHEME = 'ui://';

function prefixedUri(target: string, uri: string): string {
  return uri.startsWith(UI_SCHEME) ? `${UI_SCHEME}${target}+${uri.slice(UI_SCHEME.length)}` : `${target}+${uri}`;
}

/** Names of tools and prompts (MCP 2025-11-25, Tools). A "*" would be a pattern in a policy. */
const NAME = /^[A-Za-z0-9_./-]{1,128}$/;

/** URIs that a header can carry unencoded. */
const URI = /^[a-z][a-z0-9+.-]*:[\x21-\x29\x2b\x2d-\x7e]{1,1000}$/;

/** Reports invalid names, checked as the server uses them, and names that two servers have without a prefix to tell them apart. */
export function checkItems(member: Membership, items: readonly Item[]): void {
  const seen = new Set<string>();
  for (const { kind, name, origin } of items) {
    const key = `${kind} ${name}`;
    if (seen.has(key)) member.report({ message: `the name of a ${kind} is ambiguous: it is listed twice`, actual: name, expected: `each ${kind} once`, fix: 'remove or rename one of the two' });
    seen.add(key);
    if (kind === 'resource' ? URI.test(origin.name) : NAME.test(origin.name)) continue;
    member.report(kind === 'resource'
      ? { message: 'the URI of a resource cannot be carried in a header', actual: origin.name, expected: 'URIs of printable ASCII without spaces, "*" and ","', fix: 'write it as resources/list returns it' }
      : { message: `the name of a ${kind} is not valid in MCP`, actual: origin.name, expected: '1 to 128 letters, digits, "_", "-", "." and "/"', fix: `write it as ${kind}s/list returns it` });
  }
}

/** An origin as browsers send it: scheme, host and port, without a path. A "*" would be a pattern in a policy. */
const ORIGIN = /^https?:\/\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:[0-9]{1,5})?$/;

/** Returns the allowed origins. Returns nothing, and reports it, if no provider can check origins. */
export function originsOf(member: Membership, origins: readonly string[] | undefined): readonly string[] | undefined {
  if (!origins || member.refuse('origin-check', 'Origin validation (`allowedOrigins`)', origins)) return undefined;
  const bad = origins.find((origin) => !ORIGIN.test(origin));
  if (bad !== undefined) member.report({ message: 'an entry of `allowedOrigins` is not an origin as browsers send it', actual: bad, expected: '"https://" or "http://", a host, and a port if it is not the default one', fix: 'write it as in "https://desk.example.com"' });
  return [...new Set(origins)];
}
