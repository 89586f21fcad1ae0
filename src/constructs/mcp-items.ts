import { NamedServer } from './mcp-servers';
import { Membership } from './membership';
import { Item } from '../model/item-grants';

/** Whether a proxy before several servers puts a server's name before the names of what it has. */
export interface Prefixed {
  readonly names: boolean;
  /** Of resources: without it nobody could tell whose they are. */
  readonly uris: boolean;
}

/** Everything that servers offer by name, as callers say it. */
export function itemsOf(servers: readonly NamedServer[], { names, uris }: Prefixed): Item[] {
  return servers.flatMap(({ name: target, tools, prompts = [], resources = [] }) => [
    ...tools.map((name): Item => ({ kind: 'tool', name: names ? `${target}_${name}` : name, origin: { target, name } })),
    ...prompts.map((name): Item => ({ kind: 'prompt', name: names ? `${target}_${name}` : name, origin: { target, name } })),
    ...resources.map((name): Item => ({ kind: 'resource', name: uris ? prefixedUri(target, name) : name, origin: { target, name } })),
  ]);
}

/** What clients of user interfaces know by its scheme keeps it (agentgateway 1.4, MCP handler). */
const UI_SCHEME = 'ui://';

function prefixedUri(target: string, uri: string): string {
  return uri.startsWith(UI_SCHEME) ? `${UI_SCHEME}${target}+${uri.slice(UI_SCHEME.length)}` : `${target}+${uri}`;
}

/** Names of tools and prompts (MCP 2025-11-25, Tools); a "*" would be a pattern to a policy. */
const NAME = /^[A-Za-z0-9_./-]{1,128}$/;

/** URIs that a header can carry as they are. */
const URI = /^[a-z][a-z0-9+.-]*:[\x21-\x29\x2b\x2d-\x7e]{1,1000}$/;

/** Each as its own server calls it; a name that two of them have, where nothing tells them apart, is nobody's. */
export function checkItems(member: Membership, items: readonly Item[]): void {
  const seen = new Set<string>();
  for (const { kind, name, origin } of items) {
    const key = `${kind} ${name}`;
    if (seen.has(key)) member.report({ message: `a ${kind} is named twice`, actual: name, expected: `each ${kind} once`, fix: 'drop one' });
    seen.add(key);
    if (kind === 'resource' ? URI.test(origin.name) : NAME.test(origin.name)) continue;
    member.report(kind === 'resource'
      ? { message: 'a resource has a URI that a header cannot carry', actual: origin.name, expected: 'URIs of printable ASCII without blanks, "*" and ","', fix: 'write it as resources/list gives it' }
      : { message: `a ${kind} has a name that MCP refuses`, actual: origin.name, expected: '1 to 128 letters, digits, "_", "-", "." and "/"', fix: `write it as ${kind}s/list gives it` });
  }
}

/** As a browser states it: scheme, host and port, without a path; a "*" would be a pattern. */
const ORIGIN = /^https?:\/\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:[0-9]{1,5})?$/;

/** The origins that are asked for; none where nobody looks at them, which is told. */
export function originsOf(member: Membership, origins: readonly string[] | undefined): readonly string[] | undefined {
  if (!origins || member.refuse('origin-check', 'a check of web pages', origins)) return undefined;
  const bad = origins.find((origin) => !ORIGIN.test(origin));
  if (bad !== undefined) member.report({ message: 'an origin is not one that a browser states', actual: bad, expected: '"https://" or "http://", a host and a port where it is not the usual one', fix: 'write it as in "https://desk.example.com"' });
  return [...new Set(origins)];
}
