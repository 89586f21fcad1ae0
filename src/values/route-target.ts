/** A target of a route: an `InferencePool`, or an agent version that has a Service. */
export interface IRouteTarget {
  /** Display name in messages. */
  readonly title: string;
}
