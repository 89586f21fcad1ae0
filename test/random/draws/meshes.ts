import { App, Chart, ChartProps } from 'cdk8s';
import { identity } from './callers';
import { clusterOf, gatewayProvider, mcpProvider, meshProvider } from './providers';
import { AgentMesh, AgentMeshProps, Cluster, GatewayProvider, ICaller, McpProvider, MeshMetrics, MeshProvider, MigrationStage } from '../../../src';
import { providersOf } from '../../../src/constructs/mesh/mesh-providers';
import { refusalOf } from '../../../src/providers/refusals';
import { Drawing } from '../drawing';
import { Expr, foreign, lit, made, variable } from '../expr';
import { always, fitting, options, rarely } from '../options';
import { Family, MeshVar } from '../plan';

/** The App that a build makes. */
export const APP = variable<App>('app');

export function chart(on: Drawing, props: ChartProps = {}): Expr<Chart> {
  const id = `chart-${on.plan.charts.length + 1}`;
  const stated = Object.keys(props).length === 0 ? '' : `, ${lit(props).text}`;
  const expr = on.plan.define('chart', foreign(`new Chart(app, '${id}'${stated})`, (variables) => new Chart(APP.make(variables), id, props)));
  on.plan.charts.push(expr);
  return expr;
}

/** What a mesh of a migration is given by `AmbientMigration.write`. */
export interface Given {
  readonly chart: Expr<Chart>;
  readonly provider: Expr<MeshProvider>;
}

const HOMES = ['voice', 'desk', 'constructor'];

/** A mesh with namespaces of its own. */
export function mesh(on: Drawing, family: Family, given?: Given): MeshVar {
  const { plan, tape } = on;
  const home = HOMES[plan.meshes.length];
  const existing = tape.some([`${home}-team`, `${home}-crm`], tape.pick([0, 0, 1, 2]));
  const namespaces = [home, ...existing];
  const isOfChart = tape.oneIn(6) && !given;
  const under = given?.chart ?? (plan.charts.length > 0 && tape.oneIn(3) && !isOfChart ? tape.pick(plan.charts) : chart(on, { ...isOfChart && { namespace: home }, ...tape.oneIn(8) && { labels: { app: 'theirs' } } }));
  const moving: string[] = [];
  const provider = given?.provider ?? meshProvider(on, family, namespaces, moving);
  const gateway = gatewayProvider(on, family);
  const mcp = mcpProvider(on, family);
  const trustedDomains = tape.oneIn(8) && (family !== 'sidecars' || on.isBold) ? ['friend.example'] : [];
  const cluster = tape.oneIn(12) ? `cluster-${plan.meshes.length}` : undefined;
  const where = clusterOf(on, cluster, trustedDomains.length > 0);
  const can = capabilities(provider, gateway, mcp, where);
  let isScraped = false;
  const facts = { family, isScraped, namespace: home, namespaces, trustedDomains, moving, cluster, ...can };
  const expr = plan.define('mesh', made(AgentMesh, under, lit(plan.fresh('mesh')), options<AgentMeshProps>(on, 'AgentMeshProps', {
    mesh: always(() => provider),
    gateway: fitting(() => gateway),
    mcp: fitting(() => mcp),
    cluster: fitting(() => where),
    namespace: fitting(() => (isOfChart ? undefined : lit(on.odd(['', 'A', 'kube-system', 'x'.repeat(63)], () => home)))),
    existingNamespaces: fitting(() => (existing.length > 0 ? lit(existing) : undefined)),
    trustedDomains: fitting(() => (trustedDomains.length > 0 ? lit(trustedDomains) : undefined)),
    auditOnlyNamespaces: rarely(() => (on.dares(can.can('audit')) ? lit(on.odd([['nowhere'], ['']], () => tape.some(namespaces, 1 + tape.below(namespaces.length)))) : undefined)),
    closesExternalHosts: rarely(() => (on.dares(can.can('closed-hosts')) ? lit(on.tape.oneIn(2)) : undefined)),
    metrics: rarely(() => {
      isScraped = true;
      return options<MeshMetrics>(on, 'MeshMetrics', { scraper: always(() => scraper(on, { ...facts, expr: variable('mesh'), chart: under })) });
    }),
  })));
  const one: MeshVar = { ...facts, isScraped, expr, chart: under };
  plan.meshes.push(one);
  return one;
}

/** Somebody of the team, or an agent of another mesh. */
function scraper(on: Drawing, scraped: MeshVar): Expr<ICaller> {
  return on.isBold && on.plan.agents.length > 0 ? on.tape.pick(on.plan.agents).expr : identity(on, { ...scraped, trustedDomains: [] });
}

/** What the providers say that they can do: what is drawn for them is mostly that. */
function capabilities(
  provider: Expr<MeshProvider>, gateway: Expr<GatewayProvider> | undefined, mcp: Expr<McpProvider> | undefined, cluster: Expr<Cluster> | undefined,
): Pick<MeshVar, 'can' | 'readsMcp'> {
  const nothing = new Map<string, unknown>([['provider', MeshProvider.istioAmbient({ migration: { voice: MigrationStage.PERMISSIVE } })]]); // where it is given
  const providers = providersOf({ mesh: provider.make(nothing), gateway: gateway?.make(nothing), mcp: mcp?.make(nothing), cluster: cluster?.make(nothing) });
  return { can: (feature) => refusalOf(providers, feature) === undefined, readsMcp: providers.mcp?.proxies !== undefined };
}
