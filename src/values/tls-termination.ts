/** The component that terminates the TLS of a gateway's clients. */
export enum TlsTermination {
  /** The gateway terminates TLS, with the certificate of `tls`. */
  GATEWAY = 'GATEWAY',
  /**
   * A load balancer in front of the gateway terminates TLS with a certificate that is configured there. Requests between it and the gateway
   * are plain text.
   */
  LOAD_BALANCER = 'LOAD_BALANCER',
}
