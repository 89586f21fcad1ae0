import { checkEndpoint } from './mcp-endpoint';
import { checkItems } from './mcp-items';
import { NamedServer } from './mcp-servers';
import { McpToolBoundaryProps } from './mcp-tool-boundary-props';
import { mostReplicas } from '../../model/deployment-facts';
import { EXTERNAL_PORT } from '../../model/external-host';
import { ToolServerNode } from '../../model/tool-server';
import { healthPaths } from '../../model/workload';
import { McpSessionRouting } from '../../values/mcp-proxy';
import { McpTransport } from '../../values/mcp-server';
import { Membership } from '../membership/membership';
import { waypointNode } from '../routing/waypoint';
import { checkPort } from '../workload/deployment-checks';
import { checkPooled } from '../workload/service-traffic';

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
  checkStage(member, server);
  checkFaults(member, server, props);
  checkTraffic(member, server, props);
  if (mcpProxy && props.waypoint) {
    member.report({ message: `\`waypoint\` of ${name} has no effect, because callers call the MCP proxy of ${name} and not a Service behind the waypoint`, actual: waypointNode.find(props.waypoint)?.name, expected: 'no `waypoint`, or a mesh without `mcp`', fix: 'remove `waypoint`, or remove `mcp` from the AgentMesh' });
  }
  checkPort(member, '`servicePort`', props.servicePort);
  if (props.servicePort !== undefined && !mcpProxy && endpoint.service?.statedLabels) {
    member.report({ message: `\`servicePort\` of ${name} has no effect, because its existing Service already states its port`, actual: props.servicePort, expected: `no \`servicePort\`; callers use port ${endpoint.service.port} of the Service`, fix: 'remove `servicePort`, or set the port of the existing Service in Workload.existing' });
  }
  if (!mcpProxy && props.servicePort !== undefined && targets.some(({ place }) => place.kind === 'external' && [EXTERNAL_PORT, place.port].includes(props.servicePort!))) {
    member.report({ message: `\`servicePort\` of ${name} is also the port at which its external MCP server is called over TLS`, actual: props.servicePort, expected: `a port for plain HTTP inside the mesh; not ${EXTERNAL_PORT}, and not the port of the external MCP server`, fix: 'remove `servicePort`: callers then use port 80' });
  }
  for (const { place } of targets) {
    if (place.kind === 'external' || (place.workload.service && place.workload.ports.length > 0)) continue;
    member.report({ message: `the tool server ${name} has no port that callers can use`, actual: place.workload.ports, expected: 'a TCP port in `ports`', fix: 'add the port of its MCP endpoint to `ports`' });
  }
}

/** Reports invalid paths: the path that callers use, and the paths of the servers behind an MCP proxy. */
function checkEndpoints(member: Membership, { endpoint, targets, mcpProxy }: ToolServerNode): void {
  for (const { path } of endpoint.requests?.endpoints ?? []) {
    for (const { place } of targets) checkEndpoint(member, path, place.kind === 'pods' ? healthPaths(place.workload) : []);
    if (targets.every(({ place }) => place.kind === 'external')) checkEndpoint(member, path, []);
  }
  if (mcpProxy) for (const { path, place } of targets) checkEndpoint(member, path, place.kind === 'pods' ? healthPaths(place.workload) : []);
}

/** Reports a server whose path is not the path that callers use, if no MCP proxy translates between the two. */
function checkPaths(member: Membership, { name, mcpProxy }: ToolServerNode, { path }: McpToolBoundaryProps, [server]: readonly NamedServer[]): void {
  if (mcpProxy || path === undefined || !server || server.endpointPath === path) return;
  member.report({ message: `\`path\` of ${name} is not the path of its server, and without an MCP proxy no component rewrites the path of a request`, actual: [path, server.endpointPath], expected: 'the same path for both, or McpProvider.agentgateway', fix: `remove \`path\` of the boundary, or set \`path\` of the server to ${JSON.stringify(path)}` });
}

/** Reports options of an `McpServer` that contradict each other or cannot be enforced. */
function checkStated(member: Membership, server: ToolServerNode, props: McpToolBoundaryProps, servers: readonly NamedServer[]): void {
  for (const { name, transport, enforcesMirroredHeaders, messagesPath } of servers) {
    const whose = servers.length > 1 ? `server ${name} of ${server.name}` : server.name;
    const isOlder = transport === McpTransport.SSE;
    if (enforcesMirroredHeaders && isOlder) {
      member.report({ message: `\`enforcesMirroredHeaders\` of ${whose} cannot be true, because the HTTP+SSE transport has no headers Mcp-Method and Mcp-Name`, actual: { enforcesMirroredHeaders: true }, expected: 'McpTransport.STREAMABLE_HTTP, revision 2026-07-28', fix: 'remove `enforcesMirroredHeaders`, or use McpTransport.STREAMABLE_HTTP' });
    }
    if (messagesPath !== undefined && !isOlder) {
      member.report({ message: `\`messagesPath\` of ${whose} has no effect, because the streamable HTTP transport has a single endpoint`, actual: messagesPath, expected: 'no `messagesPath`, or McpTransport.SSE', fix: 'remove `messagesPath`' });
    }
  }
  checkMetadata(member, server, props, servers);
  if (servers.some(({ keepsSessions }) => keepsSessions)) checkSessions(member, server, props);
}

/** Reports metadata of a server that no client would need, or that an MCP proxy serves in its place. */
function checkMetadata(member: Membership, { name, mcpProxy }: ToolServerNode, { jwt }: McpToolBoundaryProps, servers: readonly NamedServer[]): void {
  if (!servers.some(({ servesOAuthMetadata }) => servesOAuthMetadata) || (!mcpProxy && jwt)) return;
  member.report({
    message: `\`servesOAuthMetadata\` of ${name} has no effect: ${mcpProxy ? 'its MCP proxy serves the metadata' : 'its callers need no token'}`, actual: { servesOAuthMetadata: true },
    expected: mcpProxy ? '`oauth` of the boundary' : 'a boundary with `jwt`', fix: mcpProxy ? 'remove `servesOAuthMetadata`, and set `oauth` of the boundary' : 'remove it, or set `jwt` of the boundary',
  });
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

/** Reports servers that are not in the namespace of their boundary. An MCP proxy calls only servers in the namespace of the proxy. */
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

/** Reports faults that no proxy of the mesh would inject, because calls go to an MCP proxy or to an external host. */
function checkFaults(member: Membership, { name, mcpProxy, endpoint }: ToolServerNode, { faults = [] }: McpToolBoundaryProps): void {
  if (faults.length === 0 || (!mcpProxy && endpoint.service?.hostname === undefined)) return;
  const why = mcpProxy ? 'agentgateway, which callers reach instead of the server, injects no faults' : 'others in the cluster may call the same external host, and must not get faults';
  member.report({ message: `no faults can be injected into calls to ${name}: ${why}`, actual: faults.length, expected: 'a server in pods of the mesh, in a mesh without `mcp`', fix: 'remove `faults`, or inject them into calls to the agents that use the tools' });
}

/** Reports limits that nobody would enforce: at an MCP proxy, and outlier detection of a Service that exists already. */
function checkTraffic(
  member: Membership, { name, mcpProxy, endpoint }: ToolServerNode, { circuitBreaker, connectionPool }: McpToolBoundaryProps,
): void {
  if (connectionPool && !mcpProxy) checkPooled(member, endpoint);
  const stated = Object.entries({ circuitBreaker, connectionPool }).filter(([, said]) => said !== undefined);
  for (const [prop, said] of stated) {
    if (mcpProxy) {
      member.report({ message: `\`${prop}\` of ${name} has no effect: callers reach agentgateway instead of the server, which it calls without such limits`, actual: said, expected: `no \`${prop}\`, or a mesh without \`mcp\``, fix: `remove \`${prop}\`, or \`mcp\` of the mesh` });
    } else if (prop === 'circuitBreaker' && endpoint.service?.statedLabels) {
      member.report({ message: `\`circuitBreaker\` of ${name} has no effect on its existing Service`, actual: said, expected: '`circuitBreaker` for a server that is deployed here', fix: 'remove `circuitBreaker`' });
    }
  }
}

/** Reports props that have no effect. */
function checkIdle(member: Membership, { name, mcpProxy, targets }: ToolServerNode, props: McpToolBoundaryProps): void {
  const idle = (prop: string, why: string) => member.report({ message: `\`${prop}\` of ${name} has no effect, because ${why}`, actual: props[prop as keyof McpToolBoundaryProps], expected: `${name} without \`${prop}\``, fix: `remove \`${prop}\`` });
  if (props.failureMode !== undefined && mcpProxy && targets.length === 1) idle('failureMode', 'the boundary has one server');
  if (props.unsafePassTokens && mcpProxy && targets.every(({ credentials }) => credentials)) idle('unsafePassTokens', 'the server receives `credentials` instead of the callers\' tokens');
}

/** Reports boundaries in an audit-only namespace that would deny callers, because the component that enforces them has no audit mode. */
function checkStage(member: Membership, { name, mcpProxy, targets, endpoint: { namespace } }: ToolServerNode): void {
  if (!member.model.isAuditOnly(namespace)) return;
  const instead = { actual: namespace, fix: 'define the boundary when the namespace enforces, or remove the namespace from `auditOnlyNamespaces`' };
  const external = targets.flatMap(({ place }) => (place.kind === 'external' ? [place.hostname] : []));
  if (mcpProxy) {
    member.report({ message: `the MCP proxy of ${name} has no audit mode: it denies callers without a grant, but its namespace is audit-only`, expected: 'a namespace that enforces, or a mesh without `mcp`', ...instead });
  } else if (external.length > 0) {
    member.report({ message: `the boundary ${name} would deny calls of every ambient pod without a grant to ${external.join(', ')}, for which there is no audit mode, but its namespace is audit-only`, expected: 'a namespace that enforces', ...instead });
  }
}

/**
 * Reports servers of the HTTP+SSE transport with several pods. A stream and its messages must reach the same pod, but the messages do not
 * identify this pod.
 */
function checkStreams(member: Membership, { name, targets }: ToolServerNode): void {
  for (const { transport, place } of targets) {
    const deployment = place.kind === 'pods' ? place.workload.deployment : undefined;
    const replicas = deployment ? mostReplicas(deployment) : 1;
    if (transport !== 'SSE' || replicas === 1) continue;
    member.report({ message: `a server of ${name} uses the HTTP+SSE transport, which keeps each session in one pod, but the server runs in several pods`, actual: replicas, expected: 'one pod (`replicas` 1) for a server of the HTTP+SSE transport', fix: 'set `replicas` to 1, or use McpTransport.STREAMABLE_HTTP' });
  }
}

/** Reports `keepsSessions` that cannot be enforced. Session affinity needs agentgateway, or a Service that the library creates. */
function checkSessions(member: Membership, { name, mcpProxy, endpoint }: ToolServerNode, { sessionRouting }: McpToolBoundaryProps): void {
  if (mcpProxy) {
    if (sessionRouting !== McpSessionRouting.STATELESS) return;
    member.report({ message: `\`keepsSessions\` of ${name} contradicts \`sessionRouting\` STATELESS, with which the MCP proxy keeps no sessions`, actual: { keepsSessions: true, sessionRouting }, expected: 'either `keepsSessions` or STATELESS', fix: 'remove `keepsSessions` or `sessionRouting`' });
    return;
  }
  if (member.refuse('session-affinity', `session affinity for ${name} (\`keepsSessions\`)`, { keepsSessions: true })) return;
  if (endpoint.service?.hostname !== undefined) {
    member.report({ message: `\`keepsSessions\` of ${name} has no effect, because its MCP server is external and routes its sessions itself`, actual: endpoint.service.hostname, expected: '`keepsSessions` for a server that is deployed here', fix: 'remove `keepsSessions`' });
  } else if (endpoint.service?.statedLabels) {
    member.report({ message: `\`keepsSessions\` of ${name} has no effect, because the library does not change the existing Service of the server`, actual: endpoint.service.name, expected: '`keepsSessions` for a server that is deployed here', fix: 'remove `keepsSessions`, and write a DestinationRule that hashes the header `mcp-session-id`' });
  }
}
