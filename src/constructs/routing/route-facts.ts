import { Construct } from 'constructs';
import { readCallers } from './route-callers';
import { routeProblems, unreachablePool } from './route-checks';
import { corsFacts, corsProblems } from './route-cors';
import { RouteOptions, RouteRetries } from './route-options';
import { GatewayNode } from '../../model/gateway';
import { CheckResult, identified } from '../../model/problem';
import { ExactPaths, HeaderMatch, MirrorFacts, RetryFacts, RouteNode, RouteRule, RouteTarget, targetNamespace } from '../../model/route';
import { WorkloadNode } from '../../model/workload';
import { gatewayOf, IInferenceGateway, reportNoGateway } from '../inference/gateway-facts';
import { isAtHome } from '../membership/home-mesh';
import { setMainObject } from '../membership/main-object';
import { Membership } from '../membership/membership';
import { PropFeatures } from '../membership/reporter';

/** The parts of a route that its construct determines. */
export interface RouteRequest {
  readonly gateway: IInferenceGateway | undefined;
  readonly name: string;
  readonly options: RouteOptions;
  /** Headers that requests must have. */
  readonly headers: readonly HeaderMatch[];
  readonly mirror: MirrorFacts | undefined;
  /** Target whose namespace is the namespace of the route. Undefined if a target was refused. */
  readonly home: RouteTarget | undefined;
  readonly rules: readonly RouteRule[];
  /** Workload whose Service has a waypoint that applies the rules. */
  readonly splitAt?: WorkloadNode;
  /** Returns the exact paths of the route, if its target has some. */
  readonly exact?: (gateway: GatewayNode) => ExactPaths;
  /** Returns what is wrong with the route, once every grant is known. */
  readonly check?: (route: RouteNode) => CheckResult[];
}

/** Features that the gateway implementation must support for the options of a route. */
const GATEWAY_FEATURES: PropFeatures<RouteOptions> = {
  requestTimeoutSeconds: { feature: 'gateway-timeouts', title: 'a timeout of requests (`requestTimeoutSeconds`)' },
  retries: { feature: 'gateway-retries', title: 'a retry of requests (`retries`)' },
  cors: { feature: 'gateway-cors', title: 'CORS (`cors`)' },
  callers: { feature: 'gateway-jwt', title: 'a route for the callers with some tokens (`callers`)' },
};

/** Records a route and emits it. Without a gateway or a target it only reports the problem. */
export function addRoute(scope: Construct, member: Membership, request: RouteRequest): void {
  const { name, headers, mirror, home, rules, splitAt, exact, check } = request;
  const { model, context } = member;
  const parent = gatewayOf(scope, request.gateway);
  if (!parent) reportNoGateway(member, `the route ${name}`);
  const options = member.supported(request.options, GATEWAY_FEATURES);
  const { pathPrefix, replacePrefixMatch, requestTimeoutSeconds, retries } = options;
  const cors = options.cors && corsFacts(options.cors);
  member.reportAll([...cors ? corsProblems(cors) : [], ...routeProblems(options)]);
  const allowed = parent && options.callers && readCallers(parent.node, options.callers);
  member.reportAll(allowed?.problems ?? []);
  if (parent?.node.inMesh) {
    member.report({ message: `the route ${name} has no clients, because gateway ${parent.node.name} serves none outside the mesh (\`exposure\` IN_MESH)`, actual: name, expected: 'a route of a gateway with \`hostnames\`', fix: 'remove the route, and grant the callers with \`grantInfer\` of the pool; or remove \`exposure\` of the gateway' });
    return;
  }
  if (!parent || parent.isRefused || !home || !isAtHome(member, parent.node, `gateway ${parent.node.name}`)) return;
  for (const { target } of rules.flatMap((rule) => rule.split)) {
    if (target.kind === 'pool' && target.pool.gateway !== parent.node) {
      member.report({ message: `the route ${name} of gateway ${parent.node.name} targets a pool of gateway ${target.pool.gateway.name}, and the pods of that pool accept requests only from their own gateway`, actual: `pool ${target.pool.name}`, expected: 'pools of the same gateway', fix: `add a pool for the same workload to gateway ${parent.node.name}, and target this pool` });
    }
  }
  for (const { target } of rules.flatMap((rule) => rule.split)) member.report(unreachablePool(target, { pathPrefix, replacePrefixMatch }));
  const route: RouteNode = {
    origin: member,
    name: member.name('the name of the route', name),
    namespace: targetNamespace(home),
    gateway: parent.node,
    match: { pathPrefix, headers },
    rules: rules.map((rule) => ({ ...rule, pathPrefix, headers: [...headers, ...rule.headers] })),
    mirror,
    replacePrefixMatch,
    splitAt,
    requestTimeoutSeconds,
    retries: retryFacts(retries),
    cors,
    callers: allowed?.limits,
    exact: exact?.(parent.node),
  };
  model.addRoute(route);
  if (check) model.checksAtSynth.push(() => identified('AM231', check(route)));
  context.gateway.createRoute(scope, route);
  setMainObject(scope, 'route');
}

/** Returns retries with each status code once. */
export function retryFacts(retries: RouteRetries | undefined): RetryFacts | undefined {
  return retries && { attempts: retries.attempts, codes: [...new Set(retries.codes)] };
}
