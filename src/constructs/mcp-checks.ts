import { checkPort } from './deployment-checks';
import { checkEndpoint } from './mcp-endpoint';
import { checkItems } from './mcp-items';
import { NamedServer } from './mcp-servers';
import { McpToolBoundaryProps } from './mcp-tool-boundary-props';
import { Membership } from './membership';
import { waypointNode } from './waypoint';
import { ToolServerNode } from '../model/tool-server';
import { McpSessionRouting } from '../values/mcp-proxy';

/** Everything that may be wrong with what is said of a boundary. */
export function checkBoundary(member: Membership, server: ToolServerNode, props: McpToolBoundaryProps, servers: readonly NamedServer[]): void {
  const { front, name, door, targets, items } = server;
  checkItems(member, items);
  checkEndpoints(member, server);
  checkPaths(member, server, props, servers);
  checkReach(member, props, servers);
  checkStreams(member, server);
  checkPlaces(member, server, props);
  checkIdle(member, server, props);
  if (props.enforcesMirroredHeaders && targets.some(({ transport }) => transport === 'SSE')) {
    member.report({ what: `the server of ${name} mirrors no headers: the older transport has none`, got: { enforcesMirroredHeaders: true }, allowed: 'McpTransport.STREAMABLE_HTTP, revision 2026-07-28', next: 'drop one of the two' });
  }
  if (props.keepsSessions) checkSessions(member, server, props);
  if (front && props.waypoint) {
    member.report({ what: `the waypoint of ${name} would read nothing: callers come to a proxy that reads MCP`, got: waypointNode.of(props.waypoint).name, allowed: 'no `waypoint`, or GatewayProvider.istio', next: 'drop one of the two' });
  }
  checkPort(member, '`servicePort`', props.servicePort);
  if (props.servicePort !== undefined && !front && door.service?.statedLabels) {
    member.report({ what: `the Service of ${name} is the team's, and has a port already`, got: props.servicePort, allowed: `no \`servicePort\`: callers use ${door.service.port}`, next: 'drop it, or state the port with the Service' });
  }
  for (const { place } of targets) {
    if (place.kind === 'outside' || (place.workload.service && place.workload.ports.length > 0)) continue;
    member.report({ what: `the tool server ${name} has no port that callers could use`, got: place.workload.ports, allowed: 'a TCP port in `ports`', next: 'name the port of its MCP endpoint' });
  }
}

/** Paths that callers ask for, and those of the servers behind a proxy. */
function checkEndpoints(member: Membership, { door, targets, front }: ToolServerNode): void {
  for (const { path } of door.requests?.endpoints ?? []) {
    for (const { place } of targets) checkEndpoint(member, path, place.kind === 'pods' ? place.workload.healthPath : undefined);
    if (targets.every(({ place }) => place.kind === 'outside')) checkEndpoint(member, path, undefined);
  }
  if (front) for (const { path, place } of targets) checkEndpoint(member, path, place.kind === 'pods' ? place.workload.healthPath : undefined);
}

/** Callers ask a server itself for the path that they call, where no proxy is between them. */
function checkPaths(member: Membership, { name, front }: ToolServerNode, { path }: McpToolBoundaryProps, [server]: readonly NamedServer[]): void {
  if (front || path === undefined || server?.path === undefined || server.path === path) return;
  member.report({ what: `the server of ${name} is at another path than its callers call, and nobody translates`, got: [path, server.path], allowed: 'one `path`, or GatewayProvider.agentgateway', next: 'drop the one of the boundary' });
}

/** What only a proxy that reads MCP does for servers, or before them. */
function checkReach(
  member: Membership, { guardrails, oauth, prefix, failureMode, sessionRouting }: McpToolBoundaryProps, servers: readonly NamedServer[],
): void {
  if (servers.length > 1) member.refuse('tool-federation', 'a boundary of several `servers`', servers.map(({ name }) => name));
  const outside = servers.flatMap(({ place }) => (place.kind === 'outside' ? [place.hostname] : []));
  if (outside.length > 0) member.refuse('external-tools', 'an MCP server outside the cluster', outside);
  const shown = servers.filter(({ credentials }) => credentials).map(({ name }) => name);
  if (shown.length > 0) member.refuse('upstream-credentials', 'what a server is shown in the caller\'s stead (`credentials`)', shown);
  if (guardrails && guardrails.length > 0) member.refuse('guardrails', 'a judge of messages (`guardrails`)', guardrails.map(({ judge }) => judge.title));
  if (oauth) member.refuse('mcp-oauth', 'what MCP clients are told of their tokens (`oauth`)', oauth.resource);
  const told = Object.entries({ prefix, failureMode, sessionRouting }).filter(([, said]) => said !== undefined).map(([key]) => key);
  if (told.length > 0) member.refuse('mcp-proxy', `what a proxy that reads MCP would be told (${told.map((one) => `\`${one}\``).join(', ')})`, told);
}

/** A proxy calls servers of its own namespace; what runs elsewhere has its boundary there. */
function checkPlaces(member: Membership, { name, front, door, targets }: ToolServerNode, { namespace }: McpToolBoundaryProps): void {
  for (const { place } of targets) {
    if (place.kind === 'outside') continue;
    const own = place.workload.namespace;
    if (front && own !== door.namespace) {
      member.report({ what: `a server of ${name} runs in another namespace than its proxy, which would call its namesake`, got: [own, door.namespace], allowed: 'servers of one namespace behind one boundary', next: 'put a boundary into the namespace of each' });
    } else if (namespace !== undefined && own !== namespace) {
      member.report({ what: `the server of ${name} runs elsewhere than the boundary is said to be`, got: [namespace, own], allowed: 'one namespace', next: 'drop `namespace` of one of the two' });
    }
  }
}

/** What would be said in vain. */
function checkIdle(member: Membership, { name, front, door, targets }: ToolServerNode, props: McpToolBoundaryProps): void {
  const isOlder = targets.some(({ transport }) => transport === 'SSE');
  const idle = (prop: string, why: string) => member.report({ what: `\`${prop}\` of ${name} would change nothing: ${why}`, got: props[prop as keyof McpToolBoundaryProps], allowed: `no \`${prop}\` here`, next: 'drop it' });
  if (props.messagesPath !== undefined && front) idle('messagesPath', `a proxy translates the older transport, and callers call ${door.requests?.endpoints?.[0].path}`);
  else if (props.messagesPath !== undefined && !isOlder) idle('messagesPath', 'streamable HTTP has one endpoint');
  if (props.failureMode !== undefined && front && targets.length === 1) idle('failureMode', 'it has one server');
  if (props.unsafePassTokens && front && targets.every(({ credentials }) => credentials)) idle('unsafePassTokens', 'the server is shown `credentials` in their stead');
}

/** Of the older transport a stream and its messages must come to one pod, and nothing in a message says to a mesh which. */
function checkStreams(member: Membership, { name, targets }: ToolServerNode): void {
  for (const { transport, place } of targets) {
    const replicas = place.kind === 'pods' ? place.workload.deployment?.replicas ?? 1 : 1;
    if (transport !== 'SSE' || replicas === 1) continue;
    member.report({ what: `a server of ${name} keeps its streams in one pod, and has several`, got: replicas, allowed: 'one pod (`replicas: 1`) of a server of the older transport', next: 'set `replicas: 1`, or have it speak streamable HTTP' });
  }
}

/** agentgateway keeps sessions itself; elsewhere it is the Service that the library makes. */
function checkSessions(member: Membership, { name, front, door }: ToolServerNode, { sessionRouting }: McpToolBoundaryProps): void {
  if (front) {
    if (sessionRouting !== McpSessionRouting.STATELESS) return;
    member.report({ what: `${name} keeps sessions, and its proxy is told to keep none`, got: { keepsSessions: true, sessionRouting }, allowed: 'either of the two', next: 'drop one' });
    return;
  }
  if (member.refuse('session-affinity', `one pod for a session of ${name}`, { keepsSessions: true })) return;
  if (door.service?.hostname !== undefined) {
    member.report({ what: `the sessions of ${name} are those of a host outside, which keeps them together itself`, got: door.service.hostname, allowed: '`keepsSessions` of what is deployed here', next: 'drop it' });
  } else if (door.service?.statedLabels) {
    member.report({ what: `the Service of ${name} is the team's, and its sessions are the team's to keep together`, got: door.service.name, allowed: '`keepsSessions` of what is deployed here', next: 'drop it, and have a DestinationRule of your own hash `mcp-session-id`' });
  }
}
