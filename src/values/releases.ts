/** Supported Istio releases. */
export enum IstioRelease {
  /** Istio 1.30. */
  V1_30 = '1.30',
  /** Istio 1.31. */
  V1_31 = '1.31',
}

/** Release channels of the Gateway API CRDs (source: Gateway API v1.6, versioning). */
export enum GatewayApiChannel {
  /** Generally available resources and fields. */
  STANDARD = 'standard',
  /** All of the standard channel, and experimental resources and fields, such as retries of an HTTPRoute. */
  EXPERIMENTAL = 'experimental',
}

/** Supported Linkerd releases. */
export enum LinkerdRelease {
  /** Linkerd 2.19, in which native sidecars are off by default. */
  V2_19 = '2.19',
  /** Linkerd 2.20. */
  V2_20 = '2.20',
}

/** Supported releases of the llm-d endpoint picker (source: llm-d-router). A release determines the image, and which flags the picker accepts. */
export enum PickerRelease {
  /** llm-d-router 0.10. */
  V0_10 = '0.10',
}
