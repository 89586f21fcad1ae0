import { AgentNode } from '../model/agent';
import { CircuitBreakerFacts, ServiceNode } from '../model/service';
import { Trait } from '../model/trait';
import { WaypointNode } from '../model/waypoint';
import { CircuitBreaker } from '../values/circuit-breaker';
import { ICaller } from '../values/identity';

/** An agent: what calls, and may be called. */
export interface IAgent extends ICaller {
  /** Lets agents and identities call it, and nothing else. */
  grantCall(...callers: ICaller[]): void;
}

/** An agent as its canary knows it. */
export interface AgentFacts {
  readonly node: AgentNode;
  /** What its Services have in common. */
  readonly service: Pick<ServiceNode, 'port' | 'federated' | 'circuitBreaker'>;
  readonly waypoint?: WaypointNode;
}

export const agentFacts = new Trait<AgentFacts>('an Agent');

export function circuitBreakerFacts(breaker: CircuitBreaker | undefined): CircuitBreakerFacts | undefined {
  return breaker && { consecutiveFailures: breaker.consecutiveFailures ?? 7, pauseSeconds: breaker.pauseSeconds ?? 10 };
}
