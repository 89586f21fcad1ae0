import { callersExpression, itemExpression } from './cel';
import { externalHostsOf } from '../../model/external-host';
import { wayTo } from '../../model/feature';
import { McpProxyNode } from '../../model/mcp-proxy';
import { MeshModel } from '../../model/mesh';
import { isSubdomain } from '../../model/names';
import { isAnyone } from '../../model/principal';
import { CheckResult, identified, Problem } from '../../model/problem';
import { ToolServerNode } from '../../model/tool-server';
import { McpProxyMembership, MeshBackend } from '../backend';
import { HBONE_PORT } from '../istio-shared/istio-targets';
import { refusalOfMesh } from '../refusals';

/** Maximum length of a CEL expression in a policy (agentgateway 1.4, AgentgatewayPolicy). */
const MOST_CEL = 16_384;

/** Maximum number of entries in a list of conditions (agentgateway 1.4, rateLimit). */
const MOST_LIMITS = 16;

/** Lowest port on which a process without privileges can listen. The controller changes lower ports. */
const FIRST_PLAIN_PORT = 1024;

/** Ports that agentgateway reserves, for which the controller creates no listeners, and the HBONE port (agentgateway 1.4, deployer). */
const OWN_PORTS = [15000, HBONE_PORT, 15020, 15021];

/** Paths that the proxy reserves for the SSE transport and for authorization metadata (agentgateway 1.4, MCP router). */
const OTHER_PATHS = /^\/sse$|\/\.well-known\//;

/** Reports problems of MCP proxies. */
export function checkMcpProxies(model: MeshModel, mesh: MeshBackend, className: string): Problem[] {
  const { mcpProxies, mcpProxiesRefusal } = mesh;
  if (mcpProxiesRefusal) {
    return identified('AM002', model.toolServers.map(({ origin, name }) => ({
      path: origin.path, message: `tool server ${name} cannot be behind agentgateway: ${mcpProxiesRefusal.reason}`, actual: mesh.label,
      expected: mcpProxiesRefusal.instead, fix: 'define the AgentMesh without `mcp`',
    })));
  }
  if (!mcpProxies) return [];
  const ofServers = model.toolServers.flatMap((server) => (server.mcpProxy ? [
    ...identified('AM351', [...tooLong(server, mcpProxies), ...tooManyLimits(server), ...tooMuch(server, server.mcpProxy)]),
    ...identified('AM352', [...closedPort(server, server.mcpProxy, mesh), ...otherPath(server), ...keptIn(server, mcpProxies, mesh), ...unreachableGuardrails(model, server, server.mcpProxy)]),
    ...identified('AM203', foundByOthers(model, server, server.mcpProxy)),
  ] : []));
  return [...identified('AM341', otherClass(model, className)), ...ofServers];
}

/** Reports GatewayClasses of Istio, because Istio does not implement the policies of agentgateway. */
function otherClass({ facts }: MeshModel, className: string): CheckResult[] {
  return isSubdomain(className) && !className.startsWith('istio') ? [] : [{
    path: facts.origin.path, message: '`gatewayClassName` of McpProvider.agentgateway does not name a class of the agentgateway controller', actual: className,
    expected: 'a name of lower-case letters, digits, "-" and "." that does not begin with "istio"', fix: 'omit `gatewayClassName`, or pass the name of the class that the agentgateway installation created',
  }];
}

function tooLong({ origin, name, endpoint }: ToolServerNode, { matchOf }: McpProxyMembership): CheckResult[] {
  const longest = Math.max(itemExpression(endpoint, endpoint.items!, matchOf).length, callersExpression(endpoint, matchOf).length);
  return longest <= MOST_CEL ? [] : [{
    path: origin.path, message: `the grants of tool server ${name} do not fit into one AgentgatewayPolicy`, actual: `${longest} characters`, expected: `at most ${MOST_CEL}`,
    fix: 'divide the tools between two McpToolBoundaries, or grant to fewer callers or allow fewer origins',
  }];
}

/**
 * Reports rate limits that agentgateway cannot express. The limit of each caller is an entry of a list, and a total limit cannot be
 * combined with that list (agentgateway 1.4, rateLimit).
 */
function tooManyLimits({ origin, name, endpoint: { rateLimit, callers } }: ToolServerNode): CheckResult[] {
  if (rateLimit?.requestsPerSecondOfCaller === undefined) return [];
  const count = callers.all.length;
  return [
    ...rateLimit.requestsPerSecond === undefined ? [] : [{
      path: origin.path, message: `\`rateLimit\` of tool server ${name} sets a total limit and a limit per caller, but agentgateway enforces only one of them`, actual: rateLimit, expected: 'either `requestsPerSecond` or `requestsPerSecondOfCaller`', fix: 'remove `requestsPerSecond` or `requestsPerSecondOfCaller`',
    }],
    ...callers.all.filter(({ principal }) => isAnyone(principal) && principal.token?.subject === undefined).map(({ title }) => ({
      path: origin.path, message: `agentgateway cannot limit the requests to tool server ${name} per caller, because it cannot distinguish callers that a grant matches only by a claim`, actual: title,
      expected: 'grants to agents, to identities, or to a `subject` of a token', fix: 'use a total limit (`requestsPerSecond`), or grant by `subject`',
    })),
    ...count <= MOST_LIMITS ? [] : [{
      path: origin.path, message: `agentgateway cannot limit the requests of so many callers of tool server ${name} separately`, actual: `${count} callers`, expected: `at most ${MOST_LIMITS}`, fix: 'use a total limit (`requestsPerSecond`), or divide the callers between two McpToolBoundaries',
    }],
  ];
}

/** Maximum sizes in the kinds of agentgateway (agentgateway 1.4, CRDs). */
const MOST = { servers: 32, issuer: 256, audiences: 64, guardrails: 16, origins: 64, keys: 65_536 };

function tooMuch({ origin, name, targets, endpoint: { jwt, allowedOrigins = [] } }: ToolServerNode, { handling }: McpProxyNode): CheckResult[] {
  const counts: readonly (readonly [what: string, count: number, most: number])[] = [
    ['servers', targets.length, MOST.servers], ['characters of the issuer', jwt?.issuer.length ?? 0, MOST.issuer], ['audiences', jwt?.audiences.length ?? 0, MOST.audiences],
    ['guardrails', handling.guardrails.length, MOST.guardrails], ['origins', allowedOrigins.length, MOST.origins],
    ['characters of the issuer\'s keys', jwt?.keys.inline?.length ?? 0, MOST.keys],
  ];
  return counts.filter(([, count, most]) => count > most).map(([what, count, most]) => ({
    path: origin.path, message: `tool server ${name} has more ${what} than agentgateway accepts`, actual: count, expected: `at most ${most}`, fix: 'divide the tools and callers between two McpToolBoundaries, or state fewer',
  }));
}

/** Reports external servers that the proxy could not call, because the mesh restricts its egress but cannot allow single hosts. */
function keptIn(server: ToolServerNode, { needsNamedHosts }: McpProxyMembership, mesh: MeshBackend): CheckResult[] {
  const hosts = needsNamedHosts ? externalHostsOf(server) : [];
  const refusal = hosts.length > 0 ? refusalOfMesh(mesh, 'egress') : undefined;
  return !refusal ? [] : [{
    path: server.origin.path, message: `the MCP proxy of tool server ${server.name} could not call external hosts: ${refusal.reason}`, actual: hosts.map(({ hostname }) => hostname), expected: refusal.instead,
    fix: `${wayTo(refusal)}, or remove the external hosts`,
  }];
}

/** Reports guardrail services without a Service. A pool that is declared later removes the Service of its servers. */
function unreachableGuardrails({ workloads }: MeshModel, { origin }: ToolServerNode, { handling }: McpProxyNode): CheckResult[] {
  const lost = handling.guardrails.filter(({ service }) => !workloads.some((workload) => workload.service === service));
  return lost.map(({ title, service }) => ({
    path: origin.path, message: `guardrail service ${title} has no Service that agentgateway could call, because its pods are in an InferencePool`, actual: service.name,
    expected: 'an Agent outside pools, or an Agent with `service` true', fix: 'use another guardrail service',
  }));
}

function closedPort({ origin }: ToolServerNode, { port }: McpProxyNode, { proxy }: MeshBackend): CheckResult[] {
  const taken = [...new Set([...OWN_PORTS, ...proxy.ports])].sort((a, b) => a - b);
  if (port >= FIRST_PLAIN_PORT && !taken.includes(port)) return [];
  return [{
    path: origin.path, message: port < FIRST_PLAIN_PORT ? `the agentgateway proxy cannot listen on a port below ${FIRST_PLAIN_PORT}` : 'the agentgateway proxy cannot listen on a port that the mesh reserves for its proxies', actual: port,
    expected: `whole numbers from ${FIRST_PLAIN_PORT}, but not ${taken.join(', ')}`, fix: 'set another `servicePort`',
  }];
}

function otherPath({ origin, endpointPath }: ToolServerNode): CheckResult[] {
  return OTHER_PATHS.test(endpointPath) ? [{
    path: origin.path, message: '`path` of a streamable HTTP endpoint is a path that agentgateway reserves for itself', actual: endpointPath,
    expected: 'a path that is not "/sse" and not below "/.well-known/"', fix: 'serve MCP at another path, or define the AgentMesh without `mcp`',
  }] : [];
}

/**
 * Reports workloads whose selector also matches the pods of an MCP proxy. The pods of the proxy have these labels from its controller
 * (agentgateway 1.4, deployer).
 */
function foundByOthers(model: MeshModel, { origin }: ToolServerNode, { name, namespace, labels: own }: McpProxyNode): CheckResult[] {
  const labels: Readonly<Record<string, string>> = {
    ...own, 'app.kubernetes.io/name': name, 'app.kubernetes.io/instance': name, 'app.kubernetes.io/managed-by': 'agentgateway',
  };
  const mayFind = Object.entries(labels).flatMap(([key, value]) => model.index.workloadsByFirstLabel(namespace, key, value));
  return mayFind.filter((workload) => Object.entries(workload.labels).every(([key, value]) => labels[key] === value)).map((workload) => ({
    path: origin.path, message: `the selector of ${workload.title} also selects the pods of its MCP proxy ${name}`, actual: workload.labels,
    expected: 'labels that the proxy pods do not have', fix: 'select by a label that only the workload has, or set another `name` on the McpToolBoundary',
  }));
}
