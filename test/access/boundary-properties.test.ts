import fc from 'fast-check';
import { modelled, programBy, Provider, PROVIDERS, ToolCall } from './boundary-providers';
import { Program } from './program';
import { Agent, AgentMesh, ICaller, McpServer, McpToolBoundary, TokenCaller } from '../../src';
import { TokenSaid } from '../../src/analysis/call';
import { runs } from '../runs';
import { deploy, JWKS } from '../story';

const ISSUER = 'https://login.example.com';
const TOOLS = ['a', 'b_c', 'D.e'];
const SUBJECTS = ['alice', 'bob/2'];
const ROLES = ['clerk', 'boss'];
const AGENTS = [0, 1];

/** Who is granted what: an agent, any caller with a token, or an agent with a token; one of the tools, or every one. */
interface Grant { readonly agent?: number; readonly subject?: number; readonly role?: number; readonly tool: number }

const perhaps = fc.option(fc.nat(1), { nil: undefined });
const isSomebody = ({ agent, subject, role }: Omit<Grant, 'tool'>) => [agent, subject, role].some((one) => one !== undefined);
const grant = fc.record({ agent: perhaps, subject: perhaps, role: perhaps, tool: fc.nat(TOOLS.length) }).filter(isSomebody);
const grants = fc.array(grant, { maxLength: 6 });

function build(mesh: AgentMesh, given: readonly Grant[], tokens: boolean): void {
  const agents = AGENTS.map((i) => new Agent(mesh, `agent-${i}`, { versions: { v1: deploy() } }));
  const crm = new McpToolBoundary(mesh, 'crm', {
    server: McpServer.of(deploy([8080]), { tools: TOOLS, enforcesMirroredHeaders: true }),
    ...(tokens && { jwt: { issuer: ISSUER, jwks: JWKS, required: false } }),
  });
  for (const { agent, subject, role, tool } of given) {
    const caller = agent === undefined ? undefined : agents[agent];
    const who: ICaller = subject === undefined && role === undefined ? caller! : TokenCaller.of({
      caller, ...(subject !== undefined && { subject: SUBJECTS[subject] }), ...(role !== undefined && { claims: { role: ROLES[role] } }),
    });
    if (tool === TOOLS.length) crm.grantAllTools(who);
    else crm.grantTools([TOOLS[tool]], who);
  }
}

const SAID: readonly (TokenSaid | undefined)[] = [
  undefined, { issuer: ISSUER, claims: { role: ['boss'] } }, { issuer: ISSUER, subject: 'alice', claims: {} }, { issuer: ISSUER, subject: 'bob/2', claims: { role: ['clerk', 'boss'] } },
  { issuer: ISSUER, subject: '2', claims: { role: ['clerk'] } },
];

/** What is allowed of every caller, tool and token: by the model, and by what was compiled. */
function decisions(provider: Provider, given: readonly Grant[]): { model: string[]; objects: string[] } {
  const program: Program = programBy(provider, (mesh) => build(mesh, given, provider.asks.tokens));
  const tokens = provider.asks.tokens ? SAID : [undefined];
  const calls = ['voice/agent-0', 'voice/agent-1', 'elsewhere/intruder', 'outside/intruder'].flatMap((caller) =>
    [...TOOLS, 'other'].flatMap((tool) => tokens.map((said): ToolCall => ({ caller, server: 'crm', tool, said }))));
  const key = ({ caller, tool, said }: ToolCall) => `${caller} ${tool} ${JSON.stringify(said)}`;
  return {
    model: calls.filter((call) => modelled(program, call)).map(key),
    objects: calls.filter((call) => provider.judge(program, program.world, call).allowed).map(key),
  };
}

describe.each(Object.entries(PROVIDERS))('by %s', (_, provider) => {
  // Where nobody verifies tokens, only grants by identity compile.
  const isAsked = ({ subject, role }: Grant) => provider.asks.tokens || (subject === undefined && role === undefined);
  const possible = grants.map((given) => given.filter(isAsked));

  test('for random grants the objects decide as the model does, and a removed grant opens nothing', () => {
    fc.assert(fc.property(possible, fc.nat(), (given, which) => {
      const { model, objects } = decisions(provider, given);
      expect(objects).toEqual(model);
      const before = new Set(objects);
      const fewer = given.filter((__, i) => i !== which % Math.max(1, given.length));
      expect(decisions(provider, fewer).objects.filter((one) => !before.has(one))).toEqual([]);
    }), { numRuns: runs(20) });
  });
});

const text = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 }).filter((one) => !one.includes('*'));
const hostile = fc.oneof(text, fc.constantFrom('" || true || "', '") || (jwt["sub"] != "', "' || '' == '", '\\" || true', '${jwt}', '{{.}}', 'a\\u0022 || true || \\u0022'));
const verifying = Object.entries(PROVIDERS).filter(([, { asks }]) => asks.tokens);

describe.each(verifying)('by %s', (_, provider) => {
  test.each([['a subject'], ['a claim']])('%s is matched as text, and another value is denied', (what) => {
    fc.assert(fc.property(hostile, (granted) => {
      const program = programBy(provider, (mesh) => new McpToolBoundary(mesh, 'crm', {
        server: McpServer.of(deploy([8080]), { tools: TOOLS, enforcesMirroredHeaders: true }), jwt: { issuer: ISSUER, jwks: JWKS },
      }).grantTools(['a'], TokenCaller.of(what === 'a subject' ? { subject: granted } : { claims: { role: granted } })));
      const by = (said: string): boolean => provider.judge(program, program.world, {
        caller: 'elsewhere/intruder', server: 'crm', tool: 'a', said: { issuer: ISSUER, subject: what === 'a subject' ? said : 'x', claims: { role: [what === 'a subject' ? 'x' : said] } },
      }).allowed;
      expect([granted, `${granted}x`, `x${granted}`, 'x', ''].filter(by)).toEqual([granted, 'x'].filter((one) => one === granted));
    }), { numRuns: runs(40) });
  });
});
