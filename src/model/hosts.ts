/** Whether some host has both names, of which each may begin with "*". */
export function mayMeet(one: string, other: string): boolean {
  return covers(one, other) || covers(other, one);
}

/** Whether a route of one name goes before, or beside, a route of the other: the name that says more wins (Gateway API 1.6, HTTPRoute hostnames). */
export function mayTake(one: string, other: string): boolean {
  return covers(other, one);
}

/** Whether all hosts of the second name are hosts of the first, which may begin with "*". */
export function covers(name: string, host: string): boolean {
  return name === host || (name.startsWith('*') && host.endsWith(name.slice(1)));
}
