import { clientsOf } from './gateway-clients';
import { hostReport } from './host-report';
import { MeshModel } from '../model/mesh';
import { MeshTells, ProxyPort } from '../model/mesh-tells';
import { OUTSIDE_PORT } from '../model/outside-host';
import { PICKER_PORTS, PoolNode } from '../model/pool';
import { Problem, problemText } from '../model/problem';
import { RouteNode, RouteRule, RouteShare, RouteTarget } from '../model/route';
import { ToolServerNode } from '../model/tool-server';
import { calledPorts, WorkloadNode } from '../model/workload';

/** What the checks say of a mesh beside what fails the synth. */
export interface CheckedAccess {
  readonly findings: readonly Problem[];
  readonly acknowledged: readonly { readonly problem: Problem; readonly reason: string }[];
}

/** Who may call whom, callee by callee; what is not in it is denied. */
export function accessReport(
  model: MeshModel, { probers, proxyPort, outbound, unchecked }: MeshTells, { findings, acknowledged }: CheckedAccess,
): string {
  const blocks = [
    ...model.gateways.map((gateway) => block(`gateway ${gateway.name}`, [`${clientsOf(gateway)}, for ${gateway.hostnames.join(', ')}`])),
    ...model.pools.flatMap((pool) => [
      block(`pool ${pool.name}, served by ${pool.servers.title}`, poolCallers(model, pool)),
      block(pool.picker.workload.title, [`gateway ${pool.gateway.name}: port ${pool.picker.port}, to ask for a pod`]),
    ]),
    ...model.meshRoutes.map(({ service, stable, rules }) => split(`Service ${service.name} of ${stable.title}, inside the mesh`, rules)),
    ...model.agents.flatMap(({ versions }) => versions).map(({ workload }) => block(workload.title, workloadCallers(model, workload))),
    ...model.toolServers.map(toolServer),
  ];
  return [...blocks, ...probes(model, probers), ...metrics(model, proxyPort?.(model.scraper !== undefined)), ...outsideTheMesh(model),
    `out of the cluster, from everything else\n  -> ${outbound}`, block('every pod, whatever is granted', unchecked), 'Inside the mesh, whoever is not named may call nobody over TCP.',
    ...findings.map((problem) => `FINDING ${problemText(problem)}`), ...acknowledged.map(({ problem, reason }) => `ACKNOWLEDGED, ${JSON.stringify(reason)}: ${problemText(problem)}`)].join('\n');
}

/** A boundary: what is behind it, and who may use what of it. */
function toolServer({ name, items, targets, door, waypoint, front }: ToolServerNode): string {
  const isOlder = !front && targets.some(({ transport }) => transport === 'SSE');
  const tools = items.filter(({ kind }) => kind === 'tool').map((item) => item.name);
  const outside = targets.flatMap(({ place }) => (place.kind === 'outside' ? [`${place.hostname}:${place.port}`] : []));
  const host = door.service?.hostname === undefined ? '' : `http://${door.service.hostname}`;
  const at = `, at ${(door.requests?.endpoints ?? []).map(({ path, methods }) => (isOlder ? `${methods.join()} ${host}${path}` : `${host}${path}`)).join(' and ')}`;
  const through = [
    ...waypoint ? [`, through waypoint ${waypoint.namespace}/${waypoint.name}`] : [], ...front ? [`, through the proxy ${front.namespace}/${front.name}:${front.port}`] : [],
    ...outside.length > 0 ? [`, to ${outside.join(' and ')}`] : [],
    ...(front?.handling.guardrails ?? []).map(({ title, methods }) => `, judged by ${title}: ${Object.entries(methods).map(([method, way]) => `${method} (${way.toLowerCase()})`).join(', ')}`),
  ].join('');
  return block(`tool server ${name} (${tools.join(', ')})`, toolCallers(door).map((who) => `${who}${at}${through}${demands(door)}${passing(door)}`));
}

function passing({ tokens }: WorkloadNode): string {
  return tokens === 'passed-on' ? ', NOT KEPT BACK: credentials of callers reach the server' : '';
}

/** "agent planner: every tool", or what by name. */
function toolCallers({ callers, items }: WorkloadNode): string[] {
  const heldBy = items?.heldByEach();
  return callers.all.map(({ title, principal }) => {
    const held = heldBy?.(principal) ?? 'everything';
    return `${title}: ${held === 'everything' ? 'every tool' : held.map(({ kind, name }) => `${kind} ${name}`).join(', ')}`;
  });
}

function probes({ workloads }: MeshModel, probers: MeshTells['probers']): string[] {
  return workloads.flatMap((workload) => {
    const { title, healthPath } = workload;
    const asking = healthPath === undefined ? undefined : probers?.(workload);
    return asking ? [block(`${title}, GET ${healthPath}`, [asking.who])] : [];
  });
}

/** Who reads what the mesh's own proxies and pickers count, and who asks proxies for their health. */
function metrics({ pools, scraper }: MeshModel, proxy: ProxyPort | undefined): string[] {
  const readers = [scraper ? scraper.title : 'nobody: the mesh states no `metrics`'];
  return [
    ...pools.filter(({ picker }) => picker.deployment).map(({ picker }) => block(`metrics of ${picker.workload.title}, port ${PICKER_PORTS.metrics}`, readers)),
    ...proxy ? [
      block(`metrics of the proxy of every pod, GET ${proxy.metricsPath} at port ${proxy.port}`, readers),
      block(`health of the proxy of every pod, GET ${proxy.healthPaths.join(' and ')} at port ${proxy.port}`, [proxy.probers.who]),
    ] : [],
  ];
}

/** What the mesh neither encrypts nor checks, and what it lets out. */
function outsideTheMesh(model: MeshModel): string[] {
  const media = model.workloads.filter(({ mediaPorts }) => mediaPorts.length > 0).map(({ title, mediaPorts }) => block(
    `${title}, ${mediaPorts.map(({ protocol, port }) => `${protocol} ${port}`).join(', ')}`,
    ['whoever reaches the pods: NOT PROTECTED, these ports are outside the mesh'],
  ));
  const federated = model.workloads.filter(({ service }) => service?.federated).map(({ title }) =>
    block(`${title}, from linked clusters`, ['whoever has the namespace and ServiceAccount of one of its callers there']));
  const confined = model.workloads.flatMap(({ title, egress: own }) => (own ? [reaches(title, [
    ...own.hostnames.map((host) => `${host}:${OUTSIDE_PORT}`), ...own.namespaces.map((name) => `every pod of namespace ${name}, past the mesh`), ...own.kubernetesNetworks.map((network) => `the Kubernetes API: ${network}`),
  ])] : []));
  const egress = model.egress.map(({ hostnames, port, namespace }) => reaches(`everything in namespace ${namespace}`, hostnames.map((host) => `${host}:${port}`)));
  return [...media, ...federated, ...egress, ...confined, ...hostReport(model)];
}

/** How the calls of a Service are shared out. */
function split(service: string, rules: readonly RouteRule[]): string {
  const lines = rules.flatMap(({ header, pathPrefix, isRest, split: all }) => all.filter(({ weight }) => weight > 0).map(({ target, weight }) =>
    `  -> ${target.kind === 'pool' ? target.pool.name : target.workload.title}: ${isRest ? 'all other requests' : partOf(weight, all)}${condition(pathPrefix, header)}`));
  return [service, ...lines].join('\n');
}

function block(callee: string, callers: readonly string[]): string {
  return [callee, ...(callers.length > 0 ? callers : ['nobody']).map((caller) => `  <- ${caller}`)].join('\n');
}

/** What is called outside the cluster, and by whom. */
function reaches(caller: string, hosts: readonly string[]): string {
  return [caller, ...(hosts.length > 0 ? hosts : ['nobody outside the cluster']).map((host) => `  -> ${host}`)].join('\n');
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
      `gateway ${pool.gateway.name}: port ${pool.targetPorts.join(', ')}, as the picker of pool ${pool.name} chooses`,
      `${pool.picker.workload.title}: port ${pool.metricsPort}, for metrics`,
    ]),
    ...model.routesOf(workload).flatMap((route) => shares(route, (target) => target.kind === 'service' && target.workload === workload)).map((part) => part + through + demands(workload)),
  ];
}

/** What is asked of every request beside who sends it. */
function demands({ jwt, externalAuthorizer, rateLimit }: WorkloadNode): string {
  const { requestsPerSecond: total, requestsPerSecondOfCaller: each } = rateLimit ?? {};
  return [
    ...jwt?.required ? [`with a token of ${jwt.issuer}`] : [],
    ...externalAuthorizer ? [`if ${externalAuthorizer.provider} agrees`] : [],
    ...total === undefined ? [] : [`at most ${total} requests a second of all at each pod`],
    ...each === undefined ? [] : [`at most ${each} a second of each caller at each pod`],
  ].map((text) => `, ${text}`).join('');
}

/** What part of a route's requests a target gets, in words. */
function shares(route: RouteNode, is: (target: RouteTarget) => boolean): string[] {
  return route.rules.flatMap(({ header, pathPrefix, split: all }) => {
    const own = all.filter(({ target }) => is(target)).reduce((sum, { weight }) => sum + weight, 0);
    return own === 0 ? [] : [`gateway ${route.gateway.name}: ${partOf(own, all)}${condition(pathPrefix, header)}`];
  });
}

function partOf(own: number, all: readonly RouteShare[]): string {
  const total = all.reduce((sum, { weight }) => sum + weight, 0);
  return own === total ? 'all requests' : `${Math.round(own / total * 100)} % of the requests`;
}

function condition(pathPrefix: string | undefined, header: RouteRule['header']): string {
  return `${pathPrefix === undefined ? '' : ` under ${pathPrefix}`}${header ? ` with ${header.name}: ${header.value}` : ''}`;
}
