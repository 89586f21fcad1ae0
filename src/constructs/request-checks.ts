import { isAddress, secretParameters } from './addresses';
import { whole } from './deployment-checks';
import { keySetFaults } from './key-checks';
import { Membership } from './membership';
import { secretIn } from './secret-checks';
import { Feature } from '../model/feature';
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
export function enforcedTokens(member: Membership, jwt: JwtFacts | undefined, feature: Feature): JwtFacts | undefined {
  const enforced = member.enforced(feature, 'a token that requests must carry', jwt, jwt?.issuer);
  if (enforced) checkTokens(member, enforced);
  return enforced;
}

function checkTokens(member: Membership, { issuer, audiences, keys }: JwtFacts): void {
  const wrong = (message: string, actual: unknown, expected: string) => member.report({ message, actual, expected, fix: 'correct `jwt`' });
  // A "*" would be a pattern to the policy that demands the issuer's tokens.
  if (!/^[\x21-\x7e]{1,512}$/.test(issuer) || issuer.includes('*')) wrong('the issuer of the tokens is none that can be verified', issuer, 'printable ASCII without blanks and "*"');
  if (audiences.some((audience) => audience === '')) wrong('an audience of the tokens is empty', audiences, 'names of audiences');
  checkKeys(member, keys);
}

/** The issuer's keys, in one of the two ways to state them. */
function checkKeys(member: Membership, { uri, inline }: JwtFacts['keys']): void {
  const isOne = (uri === undefined) !== (inline === undefined);
  const actual = !isOne ? [...uri === undefined ? [] : ['jwksUri'], ...inline === undefined ? [] : ['jwks']]
    : inline !== undefined ? keySetFaults(inline) : isAddress(uri!) ? [] : [secretIn(uri!) ?? uri];
  if (!isOne || actual.length > 0) {
    member.report({
      message: 'the tokens are not ones that can be verified', actual,
      expected: 'the issuer\'s public keys: either `jwksUri`, an https:// or http:// address, or `jwks`, a JSON Web Key Set of RSA (2048 bits or more), EC (P-256, P-384, P-521) or Ed25519', fix: 'correct `jwt`',
    });
  }
  const secret = uri === undefined ? [] : secretParameters(uri);
  if (secret.length > 0) {
    member.report({ message: 'the address of the issuer\'s keys carries a secret, which would stand in the manifest', actual: secret, expected: 'an address without keys and tokens', fix: 'use one that everybody may read, or state the keys as `jwks`' });
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
export function enforcedRate(member: Membership, rateLimit: RateLimitFacts | undefined, feature: Feature): RateLimitFacts | undefined {
  const enforced = member.enforced(feature, 'a rate limit', rateLimit);
  if (enforced) checkRate(member, enforced);
  return enforced;
}

function checkRate(member: Membership, rateLimit: RateLimitFacts): void {
  const { requestsPerSecond: total, requestsPerSecondOfCaller: perCaller } = rateLimit;
  if (total !== undefined) whole(member, 'requestsPerSecond', total, 1, 1_000_000_000);
  if (perCaller !== undefined) whole(member, 'requestsPerSecondOfCaller', perCaller, 1, 1_000_000_000);
  if ((total === undefined && perCaller === undefined) || (perCaller ?? 0) > (total ?? Infinity)) {
    member.report({ message: 'the rate limit is none, or a caller may do more than all together', actual: rateLimit, expected: 'a limit for all, for each caller, or both, that of a caller not above that of all', fix: 'correct `rateLimit`' });
  }
}
