import { AgentNode } from '../../model/agent';
import { CircuitBreakerFacts, ServiceNode } from '../../model/service';
import { Trait } from '../../model/trait';
import { WaypointNode } from '../../model/waypoint';
import { CircuitBreaker } from '../../values/circuit-breaker';

/** An agent, as its canary needs it. */
export interface AgentFacts {
  readonly node: AgentNode;
  /** Properties that all Services of the agent share. */
  readonly service: Pick<ServiceNode, 'port' | 'federated' | 'circuitBreaker'>;
  readonly waypoint?: WaypointNode;
}

export const agentFacts = new Trait<AgentFacts>('an Agent');

export function circuitBreakerFacts(breaker: CircuitBreaker | undefined): CircuitBreakerFacts | undefined {
  return breaker && { consecutiveFailures: breaker.consecutiveFailures ?? 7, pauseSeconds: breaker.pauseSeconds ?? 10 };
}
