const FIRST = 20_000;
const COUNT = 10_000;

/**
 * The port that stands for a pool, from its name alone, so that a pool added later moves no other's.
 * Between 20000 and 29999: above what applications listen on, below NodePorts and ephemeral ports.
 */
export function innerPortOf(poolName: string): number {
  let hash = 0x811c9dc5; // FNV-1a, 32 bits
  for (let i = 0; i < poolName.length; i++) {
    hash = Math.imul(hash ^ poolName.charCodeAt(i), 0x01000193) >>> 0;
  }
  return FIRST + (hash % COUNT);
}
