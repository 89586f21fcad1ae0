import { circuitBreaker, connectionPool, faults, jwt, rateLimit } from './demands';
import { placeIn } from './places';
import { mcpServer, Offer, offer } from './servers';
import { id, name, number, oneOf, path, text } from './texts';
import {
  GuardrailPhase, IAgent, FailureMode, McpGuardrail, McpIdentityProvider, McpOAuth, McpPrefix, McpProxyProps, McpServer, McpSessionRouting,
  McpToolBoundary, McpToolBoundaryProps,
} from '../../../src';
import { Drawing } from '../drawing';
import { Expr, list, lit, made, member, record } from '../expr';
import { always, Draws, fitting, options, rarely } from '../options';
import { AgentVar, MeshVar } from '../plan';

/** What stands behind a boundary. */
interface Behind {
  readonly mesh: MeshVar;
  readonly namespace: string;
  /** The servers, each with its name in `servers`. */
  readonly all: readonly { readonly name: string; readonly offered: Offer; readonly expr: Expr<McpServer>; readonly isExternal: boolean }[];
  /** Whether they are stated as `servers`: several always are, one may be. */
  readonly isNamed: boolean;
  /** What the boundary says of it, for those who are granted it. */
  prefix: keyof typeof McpPrefix;
  readonly hasTokens: boolean;
  hasAddress: boolean;
  hasOrigins: boolean;
}

function behind(on: Drawing, mesh: MeshVar, namespace: string, forClients: boolean): Behind {
  const isSeveral = (on.dares(mesh.can('tool-federation')) && on.tape.oneIn(3)) || on.isSought('McpToolBoundaryProps.failureMode');
  const hasTokens = on.dares(mesh.can('tool-tokens')) && (forClients || on.tape.oneIn(4) || on.isSought('McpToolBoundaryProps.jwt') || on.isSought('McpServerOptions.servesOAuthMetadata') || on.isSought('ExternalMcpServerOptions.servesOAuthMetadata') || on.isSought('TokenCaller.of'));
  const isExternal = (on.dares(mesh.can('external-tools') && (!forClients || mesh.readsMcp)) && on.tape.oneIn(4)) || on.isSought('McpServer.external');
  const count = isSeveral ? 1 + on.tape.below(3) + (on.isSought('McpToolBoundaryProps.failureMode') ? 1 : 0) : 1;
  const all = Array.from({ length: count }, (_, i) => {
    const [offered, isThis] = [offer(on), i === 0 && isExternal];
    return { name: name(on, 'server'), offered, isExternal: isThis, expr: mcpServer(on, mesh, offered, { isExternal: isThis, hasTokens, isNew: forClients }) };
  });
  const isNamed = isSeveral || on.isSought('McpToolBoundaryProps.servers') || (on.tape.oneIn(4) && !on.isSought('McpToolBoundaryProps.server'));
  return { mesh, namespace, all, isNamed, prefix: 'SEVERAL', hasTokens, hasAddress: false, hasOrigins: false };
}

/** The servers of a boundary; a bold one states them in both ways. */
function serverDraws(on: Drawing, { mesh, all, isNamed }: Behind): Pick<Draws<McpToolBoundaryProps>, 'server' | 'servers'> {
  const [{ expr }] = all;
  return {
    servers: fitting(() => (isNamed ? record(all.map((one) => [one.name, one.expr] as const)) : undefined)),
    server: fitting(() => (!isNamed ? expr : on.isBold ? mcpServer(on, mesh, offer(on), { isExternal: false, hasTokens: false }) : undefined)),
  };
}

/** What only a proxy that reads MCP is told. */
function proxyDraws(on: Drawing, about: Behind, forClients: boolean): Draws<McpProxyProps> {
  const { mesh, all } = about;
  const isRead = () => on.dares(mesh.can('mcp-proxy'));
  return {
    prefix: rarely(() => {
      if (!isRead()) return undefined;
      about.prefix = on.choice(Object.fromEntries((['SEVERAL', 'ALWAYS', ...all.length < 2 || on.isBold ? ['NEVER' as const] : []] as const).map((key) => [`McpPrefix.${key}`, key] as const)));
      return member('McpPrefix', McpPrefix, about.prefix);
    }),
    failureMode: rarely(() => (isRead() && on.dares(all.length > 1) ? oneOf(on, 'FailureMode', FailureMode) : undefined)),
    sessionRouting: rarely(() => (isRead() ? oneOf(on, 'McpSessionRouting', McpSessionRouting) : undefined)),
    guardrails: rarely(() => (on.dares(mesh.can('guardrails')) ? guardrails(on, about) : undefined)),
    oauth: rarely(() => {
      about.hasAddress = on.dares(mesh.can('mcp-oauth') && about.hasTokens && !forClients);
      return about.hasAddress ? oauth(on) : undefined;
    }),
  };
}

const ODD_METHODS = ['', 'tools', '*/x', '__proto__', 'constructor', 'tools/*/x'];

function guardrails(on: Drawing, { mesh, namespace }: Behind): Expr<McpGuardrail[]> | undefined {
  const mayJudge = ({ versions: [version, ...others], ...agent }: AgentVar) => agent.mesh === mesh && agent.namespace === namespace
    && version?.hasService && version.isPlain && others.length === 0 && !agent.isGuarded && !agent.pooled.has(version);
  const all: Expr<IAgent>[] = on.plan.agents.filter((agent) => mayJudge(agent) || on.isBold).map(({ expr }) => expr);
  if (all.length === 0) return undefined;
  return list([options<McpGuardrail>(on, 'McpGuardrail', {
    service: always(() => on.tape.pick(all)),
    methods: always(() => record([[on.odd(ODD_METHODS, () => on.tape.pick(['tools/call', 'tools/*', '*/list', '*'])), oneOf(on, 'GuardrailPhase', GuardrailPhase)]])),
  })]);
}

function oauth(on: Drawing): Expr<McpOAuth> {
  return options<McpOAuth>(on, 'McpOAuth', {
    resource: always(() => lit(on.odd(['', 'x', 'https://a.example.com/?key=abc'], () => 'https://tools.example.com/mcp'))),
    scopes: rarely(() => list([text(on, 'orders')])),
    identityProvider: rarely(() => oneOf(on, 'McpIdentityProvider', McpIdentityProvider)),
    clientId: rarely(() => text(on, 'desk')),
  });
}

const ODD_ORIGINS: readonly string[][] = [[], [''], ['*'], ['https://a/b'], ['https://A.example']];

/** A boundary, and what it offers to callers; `forClients` to those of a gateway. */
export function boundary(on: Drawing, mesh: MeshVar, forClients = false): void {
  const { plan } = on;
  const stem = id(on, 'tools');
  const namespace = on.tape.oneIn(5) ? on.odd(['', 'A'], () => on.tape.pick([...mesh.namespaces, `${mesh.namespace}-tools`])) : mesh.namespace;
  const about = behind(on, mesh, namespace, forClients);
  const place = placeIn(on, 'McpToolBoundaryProps', mesh);
  const isOwn = !about.all[0].offered.isExisting;
  const waypoints = plan.waypoints.filter((one) => one.mesh === mesh || on.isBold);
  const expr = plan.define('tools', made(McpToolBoundary, place.scope, lit(stem), options<McpToolBoundaryProps>(on, 'McpToolBoundaryProps', {
    mesh: place.mesh,
    ...serverDraws(on, about),
    jwt: fitting(() => (about.hasTokens ? jwt(on, on.tape.oneIn(2) || on.isSought('McpToolBoundaryProps.oauth')) : undefined)),
    ...proxyDraws(on, about, forClients),
    allowedOrigins: rarely(() => {
      about.hasOrigins = on.dares(mesh.can('origin-check'));
      return about.hasOrigins ? lit(on.odd(ODD_ORIGINS, () => ['https://desk.example.com'])) : undefined;
    }),
    rateLimit: rarely(() => (on.dares(mesh.can('tool-rate-limit')) ? rateLimit(on, !mesh.readsMcp) : undefined)),
    faults: rarely(() => (on.dares(!mesh.readsMcp && mesh.can('fault-injection') && about.all.every(({ isExternal }) => !isExternal)) ? faults(on) : undefined)),
    connectionPool: rarely(() => (on.dares(!mesh.readsMcp && mesh.can('connection-pool') && isOwn) ? connectionPool(on) : undefined)),
    circuitBreaker: rarely(() => (on.dares(!mesh.readsMcp && mesh.can('circuit-breaking') && isOwn) ? circuitBreaker(on) : undefined)),
    unsafePassTokens: rarely(() => lit(true)),
    name: rarely(() => lit(name(on, 'mcp'))),
    namespace: fitting(() => (namespace === mesh.namespace ? undefined : lit(namespace))),
    servicePort: rarely(() => number(on, 8090)),
    path: rarely(() => (on.dares(mesh.readsMcp) ? path(on, '/mcp2', '/tools/mcp') : undefined)),
    waypoint: rarely(() => (on.dares(waypoints.length > 0 && !mesh.readsMcp) && waypoints.length > 0 ? on.tape.pick(waypoints).expr : undefined)),
  })));
  const items = (kind: 'prompts' | 'resources') => (about.all.length > 1 || about.prefix === 'ALWAYS' ? [] : about.all[0].offered[kind]);
  plan.boundaries.push({
    expr, mesh, namespace, tools: about.all[0].offered.tools.length, prompts: items('prompts'), resources: items('resources'), hasItems: mesh.readsMcp || (about.all[0].offered.hasHeaders && mesh.can('item')), hasTokens: about.hasTokens, hasAddress: about.hasAddress, hasOrigins: about.hasOrigins,
    isExternal: about.all.some(({ isExternal }) => isExternal),
  });
}
