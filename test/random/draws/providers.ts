import { name, network, oneOf, text } from './texts';
import {
  AccessLogs, AgentgatewayOptions, Cluster, ClusterOptions, GatewayApiChannel, GatewayProvider, IstioAmbientOptions, IstioGatewayOptions, IstioRelease,
  IstioSidecarOptions, LinkerdAccessLog, LinkerdOptions, LinkerdRelease, McpProvider, MeshProvider, MigrationStage,
} from '../../../src';
import { Drawing } from '../drawing';
import { Expr, factory, list, lit, record } from '../expr';
import { fitting, options, rarely } from '../options';
import { Family } from '../plan';

const ODD_CLASSES = ['', 'Istio', 'istio-waypoint', 'a b', 'x'.repeat(254)];

/** The cluster of a mesh, where the program states one. */
export function clusterOf(on: Drawing, cluster: string | undefined, isOther: boolean): Expr<Cluster> | undefined {
  const { tape } = on;
  const channel = oneOf(on, 'GatewayApiChannel', GatewayApiChannel, tape.oneIn(3) ? ['STANDARD'] : ['EXPERIMENTAL']);
  const isStated = channel.make(new Map()) === GatewayApiChannel.EXPERIMENTAL || cluster !== undefined || tape.oneIn(2);
  return isStated ? factory(Cluster, 'of', options<ClusterOptions>(on, 'ClusterOptions', {
    name: fitting(() => (cluster === undefined ? undefined : lit(on.odd(['', 'constructor', '__proto__'], () => cluster)))),
    gatewayApiChannel: fitting(() => channel),
    istioRelease: rarely(() => oneOf(on, 'IstioRelease', IstioRelease)),
    linkerdRelease: rarely(() => oneOf(on, 'LinkerdRelease', LinkerdRelease)),
    trustDomain: rarely(() => lit(on.odd(['', 'A', '1.2.3.4', 'x'.repeat(64)], () => (isOther ? 'corp.example' : tape.pick(['cluster.local', 'corp.example']))))),
    kubeletCidrs: rarely(() => list(on.odd([[]], () => [network(on, '10.0.0.0/24'), network(on, 'fd00::/64')]))),
  })) : undefined;
}

/** The data plane of a family; `moving` gets those of the namespaces that are between two data planes. */
export function meshProvider(on: Drawing, family: Family, namespaces: readonly string[], moving: string[]): Expr<MeshProvider> {
  switch (family) {
    case 'ambient':
    case 'migration': return factory(MeshProvider, 'istioAmbient', options<IstioAmbientOptions>(on, 'IstioAmbientOptions', {
      migration: fitting(() => (family === 'migration' ? migration(on, namespaces, moving) : undefined)),
      accessLogs: rarely(() => accessLogs(on)),
      sidecarRevision: rarely(() => lit(on.odd(['', 'A b'], () => '1-30'))),
    }));
    case 'sidecars': return factory(MeshProvider, 'istioSidecar', options<IstioSidecarOptions>(on, 'IstioSidecarOptions', {
      accessLogs: rarely(() => accessLogs(on)),
      revision: rarely(() => lit(on.odd(['', 'A b', 'x'.repeat(64)], () => 'stable'))),
    }));
    case 'linkerd': return factory(MeshProvider, 'linkerd', options<LinkerdOptions>(on, 'LinkerdOptions', {
      accessLog: rarely(() => oneOf(on, 'LinkerdAccessLog', LinkerdAccessLog)),
      controlPlaneNamespace: rarely(() => lit(name(on, 'linkerd'))),
    }));
  }
}

/** Where proxies write their access logs. */
export function accessLogs(on: Drawing): Expr<AccessLogs> {
  const how = on.choice({ 'AccessLogs.envoy': 'envoy', 'AccessLogs.provider': 'provider', 'AccessLogs.off': 'off', 'AccessLogs.existing': 'existing' } as const);
  return how === 'provider' ? factory(AccessLogs, 'provider', text(on, 'otel')) : factory(AccessLogs, how);
}

/** How far each of some namespaces is. */
function migration(on: Drawing, namespaces: readonly string[], moving: string[]): Expr<{ [namespace: string]: MigrationStage }> {
  const some = on.tape.some(namespaces, 1 + on.tape.below(namespaces.length));
  return record(some.map((one) => {
    const stage = oneOf(on, 'MigrationStage', MigrationStage);
    if (stage.make(new Map()) !== MigrationStage.SIDECAR) moving.push(one);
    return [one, stage] as const;
  }));
}

/** A gateway implementation, of those that the family has a place for; others too where the program dares. Without one the mesh has its default. */
export function gatewayProvider(on: Drawing, family: Family): Expr<GatewayProvider> | undefined {
  const usual = family === 'linkerd' && !on.isBold ? (['none', 'istioAgentgateway'] as const) : (['none', 'istio', 'istioAgentgateway'] as const);
  switch (on.choice(Object.fromEntries(usual.map((one) => [`GatewayProvider.${one}`, one])))) {
    case 'none': return undefined;
    case 'istioAgentgateway': return factory(GatewayProvider, 'istioAgentgateway');
    case 'istio': return factory(GatewayProvider, 'istio', options<IstioGatewayOptions>(on, 'IstioGatewayOptions', {
      gatewayClassName: rarely(() => lit(on.odd(ODD_CLASSES, () => 'corp'))),
    }));
  }
}

/** agentgateway, in some programs of the families whose meshes can tell it who calls. */
export function mcpProvider(on: Drawing, family: Family): Expr<McpProvider> | undefined {
  const isPossible = family === 'ambient' || family === 'linkerd';
  if (!on.isSought('McpProvider.agentgateway') && !(on.dares(isPossible) && on.tape.oneIn(3))) return undefined;
  return factory(McpProvider, 'agentgateway', options<AgentgatewayOptions>(on, 'AgentgatewayOptions', {
    gatewayClassName: rarely(() => lit(on.odd(ODD_CLASSES, () => 'mcp-gateways'))),
  }));
}
