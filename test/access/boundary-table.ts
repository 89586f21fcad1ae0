import { Agent, AgentMesh, ExternalHost, Identity, McpServer, McpToolBoundary, Port, TokenCaller, Workload } from '../../src';
import { TokenSaid } from '../../src/analysis/call';
import { IMAGE, JWKS } from '../story';

export const ISSUER = 'https://login.example.com';

/** What a provider can be asked for, of what the program asks. */
export interface Asks {
  readonly tokens: boolean;
  readonly external: boolean;
  /** Public keys of the issuer. */
  readonly jwks?: string;
}

/** Four agents, three servers, one of them with grants by token, and a server outside. */
export function boundaryProgram(mesh: AgentMesh, { tokens, external, jwks = JWKS }: Asks): void {
  const pods = () => Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], egress: {} });
  const agent = (name: string) => new Agent(mesh, name, { versions: { v1: pods() } });
  const [planner, writer, librarian] = ['planner', 'writer', 'librarian', 'idle'].map(agent);
  const server = () => Workload.deploy({ image: IMAGE, ports: [Port.http(8080)] });
  const issued = { issuer: ISSUER, audiences: ['tools'], jwks };

  const crm = new McpToolBoundary(mesh, 'crm', {
    server: McpServer.of(server(), { tools: ['find_customer', 'refund'], enforcesMirroredHeaders: true }), ...(tokens && { jwt: { ...issued, required: false } }),
  });
  crm.grantTools(['find_customer'], planner);
  if (tokens) {
    crm.grantTools(['refund'], TokenCaller.of({ caller: writer, claims: { role: 'supervisor' } }));
    crm.grantTools(['find_customer'], TokenCaller.of({ subject: 'alice' }));
  }
  const archive = new McpToolBoundary(mesh, 'archive', { server: McpServer.of(server(), { tools: ['search', 'purge'], enforcesMirroredHeaders: true }), ...(tokens && { jwt: issued }) });
  archive.grantTools(['search'], librarian);
  archive.grantAllTools(Identity.of({ namespace: 'ops', serviceAccount: 'auditor' }));

  new McpToolBoundary(mesh, 'mail', { server: McpServer.of(server(), { tools: ['send', 'draft'], enforcesMirroredHeaders: true }) }).grantTools(['draft'], planner, writer);
  if (!external) return;
  new McpToolBoundary(mesh, 'weather', {
    servers: { forecasts: McpServer.external({ host: ExternalHost.https('mcp.weather.example'), tools: ['forecast', 'history'], enforcesMirroredHeaders: true }) },
  }).grantTools(['forecast'], planner);
}

/** In the order of the letters of a row. */
export const CALLERS = ['voice/planner', 'voice/writer', 'voice/librarian', 'voice/idle', 'ops/auditor', 'outside/intruder'] as const;

/** What tokens say; the last is one that nobody here verifies. */
export const TOKENS = {
  none: undefined,
  alice: { issuer: ISSUER, subject: 'alice', claims: { role: ['clerk'] } },
  boss: { issuer: ISSUER, subject: 'bob', claims: { role: ['supervisor'] } },
  bosses: { issuer: ISSUER, subject: 'bob', claims: { role: ['clerk', 'supervisor'] } },
  nearly: { issuer: ISSUER, subject: 'alice2', claims: { role: ['xsupervisorx'] } },
  strange: { issuer: 'https://other.example.com', subject: 'alice', claims: { role: ['supervisor'] } },
} as const satisfies Record<string, TokenSaid | undefined>;

export type TokenName = keyof typeof TOKENS;

interface Line {
  readonly server: 'crm' | 'archive' | 'mail' | 'weather';
  readonly tool: string;
  readonly token: TokenName;
  /** A "y" for each caller who is let through. */
  readonly by: string;
  /** The same where a server's callers may carry no credentials that it does not ask for. */
  readonly refusing?: string;
}

const line = (server: Line['server'], tool: string, token: TokenName, by: string, refusing?: string): Line => ({ server, tool, token, by, refusing });
const NOBODY = '------';

const LINES: readonly Line[] = [
  line('crm', 'find_customer', 'none', 'y-----'),
  line('crm', 'find_customer', 'alice', 'yyyyy-'),
  line('crm', 'find_customer', 'boss', 'y-----'),
  line('crm', 'find_customer', 'nearly', 'y-----'),
  line('crm', 'find_customer', 'strange', NOBODY),
  line('crm', 'refund', 'none', NOBODY),
  line('crm', 'refund', 'alice', NOBODY),
  line('crm', 'refund', 'boss', '-y----'),
  line('crm', 'refund', 'bosses', '-y----'),
  line('crm', 'refund', 'nearly', NOBODY),
  line('crm', 'refund', 'strange', NOBODY),
  line('crm', 'other', 'alice', NOBODY),
  line('archive', 'search', 'none', NOBODY),
  line('archive', 'search', 'alice', '--y-y-'),
  line('archive', 'search', 'boss', '--y-y-'),
  line('archive', 'search', 'strange', NOBODY),
  line('archive', 'purge', 'none', NOBODY),
  line('archive', 'purge', 'boss', '----y-'),
  line('archive', 'purge', 'strange', NOBODY),
  line('archive', 'find_customer', 'alice', '----y-'),
  line('mail', 'draft', 'none', 'yy----'),
  line('mail', 'draft', 'alice', 'yy----', NOBODY),
  line('mail', 'send', 'none', NOBODY),
  line('mail', 'send', 'boss', NOBODY),
  line('weather', 'forecast', 'none', 'y-----'),
  line('weather', 'forecast', 'alice', 'y-----', NOBODY),
  line('weather', 'history', 'none', NOBODY),
];

export interface Row extends Pick<Line, 'server' | 'tool' | 'token'> {
  readonly caller: typeof CALLERS[number];
  readonly allowed: boolean;
  readonly title: string;
}

/** Every caller with every line, of what a provider can be asked for. */
export function boundaryRows({ tokens, external }: Asks, credentials: 'refused' | 'stripped'): Row[] {
  const asked = LINES.filter(({ server, token }) => (external || server !== 'weather') && (tokens || (token === 'none' && server !== 'archive')));
  return asked.flatMap(({ server, tool, token, by, refusing }) => CALLERS.map((caller, i): Row => {
    const allowed = ((credentials === 'refused' ? refusing : undefined) ?? by)[i] === 'y';
    return { server, tool, token, caller, allowed, title: `${caller} ${allowed ? 'may' : 'may not'} call ${server}/${tool} with ${token === 'none' ? 'no token' : `the token of ${token}`}` };
  }));
}
