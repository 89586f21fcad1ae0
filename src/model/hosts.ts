/** Returns whether some host matches both names. Each name may begin with "*". */
export function mayMeet(one: string, other: string): boolean {
  return covers(one, other) || covers(other, one);
}

/**
 * Returns whether a route with the first name may take requests from a route with the other name. The more specific name wins (Gateway API
 * 1.6, HTTPRoute hostnames).
 */
export function mayTake(one: string, other: string): boolean {
  return covers(other, one);
}

/** Returns whether every host that matches the second name matches the first name too. The first name may begin with "*". */
export function covers(name: string, host: string): boolean {
  return name === host || (name.startsWith('*') && host.endsWith(name.slice(1)));
}
