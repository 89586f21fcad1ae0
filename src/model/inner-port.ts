const FIRST = 20_000;
const COUNT = 10_000;

/**
 * Returns the inner gateway port of a pool, derived from its name only, so that a new pool does not change the ports of others. If that port
 * is taken, further candidates are derived from the name. Ports are from 20000 to 29999: above usual application ports, below NodePorts and
 * ephemeral ports.
 */
export function innerPortOf(poolName: string, isTaken: (port: number) => boolean = () => false): number {
  let port = derived(poolName);
  for (let turn = 1; turn < COUNT && isTaken(port); turn++) port = derived(`${poolName}#${turn}`);
  return port;
}

/** Hashes with FNV-1a (32 bits) into the port range. */
function derived(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return FIRST + (hash % COUNT);
}
