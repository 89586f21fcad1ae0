import { Agent, AgentMesh, ExternalHost, McpServer, McpToolBoundary, MeshEgress, Port, Workload } from '../../src';
import { covers } from '../../src/model/hosts';
import { IMAGE } from '../story';
import { Manifest } from '../synth';
import { allow, deny, of, Pod, ProviderName, selects, Verdict, World } from './program';

/** A call of an external host by its name, as the caller's own proxy and the network judge it. */
export interface HostAttempt { readonly from: Pod; readonly host: string; readonly port: number }

/** Agents that name hosts, none, or say nothing, and a namespace whose hosts are stated for all its workloads. */
export function namedHosts(mesh: AgentMesh): void {
  const agent = (name: string, options: object, namespace?: string) =>
    new Agent(mesh, name, { namespace, versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], ...options }) } });
  agent('writer', { egress: { hosts: [ExternalHost.https('api.models.example'), ExternalHost.tls('*.files.example', 8443)] } });
  agent('closed', { egress: {} });
  agent('far', {}, 'team-a');
  agent('shut', { egress: {} }, 'team-a');
  new MeshEgress(mesh, 'billing', { namespace: 'team-a', hosts: [ExternalHost.https('billing.example.com')] });
  agent('sharer', { egress: { hosts: [ExternalHost.https('shared.example.com')], networks: [{ cidr: '203.0.113.0/24', ports: [8443] }] } }, 'team-b');
}

/** A tool server outside, behind a proxy of agentgateway. */
export function proxiedHost(mesh: AgentMesh): void {
  new McpToolBoundary(mesh, 'weather', { namespace: 'team-c', servers: { forecasts: McpServer.external({ host: ExternalHost.https('mcp.weather.example'), tools: ['forecast'] }) } });
}

/** Whether the NetworkPolicies of a pod let it connect to public addresses at a port. */
function isLetOut(world: World, { from, port }: HostAttempt): boolean {
  const about = of(world, 'NetworkPolicy').filter(({ metadata, spec }) =>
    metadata.namespace === from.namespace && spec.policyTypes.includes('Egress') && selects(spec.podSelector.matchLabels ?? {}, from.labels));
  const isPublic = ({ ipBlock }: any) => ipBlock?.cidr === '0.0.0.0/0';
  const isLet = ({ to, ports }: any) => to.some(isPublic) && ports.some((one: any) => one.port === port);
  return about.length === 0 || about.some(({ spec }) => spec.egress.some(isLet));
}

function throughSidecar(world: World, { from, host, port }: HostAttempt): Verdict {
  const views = of(world, 'Sidecar').filter(({ metadata }) => metadata.namespace === from.namespace);
  const own = views.find(({ spec }) => spec.workloadSelector && selects(spec.workloadSelector.labels, from.labels));
  const view = own ?? views.find(({ spec }) => !spec.workloadSelector);
  if (!view) return allow('no Sidecar is for it');
  const shown: string[] = view.spec.egress.flatMap(({ hosts }: any) => hosts);
  const entry = of(world, 'ServiceEntry').find(({ metadata, spec }) => metadata.namespace === from.namespace
    && spec.ports.some(({ number }: any) => number === port)
    && spec.hosts.some((name: string) => covers(name, host) && shown.includes(`./${name}`)));
  return entry ? allow(`ServiceEntry ${entry.metadata.name} is in the view`) : deny('502 at the caller');
}

function throughLinkerdsProxy(world: World, { from, host, port }: HostAttempt): Verdict {
  const network = of(world, 'EgressNetwork').find(({ metadata }) => metadata.namespace === from.namespace);
  if (!network) return allow('no EgressNetwork is for it');
  const isFor = ({ metadata, spec }: Manifest) => metadata.namespace === from.namespace
    && spec.parentRefs.some((parent: any) => parent.name === network.metadata.name && parent.port === port)
    && spec.hostnames.some((name: string) => covers(name, host));
  const route = of(world, 'TLSRoute').find(isFor);
  return route ? allow(`TLSRoute ${route.metadata.name}`) : deny('EgressNetwork denies it');
}

const PROXIES: Partial<Record<ProviderName, (world: World, attempt: HostAttempt) => Verdict>> = { 'Istio sidecars': throughSidecar, 'Linkerd': throughLinkerdsProxy };

/** Whether a call comes to the host, where the caller's own proxy decides it. */
export function toNamedHost(provider: ProviderName, world: World, attempt: HostAttempt): Verdict {
  const judged = PROXIES[provider]!(world, attempt);
  return judged.allowed && !isLetOut(world, attempt) ? deny('its NetworkPolicy stops it') : judged;
}
