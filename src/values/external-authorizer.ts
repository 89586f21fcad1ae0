/** External authorizer that checks every request and may deny requests that a grant allows (Istio 1.30, ext_authz). */
export interface ExternalAuthorizer {
  /** Name of the entry in `extensionProviders` of the mesh configuration. */
  readonly provider: string;
  /** Name of the Service, as in that entry. Sidecars are configured to reach it. */
  readonly serviceName: string;
  /** Namespace of the Service. */
  readonly serviceNamespace: string;
}
