import {
  AuthorizationPolicySpec, AuthorizationPolicySpecAction, AuthorizationPolicySpecRules, AuthorizationPolicySpecRulesToOperation,
  AuthorizationPolicySpecRulesWhen, RequestAuthenticationSpec,
} from '../../../imports/security.istio.io';
import { GatewayJwtFacts, GatewayNode } from '../../model/gateway';
import { spellings } from '../../model/header-spellings';
import { openEndpointsOf, pathPrefixOf, RouteNode } from '../../model/route';
import { below, pathsBelow, placesAt } from '../../model/route-place';
import { TokenLimits } from '../../model/token';
import { allowHosts, hostPatterns, tokenConditions } from '../istio-shared/istio-authorization';
import { compileJwt } from '../istio-shared/istio-request-checks';
import { gatewayRef } from '../istio-shared/istio-targets';

/**
 * Returns the policy for client requests at an edge gateway. It allows requests for the hosts of the gateway and, if `jwt` is set, only
 * with a token. Requests for exempt paths, and preflights that the gateway answers, need no token.
 */
export function allowClients(gateway: GatewayNode, routes: readonly RouteNode[]): AuthorizationPolicySpec {
  const { name, hostnames, jwt } = gateway;
  const targetRefs = [gatewayRef(name)];
  if (!jwt || hostnames.length === 0) return allowHosts(targetRefs, hostnames);
  const hosts = hostPatterns(hostnames);
  return {
    targetRefs,
    action: AuthorizationPolicySpecAction.ALLOW,
    rules: [...byToken(hosts, jwt, routes), ...exempt(hosts, jwt, routes), ...preflights(hosts, routes)],
  };
}

type When = AuthorizationPolicySpecRulesWhen;
type Operation = AuthorizationPolicySpecRulesToOperation;

function rule(operation: Operation, when: readonly When[]): AuthorizationPolicySpecRules {
  return { to: [{ operation }], ...(when.length > 0 && { when: [...when] }) };
}

/** Paths to which a rule is limited. */
type Paths = Pick<Operation, 'paths' | 'notPaths'>;

/** Returns the rules for requests with a token, and without one where none is required. Routes with `callers` need others than the rest. */
function byToken(hosts: string[], jwt: GatewayJwtFacts, routes: readonly RouteNode[]): AuthorizationPolicySpecRules[] {
  if (!routes.some(({ callers }) => callers)) return [withToken(hosts, jwt), ...withoutToken(hosts, jwt)];
  const places = placesAt(routes).map(({ paths, notPaths, routes: [{ callers }] }) => ({
    callers, paths: { ...(paths && { paths: [...paths] }), ...(notPaths.length > 0 && { notPaths: [...notPaths] }) },
  }));
  return [
    ...places.flatMap(({ callers = [{ issuer: jwt.issuer }], paths }) => callers.map((token) => withToken(hosts, jwt, paths, token))),
    ...places.flatMap(({ callers, paths }) => (callers ? [] : withoutToken(hosts, jwt, paths))),
  ];
}

function withToken(
  hosts: string[], jwt: GatewayJwtFacts, paths: Paths = {}, token: TokenLimits = { issuer: jwt.issuer },
): AuthorizationPolicySpecRules {
  return rule({ hosts, ...paths }, [...tokenConditions(token), ...withoutSpellings(jwt)]);
}

/**
 * Returns the rule for requests that need no token. Verification removes the headers of claims from all requests first (Envoy 1.40, JWT
 * filter). The conditions deny requests that still have one, so that nothing depends on this order.
 */
function withoutToken(hosts: string[], jwt: GatewayJwtFacts, paths: Paths = {}): AuthorizationPolicySpecRules[] {
  return jwt.required ? [] : [rule({ hosts, ...paths }, withoutClaims(jwt))];
}

/** Returns the rules for exempt paths, and for the endpoints behind routes that clients reach before they have a token. */
function exempt(hosts: string[], jwt: GatewayJwtFacts, routes: readonly RouteNode[]): AuthorizationPolicySpecRules[] {
  const { required, exemptPaths, claimHeaders } = jwt;
  const hasCallers = routes.some(({ callers }) => callers);
  const open = required || hasCallers ? routes.flatMap(openEndpointsOf) : [];
  const methods = [...new Set(open.map((endpoint) => endpoint.methods.join()))];
  const operations: Operation[] = [
    ...required && exemptPaths.length > 0 ? [{ hosts, paths: [...exemptPaths] }] : [],
    ...methods.map((own) => ({
      hosts, methods: own.split(','), paths: [...new Set(open.filter((endpoint) => endpoint.methods.join() === own).map(({ path }) => path))],
    })),
  ];
  // The token of a client that may not use the route becomes headers of claims, and must not close what is open without a token.
  const isTokenDenied = hasCallers && Object.keys(claimHeaders).length > 0;
  return operations.flatMap((operation) => [
    rule(operation, withoutClaims(jwt)),
    ...isTokenDenied ? [rule(operation, [...tokenConditions({ issuer: jwt.issuer }), ...withoutSpellings(jwt)])] : [],
  ]);
}

/** Conditions that a request without a token has no header of a claim, in no spelling. */
function withoutClaims(jwt: GatewayJwtFacts): When[] {
  return [...Object.keys(jwt.claimHeaders).map(isAbsent), ...withoutSpellings(jwt)];
}

/** Returns the conditions that deny headers which servers may mistake for the header of a claim. */
function withoutSpellings({ claimHeaders }: GatewayJwtFacts): When[] {
  return Object.keys(claimHeaders).flatMap(spellings).map(isAbsent);
}

function isAbsent(header: string): When {
  return { key: `request.headers[${header}]`, notValues: ['*'] };
}

/**
 * Returns the rules for CORS preflights, which carry no token. Each rule is for the paths of one route with `cors`, where the gateway
 * answers preflights itself. At other paths a target would receive them.
 */
function preflights(hosts: string[], routes: readonly RouteNode[]): AuthorizationPolicySpecRules[] {
  return routes.flatMap((route) => {
    if (!route.cors) return [];
    return [rule({ hosts, methods: ['OPTIONS'], ...pathsOf(route, routes) }, [
      { key: 'request.headers[origin]', values: [...route.cors.allowedOrigins] },
      { key: 'request.headers[access-control-request-method]', values: ['*'] },
    ])];
  });
}

/** Returns the paths of a route, without those of the other routes that go before it. */
function pathsOf(route: RouteNode, routes: readonly RouteNode[]): Paths {
  if (route.exact) return { paths: [...route.exact.all()] };
  const own = pathPrefixOf(route);
  const notPaths = pathsBelow(own, routes.filter(({ exact }) => !exact).map(pathPrefixOf), routes.flatMap(({ exact }) => exact?.all() ?? []));
  return { ...(own !== '' && { paths: below(own) }), ...(notPaths.length > 0 && { notPaths }) };
}

/** Returns the policy that rejects invalid tokens of clients. The policy of `allowClients` requires a token. */
export function compileTokenCheck(gateway: string, jwt: GatewayJwtFacts): RequestAuthenticationSpec {
  const { jwtRules, ...target } = compileJwt({ targetRefs: [gatewayRef(gateway)] }, jwt, jwt.isForwarded ? 'forwarded' : undefined);
  const outputClaimToHeaders = Object.entries(jwt.claimHeaders).map(([header, claim]) => ({ header, claim }));
  return { ...target, jwtRules: jwtRules!.map((one) => ({ ...one, ...(outputClaimToHeaders.length > 0 && { outputClaimToHeaders }) })) };
}
