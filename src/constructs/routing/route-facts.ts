import { Construct } from 'constructs';
import { Feature } from '../../model/feature';
import { isPath, pathFix } from '../../model/names';
import { RetryFacts, RouteRule, RouteTarget, targetNamespace } from '../../model/route';
import { ServiceNode } from '../../model/service';
import { WorkloadNode } from '../../model/workload';
import { IRouteTarget } from '../../values/route-target';
import { referencedWorkload, titleOf, workloadDescription } from '../../values/workload';
import { gatewayOf, IInferenceGateway, reportNoGateway } from '../inference/gateway-facts';
import { poolNode } from '../inference/pool-facts';
import { isAtHome } from '../membership/home-mesh';
import { setMainObject } from '../membership/main-object';
import { Membership } from '../membership/membership';
import { whole } from '../workload/deployment-checks';

/** Options that all routes share. */
export interface RouteOptions {
  /**
   * Name of the HTTPRoute.
   *
   * @default - the construct id
   */
  readonly name?: string;
  /**
   * Path prefix of the requests that the route handles, by whole segments. Inside the mesh the stable version serves all other paths.
   *
   * @default - every path
   */
  readonly pathPrefix?: string;
  /**
   * Retries of failed requests. Synth fails on the standard channel of the Gateway API, except inside a Linkerd mesh, which reads retries
   * from annotations. A model or a tool may already have acted before the request failed.
   *
   * @default - the proxies' own default: Istio's Envoys try twice more if no connection could be made, other proxies never retry
   */
  readonly retries?: RouteRetries;
  /**
   * Timeout of a request in seconds, including its whole response: a whole number from 1 to 86400. A stream that runs longer is cut off.
   *
   * @default - no timeout
   */
  readonly requestTimeoutSeconds?: number;
}

/** Retries of a route (Gateway API v1.6, experimental channel; Linkerd 2.20, retry annotations). */
export interface RouteRetries {
  /** Most retries after the first try: 1 to 65535. */
  readonly attempts: number;
  /**
   * Status codes that are retried: 400 to 599.
   *
   * @default - none on Istio, which retries connection failures; 502 to 504 on Linkerd
   */
  readonly codes?: number[];
}

/** Returns the target of a route, or nothing after the reason was reported. */
export function targetOf(member: Membership, target: IRouteTarget): RouteTarget | undefined {
  const title = titleOf(target);
  const pool = poolNode.find(target.asRouteTarget);
  if (pool) return pool !== 'reported' && isAtHome(member, pool, title) ? { kind: 'pool', pool } : undefined;
  const workload = referencedWorkload.find(target.asRouteTarget);
  const description = workload && workloadDescription.of(workload);
  if (description?.kind === 'bound' && description.node.service && description.node.routable) {
    const { node } = description;
    return isAtHome(member, node, title) && isRouted(member, node, node.service!) ? { kind: 'service', workload: node } : undefined;
  }
  member.report({
    message: `a route cannot send requests to ${title}: it is neither a pool nor a version of an agent with a Service`, actual: title,
    expected: 'an InferencePool, or a version of an agent (as `version` returns it) that has a Service',
    fix: 'put it behind a pool; or give a deployed version a Service (`service` true), or describe the Service of existing pods in Workload.existing',
  });
  return undefined;
}

/**
 * Reports a Service that proxies cannot route to. Reading another protocol as HTTP breaks every connection, and proxies do not balance
 * between the pods of a headless Service.
 */
function isRouted(member: Membership, { title }: WorkloadNode, { name, targetPort, protocol, headless }: ServiceNode): boolean {
  if (headless) {
    member.report({ message: `a route cannot send requests to ${title}: its Service ${name} is headless and has no cluster IP`, actual: { headless: true }, expected: 'a Service with a cluster IP', fix: 'describe a second Service of the same pods that has a cluster IP' });
    return false;
  }
  if (protocol !== 'opaque') return true;
  member.report({ message: `a route cannot send requests to ${title}: port ${targetPort} does not speak HTTP`, actual: targetPort, expected: 'a Service whose port speaks HTTP or gRPC', fix: `declare the port as \`Port.http(${targetPort})\` or \`Port.grpc(${targetPort})\` if it speaks HTTP, or choose another target` });
  return false;
}

/** A route, as a construct requests it. */
export interface RouteRequest {
  readonly gateway: IInferenceGateway | undefined;
  readonly name: string;
  readonly options: RouteOptions;
  /** Target whose namespace the route gets, or nothing if a target was refused. */
  readonly home: RouteTarget | undefined;
  readonly rules: readonly RouteRule[];
}

/** Records a route and emits it. Without a gateway or a target it only reports the problem. */
export function addRoute(scope: Construct, member: Membership, { gateway, name, options, home, rules }: RouteRequest): void {
  const { model, context } = member;
  const parent = gatewayOf(scope, gateway);
  if (!parent) reportNoGateway(member, `the route ${name}`);
  const traffic = routeTrafficFacts(member, options, { retries: 'gateway-retries', timeouts: 'gateway-timeouts' });
  if (!parent || parent.isRefused || !home || !isAtHome(member, parent.node, `gateway ${parent.node.name}`)) return;
  for (const { target } of rules.flatMap((rule) => rule.split)) {
    if (target.kind === 'pool' && target.pool.gateway !== parent.node) {
      member.report({ message: `the route ${name} of gateway ${parent.node.name} targets a pool of gateway ${target.pool.gateway.name}, whose pods accept requests of that gateway alone`, actual: `pool ${target.pool.name}`, expected: 'pools of the same gateway', fix: 'also add a pool for these servers to this gateway' });
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
  setMainObject(scope, 'route');
}

/** An unsigned 16 bit number on Linkerd, the smallest limit of the meshes (Linkerd 2.20, policy-controller). */
const MOST_RETRIES = 65_535;

/** Returns the retries and timeout of a route, and checks the options that all routes share. */
export function routeTrafficFacts(
  member: Membership, { pathPrefix, retries, requestTimeoutSeconds: asked }: RouteOptions,
  capabilities: { readonly retries: Feature; readonly timeouts: Feature },
): { readonly retries?: RetryFacts; readonly requestTimeoutSeconds?: number } {
  const requestTimeoutSeconds = member.enforced(capabilities.timeouts, 'a timeout of requests (`requestTimeoutSeconds`)', asked);
  if (pathPrefix !== undefined && !isPath(pathPrefix)) {
    member.report({ message: '`pathPrefix` is not a plain path', actual: pathPrefix, expected: '"/" followed by path characters, at most 1024, without empty and dot segments, without "%2f" and without escapes of letters, digits, "-", ".", "_" and "~"', fix: pathFix(pathPrefix, 'write it as in "/v1"') });
  }
  if (requestTimeoutSeconds !== undefined) whole(member, 'requestTimeoutSeconds', requestTimeoutSeconds, 1, 86_400);
  if (!retries) return { requestTimeoutSeconds };
  const refusal = member.refusal(capabilities.retries);
  if (refusal) {
    member.report({ message: `retries are not supported here: ${refusal.reason}`, actual: retries, expected: `no \`retries\` with the stated release and provider, or ${refusal.instead}`, fix: `set ${refusal.instead} on the mesh if the cluster has it, or remove \`retries\`` }, 'AM002');
    return { requestTimeoutSeconds };
  }
  if (!Number.isInteger(retries.attempts) || retries.attempts < 1 || retries.attempts > MOST_RETRIES) {
    member.report({ message: '`attempts` of the retries is out of range', actual: retries.attempts, expected: `whole numbers from 1 to ${MOST_RETRIES}`, fix: 'correct the number' });
  }
  if (retries.codes?.some((code) => !Number.isInteger(code) || code < 400 || code > 599)) {
    member.report({ message: '`codes` of the retries has a status code that cannot be retried', actual: retries.codes, expected: 'whole numbers from 400 to 599', fix: 'correct `codes`' });
  }
  return { requestTimeoutSeconds, retries: { attempts: retries.attempts, codes: [...new Set(retries.codes)] } };
}
