import { Construct } from 'constructs';
import { whole } from './deployment-checks';
import { gatewayOf, IInferenceGateway, reportNoGateway } from './gateway-facts';
import { isAtHome } from './home-mesh';
import { Membership } from './membership';
import { toolServer } from './tool-server-facts';
import { Feature } from '../model/feature';
import { isPath, pathFix } from '../model/names';
import { PoolNode } from '../model/pool';
import { RetryFacts, RouteRule, RouteTarget, targetNamespace } from '../model/route';
import { ServiceNode } from '../model/service';
import { Trait } from '../model/trait';
import { WorkloadNode } from '../model/workload';
import { IRouteTarget } from '../values/route-target';
import { workloadDescription } from '../values/workload';

/** The pool that a construct is; "reported" where what is wrong with it was said already. */
export const poolNode = new Trait<PoolNode | 'reported'>('an InferencePool');

/** What all routes have in common. */
export interface RouteOptions {
  /**
   * Name of the HTTPRoute.
   *
   * @default - the id
   */
  readonly name?: string;
  /**
   * Only requests whose path begins with these segments. Inside the mesh the stable version serves all others.
   *
   * @default - every path
   */
  readonly pathPrefix?: string;
  /**
   * Retries of failed requests; refused on the standard channel of the Gateway API, but inside a mesh of Linkerd, which reads
   * them from annotations. Mind that a model or a tool may have acted before it failed.
   *
   * @default - what the proxies do without being asked: Istio's Envoys try twice more when no connection could be made, others never
   */
  readonly retries?: RouteRetries;
  /**
   * Most seconds that a request may take, its whole answer included: a stream that runs longer is cut. A whole number from 1.
   *
   * @default - no bound
   */
  readonly requestTimeoutSeconds?: number;
}

/** Retries of a route (Gateway API v1.6, experimental channel; Linkerd 2.20, retry annotations). */
export interface RouteRetries {
  /** Most tries after the first: 1 to 65535. */
  readonly attempts: number;
  /**
   * Status codes, 400 to 599, that are tried again.
   *
   * @default - none on Istio, which retries connection failures; on Linkerd 502 to 504
   */
  readonly codes?: number[];
}

/** What a route leads to, or nothing after the reason was reported. */
export function targetOf(member: Membership, target: IRouteTarget): RouteTarget | undefined {
  const pool = poolNode.find(target);
  if (pool) return pool !== 'reported' && isAtHome(member, pool, target.title) ? { kind: 'pool', pool } : undefined;
  const description = workloadDescription.find(target);
  if (description?.kind === 'bound' && description.node.service && description.node.routable) {
    const { node } = description;
    return isAtHome(member, node, target.title) && isRouted(member, node, node.service!) ? { kind: 'service', workload: node } : undefined;
  }
  if (toolServer.find(target)) {
    member.report({
      message: `a route cannot lead to ${target.title}: the callers of a tool boundary are identities of the mesh, and whoever reaches a gateway proves none`, actual: target.title,
      expected: 'an InferencePool, or a version of an agent', fix: 'grant its tools to callers in the mesh; for clients outside, let an agent stand before it, which is granted what they may use',
    });
    return undefined;
  }
  member.report({
    message: `a route cannot lead to ${target.title ?? 'this'}: it is no pool, and no version of an agent with a Service`, actual: target.title,
    expected: 'an InferencePool, or a version of an agent (`agent.version()`) that has a Service',
    fix: 'serve it by a pool; or give what is deployed here a Service (`service: true`), and state that of what already runs in Workload.existing',
  });
  return undefined;
}

/** Proxies route requests: to read as HTTP what is none breaks every connection, and pods of a headless Service are not shared out. */
function isRouted(member: Membership, { title }: WorkloadNode, { name, targetPort, protocol, headless }: ServiceNode): boolean {
  if (headless) {
    member.report({ message: `a route cannot lead to ${title}: its Service ${name} is headless, and has no address to which requests are sent`, actual: { headless: true }, expected: 'a Service with a cluster IP', fix: 'state a second Service of the same pods, which has one' });
    return false;
  }
  if (protocol !== 'opaque') return true;
  member.report({ message: `nobody reads requests to ${title}: port ${targetPort} carries something else than HTTP, and cannot be routed`, actual: targetPort, expected: 'a Service to a port that speaks HTTP or gRPC', fix: 'take the port out of `opaquePorts`, or lead the route elsewhere' });
  return false;
}

/** A route as a construct asks for it. */
export interface RouteRequest {
  readonly gateway: IInferenceGateway | undefined;
  readonly name: string;
  readonly options: RouteOptions;
  /** Whose namespace the route lives in; none where a target was refused. */
  readonly home: RouteTarget | undefined;
  readonly rules: readonly RouteRule[];
}

/** Records a route, and has it emitted; without a gateway or a target it is only reported. */
export function addRoute(scope: Construct, member: Membership, { gateway, name, options, home, rules }: RouteRequest): void {
  const { model, context } = member;
  const parent = gatewayOf(scope, gateway);
  if (!parent) reportNoGateway(member, `the route ${name}`);
  const traffic = routeTrafficFacts(member, options, { retries: 'gateway-retries', timeouts: 'gateway-timeouts' });
  if (!parent || parent.isRefused || !home || !isAtHome(member, parent.node, `gateway ${parent.node.name}`)) return;
  for (const { target } of rules.flatMap((rule) => rule.split)) {
    if (target.kind === 'pool' && target.pool.gateway !== parent.node) {
      member.report({ message: `the route ${name} of gateway ${parent.node.name} leads to a pool of gateway ${target.pool.gateway.name}, which would refuse it`, actual: `pool ${target.pool.name}`, expected: 'pools of the same gateway', fix: 'add a pool for these servers to this gateway too' });
    }
  }
  const route = {
    origin: member,
    name: member.name('the name of the route', name),
    namespace: targetNamespace(home),
    gateway: parent.node,
    rules: rules.map((rule) => ({ ...rule, pathPrefix: options.pathPrefix })),
    ...traffic,
  };
  model.addRoute(route);
  context.gateway.createRoute(scope, route);
}

/** An unsigned number of 16 bits to Linkerd, the least that one of the meshes counts (Linkerd 2.20, policy-controller). */
const MOST_RETRIES = 65_535;

/** Retries and time of a route, checked with everything else that all routes have in common. */
export function routeTrafficFacts(
  member: Membership, { pathPrefix, retries, requestTimeoutSeconds: asked }: RouteOptions,
  capabilities: { readonly retries: Feature; readonly timeouts: Feature },
): { readonly retries?: RetryFacts; readonly requestTimeoutSeconds?: number } {
  const requestTimeoutSeconds = member.enforced(capabilities.timeouts, 'a bound on the time of requests', asked);
  if (pathPrefix !== undefined && !isPath(pathPrefix)) {
    member.report({ message: 'the path prefix is not a path', actual: pathPrefix, expected: '"/" and then what a path may hold, at most 1024 characters, without empty and dot segments, without "%2f" and without escapes of letters, digits, "-", ".", "_" and "~"', fix: pathFix(pathPrefix, 'write it as in "/v1"') });
  }
  if (requestTimeoutSeconds !== undefined) whole(member, 'requestTimeoutSeconds', requestTimeoutSeconds, 1, 86_400);
  if (!retries) return { requestTimeoutSeconds };
  const refusal = member.refusal(capabilities.retries);
  if (refusal) {
    member.report({ message: `retries are not to be had here: ${refusal.reason}`, actual: retries, expected: `none with what the mesh states, or ${refusal.instead}`, fix: `state ${refusal.instead} on the mesh if the cluster has it, or drop the retries` }, 'AM002');
    return { requestTimeoutSeconds };
  }
  if (!Number.isInteger(retries.attempts) || retries.attempts < 1 || retries.attempts > MOST_RETRIES) {
    member.report({ message: '`attempts` of the retries is out of range', actual: retries.attempts, expected: `whole numbers from 1 to ${MOST_RETRIES}`, fix: 'correct the number' });
  }
  if (retries.codes?.some((code) => !Number.isInteger(code) || code < 400 || code > 599)) {
    member.report({ message: 'a status code of the retries is none that can be retried', actual: retries.codes, expected: 'whole numbers from 400 to 599', fix: 'correct the codes' });
  }
  return { requestTimeoutSeconds, retries: { attempts: retries.attempts, codes: [...new Set(retries.codes)] } };
}
