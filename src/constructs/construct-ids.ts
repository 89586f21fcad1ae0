/**
 * Whether the constructs library cannot hold an id (constructs 10, Node): it keeps children in an object that has the properties of every
 * other, and takes those for children.
 */
export function isReservedId(id: string): boolean {
  return id in {};
}

/** An id for what is named by the user, where the name is taken. */
export function idOf(name: string, suffix: string): string {
  return isReservedId(name) ? `${name}-${suffix}` : name;
}
