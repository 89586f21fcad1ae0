import { listed } from './problem';

/** Returns names as "a, b, c" for a message about an unknown name: those that it may be a misspelling of come first. */
export function nearest(names: Iterable<string | number>, unknown: string | number): string {
  const all = [...new Set(Array.from(names, String))];
  const distances = new Map(all.map((name) => [name, edits(name.toLowerCase(), String(unknown).toLowerCase())]));
  return listed(all.sort((a, b) => distances.get(a)! - distances.get(b)!));
}

/** Returns the least number of letters to insert, delete or replace to turn one text into the other (Levenshtein). */
function edits(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 0; i < one.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < other.length; j++) next.push(Math.min(next[j] + 1, row[j + 1] + 1, row[j] + (one[i] === other[j] ? 0 : 1)));
    row = next;
  }
  return row[other.length];
}
