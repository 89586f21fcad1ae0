// Loaded when a program asks for it: what it emits comes with generated classes.
/** The grants of a boundary as kube-agentic-networking's own kind. */
// eslint-disable-next-line @typescript-eslint/no-require-imports
export const accessPolicies = () => require('./agentic-networking') as typeof import('./agentic-networking');
