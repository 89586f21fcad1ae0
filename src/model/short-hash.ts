import { createHash } from 'crypto';

/** Number of hexadecimal digits of a short hash. */
export const HASH_LENGTH = 8;

/** Limits the length of a name. A longer name is cut and gets a hash, so that it stays unique. */
export function boundedName(name: string, most: number): string {
  return name.length <= most ? name : `${name.slice(0, most - HASH_LENGTH - 1).replace(/-+$/, '')}-${shortHash(name)}`;
}

/** Returns a short hash that keeps names unique when they are cut or rewritten. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH);
}
