/** A service of the team that is asked about every request, and may refuse what a grant lets through (Istio 1.30, ext_authz). */
export interface ExternalAuthorizer {
  /** Name of its entry in `extensionProviders` of the mesh's configuration. */
  readonly provider: string;
  /** Name of its Service, as in that entry: sidecars are let see it. */
  readonly serviceName: string;
  /** Namespace of its Service. */
  readonly serviceNamespace: string;
}
