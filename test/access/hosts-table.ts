import { Agent, AgentMesh, ExternalHost, McpServer, McpToolBoundary, Port, Workload } from '../../src';
import { IMAGE } from '../story';

export const HOST = 'api.models.example';
export const SERVER = 'mcp.weather.example';

/** Agents that name a host, none, or say nothing; a tool server; and a server outside behind a boundary. */
export function hostsProgram(mesh: AgentMesh): void {
  const agent = (name: string, options: object, namespace?: string) =>
    new Agent(mesh, name, { namespace, workload: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], ...options }) });
  agent('writer', { egress: { hosts: [ExternalHost.https(HOST)] } });
  agent('crawler', {});
  agent('far', {}, 'team-a');
  const closed = agent('closed', { egress: {} });
  new McpToolBoundary(mesh, 'crm', { server: McpServer.of(Workload.deploy({ image: IMAGE, ports: [Port.http(8080)] }), { tools: ['find'] }) });
  new McpToolBoundary(mesh, 'weather', { servers: { forecasts: McpServer.external({ host: ExternalHost.https(SERVER), tools: ['forecast'] }) } }).grantAllTools(closed);
}

/** Who comes to a host by its name, in ambient: as the objects say it, and as real requests show it. */
export interface HostRow {
  readonly caller: string;
  readonly host: typeof HOST | typeof SERVER;
  /** 443 speaks TLS; 80 plain HTTP, which is the boundary's of the server outside. */
  readonly port: 443 | 80;
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
