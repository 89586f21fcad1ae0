import { AgentFacts, circuitBreakerFacts } from './agent-facts';
import { AgentProps } from './agent-props';
import { checkPort, whole } from './deployment-checks';
import { Membership } from './membership';
import { AgentVersion } from '../model/agent';
import { CircuitBreakerFacts } from '../model/service';

/** What the Services of an agent have in common, of what is enforced here. */
export function enforcedServices(member: Membership, { servicePort, circuitBreaker, federated }: AgentProps): AgentFacts['service'] {
  return {
    port: servicePort ?? 80,
    circuitBreaker: enforcedBreaker(member, circuitBreakerFacts(circuitBreaker)),
    federated: federated && member.enforced('federation', 'a Service in several clusters', federated, { federated }),
  };
}

/** Everything that may be wrong with what is said of an agent's Services. */
export function checkServices(member: Membership, props: AgentProps, versions: readonly AgentVersion[]): void {
  const { service, servicePort, circuitBreaker, federated } = props;
  checkPort(member, '`servicePort`', servicePort);
  const ofEach = circuitBreaker !== undefined || federated === true;
  const isInVain = (without: readonly AgentVersion[]) =>
    without.length > 0 && (ofEach || ((service === true || servicePort !== undefined) && without.length === versions.length));
  const actual = { service, servicePort, circuitBreaker, federated };
  if (isInVain(versions.filter(({ workload }) => !workload.deployment))) {
    member.report({ message: 'a Service is asked for before what already runs, and none is made there', actual, expected: 'Services of what is deployed here', fix: 'state the team\'s Service in Workload.existing' });
  } else if (isInVain(versions.filter(({ workload }) => workload.ports.length === 0))) {
    member.report({ message: 'a Service is asked for before what listens on no TCP port', actual, expected: 'Services of what has `ports`', fix: 'name the port in `ports`, or drop what is asked' });
  }
}

function enforcedBreaker(member: Membership, breaker: CircuitBreakerFacts | undefined): CircuitBreakerFacts | undefined {
  const enforced = member.enforced('circuit-breaking', 'a circuit breaker', breaker);
  if (enforced) {
    whole(member, 'consecutiveFailures', enforced.consecutiveFailures, 1, 1000);
    whole(member, 'pauseSeconds', enforced.pauseSeconds, 1, 3600);
  }
  return enforced;
}
