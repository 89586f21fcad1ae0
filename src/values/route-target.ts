import { RouteTargetReference } from './references';

/**
 * A target of a route: an InferencePool, an agent version with a Service, or for `addRoute` and `InferenceRoute` an Agent or an
 * McpToolBoundary. A class of yours can be a target too: its `asRouteTarget` returns the `asRouteTarget` of such an object.
 */
export interface IRouteTarget {
  /** Reference to the target. */
  readonly asRouteTarget: RouteTargetReference;
  /** Display name in messages. */
  readonly title: string;
}
