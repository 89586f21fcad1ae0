import { Callers } from './callers';
import { append } from './lookup';
import { Principal } from './principal';
import { Endpoint, RequestRule } from './request-rule';

/** Kind of a named MCP feature of a server (MCP 2026-07-28, server features). */
export type ItemKind = 'tool' | 'prompt' | 'resource';

export const ITEM_KINDS: readonly ItemKind[] = ['tool', 'prompt', 'resource'];

/** A tool, prompt or resource that can be granted by name. The name of a resource is its URI. */
export interface Item {
  readonly kind: ItemKind;
  /** Name that callers use. */
  readonly name: string;
  /** Target that offers the item if the boundary has several, and the name of the item at that target. */
  readonly origin: { readonly target: string; readonly name: string };
}

/** The MCP method that uses an item, and the methods that list items of its kind. */
export const ITEM_METHODS: Readonly<Record<ItemKind, { readonly use: string; readonly list: readonly string[] }>> = {
  tool: { use: 'tools/call', list: ['tools/list'] },
  prompt: { use: 'prompts/get', list: ['prompts/list'] },
  resource: { use: 'resources/read', list: ['resources/list', 'resources/templates/list'] },
};

/** MCP method that every client calls first. */
export const DISCOVER = 'server/discover';

/** Grants of the items of a server: callers per item, and callers of everything. */
export class ItemGrants {
  public readonly everything = new Callers();
  private readonly byItem = new Map<string, { readonly item: Item; readonly callers: Callers }>();

  public constructor(items: readonly Item[]) {
    for (const item of items) this.byItem.set(keyOf(item), { item, callers: new Callers() });
  }

  /** Returns the callers that were granted an item, or undefined if the item was not declared. */
  public of(item: Pick<Item, 'kind' | 'name'>): Callers | undefined {
    return this.byItem.get(keyOf(item))?.callers;
  }

  /** All declared items, each with its callers. */
  public get all(): { readonly item: Item; readonly callers: Callers }[] {
    return [...this.byItem.values()];
  }

  /** Returns the items that a caller was granted, in order of declaration, or "everything". */
  public heldBy(principal: Principal): readonly Item[] | 'everything' {
    return this.heldByEach()(principal);
  }

  /** Returns `heldBy` for many callers, computed in one pass over the grants. */
  public heldByEach(): (principal: Principal) => readonly Item[] | 'everything' {
    const byKey = new Map<string, Item[]>();
    for (const { item, callers } of this.byItem.values()) {
      for (const { key } of callers.principals) append(byKey, key, item);
    }
    return ({ key }) => (this.everything.has(key) ? 'everything' : byKey.get(key) ?? []);
  }

  /** Kinds of the declared items. */
  public get kinds(): ItemKind[] {
    return ITEM_KINDS.filter((kind) => this.all.some(({ item }) => item.kind === kind));
  }

  /**
   * Returns the callers that were granted any item of a kind, each once. They may list that kind. All kinds count if `kind` is undefined.
   */
  public askersOf(kind?: ItemKind): Principal[] {
    const byKey = new Map<string, Principal>();
    for (const { item, callers } of this.byItem.values()) {
      if (kind !== undefined && item.kind !== kind) continue;
      for (const principal of callers.principals) byKey.set(principal.key, principal);
    }
    return [...byKey.values()];
  }
}

function keyOf({ kind, name }: Pick<Item, 'kind' | 'name'>): string {
  return `${kind} ${name}`;
}

/** Returns the request rules of a server with grants by item: everything, listing, and the use of single items. */
export function itemRules(grants: ItemGrants, endpoints: readonly Endpoint[]): RequestRule[] {
  const posts = { endpoints: endpoints.map(({ path }) => ({ path, methods: ['POST'] })) };
  const granted = grants.all.filter(({ callers }) => !callers.isEmpty);
  const askers = grants.askersOf();
  return [
    ...grants.everything.isEmpty ? [] : [{ principals: grants.everything.principals, endpoints }],
    ...askers.length === 0 ? [] : [{ principals: askers, ...posts, mcp: { methods: [DISCOVER] } }],
    ...grants.kinds.map((kind) => ({ principals: grants.askersOf(kind), ...posts, mcp: { methods: ITEM_METHODS[kind].list } }))
      .filter(({ principals }) => principals.length > 0),
    ...byCallers(granted).map(({ kind, names, principals }) => ({ principals, ...posts, mcp: { methods: [ITEM_METHODS[kind].use], names } })),
  ];
}

interface NamesOfCallers { readonly kind: ItemKind; readonly names: string[]; readonly principals: Principal[] }

/**
 * Groups items of a kind with the same callers into one rule, because the rules of a policy are limited and a server may have many tools.
 */
function byCallers(granted: ItemGrants['all']): NamesOfCallers[] {
  const rules = new Map<string, NamesOfCallers>();
  for (const { item: { kind, name }, callers: { principals } } of granted) {
    const key = [kind, ...principals.map((principal) => principal.key).sort()].join('\n');
    const known = rules.get(key);
    if (known) known.names.push(name);
    else rules.set(key, { kind, names: [name], principals: [...principals] });
  }
  return [...rules.values()];
}
