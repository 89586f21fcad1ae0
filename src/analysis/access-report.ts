import { clientsOf } from './gateway-clients';
import { hostReport } from './host-report';
import { shareText } from './route-shares';
import { EXTERNAL_PORT } from '../model/external-host';
import { MeshModel } from '../model/mesh';
import { MeshLimitations, ProxyPort } from '../model/mesh-limitations';
import { PICKER_PORTS, PoolNode } from '../model/pool';
import { Problem, problemText } from '../model/problem';
import { RouteNode, RouteRule, RouteTarget } from '../model/route';
import { ToolServerNode } from '../model/tool-server';
import { calledPorts, WorkloadNode } from '../model/workload';

/** Results of the checks that do not fail the synth. */
export interface CheckedAccess {
  readonly findings: readonly Problem[];
  readonly acknowledged: readonly { readonly problem: Problem; readonly reason: string }[];
}

/** Returns the access report: the allowed callers of each callee. Calls that it does not list are denied. */
export function accessReport(
  model: MeshModel, { probers, proxyPort, outbound, unchecked }: MeshLimitations, { findings, acknowledged }: CheckedAccess,
): string {
  const blocks = [
    ...model.gateways.map((gateway) => block(`gateway ${gateway.name}`, [`${clientsOf(gateway)}, for ${gateway.hostnames.join(', ')}`])),
    ...model.pools.flatMap((pool) => [
      block(`pool ${pool.name}, served by ${pool.servers.title}`, poolCallers(model, pool)),
      block(pool.picker.workload.title, [`gateway ${pool.gateway.name}: port ${pool.picker.port}, to pick endpoints`]),
    ]),
    ...model.meshRoutes.map(({ service, stable, rules }) => split(`Service ${service.name} of ${stable.title}, inside the mesh`, rules)),
    ...model.agents.flatMap(({ versions }) => versions).map(({ workload }) => block(workload.title, workloadCallers(model, workload))),
    ...model.toolServers.map(toolServer),
  ];
  return [...blocks, ...probes(model, probers), ...metrics(model, proxyPort?.(model.scraper !== undefined)), ...outsideTheMesh(model),
    `egress of all other workloads\n  -> ${outbound}`, block('every pod, regardless of grants', unchecked), 'All other TCP calls inside the mesh are denied.',
    ...findings.map((problem) => `FINDING ${problemText(problem)}`), ...acknowledged.map(({ problem, reason }) => `ACKNOWLEDGED, ${JSON.stringify(reason)}: ${problemText(problem)}`)].join('\n');
}

/** Returns the block of a boundary: its servers, and the items that each caller may use. */
function toolServer({ name, items, targets, endpoint, waypoint, mcpProxy }: ToolServerNode): string {
  const isOlder = !mcpProxy && targets.some(({ transport }) => transport === 'SSE');
  const tools = items.filter(({ kind }) => kind === 'tool').map((item) => item.name);
  const external = targets.flatMap(({ place }) => (place.kind === 'external' ? [`${place.hostname}:${place.port}`] : []));
  const host = endpoint.service?.hostname === undefined ? '' : `http://${endpoint.service.hostname}`;
  const at = `, at ${(endpoint.requests?.endpoints ?? []).map(({ path, methods }) => (isOlder ? `${methods.join()} ${host}${path}` : `${host}${path}`)).join(' and ')}`;
  const through = [
    ...waypoint ? [`, through waypoint ${waypoint.namespace}/${waypoint.name}`] : [], ...mcpProxy ? [`, through MCP proxy ${mcpProxy.namespace}/${mcpProxy.name}:${mcpProxy.port}`] : [],
    ...external.length > 0 ? [`, to ${external.join(' and ')}`] : [],
    ...(mcpProxy?.handling.guardrails ?? []).map(({ title, methods }) => `, guardrail ${title}: ${Object.entries(methods).map(([method, way]) => `${method} (${way.toLowerCase()})`).join(', ')}`),
  ].join('');
  return block(`tool server ${name} (${tools.join(', ')})`, toolCallers(endpoint).map((who) => `${who}${at}${through}${demands(endpoint)}${passing(endpoint)}`));
}

function passing({ tokens }: WorkloadNode): string {
  return tokens === 'forwarded' ? ', FORWARDED: credentials of callers reach the server' : '';
}

/** Returns lines such as "agent planner: every tool" or "agent planner: tool find_customer". */
function toolCallers({ callers, items }: WorkloadNode): string[] {
  const heldBy = items?.heldByEach();
  return callers.all.map(({ title, principal }) => {
    const held = heldBy?.(principal) ?? 'everything';
    return `${title}: ${held === 'everything' ? 'every tool' : held.map(({ kind, name }) => `${kind} ${name}`).join(', ')}`;
  });
}

function probes({ workloads }: MeshModel, probers: MeshLimitations['probers']): string[] {
  return workloads.flatMap((workload) => {
    const { title, healthPath } = workload;
    const asking = healthPath === undefined ? undefined : probers?.(workload);
    return asking ? [block(`${title}, GET ${healthPath}`, [asking.who])] : [];
  });
}

/** Returns the readers of proxy and picker metrics, and the sources of proxy health probes. */
function metrics({ pools, scraper }: MeshModel, proxy: ProxyPort | undefined): string[] {
  const readers = [scraper ? scraper.title : 'nobody: `metrics` of the mesh is not set'];
  return [
    ...pools.filter(({ picker }) => picker.deployment).map(({ picker }) => block(`metrics of ${picker.workload.title}, port ${PICKER_PORTS.metrics}`, readers)),
    ...proxy ? [
      block(`metrics of the proxy in every pod, GET ${proxy.metricsPath} on port ${proxy.port}`, readers),
      block(`health of the proxy in every pod, GET ${proxy.healthPaths.join(' and ')} on port ${proxy.port}`, [proxy.probers.who]),
    ] : [],
  ];
}

/** Returns the traffic that the mesh does not protect, and the allowed egress. */
function outsideTheMesh(model: MeshModel): string[] {
  const media = model.workloads.filter(({ mediaPorts }) => mediaPorts.length > 0).map(({ title, mediaPorts }) => block(
    `${title}, ${mediaPorts.map(({ protocol, port }) => `${protocol} ${port}`).join(', ')}`,
    ['anyone who can reach the pods: NOT PROTECTED, these ports are excluded from the mesh'],
  ));
  const federated = model.workloads.filter(({ service }) => service?.federated).map(({ title }) =>
    block(`${title}, from linked clusters`, ['callers with the namespace and ServiceAccount of an allowed caller']));
  const restricted = model.workloads.flatMap(({ title, egress: own }) => (own ? [reaches(`egress of ${title}`, [
    ...own.hostnames.map((host) => `${host}:${EXTERNAL_PORT}`), ...own.namespaces.map((name) => `every pod of namespace ${name}, outside the mesh`), ...own.kubernetesNetworks.map((network) => `the Kubernetes API: ${network}`),
  ])] : []));
  const egress = model.egress.map(({ hostnames, port, namespace }) => reaches(`egress of every workload in namespace ${namespace}`, hostnames.map((host) => `${host}:${port}`)));
  return [...media, ...federated, ...egress, ...restricted, ...hostReport(model)];
}

/** Returns the traffic split of a Service. */
function split(service: string, rules: readonly RouteRule[]): string {
  const lines = rules.flatMap(({ header, pathPrefix, isRest, split: all }) => all.filter(({ weight }) => weight > 0).map(({ target, weight }) =>
    `  -> ${target.kind === 'pool' ? target.pool.name : target.workload.title}: ${isRest ? 'all other requests' : shareText(weight, all)}${condition(pathPrefix, header)}`));
  return [service, ...lines].join('\n');
}

function block(callee: string, callers: readonly string[]): string {
  return [callee, ...(callers.length > 0 ? callers : ['nobody']).map((caller) => `  <- ${caller}`)].join('\n');
}

/** Returns the external destinations of a caller. */
function reaches(caller: string, hosts: readonly string[]): string {
  return [caller, ...(hosts.length > 0 ? hosts : ['no external host']).map((host) => `  -> ${host}`)].join('\n');
}

function poolCallers(model: MeshModel, pool: PoolNode): string[] {
  return model.routesOf(pool.gateway).flatMap((route) => shares(route, (target) => target.kind === 'pool' && target.pool === pool));
}

function workloadCallers(model: MeshModel, workload: WorkloadNode): string[] {
  const through = workload.service?.waypoint ? `, through waypoint ${workload.service.waypoint.namespace}/${workload.service.waypoint.name}` : '';
  const ports = calledPorts(workload);
  return [
    ...(ports.length > 0 ? workload.callers.all.map(({ title }) => `${title}: port ${ports.join(', ')}${through}${demands(workload)}`) : []),
    ...model.poolsOf(workload).flatMap((pool) => [
      `gateway ${pool.gateway.name}: port ${pool.targetPorts.join(', ')}, selected by the picker of pool ${pool.name}`,
      `${pool.picker.workload.title}: port ${pool.metricsPort}, for metrics`,
    ]),
    ...model.routesOf(workload).flatMap((route) => shares(route, (target) => target.kind === 'service' && target.workload === workload)).map((part) => part + through + demands(workload)),
  ];
}

/** Returns the requirements on requests beside the caller identity. */
function demands({ jwt, externalAuthorizer, rateLimit }: WorkloadNode): string {
  const { requestsPerSecond: total, requestsPerSecondOfCaller: each } = rateLimit ?? {};
  return [
    ...jwt?.required ? [`with a token from ${jwt.issuer}`] : [],
    ...externalAuthorizer ? [`if external authorizer ${externalAuthorizer.provider} allows it`] : [],
    ...total === undefined ? [] : [`at most ${total} requests per second and pod in total`],
    ...each === undefined ? [] : [`at most ${each} requests per second and pod for each caller`],
  ].map((text) => `, ${text}`).join('');
}

/** Returns text for the share of a route that a target receives. */
function shares(route: RouteNode, is: (target: RouteTarget) => boolean): string[] {
  return route.rules.flatMap(({ header, pathPrefix, split: all }) => {
    const own = all.filter(({ target }) => is(target)).reduce((sum, { weight }) => sum + weight, 0);
    return own === 0 ? [] : [`gateway ${route.gateway.name}: ${shareText(own, all)}${condition(pathPrefix, header)}`];
  });
}

function condition(pathPrefix: string | undefined, header: RouteRule['header']): string {
  return `${pathPrefix === undefined ? '' : ` under ${pathPrefix}`}${header ? ` with ${header.name}: ${header.value}` : ''}`;
}
