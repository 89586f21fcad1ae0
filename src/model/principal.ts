import { TokenLimits } from './token';

/** An authenticated caller: a ServiceAccount in a namespace and trust domain, optionally with requirements on its JWT. */
export interface Principal {
  readonly trustDomain: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** SPIFFE id without its scheme. Equal values mean the same identity. */
  readonly identity: string;
  /** Identity and token requirements. Equal keys mean the same caller. */
  readonly key: string;
  readonly token?: TokenLimits;
}

export function principalOf(trustDomain: string, namespace: string, serviceAccount: string): Principal {
  const identity = `${trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
  return { trustDomain, namespace, serviceAccount, identity, key: identity };
}

/** Wildcard for every authenticated identity. */
export const ANY_IDENTITY = '*';

const ANYONE: Principal = {
  trustDomain: ANY_IDENTITY, namespace: ANY_IDENTITY, serviceAccount: ANY_IDENTITY, identity: ANY_IDENTITY, key: ANY_IDENTITY,
};

/** Returns the principal for every ServiceAccount of a namespace, except of pods without mutual TLS. */
export function namespacePrincipal(trustDomain: string, namespace: string): Principal {
  return principalOf(trustDomain, namespace, ANY_IDENTITY);
}

/** Returns whether the principal matches every ServiceAccount of its namespace. */
export function isNamespace({ identity, serviceAccount }: Principal): boolean {
  return serviceAccount === ANY_IDENTITY && identity !== ANY_IDENTITY;
}

/** Returns whether a principal matches the identity of a caller. */
export function matchesIdentity(principal: Principal, caller: Principal): boolean {
  if (isAnyone(principal) || principal.identity === caller.identity) return true;
  return isNamespace(principal) && principal.namespace === caller.namespace && principal.trustDomain === caller.trustDomain;
}

/** Returns the identities whose grants apply to a caller: its own identity, its namespace, and every identity. */
export function grantedIdentities({ identity, trustDomain, namespace }: Principal): readonly string[] {
  return [identity, namespacePrincipal(trustDomain, namespace).identity, ANY_IDENTITY];
}

/** Returns the principal for any authenticated identity with a token that meets the requirements. */
export function holderOf(token: TokenLimits): Principal {
  return withToken(ANYONE, token);
}

/** Returns the principal with requirements on its token. */
export function withToken(principal: Principal, token: TokenLimits): Principal {
  return { ...principal, token, key: `${principal.identity} ${JSON.stringify(token)}` };
}

/** Returns whether the principal matches every identity. */
export function isAnyone({ identity }: Principal): boolean {
  return identity === ANY_IDENTITY;
}

/** Returns the principals sorted by key, each once. */
export function distinctPrincipals(principals: readonly Principal[]): Principal[] {
  if (principals.length < 2) return [...principals];
  const sorted = [...principals].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return sorted.filter(({ key }, i) => i === 0 || key !== sorted[i - 1].key);
}
