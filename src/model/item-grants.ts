import { Callers } from './callers';
import { append } from './lookup';
import { Principal } from './principal';
import { Endpoint, RequestRule } from './request-rule';

/** What an MCP server offers by name, and how it is asked for (MCP 2026-07-28, server features). */
export type ItemKind = 'tool' | 'prompt' | 'resource';

export const ITEM_KINDS: readonly ItemKind[] = ['tool', 'prompt', 'resource'];

/** One thing that can be granted by its name; of a resource the name is its URI. */
export interface Item {
  readonly kind: ItemKind;
  /** As callers say it. */
  readonly name: string;
  /** Whose it is of several servers behind one door, and how that one calls it. */
  readonly origin: { readonly target: string; readonly name: string };
}

/** The method that uses an item, and those that tell of all of its kind. */
export const ITEM_METHODS: Readonly<Record<ItemKind, { readonly use: string; readonly list: readonly string[] }>> = {
  tool: { use: 'tools/call', list: ['tools/list'] },
  prompt: { use: 'prompts/get', list: ['prompts/list'] },
  resource: { use: 'resources/read', list: ['resources/list', 'resources/templates/list'] },
};

/** What every client asks for first. */
export const DISCOVER = 'server/discover';

/** Who was granted which items of a server, and who every one. */
export class ItemGrants {
  public readonly everything = new Callers();
  private readonly byItem = new Map<string, { readonly item: Item; readonly callers: Callers }>();

  public constructor(items: readonly Item[]) {
    for (const item of items) this.byItem.set(keyOf(item), { item, callers: new Callers() });
  }

  /** Those who were granted one item; nothing where it was not declared. */
  public of(item: Pick<Item, 'kind' | 'name'>): Callers | undefined {
    return this.byItem.get(keyOf(item))?.callers;
  }

  /** What was declared, each with who was granted it. */
  public get all(): { readonly item: Item; readonly callers: Callers }[] {
    return [...this.byItem.values()];
  }

  /** What a caller was granted by name, in the order of its declaration; or everything. */
  public heldBy(principal: Principal): readonly Item[] | 'everything' {
    return this.heldByEach()(principal);
  }

  /** The same of several callers, for which all that was granted is read once. */
  public heldByEach(): (principal: Principal) => readonly Item[] | 'everything' {
    const byKey = new Map<string, Item[]>();
    for (const { item, callers } of this.byItem.values()) {
      for (const { key } of callers.principals) append(byKey, key, item);
    }
    return ({ key }) => (this.everything.has(key) ? 'everything' : byKey.get(key) ?? []);
  }

  /** The kinds of what was declared. */
  public get kinds(): ItemKind[] {
    return ITEM_KINDS.filter((kind) => this.all.some(({ item }) => item.kind === kind));
  }

  /** Those who were granted some item of a kind, each once, and may therefore ask what there is; without a kind, of any. */
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

/** The requests that a server with grants by item takes: everything from some, one item each from others, and what is there. */
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

/** The items of a kind that the same callers were granted are one rule: a policy does not hold as many as a server may have tools. */
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
