// Loaded only when a program needs it, because it loads generated classes.
/** Emits the grants of a boundary as an XAccessPolicy of kube-agentic-networking. */
// eslint-disable-next-line @typescript-eslint/no-require-imports
export const accessPolicies = () => require('./agentic-networking') as typeof import('./agentic-networking');
