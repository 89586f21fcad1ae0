import { CircuitBreakerFacts, ConnectionPoolFacts, ServiceNode } from '../../model/service';
import { WorkloadNode } from '../../model/workload';
import { CircuitBreaker } from '../../values/circuit-breaker';
import { ConnectionPool } from '../../values/connection-pool';
import { rangeProblem } from '../input/number-checks';
import { Membership } from '../membership/membership';

/** How proxies call the pods of a Service, as a program states it. */
export interface StatedTraffic {
  readonly circuitBreaker?: CircuitBreaker;
  readonly connectionPool?: ConnectionPool;
}

/** Returns what of it the mesh enforces, checked. */
export function enforcedTraffic(member: Membership, { circuitBreaker, connectionPool }: StatedTraffic): Pick<ServiceNode, 'circuitBreaker' | 'connectionPool'> {
  return { circuitBreaker: enforcedBreaker(member, circuitBreaker), connectionPool: enforcedPool(member, connectionPool) };
}

function enforcedBreaker(member: Membership, stated: CircuitBreaker | undefined): CircuitBreakerFacts | undefined {
  const facts = stated && { consecutiveFailures: stated.consecutiveFailures ?? 7, pauseSeconds: stated.pauseSeconds ?? 10 };
  const enforced = member.enforced('circuit-breaking', 'a circuit breaker', facts);
  if (enforced) {
    member.report(rangeProblem('consecutiveFailures', enforced.consecutiveFailures, 1, 1000));
    member.report(rangeProblem('pauseSeconds', enforced.pauseSeconds, 1, 3600));
  }
  return enforced;
}

/** Limits of Envoy are unsigned 32 bit numbers, those of Istio signed ones (Istio 1.30, ConnectionPoolSettings). */
const MOST = 2 ** 31 - 1;

function enforcedPool(member: Membership, stated: ConnectionPool | undefined): ConnectionPoolFacts | undefined {
  const enforced = member.enforced('connection-pool', 'a limit of connections (`connectionPool`)', stated);
  if (!enforced) return undefined;
  const limits = Object.entries(enforced).filter(([, limit]) => limit !== undefined);
  for (const [name, limit] of limits) member.report(rangeProblem(name, limit, 1, name === 'connectTimeoutSeconds' ? 3600 : MOST));
  if (limits.length > 0) return enforced;
  member.report({ message: '`connectionPool` has no limit', actual: enforced, expected: 'at least one of its props', fix: 'set a limit, or remove `connectionPool`' });
  return undefined;
}

/** Reports a workload with `connectionPool` whose calls no proxy counts: it has no Service, or callers choose among its pods themselves. */
export function checkPooled(member: Membership, { title, service }: WorkloadNode): void {
  if (service && !service.headless) return;
  member.report({
    message: `\`connectionPool\` of ${title} has no effect: ${service ? `its Service ${service.name} is headless` : 'it has no Service'}`, actual: service ? { headless: true } : title,
    expected: 'a workload with a Service that has a cluster IP', fix: 'give it such a Service, or describe it in Workload.existing; or remove `connectionPool`',
  });
}
