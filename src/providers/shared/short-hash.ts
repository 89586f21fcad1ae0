import { createHash } from 'crypto';

/** Hexadecimal digits of a short hash. */
export const HASH_LENGTH = 8;

/** Tells names apart that would be cut or spelled alike. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH);
}
