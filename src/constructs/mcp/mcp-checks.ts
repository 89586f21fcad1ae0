import { checkEndpoint } from './mcp-endpoint';
import { checkItems } from './mcp-items';
import { NamedServer } from './mcp-servers';
import { McpToolBoundaryProps } from './mcp-tool-boundary-props';
import { EXTERNAL_PORT } from '../../model/external-host';
import { ToolServerNode } from '../../model/tool-server';
import { McpSessionRouting } from '../../values/mcp-proxy';
import { McpTransport } from '../../values/mcp-server';
import { Membership } from '../membership/membership';
import { waypointNode } from '../routing/waypoint';
import { checkPort } from '../workload/deployment-checks';

/** Reports boundaries whose props contradict each other or their servers. */
export function checkBoundary(member: Membership, server: ToolServerNode, props: McpToolBoundaryProps, servers: readonly NamedServer[]): void {
  const { mcpProxy, name, endpoint, targets, items } = server;
  checkItems(member, items);
  checkEndpoints(member, server);
  checkPaths(member, server, props, servers);
  checkReach(member, props, servers);
  checkStreams(member, server);
  checkStated(member, server, props, servers);
  checkPlaces(member, server, props);
  checkIdle(member, server, props);
  if (mcpProxy && props.waypoint) {
    member.report({ message: `the waypoint of ${name} would have no effect: callers reach an MCP proxy instead`, actual: waypointNode.find(props.waypoint)?.name, expected: 'no `waypoint`, or GatewayProvider.istio', fix: 'remove `waypoint`, or use GatewayProvider.istio' });
  }
  checkPort(member, '`servicePort`', props.servicePort);
  if (props.servicePort !== undefined && !mcpProxy && endpoint.service?.statedLabels) {
    member.report({ message: `\`servicePort\` of ${name} has no effect: its Service exists and has its own port`, actual: props.servicePort, expected: `no \`servicePort\`: callers use port ${endpoint.service.port}`, fix: 'remove `servicePort`, or set the port of the existing Service in Workload.existing' });
  }
  if (!mcpProxy && props.servicePort !== undefined && targets.some(({ place }) => place.kind === 'external' && [EXTERNAL_PORT, place.port].includes(props.servicePort!))) {
    member.report({ message: `\`servicePort\` of ${name} is a port at which its external server is called over TLS`, actual: props.servicePort, expected: `a port for plain HTTP inside the mesh, other than ${EXTERNAL_PORT} and the port of the server`, fix: 'remove `servicePort`: callers then use port 80' });
  }
  for (const { place } of targets) {
    if (place.kind === 'external' || (place.workload.service && place.workload.ports.length > 0)) continue;
    member.report({ message: `the tool server ${name} has no port that callers can use`, actual: place.workload.ports, expected: 'a TCP port in `ports`', fix: 'add the port of its MCP endpoint to `ports`' });
  }
}

/** Reports bad paths: those that callers use, and those of the servers behind an MCP proxy. */
function checkEndpoints(member: Membership, { endpoint, targets, mcpProxy }: ToolServerNode): void {
  for (const { path } of endpoint.requests?.endpoints ?? []) {
    for (const { place } of targets) checkEndpoint(member, path, place.kind === 'pods' ? place.workload.healthPath : undefined);
    if (targets.every(({ place }) => place.kind === 'external')) checkEndpoint(member, path, undefined);
  }
  if (mcpProxy) for (const { path, place } of targets) checkEndpoint(member, path, place.kind === 'pods' ? place.workload.healthPath : undefined);
}

/** Reports a server whose path is not the path that callers use, where no MCP proxy translates between them. */
function checkPaths(member: Membership, { name, mcpProxy }: ToolServerNode, { path }: McpToolBoundaryProps, [server]: readonly NamedServer[]): void {
  if (mcpProxy || path === undefined || !server || server.endpointPath === path) return;
  member.report({ message: `the server of ${name} has another path than the boundary, and there is no MCP proxy to translate`, actual: [path, server.endpointPath], expected: 'the same path for both, or McpProvider.agentgateway', fix: `remove \`path\` of the boundary, or set \`path\` of the server to ${JSON.stringify(path)}` });
}

/** Reports what `McpServer` states of a server and cannot be true, or cannot be enforced. */
function checkStated(member: Membership, server: ToolServerNode, props: McpToolBoundaryProps, servers: readonly NamedServer[]): void {
  for (const { name, transport, enforcesMirroredHeaders, messagesPath } of servers) {
    const whose = servers.length > 1 ? `server ${name} of ${server.name}` : server.name;
    const isOlder = transport === McpTransport.SSE;
    if (enforcesMirroredHeaders && isOlder) {
      member.report({ message: `\`enforcesMirroredHeaders\` of ${whose} cannot hold: the HTTP+SSE transport has no mirrored headers`, actual: { enforcesMirroredHeaders: true }, expected: 'McpTransport.STREAMABLE_HTTP, revision 2026-07-28', fix: 'remove `enforcesMirroredHeaders`, or use McpTransport.STREAMABLE_HTTP' });
    }
    if (messagesPath !== undefined && !isOlder) {
      member.report({ message: `\`messagesPath\` of ${whose} has no effect: streamable HTTP has a single endpoint`, actual: messagesPath, expected: 'no `messagesPath`, or McpTransport.SSE', fix: 'remove it' });
    }
  }
  if (servers.some(({ keepsSessions }) => keepsSessions)) checkSessions(member, server, props);
}

/** Reports features that only an MCP proxy supports. */
function checkReach(
  member: Membership, { guardrails, oauth, prefix, failureMode, sessionRouting }: McpToolBoundaryProps, servers: readonly NamedServer[],
): void {
  if (servers.length > 1) member.refuse('tool-federation', 'a boundary with several `servers`', servers.map(({ name }) => name));
  const external = servers.flatMap(({ place }) => (place.kind === 'external' ? [place.hostname] : []));
  if (external.length > 0) member.refuse('external-tools', 'an MCP server outside the cluster', external);
  const shown = servers.filter(({ credentials }) => credentials).map(({ name }) => name);
  if (shown.length > 0) member.refuse('upstream-credentials', 'upstream credentials (`credentials`)', shown);
  if (guardrails && guardrails.length > 0) member.refuse('guardrails', 'a guardrail service for MCP messages (`guardrails`)', guardrails.map(({ service }) => `${service.asCallee}`));
  if (oauth) member.refuse('mcp-oauth', 'OAuth metadata for MCP clients (`oauth`)', oauth.resource);
  const told = Object.entries({ prefix, failureMode, sessionRouting }).filter(([, said]) => said !== undefined).map(([key]) => key);
  if (told.length > 0) member.refuse('mcp-proxy', `configuration of an MCP proxy (${told.map((one) => `\`${one}\``).join(', ')})`, told);
}

/** Reports servers in another namespace than their boundary. An MCP proxy calls servers of its own namespace only. */
function checkPlaces(member: Membership, { name, mcpProxy, endpoint, targets }: ToolServerNode, { namespace }: McpToolBoundaryProps): void {
  for (const { place } of targets) {
    if (place.kind === 'external') continue;
    const own = place.workload.namespace;
    if (mcpProxy && own !== endpoint.namespace) {
      member.report({ message: `a server of ${name} runs in another namespace than its MCP proxy, which would call a Service of the same name in its own namespace`, actual: [own, endpoint.namespace], expected: 'servers in the namespace of the boundary', fix: 'define a boundary in the namespace of each server' });
    } else if (namespace !== undefined && own !== namespace) {
      member.report({ message: `the namespace of the boundary ${name} is not the namespace of its server`, actual: [namespace, own], expected: 'one namespace for both', fix: 'remove `namespace` from the boundary' });
    }
  }
}

/** Reports props that have no effect. */
function checkIdle(member: Membership, { name, mcpProxy, targets }: ToolServerNode, props: McpToolBoundaryProps): void {
  const idle = (prop: string, why: string) => member.report({ message: `\`${prop}\` of ${name} has no effect: ${why}`, actual: props[prop as keyof McpToolBoundaryProps], expected: `no \`${prop}\` here`, fix: 'remove it' });
  if (props.failureMode !== undefined && mcpProxy && targets.length === 1) idle('failureMode', 'the boundary has one server');
  if (props.unsafePassTokens && mcpProxy && targets.every(({ credentials }) => credentials)) idle('unsafePassTokens', 'the server receives `credentials` instead of the callers\' tokens');
}

/**
 * Reports servers of the HTTP+SSE transport with several pods. A stream and its messages must reach one pod, and the messages do not say
 * which.
 */
function checkStreams(member: Membership, { name, targets }: ToolServerNode): void {
  for (const { transport, place } of targets) {
    const replicas = place.kind === 'pods' ? place.workload.deployment?.replicas ?? 1 : 1;
    if (transport !== 'SSE' || replicas === 1) continue;
    member.report({ message: `a server of ${name} keeps its streams in one pod, but runs in several pods`, actual: replicas, expected: 'one pod (`replicas` 1) for a server of the HTTP+SSE transport', fix: 'set `replicas` to 1, or use streamable HTTP' });
  }
}

/**
 * Reports `keepsSessions` that cannot be enforced: agentgateway keeps sessions itself, otherwise the Service that the library creates
 * does.
 */
function checkSessions(member: Membership, { name, mcpProxy, endpoint }: ToolServerNode, { sessionRouting }: McpToolBoundaryProps): void {
  if (mcpProxy) {
    if (sessionRouting !== McpSessionRouting.STATELESS) return;
    member.report({ message: `\`keepsSessions\` of ${name} contradicts \`sessionRouting\`: its MCP proxy would keep no sessions`, actual: { keepsSessions: true, sessionRouting }, expected: 'one of the two', fix: 'remove one of the two' });
    return;
  }
  if (member.refuse('session-affinity', `session affinity for ${name}`, { keepsSessions: true })) return;
  if (endpoint.service?.hostname !== undefined) {
    member.report({ message: `\`keepsSessions\` of ${name} has no effect: its server is external and routes its own sessions`, actual: endpoint.service.hostname, expected: '`keepsSessions` for a server that is deployed here', fix: 'remove `keepsSessions`' });
  } else if (endpoint.service?.statedLabels) {
    member.report({ message: `\`keepsSessions\` of ${name} has no effect on its existing Service`, actual: endpoint.service.name, expected: '`keepsSessions` for a server that is deployed here', fix: 'remove `keepsSessions`, and hash the header `mcp-session-id` in a DestinationRule of your own' });
  }
}
