import { Construct } from 'constructs';
import { gatewayFacts, IInferenceGateway } from './gateway-facts';
import { InferencePool } from './inference-pool';
import { InferenceRoute, InferenceRouteOptions } from './inference-route';
import { InferencePoolOptions } from './pool-props';
import { accepted } from '../../input/guard';
import { GatewayNode } from '../../model/gateway';
import { hostnameProblem } from '../../model/names';
import { CalleeReference } from '../../values/references';
import { Membership } from '../membership/membership';
import { CanaryRoute, CanaryRouteOptions } from '../routing/canary-route';

/** Most host names of an HTTPRoute (Gateway API v1.6). */
const MOST_HOSTS = 16;

/**
 * What a gateway that is emitted here and an existing one have in common.
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

  /** Adds a route that sends all requests, or those with a path prefix, to one target. */
  public addRoute(id: string, options: InferenceRouteOptions): InferenceRoute {
    [id, options] = accepted('InferenceGateway#addRoute', [id, options], this);
    return new InferenceRoute(this, id, options);
  }

  /** Adds a route that splits requests between a stable version and a canary. */
  public addCanary(id: string, options: CanaryRouteOptions): CanaryRoute {
    [id, options] = accepted('InferenceGateway#addCanary', [id, options], this);
    return new CanaryRoute(this, id, options);
  }
}

/** Records a gateway in its mesh, and reports bad host names. Returns whether a provider supports the gateway. */
export function recordGateway(gateway: GatewayBase, member: Membership, node: GatewayNode): boolean {
  const isRefused = member.refuse('gateway-route', 'a gateway', node.name);
  for (const one of [gateway, gateway.asCallee]) gatewayFacts.give(one, { node, scope: gateway, isRefused });
  checkHosts(member, node.hostnames);
  if (!isRefused) member.model.gateways.push(node);
  return !isRefused;
}

function checkHosts(member: Membership, hostnames: readonly string[]): void {
  for (const hostname of hostnames) member.report(hostnameProblem(hostname));
  if (hostnames.length > MOST_HOSTS) {
    member.report({ message: 'the gateway has more hosts than one HTTPRoute can name', actual: hostnames.length, expected: `at most ${MOST_HOSTS}`, fix: 'use a wildcard host, or define a second gateway' });
  }
  if (hostnames.length === 0 || new Set(hostnames).size !== hostnames.length) {
    member.report({ message: 'the gateway has no hosts, or names one twice', actual: hostnames, expected: 'one or more host names, each once', fix: 'list the hosts that clients call in `hostnames`' });
  }
}
