import { whole } from './deployment-checks';
import { Membership } from './membership';
import { Capability } from '../model/capability';
import { nameProblem } from '../model/names';
import { ExternalAuthorizerFacts, JwtFacts } from '../model/request-rule';
import { RateLimitFacts, WorkloadNode } from '../model/workload';

type Demands = Pick<WorkloadNode, 'jwt' | 'externalAuthorizer' | 'rateLimit'>;

/** What a workload asks of requests that is enforced here, checked; whether anybody reads them is seen when all is said. */
export function enforcedDemands(member: Membership, { jwt, externalAuthorizer, rateLimit }: Demands): Demands {
  return {
    jwt: enforcedTokens(member, jwt, 'jwt'),
    externalAuthorizer: enforcedAuthorizer(member, externalAuthorizer),
    rateLimit: enforcedRate(member, rateLimit, 'rate-limit'),
  };
}

/** Tokens that somebody here verifies. */
export function enforcedTokens(member: Membership, jwt: JwtFacts | undefined, capability: Capability): JwtFacts | undefined {
  const enforced = member.enforced(capability, 'a token that requests must carry', jwt, jwt?.issuer);
  if (enforced) checkTokens(member, enforced);
  return enforced;
}

function checkTokens(member: Membership, { issuer, audiences, keys }: JwtFacts): void {
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

function enforcedAuthorizer(member: Membership, authorizer: ExternalAuthorizerFacts | undefined): ExternalAuthorizerFacts | undefined {
  const enforced = member.enforced('external-authorization', 'an external authorizer', authorizer, authorizer?.provider);
  if (enforced) checkAuthorizer(member, enforced);
  return enforced;
}

function checkAuthorizer(member: Membership, { provider, serviceName, serviceNamespace }: ExternalAuthorizerFacts): void {
  member.report(nameProblem('the name of the external authorizer', provider));
  member.report(nameProblem('the Service of the external authorizer', serviceName));
  member.report(nameProblem('the namespace of the external authorizer', serviceNamespace));
}

/** A limit that somebody here counts for. */
export function enforcedRate(member: Membership, rateLimit: RateLimitFacts | undefined, capability: Capability): RateLimitFacts | undefined {
  const enforced = member.enforced(capability, 'a rate limit', rateLimit);
  if (enforced) checkRate(member, enforced);
  return enforced;
}

function checkRate(member: Membership, rateLimit: RateLimitFacts): void {
  const { requestsPerSecond: total, requestsPerSecondOfCaller: perCaller } = rateLimit;
  if (total !== undefined) whole(member, 'requestsPerSecond', total, 1, 1_000_000_000);
  if (perCaller !== undefined) whole(member, 'requestsPerSecondOfCaller', perCaller, 1, 1_000_000_000);
  if ((total === undefined && perCaller === undefined) || (perCaller ?? 0) > (total ?? Infinity)) {
    member.report({ what: 'the rate limit is none, or a caller may do more than all together', got: rateLimit, allowed: 'a limit for all, for each caller, or both, that of a caller not above that of all', next: 'correct `rateLimit`' });
  }
}
