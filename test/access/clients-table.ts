import { Asked } from './gateways';
import { Agent, AgentMesh, Decision, InferenceGateway, Port, TokenCaller, Workload } from '../../src';
import { deploy, IMAGE } from '../story';

export const LOGIN = 'https://login.example.com';
const HOST = 'agents.example.com';
export const DESK = 'https://desk.example.com';

/**
 * A gateway whose clients need a token: routes with CORS and without it, one below the other, routes for some tokens only, and an agent that
 * asks for the token itself.
 */
export function clientsProgram(mesh: AgentMesh, jwks: string): InferenceGateway {
  const jwt = { issuer: LOGIN, jwks };
  const agent = (name: string) => new Agent(mesh, name, { versions: { v1: deploy() } });
  const gateway = new InferenceGateway(mesh, 'gw', {
    hostnames: [HOST], tls: { secretName: 'voice-tls' },
    jwt: { ...jwt, audiences: ['agents'], exemptPaths: ['/healthz', '/docs/*', '/deep/card', '/own/healthz', '/admin/healthz'], claimHeaders: { 'x-tier': 'tier', 'x-user': 'sub' }, forwardToken: true },
  });
  const chat = agent('chat');
  gateway.addRoute('chat', { target: chat, cors: { allowedOrigins: [DESK], allowCredentials: true } });
  gateway.addRoute('deep', { target: agent('deep'), pathPrefix: '/deep' });
  gateway.addRoute('open', { target: agent('open'), pathPrefix: '/open/', cors: { allowedOrigins: ['*'] } });
  const own = new Agent(mesh, 'own', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], jwt: { ...jwt, exemptPaths: ['/own/healthz', '/own/docs/*'] } }) } });
  gateway.addRoute('own', { target: own, pathPrefix: '/own' });
  const clerks = [TokenCaller.of({ claims: { role: 'clerk' } }), TokenCaller.of({ subject: 'boss' })];
  gateway.addRoute('admin', { target: agent('admin'), pathPrefix: '/admin', callers: clerks });
  gateway.addRoute('free', { target: agent('free'), pathPrefix: '/admin/free' });
  gateway.addRoute('golden', { target: agent('golden'), pathPrefix: '/gold/', callers: [TokenCaller.of({ subject: 'alice', claims: { tier: 'gold' } })], cors: { allowedOrigins: [DESK] } });
  const friend = agent('friend');
  own.grantCall(friend);
  chat.grantCall(friend);
  return gateway;
}

const PATHS = [
  '/', '/healthz', '/healthz?x=1', '/healthz/', '/docs', '/docs/', '/docs/a/b', '/docsx', '/deep', '/deep/card', '/deep/x', '/deeper', '/open', '/open/x', '/own', '/own/healthz', '/own/docs/a',
  '/admin', '/admin/', '/admin/x?y=z', '/adminx', '/admin/free', '/admin/free/x', '/admin/freedom', '/admin/healthz', '/gold', '/gold/x',
];
const TOKENS: readonly Asked['token'][] = [undefined, { issuer: LOGIN, subject: 'alice', claims: { tier: ['gold'] } }, { issuer: LOGIN, claims: { role: ['clerk'] } }, { issuer: 'https://other.example.com', subject: 'alice' }];
const HEADERS: readonly Readonly<Record<string, string>>[] = [{}, { 'X-Tier': 'gold' }, { x_tier: 'gold' }];

/** What `decide` says of each request. */
export function decisions(mesh: AgentMesh, gateway: InferenceGateway): Decision[] {
  return REQUESTS.map(({ token, ...request }) =>
    mesh.decide({ callee: gateway, ...request, tokenIssuer: token?.issuer, tokenSubject: token?.subject, tokenClaims: first(token?.claims) }));
}

function first(claims: Readonly<Record<string, readonly string[]>> | undefined): Record<string, string> | undefined {
  return claims && Object.fromEntries(Object.entries(claims).map(([name, [value]]) => [name, value]));
}

/** Each path, by each method, with each token, header and origin. */
export const REQUESTS: readonly Asked[] = PATHS.flatMap((path) => ['GET', 'OPTIONS'].flatMap((method) => TOKENS.flatMap((token) =>
  HEADERS.flatMap((headers) => [undefined, DESK, 'https://evil.example.com'].map((origin) => ({ host: HOST, path, method, token, headers, origin }))))));
