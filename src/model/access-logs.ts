/** Where proxies write access logs: to a provider of the mesh configuration, nowhere, or as an existing Telemetry states. */
export type AccessLogFacts =
  | { readonly kind: 'provider'; readonly name: string }
  | { readonly kind: 'off' }
  | { readonly kind: 'existing' };
