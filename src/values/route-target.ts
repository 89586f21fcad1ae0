/** Where a route can lead: an `InferencePool`, or a version of an agent that has a Service. */
export interface IRouteTarget {
  /** What people call it in messages. */
  readonly title: string;
}
