/**
 * Whether an id cannot be used with the constructs library (constructs 10, Node). The library keeps children in a plain object and
 * mistakes inherited properties for children.
 */
export function isReservedId(id: string): boolean {
  return id in {};
}

/** Returns an id for a user's name, with a suffix if the name cannot be used. */
export function idOf(name: string, suffix: string): string {
  return isReservedId(name) ? `${name}-${suffix}` : name;
}
