import { ProviderName } from './program';

/** The pods that may call a port; every other pod of the cluster may not. */
export interface CallRow {
  readonly wish: number;
  readonly callee: string;
  /** That of the Service, or of the pods where the Service does not lead there. */
  readonly port: number;
  readonly atPods?: boolean;
  readonly callers: readonly string[];
}

const TRIAGE = ['triage-v1', 'triage-v2'];
const row = (wish: number, callee: string, port: number, callers: readonly string[], atPods?: boolean): CallRow =>
  ({ wish, callee, port, callers, atPods });
const METERED = [
  'billing', 'research', 'coder', 'reports', 'planner-v1', 'planner-v2', ...TRIAGE, 'support', 'memory', 'invoices', 'postgres', 'redis', 'collector',
];

export const CALLS: readonly CallRow[] = [
  row(2, 'billing', 8080, TRIAGE),
  row(2, 'research', 8080, TRIAGE),
  row(2, 'coder', 80, TRIAGE),
  row(3, 'planner-v1', 80, [...TRIAGE, 'edge-grpc']),
  row(3, 'planner-v2', 80, [...TRIAGE, 'edge-grpc']),
  row(5, 'postgres', 5432, ['coder', 'research', 'invoices', 'backup']),
  row(12, 'triage-v1', 80, ['evals', 'edge']),
  row(12, 'triage-v2', 80, ['evals', 'edge']),
  row(14, 'redis', 6379, [...TRIAGE, 'coder', 'redis']),
  row(14, 'redis', 16379, ['redis'], true),
  row(15, 'reports', 80, TRIAGE),
  row(19, 'support', 80, TRIAGE),
  row(19, 'memory', 8080, ['support', 'reindex']),
  ...METERED.map((callee) => row(11, callee, 9090, ['prometheus'], true)),
];

/** Pods that nobody may call, each at some port: those that the program does not describe, and those that only call. */
export const CLOSED: readonly (readonly [wish: number, pod: string])[] = [
  ...['agents', 'legacy', 'data', 'observability', 'models'].map((namespace) => [1, `stranger-in-${namespace}`] as const), [14, 'backup'], [12, 'evals'], [19, 'reindex'],
];

/** Who may ask the team's own models; every other pod may not. */
export const MODEL_CALLERS: readonly string[] = ['coder', 'research', ...TRIAGE];

/** Pods of the mesh's namespaces, which may send spans; the others may not. */
export const SENDERS = /^(agents|agents-edge|legacy|data|observability|models|coder|reports|linear)$/;

type ToolRow = readonly [wish: number, boundary: string, tool: string | undefined, callers: readonly string[]];

const BY_TOOL: readonly ToolRow[] = [
  [4, 'invoices', 'find_invoice', ['billing', ...TRIAGE]],
  [4, 'invoices', 'refund', ['billing']],
  [4, 'invoices', undefined, ['billing', ...TRIAGE]],
  [6, 'linear', undefined, ['research']],
  [6, 'linear', 'list_issues', ['research']],
  [6, 'linear', 'create_issue', []],
];

/** The callers of each tool, and of what is no tool. On sidecars no tool is granted alone, and the external server is no callee of the mesh. */
export const TOOLS: Readonly<Record<ProviderName, readonly ToolRow[]>> = {
  'Istio ambient': BY_TOOL, 'Istio sidecars': [[4, 'invoices', 'find_invoice', ['billing']], [4, 'invoices', 'refund', ['billing']], [4, 'invoices', undefined, ['billing']]], 'Linkerd': BY_TOOL,
};

/** Who of these comes to hosts outside by their names. */
export const LEAVING = ['coder', 'reports', 'research', 'invoices', 'triage-v1', 'stranger-in-agents'];

export const HOSTS: readonly (readonly [wish: number, host: string, port: number, Readonly<Record<ProviderName, readonly string[]>>])[] = [
  [7, 'api.openai.com', 443, { 'Istio ambient': ['coder', 'triage-v1'], 'Istio sidecars': ['coder'], 'Linkerd': ['coder'] }],
  [7, 'api.anthropic.com', 443, { 'Istio ambient': ['coder', 'triage-v1'], 'Istio sidecars': ['coder'], 'Linkerd': ['coder'] }],
  [7, 'api.openai.com', 80, { 'Istio ambient': ['triage-v1'], 'Istio sidecars': [], 'Linkerd': [] }],
  [6, 'mcp.linear.app', 443, { 'Istio ambient': ['triage-v1', 'stranger-in-agents'], 'Istio sidecars': ['research'], 'Linkerd': [] }],
  [6, 'elsewhere.example', 443, { 'Istio ambient': ['triage-v1', 'stranger-in-agents'], 'Istio sidecars': [], 'Linkerd': [] }],
  [15, 'acme-reports.s3.eu-west-1.amazonaws.com', 443, { 'Istio ambient': ['reports', 'triage-v1'], 'Istio sidecars': ['reports'], 'Linkerd': ['reports'] }],
  [15, 'other.s3.eu-west-1.amazonaws.com', 443, { 'Istio ambient': ['triage-v1', 'stranger-in-agents'], 'Istio sidecars': ['reports'], 'Linkerd': ['reports'] }],
  // On Linkerd private networks are open at the proxies, so that only a NetworkPolicy closes them.
  [15, 'db.abc.eu-west-1.rds.amazonaws.com', 5432, { 'Istio ambient': ['reports', 'triage-v1'], 'Istio sidecars': ['reports'], 'Linkerd': ['reports', 'triage-v1', 'stranger-in-agents'] }],
];

/** Which of these comes to an address outside. Nothing limits pods without `egress` in ambient, and no proxy sees UDP. */
export const ADDRESSES: readonly (readonly [wish: number, address: string, protocol: string, port: number, limited: readonly string[], unlimited: 'ambient' | 'everywhere'])[] = [
  [17, '169.254.170.23', 'TCP', 80, ['coder', 'reports'], 'ambient'],
  [17, '169.254.170.23', 'TCP', 443, [], 'ambient'],
  [17, '169.254.20.10', 'UDP', 53, ['coder', 'reports', 'research', 'invoices'], 'everywhere'],
  [17, '169.254.20.10', 'TCP', 80, [], 'ambient'],
];

export interface ClientRow {
  readonly wish: number;
  readonly gateway: 'edge' | 'edge-grpc';
  readonly host: string;
  readonly issuer?: string;
  readonly canary?: boolean;
  readonly to: readonly string[];
  /** Where it ends on Linkerd, whose gateways ask for no token. */
  readonly toOnLinkerd: readonly string[];
}

const ISSUER = 'https://login.acme.example';
const HOST = { 'edge': 'agents.acme.example', 'edge-grpc': 'grpc.acme.example' };
const client = (wish: number, gateway: ClientRow['gateway'], to: readonly string[], more: Partial<ClientRow> = {}): ClientRow =>
  ({ wish, gateway, host: HOST[gateway], issuer: ISSUER, to, toOnLinkerd: to, ...more });
const [OF_TRIAGE, OF_PLANNER] = ['triage', 'planner'].map((name) => [`10% ${name}-v2`, `90% ${name}-v1`]);

/** Clients outside, and where their requests end. */
export const CLIENTS: readonly ClientRow[] = [
  client(10, 'edge', OF_TRIAGE),
  client(10, 'edge', ['100% triage-v2'], { canary: true }),
  client(9, 'edge', [], { issuer: undefined, toOnLinkerd: OF_TRIAGE }),
  client(9, 'edge', [], { issuer: 'https://other.example', toOnLinkerd: OF_TRIAGE }),
  client(9, 'edge', [], { host: 'grpc.acme.example' }),
  client(9, 'edge', [], { host: 'billing.legacy.svc.cluster.local' }),
  client(3, 'edge-grpc', OF_PLANNER),
  client(3, 'edge-grpc', ['100% planner-v2'], { canary: true }),
  client(3, 'edge-grpc', [], { issuer: undefined, toOnLinkerd: OF_PLANNER }),
  client(9, 'edge-grpc', [], { host: 'agents.acme.example' }),
];
