/** The grants of a boundary as kube-agentic-networking's own kind. */
export { checkAccessPolicy } from './checks';
export { emitAccessPolicy } from './policy';
