import { network, number, external, statedName, text } from './texts';
import {
  CircuitBreaker, ExternalAuthorizer, ExternalHost, ExternalHostOptions, JwtRequirement, MediaPort, RateLimit, SecretKeyReference, WorkloadEgress,
} from '../../../src';
import { JWKS } from '../../story';
import { Drawing } from '../drawing';
import { Expr, factory, list, lit, struct } from '../expr';
import { always, fitting, options, rarely } from '../options';
import { MeshVar } from '../plan';

const ODD_KEYS = ['', '{}', '{"keys":[]}', '{"keys":[null]}', '{"keys":[{"kty":"oct","k":"x"}]}', 'null', '[1]'];
const ODD_ADDRESSES = ['', 'login.example.com', 'ftp://a', 'https://a b', 'https://u:p@a.example.com', 'https://a.example.com/?token=abc', 'https://[::1]:0/x', 'https://a.example.com:99999'];

export const ISSUER = 'https://login.example.com';

/** Tokens of one issuer, whose keys are fetched or stated. */
export function jwt(on: Drawing, required?: boolean): Expr<JwtRequirement> {
  const isFetched = on.tape.oneIn(2) || on.isSought('JwtRequirement.jwksUri');
  return options<JwtRequirement>(on, 'JwtRequirement', {
    issuer: always(() => lit(on.odd(['', '*', 'a b', 'x'.repeat(600), 'ü'], () => ISSUER))),
    audiences: rarely(() => list(on.odd([[], [lit('')]], () => [text(on, 'desk')]))),
    jwksUri: fitting(() => (isFetched || on.isBold ? lit(on.odd(ODD_ADDRESSES, () => `${ISSUER}/keys?v=2`)) : undefined)),
    jwks: fitting(() => (!isFetched || on.isBold ? lit(on.odd(ODD_KEYS, () => JWKS)) : undefined)),
    required: required === undefined ? rarely(() => lit(on.tape.oneIn(2))) : always(() => lit(required)),
  });
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

/** A host outside the cluster, at a port of its own or at that of HTTPS. */
export function externalHost(hostname: string, port?: Expr<number>): Expr<ExternalHost> {
  return port ? factory(ExternalHost, 'https', lit(hostname), struct<ExternalHostOptions>('ExternalHostOptions', [['port', port]])) : factory(ExternalHost, 'https', lit(hostname));
}

/** What pods may call; `token` where they are let call the Kubernetes API, and must be. */
export function egress(on: Drawing, mesh: MeshVar, token: boolean): Expr<WorkloadEgress> {
  return options<WorkloadEgress>(on, 'WorkloadEgress', {
    hosts: rarely(() => {
      if (!on.dares(mesh.can('named-hosts'))) return undefined;
      return list(on.odd([[], ['a.example.com', 'a.example.com']], () => [external(on)]).map((host) => externalHost(host, on.isBold ? number(on, 8443) : undefined)));
    }),
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
