import { titleIn } from './audit-only';
import { existingReport } from './existing-report';
import { clientsOf, reachedBy } from './gateway-clients';
import { hostReport } from './host-report';
import { clientPriorities, namedModels, portLines, serversReport, servingLines, tenantCallers } from './picker-report';
import { proxyMetricsReport } from './proxy-metrics-report';
import { condition, shares, shareText } from './route-shares';
import { isWildcard } from '../model/external-host';
import { faultTexts } from '../model/fault';
import { GatewayNode } from '../model/gateway';
import { MeshModel } from '../model/mesh';
import { MeshLimitations, ProxyPort } from '../model/mesh-limitations';
import { MeshRouteNode } from '../model/mesh-route';
import { PICKER_PORTS, PoolNode } from '../model/pool';
import { Problem, problemText } from '../model/problem';
import { ProxyMetrics } from '../model/proxy-metrics';
import { Endpoint } from '../model/request-rule';
import { openEndpointsOf } from '../model/route';
import { enforcingWaypoint, serviceUrl } from '../model/service';
import { tokenText } from '../model/token';
import { ToolServerNode, ToolTarget } from '../model/tool-server';
import { WaypointNode } from '../model/waypoint';
import { calledPorts, HostFacts, healthPaths, WorkloadNode } from '../model/workload';

/** What the mesh cannot restrict, and who reads the metrics of its proxies. */
export interface EnforcedAccess extends MeshLimitations {
  readonly proxyMetrics: readonly ProxyMetrics[];
}

/** Results of the checks that do not fail synth. */
export interface CheckedAccess {
  readonly findings: readonly Problem[];
  readonly acknowledged: readonly { readonly problem: Problem; readonly reason: string }[];
}

/** Returns the access report: the allowed callers of each callee. Calls that it does not list are denied. */
export function accessReport(
  model: MeshModel, limitations: EnforcedAccess, { findings, acknowledged }: CheckedAccess,
): string {
  const { probers, proxyPort, proxyMetrics, outbound, unchecked } = limitations;
  const blocks = [
    ...audited(model).map(openNamespace),
    ...model.gateways.map((gateway) => block(titleIn(model, gateway.namespace, `gateway ${gateway.name}`), gatewayClients(model, gateway))),
    ...model.pools.flatMap((pool) => [
      block(titleIn(model, pool.namespace, `pool ${pool.name}, served by ${pool.servers.title}${namedModels(pool)}`), poolCallers(model, pool)),
      ...clientPriorities(model, pool).map((line) => `  ${line}`),
      ...serversReport(model, pool).map(([title, callers]) => block(title, callers)),
      block(titleIn(model, pool.picker.workload.namespace, pool.picker.workload.title), [`gateway ${pool.gateway.name}: port ${pool.picker.port}, to pick endpoints`]),
    ]),
    ...model.meshRoutes.map((route) => split(`Service ${route.service.name} of ${route.stable.title}, inside the mesh`, route)),
    ...model.agents.flatMap(({ versions }) => versions).map(({ workload }) =>
      block(titleIn(model, workload.namespace, workload.title), workloadCallers(model, workload))),
    ...model.toolServers.map((server) => toolServer(model, server)),
  ];
  const readers = [...metrics(model, proxyPort?.(model.scraper !== undefined)), ...proxyMetricsReport(model, proxyMetrics)];
  return [...blocks, ...probes(model, probers), ...readers, ...outsideTheMesh(model),
    `egress of all other workloads${exceptIn(model)}\n  -> ${outbound}`, block('every pod, regardless of grants', unchecked),
    ...existingReport(model, limitations), `All other TCP calls inside the mesh are denied${exceptIn(model)}.`,
    ...findings.map((problem) => `FINDING ${problemText(problem)}`), ...acknowledged.map(({ problem, reason }) => `ACKNOWLEDGED, ${JSON.stringify(reason)}: ${problemText(problem)}`)].join('\n');
}

function openNamespace(name: string): string {
  const callers = block(`namespace ${name}: AUDIT ONLY, nothing is enforced`, ['everyone who can reach its pods, also without mutual TLS: every port and every request']);
  return `${callers}\n  -> every external destination: the namespace limits no egress`;
}

/** Returns the namespaces of the mesh in which nothing is enforced. */
function audited({ facts }: MeshModel): string[] {
  return [...new Set(facts.auditOnlyNamespaces)].sort();
}

function exceptIn(model: MeshModel): string {
  const open = audited(model);
  return open.length > 0 ? `, except in ${open.join(', ')}` : '';
}

/** Returns lines for the clients of a gateway, for clients that need no token, and for browsers whose preflights it answers. */
function gatewayClients(model: MeshModel, gateway: GatewayNode): string[] {
  const { hostnames, jwt } = gateway;
  return [
    `${clientsOf(gateway)}, for ${hostnames.join(', ')}`,
    ...model.routesOf(gateway).flatMap(({ name, callers }) => (callers ? [`route ${name}: only clients with ${callers.map(tokenText).join(', or ')}`] : [])),
    ...jwt?.required && jwt.exemptPaths.length > 0 ? [`${reachedBy(gateway)}, without a token, for ${jwt.exemptPaths.join(' and ')}`] : [],
    ...model.routesOf(gateway).flatMap(({ name, cors }) => (cors ? [`browsers on pages of ${cors.allowedOrigins.join(', ')}: preflights of route ${name}, answered by the gateway`] : [])),
  ];
}

/** Returns the block of a boundary: its servers, and the items that each caller may use. */
function toolServer(model: MeshModel, { name, items, targets, endpoint, waypoint, mcpProxy }: ToolServerNode): string {
  const isOlder = !mcpProxy && targets.some(({ transport }) => transport === 'SSE');
  const tools = items.filter(({ kind }) => kind === 'tool').map((item) => item.name);
  const external = targets.flatMap(({ place }) => (place.kind === 'external' ? [`${place.hostname}:${place.port}`] : []));
  const host = endpoint.service?.hostname === undefined ? '' : `http://${endpoint.service.hostname}`;
  const at = `, at ${(endpoint.requests?.endpoints ?? []).map(({ path, methods }) => (isOlder ? `${methods.join()} ${host}${path}` : `${host}${path}`)).join(' and ')}`;
  const through = [
    throughWaypoint(waypoint), ...mcpProxy ? [`, through MCP proxy ${mcpProxy.namespace}/${mcpProxy.name}:${mcpProxy.port}`] : [],
    ...external.length > 0 ? [`, to ${external.join(' and ')}`] : [],
    ...(mcpProxy?.handling.guardrails ?? []).map(({ title, methods }) => `, guardrail ${title}: ${Object.entries(methods).map(([method, way]) => `${method} (${way.toLowerCase()})`).join(', ')}`),
  ].join('');
  const callers = toolCallers(endpoint).map((who) => `${who}${at}${through}${demands(endpoint)}${passing(endpoint)}`);
  return block(titleIn(model, endpoint.namespace, `tool server ${name} (${tools.join(', ')})`), [
    ...callers, ...outsideCallers(model, endpoint), ...targets.flatMap((target) => portCallers(target, targets.length > 1)),
  ]);
}

/** Returns the clients of gateways with a route to a boundary, and what is read without a token. */
function outsideCallers(model: MeshModel, endpoint: WorkloadNode): string[] {
  const routes = model.routesOf(endpoint);
  const open = endpoint.openEndpoints ?? [];
  const said = (endpoints: readonly Endpoint[]) => endpoints.map(({ path, methods }) => `${methods.join()} ${path}`).join(' and ');
  return [
    ...routes.map(({ gateway }) => `gateway ${gateway.name}: its clients, with what is granted to any caller with their token`),
    ...open.length > 0 && !endpoint.callers.isEmpty ? [`callers with a grant, without a token: ${said(open)}`] : [],
    ...routes.flatMap((route) => {
      const reached = openEndpointsOf(route);
      return reached.length > 0 ? [`gateway ${route.gateway.name}: ${reachedBy(route.gateway)}, without a token: ${said(reached)}`] : [];
    }),
  ];
}

/** Returns the callers of single ports of the pods of a server, such as the scraper of the mesh. */
function portCallers({ name, place }: ToolTarget, isOneOfSeveral: boolean): string[] {
  return place.kind === 'pods' ? portLines(place.workload).map((line) => `${line}${isOneOfSeveral ? ` of server ${name}` : ''}`) : [];
}

function passing({ tokens }: WorkloadNode): string {
  return tokens === 'forwarded' ? ', FORWARDED: the MCP server receives the credentials of callers' : '';
}

/** Returns lines such as "agent planner: every tool" or "agent planner: tool find_customer". */
function toolCallers({ callers, items }: WorkloadNode): string[] {
  const heldBy = items?.heldByEach();
  return callers.all.map(({ title, principal }) => {
    const held = heldBy?.(principal) ?? 'everything';
    return `${title}: ${held === 'everything' ? 'every tool' : held.map(({ kind, name }) => `${kind} ${name}`).join(', ')}`;
  });
}

function probes(model: MeshModel, probers: MeshLimitations['probers']): string[] {
  return model.workloads.flatMap((workload) => {
    const paths = healthPaths(workload);
    const asking = paths.length === 0 ? undefined : probers?.(workload);
    return asking ? paths.map((path) => block(titleIn(model, workload.namespace, `${workload.title}, GET ${path}`), [asking.who])) : [];
  });
}

/** Returns the readers of proxy and picker metrics, and the sources of proxy health probes. */
function metrics(model: MeshModel, proxy: ProxyPort | undefined): string[] {
  const { pools, scraper, workloads } = model;
  const readers = [scraper ? scraper.title : 'nobody: `metrics` of the mesh is not set'];
  return [
    ...scraper ? [] : workloads.flatMap(({ title, namespace, metrics: own }) => (own ? [block(titleIn(model, namespace, `metrics of ${title}, port ${own.port}`), readers)] : [])),
    ...pools.filter(({ picker }) => picker.deployment).map(({ picker }) => block(titleIn(model, picker.workload.namespace, `metrics of ${picker.workload.title}, port ${PICKER_PORTS.metrics}`), readers)),
    ...proxy ? [
      block(`metrics of the proxy in every pod${exceptIn(model)}, GET ${proxy.metricsPath} on port ${proxy.port}`, readers),
      block(`health of the proxy in every pod${exceptIn(model)}, GET ${proxy.healthPaths.join(' and ')} on port ${proxy.port}`, [proxy.probers.who]),
    ] : [],
  ];
}

/** Returns the traffic that the mesh does not protect, and the allowed egress. */
function outsideTheMesh(model: MeshModel): string[] {
  const media = model.workloads.filter(({ mediaPorts }) => mediaPorts.length > 0).map(({ title, mediaPorts }) => block(
    `${title}, ${mediaPorts.map(({ protocol, port }) => `${protocol} ${port}`).join(', ')}`,
    ['anyone who can reach the pods: NOT PROTECTED, these ports are excluded from the mesh'],
  ));
  const unauthenticated = model.workloads.flatMap(({ title, namespace, unauthenticatedPorts = [] }) =>
    unauthenticatedPorts.map(({ port, networks }) =>
      block(titleIn(model, namespace, `${title}, port ${port}`), [`anyone who can reach the pods${networks ? ` from ${networks.join(', ')}` : ''}: NOT AUTHENTICATED, callers need no identity`])));
  const federated = model.workloads.filter(({ service }) => service?.federated).map(({ title, namespace }) =>
    block(titleIn(model, namespace, `${title}, from linked clusters`), ['callers with the namespace and ServiceAccount of an allowed caller']));
  const restricted = model.workloads.flatMap(({ title, namespace, egress: own }) => (own ? [reaches(titleIn(model, namespace, `egress of ${title}`), [
    ...own.hosts.map(hostLine), ...own.networks.map(({ cidr, ports }) => `${cidr}, TCP ${ports.join(', ')}, by IP address: NOT CHECKED which server answers`), ...own.namespaces.map((name) => `every pod of namespace ${name}, outside the mesh`), ...own.kubernetesNetworks.map((network) => `the Kubernetes API: ${network}`),
  ])] : []));
  const egress = model.egress.map(({ hostnames, namespace, ...at }) =>
    reaches(titleIn(model, namespace, `egress of every workload in namespace ${namespace}`), hostnames.map((hostname) => hostLine({ hostname, ...at }))));
  return [...media, ...unauthenticated, ...federated, ...egress, ...restricted, ...hostReport(model)];
}

/** Returns the text of an external host, with a note about what proxies do not check. */
function hostLine({ hostname, port, protocol }: Pick<HostFacts, 'hostname' | 'port' | 'protocol'>): string {
  const tcp = protocol === 'TCP' ? ', over TCP: encrypted only if the application encrypts' : '';
  return `${hostname}:${port}${tcp}${isWildcard(hostname) ? ', by the server name (SNI) that the caller sends: IP addresses NOT CHECKED' : ''}`;
}

/** Returns the traffic split of a Service, with its copies and the faults that are injected. */
function split(service: string, { rules, mirror, faults = [] }: Pick<MeshRouteNode, 'rules' | 'mirror' | 'faults'>): string {
  const lines = rules.flatMap(({ headers, pathPrefix, split: all }) => all.filter(({ weight }) => weight > 0).map(({ target, weight }) =>
    `  -> ${target.kind === 'pool' ? target.pool.name : target.workload.title}: ${shareText(weight, all)}${condition({ pathPrefix, headers })}`));
  const copies = mirror ? [`  -> ${mirror.target.workload.title}: copies of ${mirror.percent}% of requests, whose responses are discarded`] : [];
  return [service, ...lines, ...copies, ...faultTexts(faults).map((text) => `  FAULTS: ${text}`)].join('\n');
}

function block(callee: string, callers: readonly string[]): string {
  return [callee, ...(callers.length > 0 ? callers : ['nobody']).map((caller) => `  <- ${caller}`)].join('\n');
}

/** Returns the external destinations of a caller. */
function reaches(caller: string, hosts: readonly string[]): string {
  return [caller, ...(hosts.length > 0 ? hosts : ['no external host']).map((host) => `  -> ${host}`)].join('\n');
}

function poolCallers(model: MeshModel, pool: PoolNode): string[] {
  return [
    ...pool.callers.all.map(({ title }) => `${title}: ${serviceUrl(pool.entry, '')}, selected by the picker`),
    ...model.tenants.filter((tenant) => tenant.pool === pool).flatMap((tenant) => tenantCallers(tenant)),
    ...model.routesOf(pool.gateway).flatMap((route) => shares(route, (target) => target.kind === 'pool' && target.pool === pool)),
  ];
}

function workloadCallers(model: MeshModel, workload: WorkloadNode): string[] {
  const through = throughWaypoint(workload.service?.waypoint);
  const ports = calledPorts(workload);
  return [
    ...(ports.length > 0 ? workload.callers.all.map(({ title }) => `${title}: port ${ports.join(', ')}${through}${demands(workload)}`) : []),
    ...portLines(workload),
    ...servingLines(model, workload),
    ...model.routesOf(workload).flatMap((route) => shares(route, (target) => target.kind === 'service' && target.workload === workload)).map((part) => part + throughWaypoint(enforcingWaypoint(workload.service)) + demands(workload)),
  ];
}

function throughWaypoint(waypoint: WaypointNode | undefined): string {
  return waypoint ? `, through waypoint ${waypoint.namespace}/${waypoint.name}` : '';
}

/** Returns the requirements on requests, in addition to the caller identity. */
function demands({ jwt, externalAuthorizer, rateLimit }: WorkloadNode): string {
  const { requestsPerSecond: total, requestsPerSecondOfCaller: each } = rateLimit ?? {};
  return [
    ...jwt?.required ? [`with a token from ${jwt.issuer}${jwt.exemptPaths.length > 0 ? `, except at ${jwt.exemptPaths.join(' and ')}` : ''}`] : [],
    ...externalAuthorizer ? [`if external authorizer ${externalAuthorizer.provider} allows it`] : [],
    ...total === undefined ? [] : [`at most ${total} requests per second and pod in total`],
    ...each === undefined ? [] : [`at most ${each} requests per second and pod for each caller`],
  ].map((text) => `, ${text}`).join('');
}
