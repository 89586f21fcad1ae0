import { callersExpression, itemExpression } from './cel';
import { externalHostsOf } from '../../model/external-host';
import { McpProxyNode } from '../../model/mcp-proxy';
import { MeshModel } from '../../model/mesh';
import { isSubdomain } from '../../model/names';
import { isAnyone } from '../../model/principal';
import { CheckResult, identified, Problem } from '../../model/problem';
import { ToolServerNode } from '../../model/tool-server';
import { McpProxyMembership, MeshBackend } from '../backend';
import { refusalOfMesh } from '../refusals';
import { HBONE_PORT } from '../shared/istio-targets';

/** The longest CEL expression that a policy takes (agentgateway 1.4, AgentgatewayPolicy). */
const MOST_CEL = 16_384;

/** Entries of a list of conditions (agentgateway 1.4, rateLimit). */
const MOST_LIMITS = 16;

/** Below this a process without rights cannot listen, and the controller moves the port. */
const FIRST_PLAIN_PORT = 1024;

/** Its own: the controller leaves out a listener there; and where HBONE comes in (agentgateway 1.4, deployer). */
const OWN_PORTS = [15000, HBONE_PORT, 15020, 15021];

/** Paths that the proxy takes for the older transport, or for what a server tells of its authorization (agentgateway 1.4, MCP router). */
const OTHER_PATHS = /^\/sse$|\/\.well-known\//;

/** What only a proxy before a tool server gets wrong. */
export function checkMcpProxies(model: MeshModel, mesh: MeshBackend, className: string): Problem[] {
  const { mcpProxies, mcpProxiesRefusal } = mesh;
  if (mcpProxiesRefusal) {
    return identified('AM002', model.toolServers.map(({ origin, name }) => ({
      path: origin.path, message: `tool server ${name} has no place behind agentgateway: ${mcpProxiesRefusal.reason}`, actual: mesh.label,
      expected: mcpProxiesRefusal.instead, fix: 'use GatewayProvider.istio until then',
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

/** Istio's own classes are istiod's, which reads neither of the policies. */
function otherClass({ facts }: MeshModel, className: string): CheckResult[] {
  return isSubdomain(className) && !className.startsWith('istio') ? [] : [{
    path: facts.origin.path, message: 'the GatewayClass is not one of agentgateway\'s own controller', actual: className,
    expected: 'a name of lower-case letters, digits, "-" and "." that does not begin with "istio"', fix: 'leave `gatewayClassName` out, or name the class that its installation made',
  }];
}

function tooLong({ origin, name, endpoint }: ToolServerNode, { matchOf }: McpProxyMembership): CheckResult[] {
  const longest = Math.max(itemExpression(endpoint, endpoint.items!, matchOf).length, callersExpression(endpoint, matchOf).length);
  return longest <= MOST_CEL ? [] : [{
    path: origin.path, message: `the grants of ${name} do not fit into one policy of agentgateway`, actual: `${longest} characters`, expected: `at most ${MOST_CEL}`,
    fix: 'spread the tools over two boundaries, or grant fewer callers or origins',
  }];
}

/** Each caller's limit is an entry of a list; beside it there is none for all together (agentgateway 1.4, rateLimit). */
function tooManyLimits({ origin, name, endpoint: { rateLimit, callers } }: ToolServerNode): CheckResult[] {
  if (rateLimit?.requestsPerSecondOfCaller === undefined) return [];
  const count = callers.all.length;
  return [
    ...rateLimit.requestsPerSecond === undefined ? [] : [{
      path: origin.path, message: `agentgateway counts the requests to ${name} of all together or of each caller, not both`, actual: rateLimit, expected: 'one of the two', fix: 'drop one',
    }],
    ...callers.all.filter(({ principal }) => isAnyone(principal) && principal.token?.subject === undefined).map(({ title }) => ({
      path: origin.path, message: `agentgateway cannot count the requests to ${name} of each of several callers who are one to it`, actual: title,
      expected: 'callers by identity or by the subject of their token', fix: 'bound all together (`requestsPerSecond`), or grant by `subject`',
    })),
    ...count <= MOST_LIMITS ? [] : [{
      path: origin.path, message: `agentgateway cannot count the requests of each caller of ${name} alone`, actual: `${count} callers`, expected: `at most ${MOST_LIMITS}`, fix: 'bound all together (`requestsPerSecond`), or spread the callers over two boundaries',
    }],
  ];
}

/** As much as its kinds take (agentgateway 1.4, CRDs). */
const MOST = { servers: 32, issuer: 256, audiences: 64, guardrails: 16, origins: 64, keys: 65_536 };

function tooMuch({ origin, name, targets, endpoint: { jwt, allowedOrigins = [] } }: ToolServerNode, { handling }: McpProxyNode): CheckResult[] {
  const counts: readonly (readonly [what: string, count: number, most: number])[] = [
    ['servers', targets.length, MOST.servers], ['characters of the issuer', jwt?.issuer.length ?? 0, MOST.issuer], ['audiences', jwt?.audiences.length ?? 0, MOST.audiences],
    ['guardrails', handling.guardrails.length, MOST.guardrails], ['origins', allowedOrigins.length, MOST.origins],
    ['characters of the issuer\'s keys', jwt?.keys.inline?.length ?? 0, MOST.keys],
  ];
  return counts.filter(([, count, most]) => count > most).map(([what, count, most]) => ({
    path: origin.path, message: `${name} has more ${what} than agentgateway takes`, actual: count, expected: `at most ${most}`, fix: 'spread them over two boundaries, or name fewer',
  }));
}

/** A mesh that lets its pods call only hosts that are named must be able to name them. */
function keptIn(server: ToolServerNode, { needsNamedHosts }: McpProxyMembership, mesh: MeshBackend): CheckResult[] {
  const hosts = needsNamedHosts ? externalHostsOf(server) : [];
  const refusal = hosts.length > 0 ? refusalOfMesh(mesh, 'egress') : undefined;
  return !refusal ? [] : [{
    path: server.origin.path, message: `the proxy of ${server.name} would be kept from hosts outside: ${refusal.reason}`, actual: hosts.map(({ hostname }) => hostname), expected: refusal.instead,
    fix: `use ${refusal.instead}`,
  }];
}

/** A pool that is made later takes the Service of its servers away. */
function unreachableGuardrails({ workloads }: MeshModel, { origin }: ToolServerNode, { handling }: McpProxyNode): CheckResult[] {
  const lost = handling.guardrails.filter(({ service }) => !workloads.some((workload) => workload.service === service));
  return lost.map(({ title, service }) => ({
    path: origin.path, message: `${title} has no Service at which agentgateway could ask it, since a pool serves it`, actual: service.name,
    expected: 'an Agent that no pool serves, or with `service: true`', fix: 'use another judge',
  }));
}

function closedPort({ origin }: ToolServerNode, { port }: McpProxyNode, { proxy }: MeshBackend): CheckResult[] {
  const taken = [...new Set([...OWN_PORTS, ...proxy.ports])].sort((a, b) => a - b);
  if (port >= FIRST_PLAIN_PORT && !taken.includes(port)) return [];
  return [{
    path: origin.path, message: port < FIRST_PLAIN_PORT ? `agentgateway does not listen below port ${FIRST_PLAIN_PORT}` : 'the port is one that proxies keep for themselves', actual: port,
    expected: `whole numbers from ${FIRST_PLAIN_PORT}, without ${taken.join(', ')}`, fix: 'state another `servicePort`',
  }];
}

function otherPath({ origin, endpointPath }: ToolServerNode): CheckResult[] {
  return OTHER_PATHS.test(endpointPath) ? [{
    path: origin.path, message: 'agentgateway takes the path for something else than the endpoint of streamable HTTP', actual: endpointPath,
    expected: 'a path that is not "/sse" and not below "/.well-known/"', fix: 'serve MCP at another path, or use GatewayProvider.istio',
  }] : [];
}

/** The proxy's pods have these labels of its controller (agentgateway 1.4, deployer); whoever selects by them has them too. */
function foundByOthers(model: MeshModel, { origin }: ToolServerNode, { name, namespace, labels: own }: McpProxyNode): CheckResult[] {
  const labels: Readonly<Record<string, string>> = {
    ...own, 'app.kubernetes.io/name': name, 'app.kubernetes.io/instance': name, 'app.kubernetes.io/managed-by': 'agentgateway',
  };
  const mayFind = Object.entries(labels).flatMap(([key, value]) => model.index.workloadsByFirstLabel(namespace, key, value));
  return mayFind.filter((workload) => Object.entries(workload.labels).every(([key, value]) => labels[key] === value)).map((workload) => ({
    path: origin.path, message: `the selector of ${workload.title} also finds the pods of the proxy before it, ${name}`, actual: workload.labels,
    expected: 'labels that the proxy does not have', fix: 'select by a label of its own, or give the boundary another `name`',
  }));
}
