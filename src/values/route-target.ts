import { RouteTargetReference } from './references';

/** A target of a route: an `InferencePool`, or an agent version that has a Service. */
export interface IRouteTarget {
  /** Reference to the target. */
  readonly asRouteTarget: RouteTargetReference;
  /** Display name in messages. */
  readonly title: string;
}
