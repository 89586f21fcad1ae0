import { Asked } from './gateways';
import { Agent, AgentMesh, InferenceGateway, McpServer, McpToolBoundary, Port, TokenCaller, Workload } from '../../src';
import { deploy, IMAGE } from '../story';

export const LOGIN = 'https://login.example.com';
export const DESK = 'https://desk.example.com';
const HOST = 'mcp.example.com';
/** Host of the gateway that asks for tokens itself. */
export const TOKEN_HOST = 'apps.example.com';

/** How a boundary is enforced: by a proxy that reads MCP, or by what the mesh has; and whether its gateway verifies tokens. */
export interface McpClientsOptions {
  readonly isProxied: boolean;
  readonly jwks: string;
  readonly hasTokenGateway: boolean;
}

/** Two boundaries behind a gateway: one for tokens, whose metadata is read without one, and one for agents and the token of one subject. */
export function mcpClientsProgram(mesh: AgentMesh, { isProxied, jwks, hasTokenGateway }: McpClientsOptions): void {
  const [operator, helper] = ['operator', 'helper'].map((name) => new Agent(mesh, name, { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], egress: {} }) } }));
  const jwt = { issuer: LOGIN, jwks };
  const gateway = new InferenceGateway(mesh, 'mcp-gw', { hostnames: [HOST], tls: { secretName: 'voice-tls' } });
  const crm = new McpToolBoundary(mesh, 'crm', {
    server: McpServer.of(deploy([8080]), { tools: ['find', 'refund'], ...(!isProxied && { enforcesMirroredHeaders: true, servesOAuthMetadata: true }) }),
    allowedOrigins: [DESK], jwt, ...(isProxied && { oauth: { resource: `https://${HOST}/mcp` } }),
  });
  crm.grantTools(['find'], TokenCaller.of({ claims: { role: 'clerk' } }));
  crm.grantAllTools(TokenCaller.of({ subject: 'alice' }));
  const vault = new McpToolBoundary(mesh, 'vault', {
    server: McpServer.of(deploy([8080]), { tools: ['open'], path: '/vault/mcp', enforcesMirroredHeaders: !isProxied }), jwt: { ...jwt, required: false },
  });
  vault.grantTools(['open'], operator, TokenCaller.of({ caller: operator, claims: { role: 'clerk' } }), TokenCaller.of({ subject: 'boss' }));
  gateway.addRoute('crm', { target: crm });
  gateway.addRoute('vault', { target: vault });
  gateway.addRoute('helper', { target: helper, pathPrefix: '/chat' });
  if (!hasTokenGateway) return;
  const asking = new InferenceGateway(mesh, 'mcp-tokens', { hostnames: [TOKEN_HOST], tls: { secretName: 'voice-tls' }, jwt: { ...jwt, forwardToken: true, claimHeaders: { 'x-user': 'sub' } } });
  asking.addRoute('crm', { target: crm });
  asking.addRoute('tokens-helper', { target: helper, cors: { allowedOrigins: ['https://chat.example.com'] } });
}

/** Tokens, in the order of the letters of a line. */
export const TOKENS = [undefined, { issuer: LOGIN }, { issuer: LOGIN, claims: { role: ['clerk'] } }, { issuer: LOGIN, subject: 'alice' }, { issuer: 'https://other.example.com', subject: 'alice' }];
const NAMES = ['no token', 'a token', 'the token of a clerk', 'the token of alice', 'the token of another issuer'];

interface Line extends Omit<Asked, 'token' | 'host'> {
  readonly what: string;
  /** A "y" for each token with which it is served, "?" where it makes no difference to what is meant. */
  readonly by: string;
  readonly host?: string;
  /** Only at a gateway of the library's that verifies tokens. */
  readonly isAsked?: boolean;
  /** Only where the server itself answers: a proxy tells its metadata whatever the method is. */
  readonly isServer?: boolean;
}

const call = (name: string) => ({ 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': name });
const LIST = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' };
const posts = (what: string, path: string, headers: Line['headers'], by: string, more: Partial<Line> = {}): Line => ({ what, path, headers, by, method: 'POST', ...more });
const gets = (what: string, path: string, by: string, more: Partial<Line> = {}): Line => ({ what, path, by, method: 'GET', ...more });
const NOBODY = '-----';
const METADATA = '/.well-known/oauth-protected-resource';

const LINES: readonly Line[] = [
  posts('call a granted tool', '/mcp', call('find'), '--yy-'),
  posts('call another tool', '/mcp', call('refund'), '---y-'),
  posts('list the tools', '/mcp', LIST, '--yy-'),
  posts('call with a query', '/mcp?x=1', call('find'), '--yy-'),
  posts('call from a page that may', '/mcp', call('find'), '--yy-', { origin: DESK }),
  posts('call from another page', '/mcp', call('find'), NOBODY, { origin: 'https://evil.example.com' }),
  posts('call by PUT', '/mcp', call('find'), NOBODY, { method: 'PUT', isServer: true }),
  posts('call below the path', '/mcp/x', call('find'), NOBODY),
  posts('call another path', '/admin', call('find'), NOBODY),
  posts('call at another host', '/mcp', call('find'), NOBODY, { host: 'other.example.com' }),
  posts('call a tool of agents', '/vault/mcp', call('open'), NOBODY),
  posts('call an agent', '/chat', {}, 'yyyyy'),
  posts('ask before a call from a page that may', '/mcp', undefined, 'yyyyy', { method: 'OPTIONS', origin: DESK }),
  posts('ask before a call from another page', '/mcp', undefined, NOBODY, { method: 'OPTIONS', origin: 'https://evil.example.com' }),
  posts('ask before a call where no page may', '/vault/mcp', undefined, NOBODY, { method: 'OPTIONS', origin: DESK }),
  gets('read the metadata', `${METADATA}/mcp`, 'yyyy?'),
  gets('read the metadata without the path', METADATA, 'yyyy?'),
  gets('read metadata that nobody has', `${METADATA}/vault/mcp`, NOBODY),
  posts('send to the metadata', `${METADATA}/mcp`, {}, NOBODY, { isServer: true }),
  posts('call a granted tool', '/mcp', call('find'), '--yy-', { host: TOKEN_HOST, isAsked: true }),
  posts('call another tool', '/mcp', call('refund'), '---y-', { host: TOKEN_HOST, isAsked: true }),
  posts('call the agent', '/', {}, '-yyy-', { host: TOKEN_HOST, isAsked: true }),
  posts('ask before a call from a page that may', '/mcp', undefined, 'yyyyy', { host: TOKEN_HOST, isAsked: true, method: 'OPTIONS', origin: DESK }),
  posts('ask before a call from a page of the agent', '/mcp', undefined, NOBODY, { host: TOKEN_HOST, isAsked: true, method: 'OPTIONS', origin: 'https://chat.example.com' }),
  gets('read the metadata', `${METADATA}/mcp`, 'yyyy?', { host: TOKEN_HOST, isAsked: true }),
  gets('read the agent where the metadata without the path would be', METADATA, '-yyy-', { host: TOKEN_HOST, isAsked: true }),
  gets('read the metadata with a claim of its own', `${METADATA}/mcp`, NOBODY, { host: TOKEN_HOST, isAsked: true, headers: { x_user: 'alice' } }),
];

export interface ClientRow extends Asked {
  readonly allowed: boolean;
  readonly title: string;
}

/** Every line with every token. */
export function clientRows({ isProxied, hasTokenGateway }: Omit<McpClientsOptions, 'jwks'>): ClientRow[] {
  const lines = LINES.filter(({ isAsked, isServer }) => (hasTokenGateway || !isAsked) && (!isProxied || !isServer));
  return lines.flatMap(({ what, by, host = HOST, isAsked: _, isServer: __, ...asked }) =>
    TOKENS.flatMap((token, i): ClientRow[] => (by[i] === '?' ? [] : [{
      ...asked, host, token, allowed: by[i] === 'y', title: `a client of ${host} with ${NAMES[i]} ${by[i] === 'y' ? 'may' : 'may not'} ${what}`,
    }])));
}
