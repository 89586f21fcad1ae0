import { TokenLimits } from './token';

/** Who calls: a ServiceAccount of a namespace, in a trust domain; where a grant asks for it, with a token that says something. */
export interface Principal {
  readonly trustDomain: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** The SPIFFE id without its scheme; equal ones are one identity. */
  readonly identity: string;
  /** The identity, and what its token must say; equal keys are one caller. */
  readonly key: string;
  readonly token?: TokenLimits;
}

export function principalOf(trustDomain: string, namespace: string, serviceAccount: string): Principal {
  const identity = `${trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
  return { trustDomain, namespace, serviceAccount, identity, key: identity };
}

/** Stands for every identity that can be proven. */
export const ANY_IDENTITY = '*';

const ANYONE: Principal = {
  trustDomain: ANY_IDENTITY, namespace: ANY_IDENTITY, serviceAccount: ANY_IDENTITY, identity: ANY_IDENTITY, key: ANY_IDENTITY,
};

/** Whoever proves an identity, and carries a token that says something. */
export function holderOf(token: TokenLimits): Principal {
  return withToken(ANYONE, token);
}

/** The same identity, with a token that says something. */
export function withToken(principal: Principal, token: TokenLimits): Principal {
  return { ...principal, token, key: `${principal.identity} ${JSON.stringify(token)}` };
}

/** Whether every identity will do. */
export function isAnyone({ identity }: Principal): boolean {
  return identity === ANY_IDENTITY;
}

/** The principals, each once, in one order whatever the order they were named in. */
export function distinctPrincipals(principals: readonly Principal[]): Principal[] {
  if (principals.length < 2) return [...principals];
  const sorted = [...principals].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return sorted.filter(({ key }, i) => i === 0 || key !== sorted[i - 1].key);
}
