import { AgentFacts, circuitBreakerFacts } from './agent-facts';
import { AgentProps } from './agent-props';
import { checkPort, whole } from './deployment-checks';
import { Membership } from './membership';
import { AgentVersion } from '../model/agent';
import { CircuitBreakerFacts } from '../model/service';

/** What the Services of an agent have in common. */
export function servicesOf({ servicePort, circuitBreaker, federated }: AgentProps): AgentFacts['service'] {
  return { port: servicePort ?? 80, circuitBreaker: circuitBreakerFacts(circuitBreaker), federated };
}

/** Everything that may be wrong with what is said of an agent's Services. */
export function checkServices(member: Membership, props: AgentProps, versions: readonly AgentVersion[]): void {
  const { service, servicePort, circuitBreaker, federated } = props;
  const breaker = circuitBreakerFacts(circuitBreaker);
  if (breaker) checkBreaker(member, breaker);
  if (federated) member.refuse('federation', 'a Service in several clusters', { federated });
  checkPort(member, '`servicePort`', servicePort);
  const brought = versions.filter(({ workload }) => !workload.deployment).length;
  const ofEach = breaker !== undefined || federated === true;
  const inVain = ofEach ? brought > 0 : (service === true || servicePort !== undefined) && brought > 0 && brought === versions.length;
  if (inVain) {
    member.report({ what: 'a Service is asked for before what already runs, and none is made there', got: { service, servicePort, circuitBreaker, federated }, allowed: 'Services of what is deployed here', next: 'state the team\'s Service in Workload.existing' });
  }
}

function checkBreaker(member: Membership, { consecutiveFailures, pauseSeconds }: CircuitBreakerFacts): void {
  member.refuse('circuit-breaking', 'a circuit breaker', { consecutiveFailures, pauseSeconds });
  whole(member, 'consecutiveFailures', consecutiveFailures, 1, 1000);
  whole(member, 'pauseSeconds', pauseSeconds, 1, 3600);
}
