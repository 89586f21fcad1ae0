import { whole } from './deployment-checks';
import { Membership } from './membership';
import { Capability } from '../model/capability';
import { nameProblem } from '../model/names';
import { ExternalAuthorizerFacts, JwtFacts } from '../model/request-rule';
import { RateLimitFacts, WorkloadNode } from '../model/workload';

/** What may be wrong with what a workload asks of requests; whether anybody reads them is seen when all is said. */
export function checkRequests(member: Membership, { jwt, externalAuthorizer, rateLimit }: Pick<WorkloadNode, 'jwt' | 'externalAuthorizer' | 'rateLimit'>): void {
  if (jwt) checkTokens(member, jwt, 'jwt');
  if (externalAuthorizer) checkAuthorizer(member, externalAuthorizer);
  if (rateLimit) checkRate(member, rateLimit, 'rate-limit');
}

export function checkTokens(member: Membership, { issuer, audiences, keys }: JwtFacts, capability: Capability): void {
  member.refuse(capability, 'a token that requests must carry', issuer);
  const wrong = (what: string, got: unknown, allowed: string) => member.report({ what, got, allowed, next: 'correct `jwt`' });
  // A "*" would be a pattern to the policy that demands the issuer's tokens.
  if (!/^[\x21-\x7e]{1,512}$/.test(issuer) || issuer.includes('*')) wrong('the issuer of the tokens is none that can be verified', issuer, 'printable ASCII without blanks and "*"');
  if (audiences.some((audience) => audience === '')) wrong('an audience of the tokens is empty', audiences, 'names of audiences');
  const sources = [keys.uri, keys.inline].filter((source) => source !== undefined);
  if (sources.length !== 1 || !(keys.uri === undefined ? isKeySet(keys.inline!) : isAddress(keys.uri))) {
    wrong('the tokens are not ones that can be verified', sources, 'the issuer\'s public keys: either `jwksUri`, an https:// or http:// address, or `jwks`, a JSON Web Key Set');
  }
}

/** An address of the web, without what is secret or for browsers alone. */
export function isAddress(text: string): boolean {
  if (!/^https?:\/\/[\x21-\x7e]{1,2000}$/.test(text) || !URL.canParse(text) || /%(?![0-9A-Fa-f]{2})/.test(text)) return false;
  const { username, password, hash } = new URL(text); // what is secret stands in no manifest
  return [username, password, hash].every((part) => part === '');
}

/** Public keys only: a private one would stand in the manifest. */
function isKeySet(text: string): boolean {
  try {
    const { keys } = JSON.parse(text) as { keys: unknown };
    return Array.isArray(keys) && keys.length > 0 && keys.every((key) => typeof key?.kty === 'string' && key.kty !== 'oct' && !('d' in key));
  } catch {
    return false;
  }
}

function checkAuthorizer(member: Membership, { provider, serviceName, serviceNamespace }: ExternalAuthorizerFacts): void {
  member.refuse('external-authorization', 'an external authorizer', provider);
  member.report(nameProblem('the name of the external authorizer', provider));
  member.report(nameProblem('the Service of the external authorizer', serviceName));
  member.report(nameProblem('the namespace of the external authorizer', serviceNamespace));
}

export function checkRate(member: Membership, rateLimit: RateLimitFacts, capability: Capability): void {
  member.refuse(capability, 'a rate limit', rateLimit);
  const { requestsPerSecond: total, requestsPerSecondOfCaller: perCaller } = rateLimit;
  if (total !== undefined) whole(member, 'requestsPerSecond', total, 1, 1_000_000_000);
  if (perCaller !== undefined) whole(member, 'requestsPerSecondOfCaller', perCaller, 1, 1_000_000_000);
  if ((total === undefined && perCaller === undefined) || (perCaller ?? 0) > (total ?? Infinity)) {
    member.report({ what: 'the rate limit is none, or a caller may do more than all together', got: rateLimit, allowed: 'a limit for all, for each caller, or both, that of a caller not above that of all', next: 'correct `rateLimit`' });
  }
}
