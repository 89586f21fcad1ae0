import { portsOf } from '../../analysis/decision';
import { HTTPS_PORT, isSameGateway } from '../../model/gateway';
import { MeshModel } from '../../model/mesh';
import { MeshLimitations } from '../../model/mesh-limitations';
import { knownModels, NO_MODEL } from '../../model/model-requests';
import { isHostname, isPath, pathFix } from '../../model/names';
import { isAddress } from '../../model/networks';
import { pickerPorts, PoolNode } from '../../model/pool';
import { InputProblem } from '../../model/problem';
import { targetsOf } from '../../model/route';
import { serviceNames, ServiceNode } from '../../model/service';
import { nearestFirst } from '../../model/spelling';
import { TenantNode, tenantTitle } from '../../model/tenant';
import { ToolServerNode } from '../../model/tool-server';
import { WorkloadNode } from '../../model/workload';
import { Call } from '../../values/call';
import { callerGroup } from '../../values/identity';
import { callingWorkload, workloadDescription } from '../../values/workload';
import { GatewayFacts } from '../inference/gateway-facts';

/** The ports, tools and hosts of a callee that a call can name. */
export interface Callable {
  readonly title: string;
  /** Port numbers. Undefined if any port may belong to the callee. */
  readonly ports?: readonly number[];
  /** Names of the tools. Undefined if the callee is not a tool server. */
  readonly tools?: readonly string[];
  /** The models that requests can name. Undefined if the callee is neither a pool nor a gateway with a route to one. */
  readonly models?: readonly string[] | 'any';
  /** Host names. Undefined if a call may name any host. */
  readonly hosts?: readonly string[];
  /** Whether routes match path prefixes. The path of the call must then be one that proxies do not normalize first. */
  readonly matchesPaths?: boolean;
}

/** Returns what is wrong with a call: names that the callee does not have, and values that no request has. */
export function callProblem(callable: Callable, call: Call): InputProblem | undefined {
  const { port, tool, host, path, method } = call;
  const problems: (InputProblem | undefined)[] = [
    port === undefined ? undefined : portProblem(callable, port), tool === undefined ? undefined : toolProblem(callable, tool),
    host === undefined ? undefined : hostProblem(callable, host), path === undefined ? undefined : pathProblem(callable, path),
    method === undefined ? undefined : methodProblem(method), headersProblem(call.headers), callerProblem(call),
    addressProblem(call), modelProblem(callable, call),
  ];
  return problems.find((problem) => problem !== undefined);
}

function addressProblem({ sourceAddress: address }: Call): InputProblem | undefined {
  return address === undefined || isAddress(address) ? undefined : {
    message: 'the source address of a call is not an IP address', actual: address, expected: 'an address such as "10.0.0.7", without a port', fix: 'correct `sourceAddress`',
  };
}

/** Reports a caller without a single identity: an IdentityGroup, or a workload that no construct uses. */
export function callerProblem({ caller }: Pick<Call, 'caller'>): InputProblem | undefined {
  const workload = caller && callingWorkload.find(caller.asCaller);
  if (workload && workloadDescription.of(workload).kind !== 'bound') {
    return { message: `${workload.title} has no identity, because no construct uses this workload`, actual: workload.title, expected: 'the workload of an Agent, Backend, McpToolBoundary or InferencePool', fix: 'correct `caller`, or define a construct that uses the workload' };
  }
  return typeof (caller && callerGroup.find(caller.asCaller)) !== 'function' ? undefined : {
    message: `\`caller\` of the call is a group of callers in several namespaces: ${caller!.asCaller}`, actual: `${caller!.asCaller}`, expected: 'an agent, an identity, or `Identity.allOf` of one namespace', fix: 'make a separate call for each caller',
  };
}

/** Returns what calls to the workloads of one callee can name. */
export function workloadCallable(
  model: MeshModel, { proxyPort, uncapturedPorts }: MeshLimitations, title: string, workloads: readonly WorkloadNode[],
): Callable {
  const servers = workloads.flatMap((workload) => model.index.toolServersAt(workload));
  const admin = proxyPort?.(model.scraper !== undefined);
  return {
    title,
    ports: [
      ...workloads.flatMap((workload) => [...portsIn(model, workload), ...meteredBehind(model, workload).map(({ metrics }) => metrics!.port)]),
      ...admin ? [admin.port] : [],
      ...workloads.flatMap(({ namespace }) => uncapturedPorts?.(namespace) ?? []),
    ],
    tools: toolsOf(servers),
    hosts: workloads.flatMap((workload) => [workload.service, ...model.meshRoutesServedBy(workload).map(({ service }) => service)])
      .flatMap((service) => (service ? hostsOf(service) : [])),
  };
}

/** Returns the names of the tools of servers; undefined without servers. */
function toolsOf(servers: readonly ToolServerNode[]): string[] | undefined {
  return servers.length === 0 ? undefined : servers.flatMap(({ items }) => items.filter(({ kind }) => kind === 'tool').map(({ name }) => name));
}

/** Returns the pods behind an MCP proxy that have a metrics port, unless the proxy itself has that port. */
export function meteredBehind({ index }: MeshModel, endpoint: WorkloadNode): WorkloadNode[] {
  return index.toolServersAt(endpoint).filter(({ mcpProxy }) => mcpProxy).flatMap(({ targets }) => targets)
    .flatMap(({ place }) => (place.kind === 'pods' && place.workload.metrics && !endpoint.ports.includes(place.workload.metrics.port) ? [place.workload] : []));
}

/** Returns what calls to a pool can name: at its address, and at its pods. */
export function poolCallable(model: MeshModel, limitations: MeshLimitations, pool: PoolNode): Callable {
  const { name, entry, servers } = pool;
  const { ports = [] } = workloadCallable(model, limitations, servers.title, [servers]);
  return { title: `pool ${name}`, ports: [...new Set([entry.port, ...ports])], hosts: hostsOf(entry), models: modelsOf(model, [pool]) };
}

/** Returns the models that at least one of the pools knows, or 'any' if one may know further models. Returns undefined without pools. */
function modelsOf({ modelRewrites }: MeshModel, pools: readonly PoolNode[]): Callable['models'] {
  const known = pools.map((pool) => knownModels(modelRewrites, pool) ?? 'any');
  return known.length === 0 ? undefined : known.includes('any') ? 'any' : [...new Set(known.flat())];
}

export function tenantCallable(model: MeshModel, tenant: TenantNode): Callable {
  const { entry, pool } = tenant;
  return { title: tenantTitle(tenant), ports: [entry.port], hosts: hostsOf(entry), models: modelsOf(model, [pool]) };
}

export function gatewayCallable(model: MeshModel, { node }: GatewayFacts): Callable {
  const { name, listener, existingServiceAccount } = node;
  const port = existingServiceAccount === undefined ? HTTPS_PORT : listener.port;
  const targets = model.routes.filter(({ gateway }) => isSameGateway(gateway, node)).flatMap(targetsOf);
  const servers = targets.flatMap((target) => (target.kind === 'service' ? model.index.toolServersAt(target.workload) : []));
  const pools = targets.flatMap((target) => (target.kind === 'pool' ? [target.pool] : []));
  return { title: `gateway ${name}`, ports: port === undefined ? undefined : [port], matchesPaths: true, tools: toolsOf(servers), models: modelsOf(model, pools) };
}

function portsIn(model: MeshModel, workload: WorkloadNode): number[] {
  const ofPools = model.poolsOf(workload).flatMap((pool) => [...pool.targetPorts, ...pickerPorts(pool)]);
  return [...portsOf(model, workload), ...workload.ports, ...ofPools, ...workload.mediaPorts.map(({ port }) => port)];
}

function hostsOf(service: ServiceNode): string[] {
  return service.hostname === undefined ? serviceNames(service) : [service.hostname];
}

function portProblem({ title, ports }: Callable, port: number): InputProblem | undefined {
  if (!ports || ports.includes(port)) return undefined;
  return { message: `${title} has no port ${port}`, actual: port, expected: nearestFirst(ports, port), fix: 'correct `port` of the call, or omit it for the port that callers use' };
}

function toolProblem({ title, tools }: Callable, tool: string): InputProblem | undefined {
  if (!tools) return { message: `the call names a tool, but ${title} is not an McpToolBoundary`, actual: tool, expected: '`tool` only if `callee` is an McpToolBoundary, or a gateway with a route to one', fix: 'correct `callee`, or remove `tool`' };
  if (tools.includes(tool)) return undefined;
  return { message: `tool ${tool} is not declared by ${title}`, actual: tool, expected: nearestFirst(tools, tool), fix: 'correct `tool` of the call, or add the name to `tools` of its McpServer' };
}

function modelProblem({ title, models }: Callable, { model }: Call): InputProblem | undefined {
  if (model === undefined || models === 'any') return undefined;
  if (!models) return { message: `the call names a model, but ${title} is neither an InferencePool nor a gateway with a route to one`, actual: model, expected: '`model` only if `callee` is an InferencePool, or a gateway with a route to one', fix: 'pass the pool or its gateway as `callee`, or remove `model`' };
  if (model === NO_MODEL || models.includes(model)) return undefined;
  return { message: `model ${model} is not a model of ${title}`, actual: model, expected: nearestFirst(models, model), fix: 'correct `model` of the call, or add the name to `servedModelNames` or `loraAdapters` of the Workload.vllm' };
}

function hostProblem({ title, hosts }: Callable, host: string): InputProblem | undefined {
  if (!hosts) {
    return isHost(host) ? undefined : { message: '`host` of the call is not a host name', actual: host, expected: 'a DNS name or an IP address, without scheme and port', fix: 'write it as in "voice.example.com"' };
  }
  if (hosts.includes(host.toLowerCase())) return undefined;
  return { message: `${title} has no host name ${host}`, actual: host, expected: nearestFirst(hosts, host), fix: 'correct `host` of the call, or omit it; for a host of a gateway, pass the gateway as `callee`' };
}

function isHost(host: string): boolean {
  const name = host.toLowerCase();
  return isHostname(name.replace(/^\*\./, '')) || /^[0-9]{1,3}(\.[0-9]{1,3}){3}$/.test(name) || /^\[[0-9a-f:.]+\]$/.test(name);
}

/** Visible ASCII, as in a request line (RFC 9112). A fragment is never sent. */
const REQUEST_TARGET = /^\/[\x21\x22\x24-\x7e]*$/;

function pathProblem({ matchesPaths }: Callable, path: string): InputProblem | undefined {
  const [asked] = path.split('?');
  if (!REQUEST_TARGET.test(path)) {
    return { message: '`path` of the call is not a path as HTTP requests carry it', actual: path, expected: '"/" and visible ASCII without "#"; other characters percent-encoded', fix: asked.startsWith('/') ? 'encode the other characters' : `write it as "/${asked}"` };
  }
  if (!matchesPaths || isPath(asked)) return undefined;
  return { message: '`path` of the call has segments or escapes that gateways rewrite before they match routes, each in its own way', actual: path, expected: 'paths without empty and dot segments, without "%2f" and without escapes of letters, digits, "-", ".", "_" and "~"', fix: pathFix(asked, 'pass the decoded path') };
}

/** Methods of HTTP (RFC 9110, RFC 5789). */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'];

function methodProblem(method: string): InputProblem | undefined {
  return METHODS.includes(method) ? undefined : { message: '`method` of the call is not an HTTP method', actual: method, expected: nearestFirst(METHODS, method), fix: 'correct `method` of the call; for an MCP tool, set `tool`' };
}

/** Headers that decide about access, and the prop that states each. */
const STATED: Readonly<Record<string, string>> = {
  'host': '`host`', ':authority': '`host`', 'origin': '`origin`', 'authorization': '`tokenIssuer`', 'mcp-method': '`tool`', 'mcp-name': '`tool`',
};

function headersProblem(headers: Call['headers']): InputProblem | undefined {
  const stated = Object.keys(headers ?? {}).find((name) => Object.hasOwn(STATED, name.toLowerCase()));
  return stated === undefined ? undefined : {
    message: '`headers` of the call has a header for which the call has its own prop', actual: stated, expected: 'only headers that routes match, such as "x-canary"', fix: `set ${STATED[stated.toLowerCase()]} instead`,
  };
}
