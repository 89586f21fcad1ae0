/** Who a workload proves to be: a ServiceAccount of a namespace, in a trust domain. */
export interface Principal {
  readonly trustDomain: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** The SPIFFE id without its scheme; equal keys are one identity. */
  readonly key: string;
}

export function principalOf(trustDomain: string, namespace: string, serviceAccount: string): Principal {
  return { trustDomain, namespace, serviceAccount, key: `${trustDomain}/ns/${namespace}/sa/${serviceAccount}` };
}

/** The principals, each once, in one order whatever the order they were named in. */
export function distinctPrincipals(principals: readonly Principal[]): Principal[] {
  const sorted = [...principals].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return sorted.filter(({ key }, i) => i === 0 || key !== sorted[i - 1].key);
}
