/** Who a workload proves to be: a ServiceAccount of a namespace, in a trust domain. */
export interface Principal {
  readonly trustDomain: string;
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** The SPIFFE id without its scheme; equal keys are one identity. */
export function principalKey(principal: Principal): string {
  return `${principal.trustDomain}/ns/${principal.namespace}/sa/${principal.serviceAccount}`;
}

/** The principals, each once, in one order whatever the order they were named in. */
export function distinctPrincipals(principals: readonly Principal[]): Principal[] {
  const byKey = new Map(principals.map((principal) => [principalKey(principal), principal]));
  return [...byKey.keys()].sort().map((key) => byKey.get(key)!);
}
