import { RouteCors, RouteOptions } from './route-options';
import { RouteRules } from './route-rules';
import { serviceProblem } from './route-target';
import { GatewayNode, isSameGateway } from '../../model/gateway';
import { covers } from '../../model/hosts';
import { BARE_METADATA, PAGE_HEADERS, PAGE_METHODS } from '../../model/mcp-http';
import { MeshModel } from '../../model/mesh';
import { matchesIdentity, Principal } from '../../model/principal';
import { CheckResult, InputProblem } from '../../model/problem';
import { ExactPaths, pathPrefixOf, RouteNode } from '../../model/route';
import { ToolServerNode } from '../../model/tool-server';
import { homeProblem } from '../membership/home-mesh';
import { Membership } from '../membership/membership';

/** Returns the rule of a route to a boundary, or none if the route is refused. */
export function rulesToServer(member: Membership, server: ToolServerNode, options: RouteOptions): RouteRules {
  const { endpoint } = server;
  const problem = homeProblem(member.model, endpoint, endpoint.title) ?? reachProblem(server);
  const problems = [...optionProblems(server, options), problem];
  if (problem || !endpoint.service || !isProven(member, server)) return { home: undefined, rules: [], problems };
  const target = { kind: 'service', workload: endpoint } as const;
  return { home: target, rules: [{ headers: [], split: [{ target, weight: 100 }] }], problems };
}

/** Returns options that contradict the endpoint of a boundary: it has exact paths, and a copy of a request could run a tool twice. */
function optionProblems({ name, endpointPath }: ToolServerNode, options: RouteOptions): InputProblem[] {
  const stated = (['pathPrefix', 'replacePrefixMatch'] as const).filter((key) => options[key] !== undefined);
  return [
    ...stated.map((key) => ({ message: `\`${key}\` has no effect on a route to tool server ${name}, whose only path is ${endpointPath}`, actual: options[key], expected: `no \`${key}\``, fix: 'remove it; set `path` of the boundary, or of its server, to change the path' })),
    ...options.mirror ? [{ message: `requests to tool server ${name} cannot be mirrored, because the copy of a call would run its tool too`, actual: 'mirror', expected: 'no `mirror`', fix: 'remove `mirror`' }] : [],
  ];
}

/** Returns why no gateway can route to an endpoint. A boundary without a Service has reported it. */
function reachProblem({ endpoint }: ToolServerNode): InputProblem | undefined {
  const { service, title } = endpoint;
  if (service?.hostname === undefined) return service && serviceProblem(endpoint, service);
  return {
    message: `a route cannot send requests to ${title}: its server is outside the cluster, and without an MCP proxy gateways have no Service to route to`, actual: service.hostname,
    expected: 'a server in the cluster, or McpProvider.agentgateway', fix: 'set `mcp` of the mesh to McpProvider.agentgateway',
  };
}

/** Whether a boundary verifies tokens. Clients of a gateway have no other identity, so it is reported otherwise. */
function isProven(member: Membership, { endpoint: { jwt, title } }: ToolServerNode): boolean {
  if (jwt) return true;
  const what = `a route to ${title}, which requires verified tokens,`;
  if (member.refuse('tool-tokens', what, title)) return false;
  member.report({
    message: `a route to ${title} would open it to everybody: clients of a gateway have no identity but their token, and the boundary verifies none`, actual: { jwt: undefined },
    expected: 'a boundary with `jwt`, and grants to a TokenCaller', fix: 'set `jwt` of the boundary, and grant its tools to a TokenCaller',
  });
  return false;
}

/** Returns the paths of a route to a boundary. Metadata paths without the path of the endpoint are left to other routes. */
export function exactPathsOf(model: MeshModel, gateway: GatewayNode, { endpoint }: ToolServerNode): ExactPaths {
  const open = (endpoint.openEndpoints ?? []).map(({ path }) => path);
  const called = (endpoint.requests?.endpoints ?? []).map(({ path }) => path);
  const own = [...new Set([...called, ...open.filter((path) => !BARE_METADATA.includes(path))])];
  const yielding = open.filter((path) => BARE_METADATA.includes(path));
  const isOther = (route: RouteNode) => isSameGateway(route.gateway, gateway) && route.exact !== exact;
  const exact: ExactPaths = {
    own, yielding,
    all: () => {
      const others = yielding.length > 0 ? model.routes.filter(isOther) : [];
      return [...own, ...yielding.filter((path) => !others.some((route) => mayHandle(route, path)))];
    },
  };
  return exact;
}

function mayHandle(route: RouteNode, path: string): boolean {
  const { exact } = route;
  return exact ? [...exact.own, ...exact.yielding].includes(path) : `${path}/`.startsWith(`${pathPrefixOf(route)}/`);
}

/**
 * Returns the CORS of a route to a boundary. The gateway answers the preflights of its allowed origins, unless an MCP proxy behind a gateway
 * without CORS does.
 */
export function corsToServer(member: Membership, server: ToolServerNode, asked: RouteCors | undefined): RouteCors | undefined {
  const { name, endpoint: { allowedOrigins }, mcpProxy } = server;
  const denied = asked?.allowedOrigins.find((origin) => allowedOrigins?.includes(origin) === false);
  if (denied !== undefined) {
    member.report({ message: `tool server ${name} denies requests of an origin that \`cors\` of its route allows`, actual: denied, expected: `origins in \`allowedOrigins\` of the boundary: ${allowedOrigins!.join(', ') || 'none'}`, fix: 'remove the origin from `cors`, or add it to `allowedOrigins`' });
  }
  const origins = asked?.allowedOrigins ?? [...allowedOrigins ?? []];
  if (origins.length === 0 && !asked) return undefined;
  if (!asked && mcpProxy && member.refusal('gateway-cors')) return undefined;
  return {
    ...asked,
    allowedOrigins: origins,
    allowedMethods: asked?.allowedMethods ?? [...PAGE_METHODS],
    allowedHeaders: asked?.allowedHeaders ?? PAGE_HEADERS.sent,
    exposedHeaders: asked?.exposedHeaders ?? PAGE_HEADERS.read,
  };
}

/** Reports a route whose clients can do nothing at the boundary, or need no token there; `gateway` is the identity of the gateway. */
export function unfitGrants(model: MeshModel, route: RouteNode, { endpoint, mcpProxy }: ToolServerNode, gateway: Principal): CheckResult[] {
  const { name, origin: { path } } = route;
  const own = endpoint.callers.all.filter(({ principal }) => matchesIdentity(principal, gateway));
  const open = endpoint.jwt?.required ? undefined : own.find(({ principal }) => !principal.token);
  const oauth = mcpProxy?.handling.oauth;
  const siblings = model.routesOf(endpoint);
  const isFirst = siblings[0] === route;
  return [
    ...own.length > 0 ? [] : [{
      path, message: `no client of route ${name} could use ${endpoint.title}: none of its grants is for the token of a client`, actual: endpoint.callers.all.map(({ title }) => title),
      expected: 'a grant to a TokenCaller without `caller`', fix: 'grant tools to a TokenCaller, or remove the route',
    }],
    ...open === undefined ? [] : [{
      path, message: `every client of route ${name} could use ${endpoint.title} without a token: ${open.title} is the identity of gateway ${route.gateway.name}`, actual: open.title,
      expected: 'grants to a TokenCaller, or `jwt` that is required', fix: 'grant to a TokenCaller in place of the gateway',
    }],
    ...!isFirst || !oauth || siblings.some(({ gateway: at }) => isAddressOf(at, oauth.resource, endpoint.requests?.endpoints?.[0].path ?? '/')) ? [] : [{
      path, message: `\`resource\` of \`oauth\` is not where clients of route ${name} find ${endpoint.title}, so they would not accept its metadata`, actual: oauth.resource,
      expected: route.gateway.hostnames.map((hostname) => `https://${hostname}${endpoint.requests?.endpoints?.[0].path}`).join(', '), fix: 'set `resource` to the URL that clients use',
    }],
  ];
}

/** Whether a resource is at a host of the gateway, and its path is that of the endpoint or above it (MCP 2026-07-28, authorization). */
function isAddressOf({ hostnames, listener }: GatewayNode, resource: string, endpointPath: string): boolean {
  if (!URL.canParse(resource)) return true; // reported by the boundary
  const { protocol, hostname, port, pathname } = new URL(resource);
  const ports = [undefined, listener.port, listener.name && Number(port)];
  const isThere = protocol === 'https:' && hostnames.some((name) => covers(name, hostname)) && ports.includes(Number(port || 443));
  return isThere && `${endpointPath}/`.startsWith(`${pathname.replace(/\/+$/, '')}/`);
}
