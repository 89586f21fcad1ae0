/**
 * Returns a copy of a map prop, sorted by key. Every map of the public API is read through it: maps of other languages have no order of
 * insertion, so order must mean nothing.
 */
export function sortedKeys<T>(map: { readonly [key: string]: T } = {}): Record<string, T> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}
