import { portsOf } from '../../analysis/decision';
import { HTTPS_PORT } from '../../model/gateway';
import { MeshModel } from '../../model/mesh';
import { MeshLimitations } from '../../model/mesh-limitations';
import { isHostname, isPath, pathFix } from '../../model/names';
import { PoolNode, scrapedPorts } from '../../model/pool';
import { InputProblem } from '../../model/problem';
import { serviceHost, ServiceNode } from '../../model/service';
import { nearestFirst } from '../../model/spelling';
import { WorkloadNode } from '../../model/workload';
import { Call } from '../../values/call';
import { GatewayFacts } from '../inference/gateway-facts';

/** What a callee has that a call can name. */
export interface Callable {
  readonly title: string;
  /** Undefined where every port may be one of the callee. */
  readonly ports?: readonly number[];
  /** Names of the tools. Undefined if the callee is no tool server. */
  readonly tools?: readonly string[];
  /** Host names. Undefined where a request may have any host. */
  readonly hosts?: readonly string[];
  /** Whether proxies match prefixes of the path, so that they must not rewrite it first. */
  readonly matchesPaths?: boolean;
}

/** Returns what is wrong with a call: names that the callee does not have, and values that no request has. */
export function callProblem(callable: Callable, call: Call): InputProblem | undefined {
  const { port, tool, host, path, method } = call;
  const problems: (InputProblem | undefined)[] = [
    port === undefined ? undefined : portProblem(callable, port), tool === undefined ? undefined : toolProblem(callable, tool),
    host === undefined ? undefined : hostProblem(callable, host), path === undefined ? undefined : pathProblem(callable, path),
    method === undefined ? undefined : methodProblem(method), headersProblem(call.headers),
  ];
  return problems.find((problem) => problem !== undefined);
}

/** Returns what calls of workloads can name. The workloads are those of one callee. */
export function workloadCallable(model: MeshModel, { proxyPort }: MeshLimitations, title: string, workloads: readonly WorkloadNode[]): Callable {
  const servers = workloads.flatMap((workload) => model.index.toolServersAt(workload));
  const admin = proxyPort?.(model.scraper !== undefined);
  return {
    title,
    ports: [...workloads.flatMap((workload) => portsIn(model, workload)), ...admin ? [admin.port] : []],
    tools: servers.length === 0 ? undefined : servers.flatMap(({ items }) => items.filter(({ kind }) => kind === 'tool').map(({ name }) => name)),
    hosts: workloads.flatMap((workload) => [workload.service, ...model.meshRoutesTo(workload).map(({ service }) => service)])
      .flatMap((service) => (service ? hostsOf(service) : [])),
  };
}

export function poolCallable({ name, targetPorts, ...pool }: PoolNode): Callable {
  return { title: `pool ${name}`, ports: [...targetPorts, ...scrapedPorts({ name, targetPorts, ...pool })], hosts: [] };
}

export function gatewayCallable({ node: { name, listener, existingServiceAccount } }: GatewayFacts): Callable {
  const port = existingServiceAccount === undefined ? HTTPS_PORT : listener.port;
  return { title: `gateway ${name}`, ports: port === undefined ? undefined : [port], matchesPaths: true };
}

function portsIn(model: MeshModel, workload: WorkloadNode): number[] {
  return [...portsOf(model, workload), ...workload.ports, ...workload.mediaPorts.map(({ port }) => port)];
}

function hostsOf({ name, namespace, hostname }: ServiceNode): string[] {
  return hostname === undefined ? [name, `${name}.${namespace}`, `${name}.${namespace}.svc`, serviceHost({ name, namespace })] : [hostname];
}

function portProblem({ title, ports }: Callable, port: number): InputProblem | undefined {
  if (!ports || ports.includes(port)) return undefined;
  return { message: `${title} has no port ${port}`, actual: port, expected: nearestFirst(ports, port), fix: 'correct `port` of the call, or omit it for the port that callers use' };
}

function toolProblem({ title, tools }: Callable, tool: string): InputProblem | undefined {
  if (!tools) return { message: `the call names a tool, but ${title} is no tool server`, actual: tool, expected: '`tool` only if `callee` is an McpToolBoundary', fix: 'correct `callee`, or remove `tool`' };
  if (tools.includes(tool)) return undefined;
  return { message: `tool ${tool} is not declared by ${title}`, actual: tool, expected: nearestFirst(tools, tool), fix: 'correct `tool` of the call, or add the name to `tools` of its McpServer' };
}

function hostProblem({ title, hosts }: Callable, host: string): InputProblem | undefined {
  if (!hosts) {
    return isHost(host) ? undefined : { message: 'the host of a call is not a host name', actual: host, expected: 'a DNS name or an IP address, without scheme and port', fix: 'write it as in "voice.example.com"' };
  }
  if (hosts.includes(host.toLowerCase())) return undefined;
  return { message: `${title} has no host name ${host}`, actual: host, expected: nearestFirst(hosts, host), fix: 'correct `host` of the call, or omit it; to ask about the host of a gateway, name the gateway as callee' };
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
    return { message: 'the path of a call is not a path as requests have it', actual: path, expected: '"/" and visible ASCII without "#"; other characters percent-encoded', fix: asked.startsWith('/') ? 'encode the other characters' : `write it as "/${asked}"` };
  }
  if (!matchesPaths || isPath(asked)) return undefined;
  return { message: 'gateways rewrite such a path before they match routes, each in its own way', actual: path, expected: 'paths without empty and dot segments, without "%2f" and without escapes of letters, digits, "-", ".", "_" and "~"', fix: pathFix(asked, 'ask about the decoded path') };
}

/** Methods of HTTP (RFC 9110, RFC 5789). */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'];

function methodProblem(method: string): InputProblem | undefined {
  return METHODS.includes(method) ? undefined : { message: 'the method of a call is not a method of HTTP', actual: method, expected: nearestFirst(METHODS, method), fix: 'correct `method` of the call; for a method of MCP, name the `tool`' };
}

/** Headers that decide about access, and the prop that states each. */
const STATED: Readonly<Record<string, string>> = {
  'host': '`host`', ':authority': '`host`', 'origin': '`origin`', 'authorization': '`tokenIssuer`', 'mcp-method': '`tool`', 'mcp-name': '`tool`',
};

function headersProblem(headers: Call['headers']): InputProblem | undefined {
  const stated = Object.keys(headers ?? {}).find((name) => Object.hasOwn(STATED, name.toLowerCase()));
  return stated === undefined ? undefined : {
    message: 'a header of the call has a prop of its own', actual: stated, expected: 'headers that routes match, such as "x-canary"', fix: `state ${STATED[stated.toLowerCase()]} instead`,
  };
}
