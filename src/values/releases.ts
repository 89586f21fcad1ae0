/** Supported Istio releases. */
export enum IstioRelease {
  /** Istio 1.30. */
  V1_30 = '1.30',
  /** Istio 1.31. */
  V1_31 = '1.31',
}

/** Release channels of the Gateway API CRDs (Gateway API v1.6, versioning). */
export enum GatewayApiChannel {
  /** Generally available resources and fields. */
  STANDARD = 'standard',
  /** Also experimental fields, such as retries of an HTTPRoute. */
  EXPERIMENTAL = 'experimental',
}

/** Supported Linkerd releases. */
export enum LinkerdRelease {
  /** Linkerd 2.19, in which native sidecars are off by default. */
  V2_19 = '2.19',
  /** Linkerd 2.20. */
  V2_20 = '2.20',
}
