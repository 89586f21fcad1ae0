import { checkPort } from './deployment-checks';
import { checkEndpoint } from './mcp-endpoint';
import { checkItems } from './mcp-items';
import { NamedServer } from './mcp-servers';
import { McpToolBoundaryProps } from './mcp-tool-boundary-props';
import { Membership } from './membership';
import { waypointNode } from './waypoint';
import { EXTERNAL_PORT } from '../model/external-host';
import { ToolServerNode } from '../model/tool-server';
import { McpSessionRouting } from '../values/mcp-proxy';

/** Everything that may be wrong with what is said of a boundary. */
export function checkBoundary(member: Membership, server: ToolServerNode, props: McpToolBoundaryProps, servers: readonly NamedServer[]): void {
  const { mcpProxy, name, endpoint, targets, items } = server;
  checkItems(member, items);
  checkEndpoints(member, server);
  checkPaths(member, server, props, servers);
  checkReach(member, props, servers);
  checkStreams(member, server);
  checkPlaces(member, server, props);
  checkIdle(member, server, props);
  if (props.enforcesMirroredHeaders && targets.some(({ transport }) => transport === 'SSE')) {
    member.report({ message: `the server of ${name} mirrors no headers: the older transport has none`, actual: { enforcesMirroredHeaders: true }, expected: 'McpTransport.STREAMABLE_HTTP, revision 2026-07-28', fix: 'drop one of the two' });
  }
  if (props.keepsSessions) checkSessions(member, server, props);
  if (mcpProxy && props.waypoint) {
    member.report({ message: `the waypoint of ${name} would read nothing: callers come to a proxy that reads MCP`, actual: waypointNode.of(props.waypoint).name, expected: 'no `waypoint`, or GatewayProvider.istio', fix: 'drop one of the two' });
  }
  checkPort(member, '`servicePort`', props.servicePort);
  if (props.servicePort !== undefined && !mcpProxy && endpoint.service?.statedLabels) {
    member.report({ message: `the Service of ${name} is the team's, and has a port already`, actual: props.servicePort, expected: `no \`servicePort\`: callers use ${endpoint.service.port}`, fix: 'drop it, or state the port with the Service' });
  }
  if (!mcpProxy && props.servicePort !== undefined && targets.some(({ place }) => place.kind === 'external' && [EXTERNAL_PORT, place.port].includes(props.servicePort!))) {
    member.report({ message: `the port of ${name} is one at which its server outside is called over TLS`, actual: props.servicePort, expected: `a port for plain HTTP inside the mesh, other than ${EXTERNAL_PORT}`, fix: 'drop `servicePort`: callers call port 80' });
  }
  for (const { place } of targets) {
    if (place.kind === 'external' || (place.workload.service && place.workload.ports.length > 0)) continue;
    member.report({ message: `the tool server ${name} has no port that callers could use`, actual: place.workload.ports, expected: 'a TCP port in `ports`', fix: 'name the port of its MCP endpoint' });
  }
}

/** Paths that callers ask for, and those of the servers behind a proxy. */
function checkEndpoints(member: Membership, { endpoint, targets, mcpProxy }: ToolServerNode): void {
  for (const { path } of endpoint.requests?.endpoints ?? []) {
    for (const { place } of targets) checkEndpoint(member, path, place.kind === 'pods' ? place.workload.healthPath : undefined);
    if (targets.every(({ place }) => place.kind === 'external')) checkEndpoint(member, path, undefined);
  }
  if (mcpProxy) for (const { path, place } of targets) checkEndpoint(member, path, place.kind === 'pods' ? place.workload.healthPath : undefined);
}

/** Callers ask a server itself for the path that they call, where no proxy is between them. */
function checkPaths(member: Membership, { name, mcpProxy }: ToolServerNode, { path }: McpToolBoundaryProps, [server]: readonly NamedServer[]): void {
  const { endpointPath } = server ?? {};
  if (mcpProxy || path === undefined || endpointPath === undefined || endpointPath === path) return;
  member.report({ message: `the server of ${name} is at another path than its callers call, and nobody translates`, actual: [path, endpointPath], expected: 'one `path`, or McpProvider.agentgateway', fix: `drop the one of the boundary, or state ${JSON.stringify(path)} as the server's` });
}

/** What only a proxy that reads MCP does for servers, or before them. */
function checkReach(
  member: Membership, { guardrails, oauth, prefix, failureMode, sessionRouting }: McpToolBoundaryProps, servers: readonly NamedServer[],
): void {
  if (servers.length > 1) member.refuse('tool-federation', 'a boundary of several `servers`', servers.map(({ name }) => name));
  const external = servers.flatMap(({ place }) => (place.kind === 'external' ? [place.hostname] : []));
  if (external.length > 0) member.refuse('external-tools', 'an MCP server outside the cluster', external);
  const shown = servers.filter(({ credentials }) => credentials).map(({ name }) => name);
  if (shown.length > 0) member.refuse('upstream-credentials', 'what a server is shown in the caller\'s stead (`credentials`)', shown);
  if (guardrails && guardrails.length > 0) member.refuse('guardrails', 'a judge of messages (`guardrails`)', guardrails.map(({ judge }) => judge.title));
  if (oauth) member.refuse('mcp-oauth', 'what MCP clients are told of their tokens (`oauth`)', oauth.resource);
  const told = Object.entries({ prefix, failureMode, sessionRouting }).filter(([, said]) => said !== undefined).map(([key]) => key);
  if (told.length > 0) member.refuse('mcp-proxy', `what a proxy that reads MCP would be told (${told.map((one) => `\`${one}\``).join(', ')})`, told);
}

/** A proxy calls servers of its own namespace; what runs elsewhere has its boundary there. */
function checkPlaces(member: Membership, { name, mcpProxy, endpoint, targets }: ToolServerNode, { namespace }: McpToolBoundaryProps): void {
  for (const { place } of targets) {
    if (place.kind === 'external') continue;
    const own = place.workload.namespace;
    if (mcpProxy && own !== endpoint.namespace) {
      member.report({ message: `a server of ${name} runs in another namespace than its proxy, which would call its namesake`, actual: [own, endpoint.namespace], expected: 'servers of one namespace behind one boundary', fix: 'put a boundary into the namespace of each' });
    } else if (namespace !== undefined && own !== namespace) {
      member.report({ message: `the server of ${name} runs elsewhere than the boundary is said to be`, actual: [namespace, own], expected: 'one namespace', fix: 'drop `namespace` of one of the two' });
    }
  }
}

/** What would be said in vain. */
function checkIdle(member: Membership, { name, mcpProxy, endpoint, targets }: ToolServerNode, props: McpToolBoundaryProps): void {
  const isOlder = targets.some(({ transport }) => transport === 'SSE');
  const idle = (prop: string, why: string) => member.report({ message: `\`${prop}\` of ${name} would change nothing: ${why}`, actual: props[prop as keyof McpToolBoundaryProps], expected: `no \`${prop}\` here`, fix: 'drop it' });
  if (props.messagesPath !== undefined && mcpProxy) idle('messagesPath', `a proxy translates the older transport, and callers call ${endpoint.requests?.endpoints?.[0].path}`);
  else if (props.messagesPath !== undefined && !isOlder) idle('messagesPath', 'streamable HTTP has one endpoint');
  if (props.failureMode !== undefined && mcpProxy && targets.length === 1) idle('failureMode', 'it has one server');
  if (props.unsafePassTokens && mcpProxy && targets.every(({ credentials }) => credentials)) idle('unsafePassTokens', 'the server is shown `credentials` in their stead');
}

/** Of the older transport a stream and its messages must come to one pod, and nothing in a message says to a mesh which. */
function checkStreams(member: Membership, { name, targets }: ToolServerNode): void {
  for (const { transport, place } of targets) {
    const replicas = place.kind === 'pods' ? place.workload.deployment?.replicas ?? 1 : 1;
    if (transport !== 'SSE' || replicas === 1) continue;
    member.report({ message: `a server of ${name} keeps its streams in one pod, and has several`, actual: replicas, expected: 'one pod (`replicas: 1`) of a server of the older transport', fix: 'set `replicas: 1`, or have it speak streamable HTTP' });
  }
}

/** agentgateway keeps sessions itself; elsewhere it is the Service that the library makes. */
function checkSessions(member: Membership, { name, mcpProxy, endpoint }: ToolServerNode, { sessionRouting }: McpToolBoundaryProps): void {
  if (mcpProxy) {
    if (sessionRouting !== McpSessionRouting.STATELESS) return;
    member.report({ message: `${name} keeps sessions, and its proxy is told to keep none`, actual: { keepsSessions: true, sessionRouting }, expected: 'either of the two', fix: 'drop one' });
    return;
  }
  if (member.refuse('session-affinity', `one pod for a session of ${name}`, { keepsSessions: true })) return;
  if (endpoint.service?.hostname !== undefined) {
    member.report({ message: `the sessions of ${name} are those of a host outside, which keeps them together itself`, actual: endpoint.service.hostname, expected: '`keepsSessions` of what is deployed here', fix: 'drop it' });
  } else if (endpoint.service?.statedLabels) {
    member.report({ message: `the Service of ${name} is the team's, and its sessions are the team's to keep together`, actual: endpoint.service.name, expected: '`keepsSessions` of what is deployed here', fix: 'drop it, and have a DestinationRule of your own hash `mcp-session-id`' });
  }
}
