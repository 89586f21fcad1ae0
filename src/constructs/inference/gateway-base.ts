import { Construct } from 'constructs';
import { gatewayFacts, IInferenceGateway } from './gateway-facts';
import { grantAllInference } from './infer-grants';
import { InferencePool } from './inference-pool';
import { InferenceRoute, InferenceRouteOptions } from './inference-route';
import { InferencePoolOptions } from './pool-props';
import { accepted } from '../../input/guard';
import { GatewayNode } from '../../model/gateway';
import { hostnameProblem } from '../../model/names';
import { Grant } from '../../values/grant';
import { ICaller } from '../../values/identity';
import { CalleeReference } from '../../values/references';
import { rangeProblem } from '../input/number-checks';
import { Membership } from '../membership/membership';
import { CanaryRoute, CanaryRouteOptions } from '../routing/canary-route';

/** Most inner gateways in a namespace. */
const MOST_SHARDS = 32;

/** Most host names of an HTTPRoute (Gateway API v1.6). */
const MOST_HOSTS = 16;

/**
 * Common base class of emitted and existing gateways.
 *
 * @internal
 */
export abstract class GatewayBase extends Construct implements IInferenceGateway {
  /** Display name in messages, such as "gateway voice-gw". */
  public readonly title: string;
  /** Reference to the gateway as a callee. */
  public readonly asCallee: CalleeReference;
  /** Host names that the gateway serves. */
  public readonly hostnames: string[];

  public constructor(scope: Construct, id: string, name: string | undefined, hostnames: readonly string[]) {
    super(scope, id);
    this.title = `gateway ${name ?? this.node.id}`;
    this.asCallee = CalleeReference._of(this.title);
    this.hostnames = [...hostnames];
  }

  /** URLs of the hosts, such as "https://voice.example.com". Wildcard hosts are left out. */
  public get urls(): string[] {
    return this.hostnames.filter((hostname) => !hostname.includes('*')).map((hostname) => `https://${hostname}`);
  }

  /** Adds a pool of model servers behind this gateway. */
  public addPool(id: string, options: InferencePoolOptions): InferencePool {
    [id, options] = accepted('InferenceGateway#addPool', [id, options], this);
    return new InferencePool(this, id, options);
  }

  /**
   * Allows callers inside the mesh to send requests to every pool of this gateway, at the `url` of each pool, also to pools that are added
   * later. The gateway itself takes no part in these requests. Synth fails if the gateway has no pool.
   */
  public grantInfer(...callers: ICaller[]): Grant {
    callers = accepted('InferenceGateway#grantInfer', callers, this);
    return grantAllInference(gatewayFacts.of(this), this.title, callers);
  }

  /** Adds a route to one target, for all requests or for those with a path prefix and headers. */
  public addRoute(id: string, options: InferenceRouteOptions): InferenceRoute {
    [id, options] = accepted('InferenceGateway#addRoute', [id, options], this);
    return new InferenceRoute(this, id, options);
  }

  /** Adds a route that splits requests between a stable target and a canary target. */
  public addCanary(id: string, options: CanaryRouteOptions): CanaryRoute {
    [id, options] = accepted('InferenceGateway#addCanary', [id, options], this);
    return new CanaryRoute(this, id, options);
  }
}

/** Records a gateway in its mesh and reports invalid host names. Returns whether the gateway implementation supports the gateway. */
export function recordGateway(gateway: GatewayBase, member: Membership, node: GatewayNode): boolean {
  const isRefused = member.refuse('gateway-route', 'a gateway', node.name);
  for (const one of [gateway, gateway.asCallee]) gatewayFacts.give(one, { node, member, scope: gateway, isRefused });
  checkHosts(member, node.hostnames);
  if (!isRefused) member.model.gateways.push(node);
  return !isRefused;
}

function checkHosts(member: Membership, hostnames: readonly string[]): void {
  for (const hostname of hostnames) member.report(hostnameProblem(hostname));
  if (hostnames.length > MOST_HOSTS) {
    member.report({ message: 'the gateway has more hostnames than one HTTPRoute can have', actual: hostnames.length, expected: `at most ${MOST_HOSTS}`, fix: 'use a wildcard such as "*.example.com", or define a second gateway' });
  }
  if (hostnames.length === 0 || new Set(hostnames).size !== hostnames.length) {
    member.report({ message: '`hostnames` of the gateway is empty or has a name twice', actual: hostnames, expected: 'one or more host names, each once', fix: 'list the hosts that clients call in `hostnames`' });
  }
}

/** Returns the number of inner gateways in a namespace, and reports an invalid one. */
export function checkedShards(member: Membership, shards: number | undefined): number | undefined {
  const problem = shards === undefined ? undefined : rangeProblem('poolShards', shards, 1, MOST_SHARDS);
  member.report(problem);
  return problem ? undefined : shards;
}
