import { network, number, external, statedName, text } from './texts';
import {
  CircuitBreaker, ConnectionPool, ExternalAuthorizer, Fault, FaultOptions, ExternalHost, ExternalHostAddressOptions, ExternalHostOptions, ExternalNetwork, GatewayJwtRequirement, JwtRequirement, MediaPort, RateLimit, SecretKeyReference, UnauthenticatedPort, UnauthenticatedPortOptions, WorkloadEgress,
} from '../../../src';
import { JWKS } from '../../story';
import { Drawing } from '../drawing';
import { Expr, factory, list, lit, struct } from '../expr';
import { always, Draws, fitting, options, rarely } from '../options';
import { MeshVar } from '../plan';

const ODD_KEYS = ['', '{}', '{"keys":[]}', '{"keys":[null]}', '{"keys":[{"kty":"oct","k":"x"}]}', 'null', '[1]'];
const ODD_ADDRESSES = ['', 'login.example.com', 'ftp://a', 'https://a b', 'https://u:p@a.example.com', 'https://a.example.com/?token=abc', 'https://[::1]:0/x', 'https://a.example.com:99999'];

export const ISSUER = 'https://login.example.com';

/** Tokens of one issuer, whose keys are fetched or stated. */
export function jwt(on: Drawing, required?: boolean, exempts = false): Expr<JwtRequirement> {
  return options<JwtRequirement>(on, 'JwtRequirement', jwtDraws(on, 'JwtRequirement', required, exempts));
}

/** Tokens of the clients of a gateway. */
export function gatewayJwt(on: Drawing, hasObjectives: boolean): Expr<GatewayJwtRequirement> {
  const objective = hasObjectives ? { 'x-llm-d-inference-objective': 'tier', 'x-llm-d-inference-fairness-id': 'org' } : undefined;
  return options<GatewayJwtRequirement>(on, 'GatewayJwtRequirement', {
    ...jwtDraws(on, 'GatewayJwtRequirement', undefined, true),
    claimHeaders: (objective ? always : rarely)(() => lit(on.odd<Record<string, string>>([{ X_Tier: 'tier' }, { host: 'sub' }, { 'x-tier': '' }], () => ({ 'x-user': 'sub', 'x-tier': 'tier', ...objective })))),
    // A target with a `jwt` of its own needs the token.
    forwardToken: always(() => lit(true)),
  });
}

function jwtDraws(on: Drawing, name: string, required: boolean | undefined, exempts: boolean): Draws<JwtRequirement> {
  const isFetched = on.tape.oneIn(2) || on.isSought(`${name}.jwksUri`);
  const isExempting = exempts && required !== false && (on.tape.oneIn(4) || on.isSought(`${name}.exemptPaths`));
  return {
    issuer: always(() => lit(on.odd(['', '*', 'a b', 'x'.repeat(600), 'ü'], () => ISSUER))),
    audiences: rarely(() => list(on.odd([[], [lit('')]], () => [text(on, 'desk')]))),
    jwksUri: fitting(() => (isFetched || on.isBold ? lit(on.odd(ODD_ADDRESSES, () => `${ISSUER}/keys?v=2`)) : undefined)),
    jwks: fitting(() => (!isFetched || on.isBold ? lit(on.odd(ODD_KEYS, () => JWKS)) : undefined)),
    required: required === undefined ? rarely(() => lit(isExempting || on.tape.oneIn(2))) : always(() => lit(required)),
    exemptPaths: fitting(() => (isExempting ? lit(on.odd([['/*'], ['x'], ['/a/../b']], () => ['/.well-known/agent-card.json', '/docs/*'])) : undefined)),
  };
}

export function authorizer(on: Drawing): Expr<ExternalAuthorizer> {
  return options<ExternalAuthorizer>(on, 'ExternalAuthorizer', {
    provider: always(() => text(on, 'opa')), serviceName: always(() => statedName(on, 'Service', 'opa')), serviceNamespace: always(() => text(on, 'policies')),
  });
}

export function rateLimit(on: Drawing, both = true): Expr<RateLimit> {
  const each = on.tape.oneIn(2) || on.isSought('RateLimit.requestsPerSecondOfCaller');
  const all = (both && on.tape.oneIn(2)) || !each || on.isSought('RateLimit.requestsPerSecond');
  return options<RateLimit>(on, 'RateLimit', {
    requestsPerSecond: fitting(() => (all || on.isBold ? number(on, 100, 50) : undefined)),
    requestsPerSecondOfCaller: fitting(() => (each && (both || !all) ? number(on, 10, 50) : undefined)),
  });
}

export function circuitBreaker(on: Drawing): Expr<CircuitBreaker> {
  return options<CircuitBreaker>(on, 'CircuitBreaker', { consecutiveFailures: rarely(() => number(on, 5, 1)), pauseSeconds: rarely(() => number(on, 30)) });
}

/** Limits of connections, and of requests where proxies read them. */
export function connectionPool(on: Drawing, readsRequests = true): Expr<ConnectionPool> {
  const ofRequests = (value: number) => rarely(() => (on.dares(readsRequests) ? number(on, value, 1) : undefined));
  return options<ConnectionPool>(on, 'ConnectionPool', {
    maxConnections: always(() => number(on, 100, 1)), connectTimeoutSeconds: rarely(() => number(on, 5, 1)), maxPendingRequests: ofRequests(50), maxRequests: ofRequests(200), maxRequestsPerConnection: ofRequests(1000),
  });
}

/** Faults of calls, each for other requests. */
export function faults(on: Drawing): Expr<Fault[]> {
  const all = [true, false].filter((isDelay, i) => on.isSought(isDelay ? 'Fault.delay' : 'Fault.abort') || on.tape.oneIn(2) || i === 1);
  return list(all.map((isDelay) => (isDelay ? factory(Fault, 'delay', number(on, 1500, 1), faultOptions(on)) : factory(Fault, 'abort', lit(on.odd([0, 200, 700, 4.5], () => 503)), faultOptions(on)))));
}

function faultOptions(on: Drawing): Expr<FaultOptions> {
  return options<FaultOptions>(on, 'FaultOptions', {
    percent: rarely(() => lit(on.odd([0, 101, 0.5], () => 1 + on.tape.below(100)))),
    headers: rarely(() => lit(on.odd<Record<string, string>>([{ '': 'x' }, { host: 'a' }, { 'X-Test': 'a', 'x-test': 'b' }, { 'x-test': '' }], () => ({ 'x-test': 'outage' })))),
  });
}

/** A host outside the cluster, at a port of its own or at that of HTTPS. */
export function externalHost(hostname: string, port?: Expr<number>): Expr<ExternalHost> {
  return port ? factory(ExternalHost, 'https', lit(hostname), struct<ExternalHostOptions>('ExternalHostOptions', [['port', port]])) : factory(ExternalHost, 'https', lit(hostname));
}

/** A host that a workload calls, in one of the ways that the mesh can tell apart. */
function calledHost(on: Drawing, mesh: MeshVar, hostname: string): Expr<ExternalHost> {
  const isTcp = mesh.can('tcp-hosts') && (on.tape.oneIn(4) || on.isSought('ExternalHost.tcp'));
  const isPrivate = mesh.can('private-hosts') && (on.tape.oneIn(4) || on.isSought('ExternalHostAddressOptions.cidrs') || on.isSought('ExternalHostOptions.cidrs'));
  const cidrs = () => list([network(on, '10.30.0.0/24', 'fd00:30::/64')]);
  if (isTcp) return factory(ExternalHost, 'tcp', lit(hostname), number(on, 5432), ...isPrivate ? [struct<ExternalHostAddressOptions>('ExternalHostAddressOptions', [['cidrs', cidrs()]])] : []);
  if (on.tape.oneIn(4) || on.isSought('ExternalHost.tls')) return factory(ExternalHost, 'tls', lit(hostname), number(on, 8443), ...isPrivate ? [struct<ExternalHostAddressOptions>('ExternalHostAddressOptions', [['cidrs', cidrs()]])] : []);
  if (isPrivate) return factory(ExternalHost, 'https', lit(hostname), struct<ExternalHostOptions>('ExternalHostOptions', [['cidrs', cidrs()]]));
  return externalHost(hostname, on.isBold ? number(on, 8443) : undefined);
}

/** A network outside the mesh: private, so that Linkerd takes it for a part of the cluster. */
function externalNetwork(on: Drawing): Expr<ExternalNetwork> {
  return options<ExternalNetwork>(on, 'ExternalNetwork', { cidr: always(() => network(on, '10.20.0.0/24', 'fd00:20::/64')), ports: always(() => list([number(on, 5433)])) });
}

/** What pods may call; `token` where they are let call the Kubernetes API, and must be. */
export function egress(on: Drawing, mesh: MeshVar, token: boolean): Expr<WorkloadEgress> {
  return options<WorkloadEgress>(on, 'WorkloadEgress', {
    hosts: rarely(() => {
      if (!on.dares(mesh.can('named-hosts'))) return undefined;
      return list(on.odd([[], ['a.example.com', 'a.example.com']], () => [external(on)]).map((host) => calledHost(on, mesh, host)));
    }),
    networks: rarely(() => (on.dares(mesh.can('external-networks')) ? list([externalNetwork(on)]) : undefined)),
    namespaces: rarely(() => lit([on.odd(['', 'A'], () => 'databases')])),
    kubernetesApiCidrs: fitting(() => (token || on.isBold ? list([network(on, '10.0.0.1/32', 'fd00::1/128')]) : undefined)),
  });
}

export function secretKey(on: Drawing): Expr<SecretKeyReference> {
  return options<SecretKeyReference>(on, 'SecretKeyReference', { secretName: always(() => statedName(on, 'Secret', 'keys')), key: always(() => text(on, 'token')) });
}

/** Ports of media, of those protocols that the mesh leaves alone. */
export function mediaPorts(on: Drawing, mesh: MeshVar): Expr<MediaPort[]> | undefined {
  const udp = on.dares(mesh.can('udp-media'));
  const tcp = on.dares(mesh.can('tcp-media')) && (on.tape.oneIn(2) || on.isSought('MediaPort.tcp') || !udp);
  if (!udp && !tcp) return undefined;
  return list([...udp ? [factory(MediaPort, 'udp', number(on, 40_000))] : [], ...tcp ? [factory(MediaPort, 'tcp', number(on, 40_001))] : []]);
}

/** A port for callers without an identity, from everywhere or from some networks. */
export function unauthenticatedPort(on: Drawing, port: number): Expr<UnauthenticatedPort> {
  const isLimited = on.tape.oneIn(2) || on.isSought('UnauthenticatedPortOptions.networks');
  const networks = list([network(on, '10.0.0.0/24', 'fd00::/64')]);
  return factory(UnauthenticatedPort, 'of', lit(port), ...isLimited ? [struct<UnauthenticatedPortOptions>('UnauthenticatedPortOptions', [['networks', networks]])] : []);
}
