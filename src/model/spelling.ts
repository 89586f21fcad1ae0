import { listed } from './problem';

/** Maximum length of names that are compared, because the effort grows with the square of the length. */
const LONGEST = 64;

/** Returns the known name that is most similar to a name, if it is similar enough to be meant. */
export function likelyMeant(name: string, known: readonly string[]): string | undefined {
  if (name.length > LONGEST) return undefined;
  const [first] = byDistance(known, name);
  return first && first.distance <= Math.max(2, Math.floor(name.length / 3)) ? first.name : undefined;
}

/** Returns names as "a, b, c" for a message about an unknown name. Similar names come first. */
export function nearestFirst(names: Iterable<string | number>, unknown: string | number): string {
  return listed(byDistance([...new Set(Array.from(names, String))], String(unknown)).map(({ name }) => name));
}

function byDistance(names: readonly string[], unknown: string): { readonly name: string; readonly distance: number }[] {
  const sought = unknown.slice(0, LONGEST).toLowerCase();
  return names.map((name) => ({ name, distance: edits(name.slice(0, LONGEST).toLowerCase(), sought) })).sort((a, b) => a.distance - b.distance);
}

/** Returns the minimum number of letters to insert, delete or replace to change one text into the other (Levenshtein distance). */
function edits(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 0; i < one.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < other.length; j++) next.push(Math.min(next[j] + 1, row[j + 1] + 1, row[j] + (one[i] === other[j] ? 0 : 1)));
    row = next;
  }
  return row[other.length];
}
