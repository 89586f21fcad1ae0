/** What a list holds, by keys. The list only grows, and keys of what it holds do not change: what came since is read when a key is asked for. */
export class Lookup<K, T> {
  private readonly byKey = new Map<K, T[]>();
  private read = 0;

  /** `keysOf` names each key of an item once. */
  public constructor(private readonly list: readonly T[], private readonly keysOf: (item: T) => Iterable<K>) {}

  /** In the order of the list. */
  public of(key: K): readonly T[] {
    for (; this.read < this.list.length; this.read++) {
      const item = this.list[this.read];
      for (const own of this.keysOf(item)) append(this.byKey, own, item);
    }
    return this.byKey.get(key) ?? NONE;
  }
}

/** Adds a value to those of a key. */
export function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

const NONE: readonly never[] = [];
