const FIRST = 20_000;
const COUNT = 10_000;

/**
 * Returns the inner gateway port of a pool, derived from its name only, so that no other pool changes it. Ports are from 20000 to 29999: above
 * usual application ports, below NodePorts and ephemeral ports. Two names may have the same port; a check reports them.
 */
export function innerPortOf(poolName: string): number {
  return FIRST + (hashOf(poolName) % COUNT);
}

/** Returns the number of the inner gateway that serves a pool, derived from its name only, so that no other pool changes it. */
export function shardOf(poolName: string, shards: number): number {
  return hashOf(`${poolName} shard`) % shards;
}

/** Hashes with FNV-1a (32 bits). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return hash;
}
