import { oneOf, network, name } from './texts';
import {
  AgentgatewayProviderOptions, GatewayProvider, IstioAgentgatewayProviderOptions, IstioAmbientOptions, IstioGatewayProviderOptions,
  IstioRelease, IstioSidecarProviderOptions, LinkerdOptions, LinkerdRelease,
  MeshProvider, MigrationStage,
} from '../../../src';
import { Drawing } from '../drawing';
import { Expr, factory, list, lit, record } from '../expr';
import { fitting, options, rarely } from '../options';
import { Family } from '../plan';

const release = (on: Drawing) => () => oneOf(on, 'IstioRelease', IstioRelease);
const ODD_CLASSES = ['', 'Istio', 'istio-waypoint', 'a b', 'x'.repeat(254)];

/** The data plane of a family; `moving` gets those of the namespaces that are between two data planes. */
export function meshProvider(on: Drawing, family: Family, namespaces: readonly string[], moving: string[]): Expr<MeshProvider> {
  switch (family) {
    case 'ambient':
    case 'migration': return factory(MeshProvider, 'istioAmbient', options<IstioAmbientOptions>(on, 'IstioAmbientOptions', {
      release: rarely(release(on)),
      migration: fitting(() => (family === 'migration' ? migration(on, namespaces, moving) : undefined)),
      sidecarRevision: rarely(() => lit(on.odd(['', 'A b'], () => '1-30'))),
    }));
    case 'sidecars': return factory(MeshProvider, 'istioSidecar', options<IstioSidecarProviderOptions>(on, 'IstioSidecarProviderOptions', {
      release: rarely(release(on)), revision: rarely(() => lit(on.odd(['', 'A b', 'x'.repeat(64)], () => 'stable'))),
    }));
    case 'linkerd': return factory(MeshProvider, 'linkerd', options<LinkerdOptions>(on, 'LinkerdOptions', {
      release: rarely(() => oneOf(on, 'LinkerdRelease', LinkerdRelease)),
      controlPlaneNamespace: rarely(() => lit(name(on, 'linkerd'))),
      probeNetworks: rarely(() => list(on.odd([[]], () => [network(on, '10.0.0.0/24'), network(on, 'fd00::/64')]))),
    }));
  }
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

/** A gateway implementation, of those that the family has a place for; others too where the program dares. */
export function gatewayProvider(on: Drawing, family: Family): Expr<GatewayProvider> {
  const usual = { ambient: AMBIENT, migration: CLIENTS, sidecars: CLIENTS, linkerd: LINKERD }[family];
  const use = on.choice(Object.fromEntries((on.isBold ? AMBIENT : usual).map((one) => [`GatewayProvider.${one}`, one])));
  return use === 'agentgateway' ? agentgateway(on, family) : clients(on, use);
}

const CLIENTS = ['istio', 'istioAgentgateway'] as const;
const AMBIENT = ['istio', 'agentgateway', 'istioAgentgateway'] as const;
const LINKERD = ['istioAgentgateway', 'agentgateway'] as const;

function agentgateway(on: Drawing, family: Family): Expr<GatewayProvider> {
  return factory(GatewayProvider, 'agentgateway', options<AgentgatewayProviderOptions>(on, 'AgentgatewayProviderOptions', {
    gatewayClassName: rarely(() => lit(on.odd(ODD_CLASSES, () => 'mcp-gateways'))),
    clients: rarely(() => clients(on, on.tape.pick(family === 'linkerd' && !on.isBold ? (['istioAgentgateway'] as const) : CLIENTS))),
  }));
}

function clients(on: Drawing, which: typeof CLIENTS[number]): Expr<GatewayProvider> {
  return which === 'istio'
    ? factory(GatewayProvider, 'istio', options<IstioGatewayProviderOptions>(on, 'IstioGatewayProviderOptions', {
      gatewayClassName: rarely(() => lit(on.odd(ODD_CLASSES, () => 'corp'))), release: rarely(release(on)),
    }))
    : factory(GatewayProvider, 'istioAgentgateway', options<IstioAgentgatewayProviderOptions>(on, 'IstioAgentgatewayProviderOptions', { release: rarely(release(on)) }));
}
