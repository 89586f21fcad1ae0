import { secretIn } from './secret-checks';
import { Feature } from '../../model/feature';
import { GatewayJwtFacts } from '../../model/gateway';
import { isPath, nameProblem, pathFix } from '../../model/names';
import { BELOW, ExternalAuthorizerFacts, JwtFacts } from '../../model/request-rule';
import { RateLimitFacts, WorkloadNode } from '../../model/workload';
import { isAddress, secretParameters } from '../input/addresses';
import { keySetFaults } from '../input/key-checks';
import { rangeProblem } from '../input/number-checks';
import { Membership } from '../membership/membership';

type Demands = Pick<WorkloadNode, 'jwt' | 'externalAuthorizer' | 'rateLimit'>;

/**
 * Returns the request checks of a workload (`jwt`, `externalAuthorizer`, `rateLimit`) that a provider supports. Reports invalid and
 * unsupported ones. Another check reports at synth if no component in the path inspects the requests.
 */
export function enforcedDemands(member: Membership, { jwt, externalAuthorizer, rateLimit }: Demands): Demands {
  return {
    jwt: enforcedTokens(member, jwt, 'jwt'),
    externalAuthorizer: enforcedAuthorizer(member, externalAuthorizer),
    rateLimit: enforcedRate(member, rateLimit, 'rate-limit'),
  };
}

/** Returns the JWT requirement if a provider validates tokens. Otherwise reports it and returns nothing. */
export function enforcedTokens(member: Membership, jwt: JwtFacts | undefined, feature: Feature): JwtFacts | undefined {
  const enforced = member.enforced(feature, 'a token requirement (`jwt`)', jwt, jwt?.issuer);
  if (enforced) checkTokens(member, enforced);
  return enforced;
}

/** Returns the JWT requirement for clients if the gateway enforces it. Otherwise reports it and returns nothing. */
export function enforcedClientTokens(member: Membership, jwt: GatewayJwtFacts | undefined): GatewayJwtFacts | undefined {
  if (!jwt || !enforcedTokens(member, jwt, 'gateway-jwt')) return undefined;
  checkClaimHeaders(member, jwt.claimHeaders);
  return jwt;
}

/** Valid header names for claims. Names of this form have few other spellings that a server could treat as the same header. */
const CLAIM_HEADER = /^[a-z][a-z0-9]*(-[a-z0-9]+){0,5}$/;

/** Headers that proxies and servers interpret. They cannot carry claims. */
const OWN_MEANING = /^(host|origin|cookie|authorization|connection|te|trailer|transfer-encoding|upgrade|content-.*|access-control-.*|x-forwarded-.*|x-envoy-.*|x-b3-.*|mcp-.*|forwarded|via|traceparent|tracestate|baggage|x-request-id|x-gateway-destination-.*|x-.*-model-name-rewrite|x-.*-host-ports?|x-encoder-hosts-ports)$/;

const MOST_CLAIM_HEADERS = 16;

function checkClaimHeaders(member: Membership, claimHeaders: GatewayJwtFacts['claimHeaders']): void {
  const all = Object.entries(claimHeaders);
  const bad = all.find(([header]) => header.length > 64 || !CLAIM_HEADER.test(header) || OWN_MEANING.test(header));
  if (bad) member.report({ message: 'a key of `claimHeaders` cannot be the name of a header for a claim', actual: bad[0], expected: 'names such as "x-user": at most 64 lower case letters and digits, in at most six parts with "-" between them; not a header that proxies or servers use themselves', fix: 'use another name, such as "x-user"' });
  const unnamed = all.find(([, claim]) => !/^[\x21-\x7e]{1,256}$/.test(claim));
  if (unnamed) member.report({ message: 'a value of `claimHeaders` is not a valid name of a claim', actual: unnamed[1], expected: 'printable ASCII without spaces, at most 256 characters', fix: 'write the name of the claim, such as "sub"' });
  if (all.length > MOST_CLAIM_HEADERS) member.report({ message: '`claimHeaders` has too many headers', actual: all.length, expected: `at most ${MOST_CLAIM_HEADERS}`, fix: 'remove headers, or set `forwardToken` so that the target receives the token with all claims' });
}

function checkTokens(member: Membership, { issuer, audiences, keys, required, exemptPaths }: JwtFacts): void {
  const wrong = (message: string, actual: unknown, expected: string) => member.report({ message, actual, expected, fix: 'correct `jwt`' });
  // A "*" would be a pattern in the policy that requires tokens of this issuer.
  if (!/^[\x21-\x7e]{1,512}$/.test(issuer) || issuer.includes('*')) wrong('`issuer` of `jwt` has characters that a policy cannot match', issuer, '1 to 512 characters of printable ASCII, without spaces and without "*"');
  if (audiences.some((audience) => audience === '')) wrong('`audiences` of `jwt` has an empty entry', audiences, 'names of audiences of at least one character');
  checkKeys(member, keys);
  if (!required && exemptPaths.length > 0) wrong('`exemptPaths` of `jwt` has no effect, because `required` is false and so no path needs a token', exemptPaths, '`exemptPaths` only where `required` is true');
  checkExemptPaths(member, exemptPaths);
}

const MOST_EXEMPT_PATHS = 64;

function checkExemptPaths(member: Membership, exemptPaths: readonly string[]): void {
  const plain = (path: string) => (path.endsWith(BELOW) ? path.slice(0, -BELOW.length) : path);
  const bad = exemptPaths.find((path) => !isPath(plain(path)) || /[*{}]/.test(plain(path)));
  if (bad !== undefined) {
    member.report({
      message: 'an entry of `exemptPaths` is not a plain path', actual: bad,
      expected: 'a path such as "/healthz", or "/docs/*" for every path below "/docs"; at most 1024 characters; not "//", segments "." or "..", "%2f", another "*", or a percent-encoded letter, digit, "-", ".", "_" or "~"',
      fix: bad === BELOW ? 'set `required` to false if no path needs a token' : pathFix(bad, 'write it as in "/healthz" or "/docs/*"'),
    });
  }
  if (exemptPaths.length > MOST_EXEMPT_PATHS) member.report({ message: '`exemptPaths` has too many entries', actual: exemptPaths.length, expected: `at most ${MOST_EXEMPT_PATHS}`, fix: 'end a path with "/*" to exempt every path below it' });
}

/** Reports invalid keys of the issuer, and a requirement with both or neither of `jwksUri` and `jwks`. */
function checkKeys(member: Membership, { uri, inline }: JwtFacts['keys']): void {
  const isOne = (uri === undefined) !== (inline === undefined);
  const actual = !isOne ? [...uri === undefined ? [] : ['jwksUri'], ...inline === undefined ? [] : ['jwks']]
    : inline !== undefined ? keySetFaults(inline) : isAddress(uri!) ? [] : [secretIn(uri!) ?? uri];
  if (!isOne || actual.length > 0) {
    member.report({
      message: '`jwksUri` or `jwks` of `jwt` does not state usable keys of the issuer', actual,
      expected: 'either `jwksUri` with an https:// or http:// address, or `jwks` with a JSON Web Key Set of public keys: RSA (2048 bits or more), EC (P-256, P-384, P-521) or Ed25519', fix: 'set exactly one of `jwksUri` and `jwks`, with public keys of the issuer',
    });
  }
  const secret = uri === undefined ? [] : secretParameters(uri);
  if (secret.length > 0) {
    member.report({ message: '`jwksUri` contains a secret, which would be written to the manifest', actual: secret, expected: 'an address without keys, tokens and passwords', fix: 'use an address that needs no secret, or set the public keys as `jwks`' });
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

/** Returns the rate limit if a provider enforces it. Otherwise reports it and returns nothing. */
export function enforcedRate(member: Membership, rateLimit: RateLimitFacts | undefined, feature: Feature): RateLimitFacts | undefined {
  const enforced = member.enforced(feature, 'a rate limit', rateLimit);
  if (enforced) checkRate(member, enforced);
  return enforced;
}

function checkRate(member: Membership, rateLimit: RateLimitFacts): void {
  const { requestsPerSecond: total, requestsPerSecondOfCaller: perCaller } = rateLimit;
  if (total !== undefined) member.report(rangeProblem('requestsPerSecond', total, 1, 1_000_000_000));
  if (perCaller !== undefined) member.report(rangeProblem('requestsPerSecondOfCaller', perCaller, 1, 1_000_000_000));
  if ((total === undefined && perCaller === undefined) || (perCaller ?? 0) > (total ?? Infinity)) {
    member.report({ message: '`rateLimit` sets no limit, or `requestsPerSecondOfCaller` is above `requestsPerSecond`', actual: rateLimit, expected: '`requestsPerSecond`, `requestsPerSecondOfCaller`, or both; the limit of one caller at most the total', fix: 'correct `rateLimit`' });
  }
}
