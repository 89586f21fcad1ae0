import { createHash } from 'crypto';

/** Hexadecimal digits of a short hash. */
export const HASH_LENGTH = 8;

/** A name of at most so many characters: a longer one is cut, and a hash tells it from others that begin alike. */
export function boundedName(name: string, most: number): string {
  return name.length <= most ? name : `${name.slice(0, most - HASH_LENGTH - 1).replace(/-+$/, '')}-${shortHash(name)}`;
}

/** Tells names apart that would be cut or spelled alike. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH);
}
