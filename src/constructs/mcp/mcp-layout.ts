import { itemsOf, originsOf, Prefixed } from './mcp-items';
import { handlingOf } from './mcp-proxy';
import { NamedServer } from './mcp-servers';
import { McpToolBoundaryProps } from './mcp-tool-boundary-props';
import { Callers } from '../../model/callers';
import { Item, ItemGrants } from '../../model/item-grants';
import { metadataAtProxy, metadataOf } from '../../model/mcp-http';
import { McpProxyNode } from '../../model/mcp-proxy';
import { Endpoint } from '../../model/request-rule';
import { ServiceNode } from '../../model/service';
import { endpointsOf, ToolServerNode, ToolTarget } from '../../model/tool-server';
import { WaypointNode } from '../../model/waypoint';
import { WorkloadNode } from '../../model/workload';
import { jwtFacts } from '../../values/jwt';
import { McpPrefix } from '../../values/mcp-proxy';
import { McpTransport } from '../../values/mcp-server';
import { workloadDescription } from '../../values/workload';
import { Membership } from '../membership/membership';
import { ensureNamespaceWaypoint, ownWaypoint } from '../routing/waypoint';
import { bindWorkload, limitedBy, Place } from '../workload/bind-workload';
import { enforcedRate, enforcedTokens } from '../workload/request-checks';
import { enforcedTraffic } from '../workload/service-traffic';

/** Suffix for the name of a server behind an MCP proxy, because the proxy has the name of the boundary. */
export const SERVER_SUFFIX = '-server';

/** The header that identifies a session (MCP 2025-11-25, Transports). */
const SESSION_HEADER = 'mcp-session-id';

/** Default port of the MCP proxy. */
const MCP_PROXY_PORT = 8080;

/** Properties of a boundary that do not depend on the component that enforces them. */
type Terms = Pick<WorkloadNode, 'title' | 'name' | 'namespace' | 'callers' | 'items' | 'requests' | 'openEndpoints' | 'allowedOrigins' | 'tokens' | 'jwt' | 'rateLimit'>;

/** A boundary and the servers behind it. */
interface Layout {
  readonly terms: Terms;
  readonly items: readonly Item[];
  readonly path: string;
  readonly servers: readonly NamedServer[];
  readonly traffic: Pick<ServiceNode, 'circuitBreaker' | 'connectionPool'>;
}

/** Binds the servers of a boundary, with a waypoint or MCP proxy between them and their endpoint, and returns its node. Creates the waypoint if there is none. */
export function bindServers(member: Membership, name: string, props: McpToolBoundaryProps, servers: readonly NamedServer[]): ToolServerNode {
  const { model, context } = member;
  const namespace = existingNamespace(servers) ?? props.namespace ?? model.facts.namespace;
  const address = { name, namespace, port: props.servicePort ?? MCP_PROXY_PORT };
  const mcpProxy = context.mcp?.proxies?.mcpProxyOf(address, handlingOf(member, props, namespace));
  const layout = termsOf(member, { name, namespace, mcpProxy }, props, servers);
  const { items, path, terms } = layout;
  const node = { origin: member, name, items, endpointPath: path };
  if (mcpProxy) {
    if (!existingNamespace(servers)) context.enrollNamespace(namespace); // the namespace of existing servers must already be in the mesh
    const targets = servers.map((server) => targetOf(server, behind(member, server, layout, mcpProxy)));
    return { ...node, mcpProxy, endpoint: proxyEndpoint(member, terms, mcpProxy), targets };
  }
  if (servers.every(({ place }) => place.kind === 'external')) context.enrollNamespace(namespace);
  const waypoint = (props.waypoint && ownWaypoint(member, props.waypoint)) ?? ensureNamespaceWaypoint(member, claimed(member, servers, namespace));
  const [first] = servers.filter(({ place }) => place.kind === 'pods' || !member.refusal('external-tools')); // further servers were refused
  const workload = first && before(member, first, layout, props, waypoint);
  return {
    ...node, waypoint, endpoint: workload ?? externalEndpoint(member, layout, first, props, waypoint),
    targets: first ? [targetOf(member.refusal('upstream-credentials') ? { ...first, credentials: undefined } : first, workload)] : [],
  };
}

function termsOf(
  member: Membership, { name, namespace, mcpProxy }: { readonly name: string; readonly namespace: string; readonly mcpProxy?: McpProxyNode },
  props: McpToolBoundaryProps, servers: readonly NamedServer[],
): Layout {
  const [first] = servers;
  const transport = (!mcpProxy && first?.transport) || McpTransport.STREAMABLE_HTTP; // an MCP proxy translates the HTTP+SSE transport
  const isShown = !mcpProxy || (props.server && first?.transport !== McpTransport.SSE);
  const path = props.path ?? (isShown ? first?.endpointPath : undefined) ?? '/mcp';
  const offering = mcpProxy ? servers : servers.slice(0, 1); // without an MCP proxy, further servers were refused
  const items = itemsOf(offering, prefixedBy(mcpProxy !== undefined, props.prefix ?? McpPrefix.SEVERAL, servers.length));
  return {
    items, path, servers, traffic: mcpProxy ? {} : enforcedTraffic(member, props),
    terms: {
      title: `tool server ${name}`, name, namespace, callers: new Callers(), items: mcpProxy ?? first?.enforcesMirroredHeaders ? new ItemGrants(items) : undefined,
      requests: { endpoints: endpointsOf(transport, path, first?.messagesPath ?? '/messages') }, allowedOrigins: originsOf(member, props.allowedOrigins),
      openEndpoints: openEndpointsOf(path, mcpProxy, first),
      tokens: props.unsafePassTokens ? 'forwarded' : mcpProxy ? 'stripped' : member.context.mesh.credentials,
      jwt: enforcedTokens(member, props.jwt && jwtFacts(props.jwt), 'tool-tokens'),
      rateLimit: enforcedRate(member, props.rateLimit && { ...props.rateLimit }, 'tool-rate-limit'),
    },
  };
}

/** Returns the endpoints of OAuth metadata, which clients read before they have a token. */
function openEndpointsOf(path: string, mcpProxy: McpProxyNode | undefined, first: NamedServer | undefined): readonly Endpoint[] | undefined {
  if (!mcpProxy) return first?.servesOAuthMetadata ? metadataOf(path) : undefined;
  const { oauth } = mcpProxy.handling;
  return oauth && metadataAtProxy(path, oauth.provider !== undefined);
}

/**
 * Returns which items get a prefix. With several servers, resource URIs always get one; `prefix` applies to names only (agentgateway 1.4,
 * MCP handler).
 */
function prefixedBy(isProxied: boolean, prefix: McpPrefix, servers: number): Prefixed {
  const uris = isProxied && (servers > 1 || prefix === McpPrefix.ALWAYS);
  return { uris, names: uris && prefix !== McpPrefix.NEVER };
}

/** Default egress of tool servers: no host outside the cluster. */
const RESTRICTED: WorkloadNode['egress'] = { hosts: [], networks: [], namespaces: [], kubernetesNetworks: [] };

/** Returns the pods of a server that callers call without an MCP proxy. */
function before(
  member: Membership, { place, keepsSessions }: NamedServer, { terms, traffic: { circuitBreaker, connectionPool } }: Layout,
  { servicePort }: McpToolBoundaryProps, waypoint?: WaypointNode,
): WorkloadNode | undefined {
  if (place.kind === 'external') return undefined;
  const { jwt, rateLimit, ...rest } = terms;
  return bindWorkload(member, place.workload, {
    ...rest, ...ownNames(terms.name), routable: false, waypoint, connectionPool, otherwise: { jwt, rateLimit, egress: RESTRICTED },
    service: { name: terms.name, port: servicePort ?? 80, circuitBreaker, affinityHeader: keepsSessions && !member.refusal('session-affinity') ? SESSION_HEADER : undefined },
  });
}

/** Returns the pods of a server that only an MCP proxy calls. Callers call the Service of the proxy, which has the name of the boundary. */
function behind(member: Membership, { name, place }: NamedServer, { terms, servers }: Layout, mcpProxy: McpProxyNode): WorkloadNode | undefined {
  if (place.kind === 'external') return undefined;
  const isOnly = servers.length === 1;
  const own = isOnly ? `${terms.name}${SERVER_SUFFIX}` : member.name('the name of the server', `${terms.name}-${name}`);
  return bindWorkload(member, place.workload, {
    ...ownNames(own), title: isOnly ? terms.title : `server ${name} of ${terms.title}`, namespace: terms.namespace, callers: new Callers(), mcpProxy,
    service: { name: own, port: 80 }, routable: false, otherwise: { egress: RESTRICTED },
  });
}

function ownNames(name: string): Pick<Place, 'name' | 'serviceAccount' | 'labels'> {
  return { name, serviceAccount: name, labels: { 'app.kubernetes.io/name': name } };
}

/** Returns the endpoint of the MCP proxy: the Service and pods that the agentgateway controller creates. */
function proxyEndpoint(member: Membership, terms: Terms, { name, namespace, serviceAccount, port, labels }: McpProxyNode): WorkloadNode {
  return { ...podless(member, terms, { name, namespace, port, targetPort: port }), serviceAccount, labels };
}

/** Returns the endpoint of an external server: a ServiceEntry behind a waypoint. */
function externalEndpoint(
  member: Membership, { terms, traffic }: Layout, server: NamedServer | undefined,
  { servicePort: port = 80 }: McpToolBoundaryProps, waypoint?: WaypointNode,
): WorkloadNode {
  const { name, namespace } = terms;
  const external = server?.place.kind === 'external' ? server.place : undefined;
  return podless(member, terms, { name, namespace, port, targetPort: external?.port ?? port, hostname: external?.hostname, waypoint, ...traffic });
}

function podless(member: Membership, { requests, ...terms }: Terms, service: ServiceNode): WorkloadNode {
  return {
    ...terms, requests: limitedBy(terms.jwt, requests), origin: member, serviceAccount: terms.name, labels: {}, ports: [service.targetPort],
    opaquePorts: [], grpcPorts: [], mediaPorts: [], routable: false, service,
  };
}

function targetOf({ name, place, transport, endpointPath, credentials }: NamedServer, workload: WorkloadNode | undefined): ToolTarget {
  return {
    name, transport: transport ?? McpTransport.STREAMABLE_HTTP, credentials, path: endpointPath,
    place: workload ? { kind: 'pods', workload } : { kind: 'external', hostname: '', port: 0, ...(place.kind === 'external' && place) },
  };
}

function descriptions(servers: readonly NamedServer[]) {
  return servers.flatMap(({ place }) => (place.kind === 'pods' ? [workloadDescription.of(place.workload)] : []));
}

function existingNamespace(servers: readonly NamedServer[]): string | undefined {
  const [first] = descriptions(servers);
  return first?.kind === 'existing' ? first.namespace : undefined;
}

/** Returns the namespace in which a waypoint may be created. The namespace of a server that runs outside the mesh is not added to the mesh. */
function claimed({ model }: Membership, servers: readonly NamedServer[], namespace: string): string {
  const isDeployed = descriptions(servers).some(({ kind }) => kind === 'deploy');
  return isDeployed || servers.every(({ place }) => place.kind === 'external') || model.namespaces.has(namespace) ? namespace : model.facts.namespace;
}
