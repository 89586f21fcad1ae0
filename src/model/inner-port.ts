const FIRST = 20_000;
const COUNT = 10_000;

/**
 * The port that stands for a pool, from its name alone, so that a pool added later moves no other's; where that port is taken, the next one
 * that follows from the name. Between 20000 and 29999: above what applications listen on, below NodePorts and ephemeral ports.
 */
export function innerPortOf(poolName: string, isTaken: (port: number) => boolean = () => false): number {
  let port = derived(poolName);
  for (let turn = 1; turn < COUNT && isTaken(port); turn++) port = derived(`${poolName}#${turn}`);
  return port;
}

/** FNV-1a, 32 bits. */
function derived(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return FIRST + (hash % COUNT);
}
