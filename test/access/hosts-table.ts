import { Agent, AgentMesh, ExternalHost, McpServer, McpToolBoundary, Port, Workload } from '../../src';
import { IMAGE } from '../story';

export const HOST = 'api.models.example';
export const SERVER = 'mcp.weather.example';
/** Called over TLS at a port of its own, and over a protocol that is no TLS. */
export const VAULT = 'vault.models.example';
export const DATABASE = 'db.models.example';

/** Agents that name a host, none, or say nothing; a tool server; and a server outside behind a boundary. */
export function hostsProgram(mesh: AgentMesh): void {
  const agent = (name: string, options: object, namespace?: string) =>
    new Agent(mesh, name, { namespace, versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], ...options }) } });
  agent('writer', { egress: { hosts: [ExternalHost.https(HOST), ExternalHost.tls(VAULT, 8443), ExternalHost.tcp(DATABASE, 5432)] } });
  agent('reader', { egress: { hosts: [ExternalHost.https(VAULT)] } });
  agent('crawler', {});
  agent('far', {}, 'team-a');
  const closed = agent('closed', { egress: {} });
  new McpToolBoundary(mesh, 'crm', { server: McpServer.of(Workload.deploy({ image: IMAGE, ports: [Port.http(8080)] }), { tools: ['find'] }) });
  new McpToolBoundary(mesh, 'weather', { servers: { forecasts: McpServer.external({ host: ExternalHost.https(SERVER), tools: ['forecast'] }) } }).grantAllTools(closed);
}

/** Who comes to a host by its name, in ambient: as the objects say it, and as real requests show it. */
export interface HostRow {
  readonly caller: string;
  readonly host: typeof HOST | typeof SERVER | typeof VAULT | typeof DATABASE;
  /** 443 and 8443 speak TLS; 5432 anything; 80 plain HTTP, which is the boundary's of the server outside. */
  readonly port: 443 | 80 | 8443 | 5432;
  readonly allowed: boolean;
  readonly why: string;
}

const row = (allowed: boolean) => (caller: string, host: HostRow['host'], port: HostRow['port'], why: string): HostRow => ({ caller, host, port, allowed, why });
const [yes, no] = [row(true), row(false)];
const UNLIMITED = 'nothing limits its egress';
const OUTSIDE_MESH = 'it is of no namespace of the mesh, and loses nothing';

export const HOST_ROWS: readonly HostRow[] = [
  yes('voice/writer', HOST, 443, 'it names the host'),
  no('voice/writer', HOST, 80, 'what it names is called over TLS'),
  no('voice/writer', SERVER, 443, 'it names another host'),
  ...([443, 80] as const).flatMap((port) => [
    yes('voice/crawler', HOST, port, UNLIMITED),
    yes('team-a/far', HOST, port, UNLIMITED),
    yes('elsewhere/intruder', HOST, port, OUTSIDE_MESH),
    no('voice/closed', HOST, port, 'it names no host'),
    no('voice/crm', HOST, port, 'tool servers name none by default'),
    no('voice/intruder', HOST, port, 'no construct of the mesh describes it'),
  ]),
  yes('voice/writer', VAULT, 8443, 'it names the host at this port'),
  no('voice/writer', VAULT, 443, 'it names the host at another port'),
  yes('voice/reader', VAULT, 443, 'it names the host at this port'),
  no('voice/reader', VAULT, 8443, 'it names the host at another port'),
  yes('voice/writer', DATABASE, 5432, 'it names the host at this port'),
  no('voice/writer', DATABASE, 443, 'it names the host at another port'),
  ...([[VAULT, 8443], [DATABASE, 5432]] as const).flatMap(([host, port]) => [
    yes('voice/crawler', host, port, UNLIMITED),
    yes('elsewhere/intruder', host, port, OUTSIDE_MESH),
    no('voice/closed', host, port, 'it names no host'),
    no('voice/intruder', host, port, 'no construct of the mesh describes it'),
  ]),
  no('voice/reader', DATABASE, 5432, 'it names another host'),
  yes('voice/crawler', SERVER, 443, UNLIMITED),
  yes('elsewhere/intruder', SERVER, 443, OUTSIDE_MESH),
  no('voice/closed', SERVER, 443, 'it was granted the boundary, and not the host past it'),
  no('voice/crm', SERVER, 443, 'tool servers name none by default'),
  yes('voice/closed', SERVER, 80, 'it was granted the boundary'),
  no('voice/crawler', SERVER, 80, 'the port is the boundary\'s, which granted it nothing'),
  no('elsewhere/intruder', SERVER, 80, 'the port is the boundary\'s, which granted it nothing'),
];

export function titleOf({ caller, host, port, allowed, why }: HostRow): string {
  return `${caller} ${allowed ? 'comes' : 'does not come'} to ${host}:${port}: ${why}`;
}
