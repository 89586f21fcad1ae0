import { Agent, AgentMesh, McpServer, McpToolBoundary, TokenCaller } from '../../src';
import { deploy, JWKS } from '../story';

export const DESK = 'https://desk.example';
const ISSUER = 'https://login.example.com';

/** A server that pages of one origin may call, one that takes tokens besides, and one that takes no page at all. */
export function pagesProgram(mesh: AgentMesh, jwks = JWKS): void {
  const [planner] = ['planner', 'idle'].map((name) => new Agent(mesh, name, { versions: { v1: deploy() } }));
  const server = () => deploy([8080]);
  new McpToolBoundary(mesh, 'desk', { server: McpServer.of(server(), { tools: ['send'], enforcesMirroredHeaders: true }), allowedOrigins: [DESK] }).grantTools(['send'], planner);
  const vault = new McpToolBoundary(mesh, 'vault', { server: McpServer.of(server(), { tools: ['open'] }), allowedOrigins: [DESK], jwt: { issuer: ISSUER, jwks } });
  vault.grantAllTools(planner);
  new McpToolBoundary(mesh, 'alice', {
    server: McpServer.of(server(), { tools: ['write'], enforcesMirroredHeaders: true }), allowedOrigins: [DESK], jwt: { issuer: ISSUER, jwks, required: false },
  }).grantTools(['write'], TokenCaller.of({ subject: 'alice' }));
  new McpToolBoundary(mesh, 'closed', { server: McpServer.of(server(), { tools: ['find'] }), allowedOrigins: [] }).grantAllTools(planner);
}

/** Who sends it, in the order of the letters of a row. */
export const SENDERS = ['voice/planner', 'voice/idle', 'outside/intruder'] as const;

interface Line {
  readonly server: 'desk' | 'vault' | 'alice' | 'closed';
  readonly what: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A "y" for each sender who is let through. */
  readonly by: string;
}

const ASKED = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type,mcp-method' };
const CALL = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'send' };
const preflight = (server: Line['server'], by: string, what: string, more: Partial<Line> = {}): Line => ({
  server, by, what: `the preflight of ${what}`, method: 'OPTIONS', path: '/mcp', ...more, headers: more.headers ?? { origin: DESK, ...ASKED },
});
const request = (server: Line['server'], by: string, what: string, headers: Line['headers']): Line => ({ server, by, what, headers, method: 'POST', path: '/mcp' });
const NOBODY = '---';

export const PAGE_TABLE: readonly Line[] = [
  preflight('desk', 'y--', 'a page that may call'),
  preflight('desk', NOBODY, 'another page', { headers: { origin: 'https://rebound.example', ...ASKED } }),
  preflight('desk', NOBODY, 'a page of no origin', { headers: { origin: 'null', ...ASKED } }),
  preflight('desk', NOBODY, 'another path', { path: '/admin' }),
  preflight('desk', NOBODY, 'no page', { headers: ASKED }),
  request('desk', 'y--', 'a call of a page that may call', { origin: DESK, ...CALL }),
  request('desk', NOBODY, 'a call of another page', { origin: 'https://rebound.example', ...CALL }),
  request('desk', NOBODY, 'a call of a page of no origin', { origin: 'null', ...CALL }),
  request('desk', 'y--', 'a call of no page', CALL),
  preflight('vault', 'y--', 'a page that may call: no preflight has a token'),
  request('vault', NOBODY, 'a call of a page, without the token', { origin: DESK }),
  preflight('alice', 'yy-', 'a page that may call for any caller with the token'),
  request('alice', NOBODY, 'a call of a page, without the token', { origin: DESK, ...CALL }),
  preflight('closed', NOBODY, 'a page of a server that takes none'),
];

export interface PageRow extends Line {
  readonly sender: typeof SENDERS[number];
  readonly allowed: boolean;
  readonly title: string;
}

/** Every sender with every line. */
export function pageRows(): PageRow[] {
  return PAGE_TABLE.flatMap((line) => SENDERS.map((sender, i): PageRow => {
    const allowed = line.by[i] === 'y';
    return { ...line, sender, allowed, title: `${sender} ${allowed ? 'may' : 'may not'} send ${line.server} ${line.what}` };
  }));
}
