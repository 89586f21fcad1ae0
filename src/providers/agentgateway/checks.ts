import { callersExpression, itemExpression } from './cel';
import { MeshModel } from '../../model/mesh';
import { isSubdomain } from '../../model/names';
import { outsideHosts } from '../../model/outside-host';
import { isAnyone } from '../../model/principal';
import { CheckResult, identified, Problem } from '../../model/problem';
import { ToolFront } from '../../model/tool-front';
import { ToolServerNode } from '../../model/tool-server';
import { FrontMembership, MeshBackend } from '../backend';
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
export function checkFronts(model: MeshModel, mesh: MeshBackend, className: string): Problem[] {
  const { fronts, frontsRefusal } = mesh;
  if (frontsRefusal) {
    return identified('AM002', model.toolServers.map(({ origin, name }) => ({
      path: origin.path, what: `tool server ${name} has no place behind agentgateway: ${frontsRefusal.reason}`, got: mesh.label,
      allowed: frontsRefusal.instead, next: 'use GatewayProvider.istio until then',
    })));
  }
  if (!fronts) return [];
  const ofServers = model.toolServers.flatMap((server) => (server.front ? [
    ...identified('AM351', [...tooLong(server, fronts), ...tooManyLimits(server), ...tooMuch(server, server.front)]),
    ...identified('AM352', [...closedPort(server, server.front, mesh), ...otherPath(server), ...keptIn(server, fronts, mesh), ...lostJudges(model, server, server.front)]),
    ...identified('AM203', foundByOthers(model, server, server.front)),
  ] : []));
  return [...identified('AM341', otherClass(model, className)), ...ofServers];
}

/** Istio's own classes are istiod's, which reads neither of the policies. */
function otherClass({ facts }: MeshModel, className: string): CheckResult[] {
  return isSubdomain(className) && !className.startsWith('istio') ? [] : [{
    path: facts.origin.path, what: 'the GatewayClass is not one of agentgateway\'s own controller', got: className,
    allowed: 'a name of lower-case letters, digits, "-" and "." that does not begin with "istio"', next: 'leave `gatewayClassName` out, or name the class that its installation made',
  }];
}

function tooLong({ origin, name, door }: ToolServerNode, { proofOf }: FrontMembership): CheckResult[] {
  const longest = Math.max(itemExpression(door, door.items!, proofOf).length, callersExpression(door, proofOf).length);
  return longest <= MOST_CEL ? [] : [{
    path: origin.path, what: `the grants of ${name} do not fit into one policy of agentgateway`, got: `${longest} characters`, allowed: `at most ${MOST_CEL}`,
    next: 'spread the tools over two boundaries, or grant fewer callers or origins',
  }];
}

/** Each caller's limit is an entry of a list; beside it there is none for all together (agentgateway 1.4, rateLimit). */
function tooManyLimits({ origin, name, door: { rateLimit, callers } }: ToolServerNode): CheckResult[] {
  if (rateLimit?.requestsPerSecondOfCaller === undefined) return [];
  const count = callers.all.length;
  return [
    ...rateLimit.requestsPerSecond === undefined ? [] : [{
      path: origin.path, what: `agentgateway counts the requests to ${name} of all together or of each caller, not both`, got: rateLimit, allowed: 'one of the two', next: 'drop one',
    }],
    ...callers.all.filter(({ principal }) => isAnyone(principal) && principal.token?.subject === undefined).map(({ title }) => ({
      path: origin.path, what: `agentgateway cannot count the requests to ${name} of each of several callers who are one to it`, got: title,
      allowed: 'callers by identity or by the subject of their token', next: 'bound all together (`requestsPerSecond`), or grant by `subject`',
    })),
    ...count <= MOST_LIMITS ? [] : [{
      path: origin.path, what: `agentgateway cannot count the requests of each caller of ${name} alone`, got: `${count} callers`, allowed: `at most ${MOST_LIMITS}`, next: 'bound all together (`requestsPerSecond`), or spread the callers over two boundaries',
    }],
  ];
}

/** As much as its kinds take (agentgateway 1.4, CRDs). */
const MOST = { servers: 32, issuer: 256, audiences: 64, guardrails: 16, origins: 64, keys: 65_536 };

function tooMuch({ origin, name, targets, door: { jwt, allowedOrigins = [] } }: ToolServerNode, { handling }: ToolFront): CheckResult[] {
  const counts: readonly (readonly [what: string, count: number, most: number])[] = [
    ['servers', targets.length, MOST.servers], ['characters of the issuer', jwt?.issuer.length ?? 0, MOST.issuer], ['audiences', jwt?.audiences.length ?? 0, MOST.audiences],
    ['guardrails', handling.guardrails.length, MOST.guardrails], ['origins', allowedOrigins.length, MOST.origins],
    ['characters of the issuer\'s keys', jwt?.keys.inline?.length ?? 0, MOST.keys],
  ];
  return counts.filter(([, count, most]) => count > most).map(([what, count, most]) => ({
    path: origin.path, what: `${name} has more ${what} than agentgateway takes`, got: count, allowed: `at most ${most}`, next: 'spread them over two boundaries, or name fewer',
  }));
}

/** A mesh that lets its pods call only hosts that are named must be able to name them. */
function keptIn(server: ToolServerNode, { confined }: FrontMembership, mesh: MeshBackend): CheckResult[] {
  const hosts = confined ? outsideHosts(server) : [];
  const refusal = hosts.length > 0 ? mesh.refuses('egress') : undefined;
  return !refusal ? [] : [{
    path: server.origin.path, what: `the proxy of ${server.name} would be kept from hosts outside: ${refusal.reason}`, got: hosts.map(({ hostname }) => hostname), allowed: refusal.instead,
    next: `use ${refusal.instead}`,
  }];
}

/** A pool that is made later takes the Service of its servers away. */
function lostJudges({ workloads }: MeshModel, { origin }: ToolServerNode, { handling }: ToolFront): CheckResult[] {
  const lost = handling.guardrails.filter(({ service }) => !workloads.some((workload) => workload.service === service));
  return lost.map(({ title, service }) => ({
    path: origin.path, what: `${title} has no Service at which agentgateway could ask it, since a pool serves it`, got: service.name,
    allowed: 'an Agent that no pool serves, or with `service: true`', next: 'use another judge',
  }));
}

function closedPort({ origin }: ToolServerNode, { port }: ToolFront, { proxy }: MeshBackend): CheckResult[] {
  const taken = [...new Set([...OWN_PORTS, ...proxy.ports])].sort((a, b) => a - b);
  if (port >= FIRST_PLAIN_PORT && !taken.includes(port)) return [];
  return [{
    path: origin.path, what: port < FIRST_PLAIN_PORT ? `agentgateway does not listen below port ${FIRST_PLAIN_PORT}` : 'the port is one that proxies keep for themselves', got: port,
    allowed: `whole numbers from ${FIRST_PLAIN_PORT}, without ${taken.join(', ')}`, next: 'state another `servicePort`',
  }];
}

function otherPath({ origin, endpointPath }: ToolServerNode): CheckResult[] {
  return OTHER_PATHS.test(endpointPath) ? [{
    path: origin.path, what: 'agentgateway takes the path for something else than the endpoint of streamable HTTP', got: endpointPath,
    allowed: 'a path that is not "/sse" and not below "/.well-known/"', next: 'serve MCP at another path, or use GatewayProvider.istio',
  }] : [];
}

/** The proxy's pods have these labels of its controller (agentgateway 1.4, deployer); whoever selects by them has them too. */
function foundByOthers(model: MeshModel, { origin }: ToolServerNode, { name, namespace, labels: own }: ToolFront): CheckResult[] {
  const labels: Readonly<Record<string, string>> = {
    ...own, 'app.kubernetes.io/name': name, 'app.kubernetes.io/instance': name, 'app.kubernetes.io/managed-by': 'agentgateway',
  };
  const mayFind = Object.entries(labels).flatMap(([key, value]) => model.index.workloadsByFirstLabel(namespace, key, value));
  return mayFind.filter((workload) => Object.entries(workload.labels).every(([key, value]) => labels[key] === value)).map((workload) => ({
    path: origin.path, what: `the selector of ${workload.title} also finds the pods of the proxy before it, ${name}`, got: workload.labels,
    allowed: 'labels that the proxy does not have', next: 'select by a label of its own, or give the boundary another `name`',
  }));
}
