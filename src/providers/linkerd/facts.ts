import { UnsupportedFeatures } from '../../model/feature';
import { isAnyone, Principal } from '../../model/principal';

/** How Linkerd was installed. */
export interface LinkerdFacts {
  /** Namespace of the control plane, which stands in every identity. */
  readonly controlPlaneNamespace: string;
  /** Addresses of the kubelets, from where probes come. */
  readonly probeNetworks: readonly string[];
  /** The annotation that asks for a native sidecar, as the release spells it. */
  readonly nativeSidecarAnnotation: string;
  /** What the release or the channel lacks. */
  readonly unsupported: UnsupportedFeatures;
}

/** Where an installation has its control plane, unless it says otherwise. */
export const DEFAULT_CONTROL_PLANE = 'linkerd';

export const POLICY_GROUP = 'policy.linkerd.io';

/** What a workload proves to be: a name, not a SPIFFE id (Linkerd 2.20, policy-controller, ClusterInfo). */
export function identityOf({ controlPlaneNamespace }: LinkerdFacts, principal: Principal): string {
  if (isAnyone(principal)) return '*';
  const { trustDomain, namespace, serviceAccount } = principal;
  return `${serviceAccount}.${namespace}.serviceaccount.identity.${controlPlaneNamespace}.${trustDomain}`;
}

/** No identity of a mesh: what names it admits nobody, where the kind demands at least one. */
export const NOBODY = 'nobody.invalid';
