/** Releases of Istio whose behaviour the library knows. */
export enum IstioRelease {
  /** Istio 1.30. */
  V1_30 = '1.30',
  /** Istio 1.31. */
  V1_31 = '1.31',
}

/** Release channels of the Gateway API CRDs (Gateway API v1.6, versioning). */
export enum GatewayApiChannel {
  /** What is generally available. */
  STANDARD = 'standard',
  /** Also what may still change, such as retries of an HTTPRoute. */
  EXPERIMENTAL = 'experimental',
}

/** Releases of Linkerd that are told apart. */
export enum LinkerdRelease {
  /** 2.19: proxies are no native sidecars unless they are asked to be. */
  V2_19 = '2.19',
  /** 2.20. */
  V2_20 = '2.20',
}
