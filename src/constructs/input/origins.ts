/** An origin as browsers send it: scheme, host and port, without a path. "*" is not allowed, because a policy would interpret it as a pattern. */
const ORIGIN = /^https?:\/\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:[0-9]{1,5})?$/;

/** Returns whether a text is an origin as browsers send it. */
export function isOrigin(text: string): boolean {
  return ORIGIN.test(text);
}
