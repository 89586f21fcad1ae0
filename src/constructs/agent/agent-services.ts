import { AgentFacts, circuitBreakerFacts } from './agent-facts';
import { AgentProps } from './agent-props';
import { AgentVersion } from '../../model/agent';
import { CircuitBreakerFacts } from '../../model/service';
import { Membership } from '../membership/membership';
import { checkPort, whole } from '../workload/deployment-checks';

/** Returns the properties that all Services of an agent share, without unsupported ones. */
export function enforcedServices(member: Membership, { servicePort, circuitBreaker, federated }: AgentProps): AgentFacts['service'] {
  return {
    port: servicePort ?? 80,
    circuitBreaker: enforcedBreaker(member, circuitBreakerFacts(circuitBreaker)),
    federated: federated && member.enforced('federation', 'a Service that spans several clusters (`federated`)', federated, { federated }),
  };
}

/** Reports Service props of an agent that have no effect. */
export function checkServices(member: Membership, props: AgentProps, versions: readonly AgentVersion[]): void {
  const { service, servicePort, circuitBreaker, federated } = props;
  checkPort(member, '`servicePort`', servicePort);
  const ofEach = circuitBreaker !== undefined || federated === true;
  const isInVain = (without: readonly AgentVersion[]) =>
    without.length > 0 && (ofEach || ((service === true || servicePort !== undefined) && without.length === versions.length));
  const actual = { service, servicePort, circuitBreaker, federated };
  if (isInVain(versions.filter(({ workload }) => !workload.deployment))) {
    member.report({ message: 'the library creates no Service for existing pods, so these props have no effect', actual, expected: 'these props for versions that are deployed here', fix: 'describe the existing Service in Workload.existing' });
  } else if (isInVain(versions.filter(({ workload }) => workload.ports.length === 0))) {
    member.report({ message: 'a workload without a TCP port gets no Service, so these props have no effect', actual, expected: 'these props for versions with `ports`', fix: 'add the port to `ports`, or remove these props' });
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
