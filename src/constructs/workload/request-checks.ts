import { whole } from './deployment-checks';
import { secretIn } from './secret-checks';
import { Feature } from '../../model/feature';
import { nameProblem } from '../../model/names';
import { ExternalAuthorizerFacts, JwtFacts } from '../../model/request-rule';
import { RateLimitFacts, WorkloadNode } from '../../model/workload';
import { isAddress, secretParameters } from '../input/addresses';
import { keySetFaults } from '../input/key-checks';
import { Membership } from '../membership/membership';

type Demands = Pick<WorkloadNode, 'jwt' | 'externalAuthorizer' | 'rateLimit'>;

/**
 * Returns the request rules of a workload that a provider enforces, checked. Whether a component in the path inspects the requests is
 * checked at synth.
 */
export function enforcedDemands(member: Membership, { jwt, externalAuthorizer, rateLimit }: Demands): Demands {
  return {
    jwt: enforcedTokens(member, jwt, 'jwt'),
    externalAuthorizer: enforcedAuthorizer(member, externalAuthorizer),
    rateLimit: enforcedRate(member, rateLimit, 'rate-limit'),
  };
}

/** Returns the token requirement if a provider verifies tokens. */
export function enforcedTokens(member: Membership, jwt: JwtFacts | undefined, feature: Feature): JwtFacts | undefined {
  const enforced = member.enforced(feature, 'a token requirement (`jwt`)', jwt, jwt?.issuer);
  if (enforced) checkTokens(member, enforced);
  return enforced;
}

function checkTokens(member: Membership, { issuer, audiences, keys }: JwtFacts): void {
  const wrong = (message: string, actual: unknown, expected: string) => member.report({ message, actual, expected, fix: 'correct `jwt`' });
  // A "*" would be a pattern in the policy that requires tokens of this issuer.
  if (!/^[\x21-\x7e]{1,512}$/.test(issuer) || issuer.includes('*')) wrong('`issuer` of `jwt` cannot be verified', issuer, 'printable ASCII without spaces and "*"');
  if (audiences.some((audience) => audience === '')) wrong('`audiences` of `jwt` has an empty entry', audiences, 'names of audiences');
  checkKeys(member, keys);
}

/** Reports keys of the issuer that are not set in exactly one of the two ways, or are invalid. */
function checkKeys(member: Membership, { uri, inline }: JwtFacts['keys']): void {
  const isOne = (uri === undefined) !== (inline === undefined);
  const actual = !isOne ? [...uri === undefined ? [] : ['jwksUri'], ...inline === undefined ? [] : ['jwks']]
    : inline !== undefined ? keySetFaults(inline) : isAddress(uri!) ? [] : [secretIn(uri!) ?? uri];
  if (!isOne || actual.length > 0) {
    member.report({
      message: 'the keys of `jwt` cannot verify tokens', actual,
      expected: 'the issuer\'s public keys: either `jwksUri`, an https:// or http:// address, or `jwks`, a JSON Web Key Set of RSA (2048 bits or more), EC (P-256, P-384, P-521) or Ed25519', fix: 'correct `jwt`',
    });
  }
  const secret = uri === undefined ? [] : secretParameters(uri);
  if (secret.length > 0) {
    member.report({ message: '`jwksUri` contains a secret, which would be written to the manifest', actual: secret, expected: 'an address without keys and tokens', fix: 'use a public address, or set the keys as `jwks`' });
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

/** Returns the rate limit if a provider enforces it. */
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
    member.report({ message: '`rateLimit` has no limit, or the limit for each caller exceeds the total', actual: rateLimit, expected: '`requestsPerSecond`, `requestsPerSecondOfCaller`, or both, the second not above the first', fix: 'correct `rateLimit`' });
  }
}
