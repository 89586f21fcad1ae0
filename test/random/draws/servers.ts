import { externalHost, secretKey } from './demands';
import { number, external, path, oneOf } from './texts';
import { deploy, existing, Purpose } from './workloads';
import { ExternalMcpServerOptions, McpServer, McpServerOptions, McpTransport } from '../../../src';
import { Drawing } from '../drawing';
import { Expr, factory, lit } from '../expr';
import { always, Draws, options, rarely } from '../options';
import { MeshVar, WorkloadVar } from '../plan';

const TOOLS = ['find_customer', 'refund', 'Close.It', 'constructor', 'toString', '__proto__', 'a/b', 'hasOwnProperty'];
const ODD_TOOLS = ['', '*', 'a b', 'ä', 'x'.repeat(129), 'refund'];
const PROMPTS = ['hello', 'constructor', 'valueOf'];
const RESOURCES = ['crm://customers', 'ui://desk/main', 'file:///a%20b', 'constructor:x'];

/** What a server offers by name. */
export interface Offer {
  readonly tools: string[];
  prompts: string[];
  resources: string[];
  /** Whether the server enforces the mirrored headers. */
  hasHeaders: boolean;
  /** Whether the team runs the server, and has its Service. */
  isExisting: boolean;
}

export function offer(on: Drawing): Offer {
  const tools = on.tape.some(TOOLS, 1 + on.tape.below(3));
  return { tools: on.odd([[], [...tools, ...ODD_TOOLS]], () => tools), prompts: [], resources: [], hasHeaders: false, isExisting: false };
}

type ItemProps = 'prompts' | 'resources';

/** Prompts and resources, which then can be granted. */
function itemDraws(on: Drawing, offered: Offer): Pick<Draws<McpServerOptions>, ItemProps> {
  return {
    prompts: rarely(() => {
      offered.prompts = on.odd([[''], ['a', 'a']], () => on.tape.some(PROMPTS, 1 + on.tape.below(2)));
      return lit(offered.prompts);
    }),
    resources: rarely(() => {
      offered.resources = on.odd([[''], ['a:*'], ['a b'], ['a:x', 'a:x']], () => on.tape.some(RESOURCES, 1 + on.tape.below(2)));
      return lit(offered.resources);
    }),
  };
}

/** How a server speaks; of the older transport it has one pod. */
function transportOf(on: Drawing): keyof typeof McpTransport {
  return on.tape.oneIn(8) || on.isSought('McpTransport.SSE') ? 'SSE' : 'STREAMABLE_HTTP';
}

/** The pods of a server. */
function serverPods(on: Drawing, mesh: MeshVar, transport: keyof typeof McpTransport, isNew: boolean): WorkloadVar {
  const purpose: Purpose = { mesh, ports: [8080], mayDemand: false, needsService: true, replicas: transport === 'SSE' && !on.isBold ? 1 : undefined };
  if (!on.tape.oneIn(4) || isNew) return deploy(on, purpose);
  const account = on.plan.fresh('their-mcp');
  const namespace = on.tape.oneIn(3) ? on.tape.pick(mesh.namespaces) : undefined;
  return existing(on, purpose, { serviceAccount: account, namespace, labels: { app: account } });
}

/** What is known of a server before it is drawn. */
interface Known {
  readonly isExternal: boolean;
  readonly hasTokens: boolean;
  /** Whether its pods are deployed here. */
  readonly isNew?: boolean;
}

function serverDraws(on: Drawing, mesh: MeshVar, offered: Offer, transport: keyof typeof McpTransport, { mayKeep, hasTokens }: { readonly mayKeep: boolean; readonly hasTokens: boolean }): Draws<McpServerOptions> {
  return {
    tools: always(() => lit(offered.tools)),
    ...itemDraws(on, offered),
    transport: transport === 'SSE' ? always(() => oneOf(on, 'McpTransport', McpTransport, ['SSE'])) : rarely(() => oneOf(on, 'McpTransport', McpTransport, ['STREAMABLE_HTTP'])),
    path: rarely(() => path(on, '/tools', '/v2/mcp')),
    messagesPath: rarely(() => (on.dares(transport === 'SSE') ? path(on, '/messages/', '/send') : undefined)),
    credentials: rarely(() => (on.dares(mesh.can('upstream-credentials')) ? secretKey(on) : undefined)),
    enforcesMirroredHeaders: rarely(() => {
      if (!on.dares(transport !== 'SSE')) return undefined;
      offered.hasHeaders = true;
      return lit(true);
    }),
    servesOAuthMetadata: rarely(() => (on.dares(hasTokens && !mesh.readsMcp) ? lit(true) : undefined)),
    keepsSessions: rarely(() => (on.dares(mesh.readsMcp || (mayKeep && mesh.can('session-affinity'))) ? lit(true) : undefined)),
  };
}

/** A server of a boundary: pods, or a host outside the cluster. */
export function mcpServer(on: Drawing, mesh: MeshVar, offered: Offer, { isExternal, hasTokens, isNew = false }: Known): Expr<McpServer> {
  const transport = transportOf(on);
  if (!isExternal) {
    const { expr, isDeployed } = serverPods(on, mesh, transport, isNew);
    offered.isExisting = !isDeployed;
    return factory(McpServer, 'of', expr, options<McpServerOptions>(on, 'McpServerOptions', serverDraws(on, mesh, offered, transport, { mayKeep: isDeployed, hasTokens })));
  }
  return factory(McpServer, 'external', options<ExternalMcpServerOptions>(on, 'ExternalMcpServerOptions', {
    ...serverDraws(on, mesh, offered, transport, { mayKeep: false, hasTokens }),
    host: always(() => externalHost(
      external(on, ['mcp.weather.example', 'mcp.stock.example', 'a-b.stock.example']), on.tape.oneIn(4) || on.isSought('ExternalHostOptions.port') ? number(on, 8443) : undefined,
    )),
  }));
}
