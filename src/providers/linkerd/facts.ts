import { UnsupportedFeatures } from '../../model/feature';
import { isAnyone, Principal } from '../../model/principal';

/** Facts of the Linkerd installation. */
export interface LinkerdFacts {
  /** Namespace of the control plane, which is part of every identity. */
  readonly controlPlaneNamespace: string;
  /** Networks of the kubelets, the sources of probes. */
  readonly probeNetworks: readonly string[];
  /** Annotation that requests a native sidecar, with the spelling of the release. */
  readonly nativeSidecarAnnotation: string;
  /** Format of the access log; empty for none. */
  readonly accessLog: '' | 'apache' | 'json';
  /** Features that the release or the channel does not support. */
  readonly unsupported: UnsupportedFeatures;
}

/** Default namespace of the control plane. */
export const DEFAULT_CONTROL_PLANE = 'linkerd';

export const POLICY_GROUP = 'policy.linkerd.io';

/** Returns the Linkerd identity of a workload. It is a DNS-like name, not a SPIFFE id (Linkerd 2.20, policy-controller, ClusterInfo). */
export function identityOf({ controlPlaneNamespace }: LinkerdFacts, principal: Principal): string {
  if (isAnyone(principal)) return '*';
  const { trustDomain, namespace, serviceAccount } = principal;
  return `${serviceAccount}.${namespace}.serviceaccount.identity.${controlPlaneNamespace}.${trustDomain}`;
}

/**
 * An identity that no workload has. An authentication with this identity allows no caller, where the kind requires at least one identity.
 */
export const NOBODY = 'nobody.invalid';
