/** Index of a list by keys. The list may only grow and keys must not change; new entries are indexed at the next lookup. */
export class Lookup<K, T> {
  private readonly byKey = new Map<K, T[]>();
  private read = 0;

  /** `keysOf` must return each key of an item once. */
  public constructor(private readonly list: readonly T[], private readonly keysOf: (item: T) => Iterable<K>) {}

  /** Returns the entries with a key, in list order. */
  public of(key: K): readonly T[] {
    for (; this.read < this.list.length; this.read++) {
      const item = this.list[this.read];
      for (const own of this.keysOf(item)) append(this.byKey, own, item);
    }
    return this.byKey.get(key) ?? NONE;
  }
}

/** Appends a value to the list of a key. */
export function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

const NONE: readonly never[] = [];
