/** Exports the grants of an McpToolBoundary as an XAccessPolicy of kube-agentic-networking. */
export { checkAccessPolicy } from './checks';
export { emitAccessPolicy } from './policy';
