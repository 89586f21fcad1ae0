/** What happens to requests while a component in their path is unavailable. The prop that has this type names the component. */
export enum FailureMode {
  /** Requests fail. */
  FAIL_CLOSED = 'FailClosed',
  /** Requests continue without the component. The prop says which requests. */
  FAIL_OPEN = 'FailOpen',
}
