/** Format of the access log that Linkerd's proxies write to standard output (source: Linkerd 2.20, `config.linkerd.io/access-log`). */
export enum LinkerdAccessLog {
  /** Writes a line of JSON for each request. */
  JSON = 'JSON',
  /** Writes a line in Apache's common log format for each request. */
  APACHE = 'APACHE',
  /** Disables the access log, also if the Linkerd installation enables it. */
  OFF = 'OFF',
}
