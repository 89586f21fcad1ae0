/** Handling of requests while a component that must decide about them is unavailable. What it is, the prop says. */
export enum FailureMode {
  /** Requests fail. */
  FAIL_CLOSED = 'FailClosed',
  /** Requests continue without it, as far as the prop says. */
  FAIL_OPEN = 'FailOpen',
}
