/** External authorizer that checks every request, and may deny requests that a grant allows (source: Istio 1.30, ext_authz). */
export interface ExternalAuthorizer {
  /** Name of the authorizer's entry in `extensionProviders` of the mesh configuration. */
  readonly provider: string;
  /** Name of the Service of the authorizer, as in that entry. The library configures sidecars to reach it. */
  readonly serviceName: string;
  /** Namespace of the Service of the authorizer. */
  readonly serviceNamespace: string;
}
