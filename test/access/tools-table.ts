import { Identity, AgentMesh, Agent, McpServer, McpToolBoundary, Port, Workload } from '../../src';
import { deploy, IMAGE } from '../story';

/** A server of three tools, a prompt and a resource, each caller with other grants. */
export function toolsProgram(mesh: AgentMesh): void {
  const [planner, writer, librarian] = ['planner', 'writer', 'librarian'].map((name) => new Agent(mesh, name, { versions: { v1: deploy() } }));
  new Agent(mesh, 'idle', { versions: { v1: deploy() } });
  const crm = new McpToolBoundary(mesh, 'crm', {
    server: McpServer.of(Workload.deploy({ image: IMAGE, ports: [Port.http(8080)] }), { enforcesMirroredHeaders: true, tools: ['find_customer', 'refund', 'Close.Account'], prompts: ['greeting'], resources: ['crm://customers'] }),
  });
  crm.grantTools(['find_customer'], planner);
  crm.grantTools(['find_customer', 'refund'], writer);
  crm.grantPrompts(['greeting'], writer);
  crm.grantResources(['crm://customers'], librarian);
  crm.grantAllTools(Identity.of({ namespace: 'ops', serviceAccount: 'auditor' }));
}

/** Who asks, in the order of the columns below. */
export const ASKERS = ['voice/planner', 'voice/writer', 'voice/librarian', 'ops/auditor', 'voice/idle', 'outside/intruder'] as const;

export interface Asking {
  readonly what: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly method: string;
  readonly path: string;
  /** A "y" for each asker who is let through. */
  readonly by: string;
}

const REVISION = { 'mcp-protocol-version': '2026-07-28' };
const asks = (by: string, method: string, name?: string): Asking => ({
  what: name === undefined ? method : `${method} ${name}`, by, method: 'POST', path: '/mcp',
  headers: { ...REVISION, 'mcp-method': method, ...(name !== undefined && { 'mcp-name': name }) },
});
const otherwise = (what: string, by: string, headers: Record<string, string>, more: Partial<Asking> = {}): Asking => ({ what, by, headers, method: 'POST', path: '/mcp', ...more });

/** Columns: planner, writer, librarian, auditor (everything), idle (nothing), an intruder without identity. */
export const TOOL_TABLE: readonly Asking[] = [
  asks('yy-y--', 'tools/call', 'find_customer'),
  asks('-y-y--', 'tools/call', 'refund'),
  asks('---y--', 'tools/call', 'Close.Account'),
  asks('---y--', 'tools/call', 'no_such_tool'),
  asks('---y--', 'tools/call'),
  asks('-y-y--', 'prompts/get', 'greeting'),
  asks('--yy--', 'resources/read', 'crm://customers'),
  asks('---y--', 'resources/read', 'crm://others'),
  asks('yyyy--', 'server/discover'),
  asks('yy-y--', 'tools/list'),
  asks('-y-y--', 'prompts/list'),
  asks('--yy--', 'resources/list'),
  asks('---y--', 'subscriptions/listen'),
  otherwise('a tool without the revision that checks it', '---y--', { 'mcp-method': 'tools/call', 'mcp-name': 'find_customer' }),
  otherwise('a tool by an older revision', '---y--', { 'mcp-protocol-version': '2025-11-25', 'mcp-method': 'tools/call', 'mcp-name': 'find_customer' }),
  otherwise('a tool without its method', '---y--', { ...REVISION, 'mcp-name': 'find_customer' }),
  otherwise('a tool in other letters', '---y--', { ...REVISION, 'mcp-method': 'tools/call', 'mcp-name': 'FIND_CUSTOMER' }),
  otherwise('a tool whose name goes on', '---y--', { ...REVISION, 'mcp-method': 'tools/call', 'mcp-name': 'find_customer2' }),
  otherwise('a tool in base64', '---y--', { ...REVISION, 'mcp-method': 'tools/call', 'mcp-name': '=?base64?cmVmdW5k?=' }),
  otherwise('two tools at once', '---y--', { ...REVISION, 'mcp-method': 'tools/call', 'mcp-name': 'find_customer,refund' }),
  otherwise('a stream of the older transport', '---y--', { ...REVISION, 'mcp-method': 'tools/call', 'mcp-name': 'find_customer' }, { method: 'GET' }),
  otherwise('another path', '------', { ...REVISION, 'mcp-method': 'tools/call', 'mcp-name': 'find_customer' }, { path: '/admin' }),
];

/** Every asker with every request: the rows of the table. */
export function toolRows(): { readonly asker: typeof ASKERS[number]; readonly asking: Asking; readonly allowed: boolean; readonly title: string }[] {
  return TOOL_TABLE.flatMap((asking) => ASKERS.map((asker, i) => {
    const allowed = asking.by[i] === 'y';
    return { asker, asking, allowed, title: `${asker} ${allowed ? 'may' : 'may not'}: ${asking.what}` };
  }));
}
