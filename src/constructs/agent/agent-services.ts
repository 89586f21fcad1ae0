import { AgentProps } from './agent-props';
import { AgentNode, AgentVersion } from '../../model/agent';
import { ServiceNode } from '../../model/service';
import { Membership } from '../membership/membership';
import { checkPort } from '../workload/deployment-checks';
import { checkPooled, enforcedTraffic } from '../workload/service-traffic';

/** Returns the properties that all Services of an agent share. Unsupported ones are reported and left out. */
export function enforcedServices(member: Membership, { servicePort, circuitBreaker, connectionPool, federated }: AgentProps): Pick<ServiceNode, 'port' | 'federated' | 'circuitBreaker' | 'connectionPool'> {
  return {
    port: servicePort ?? 80,
    ...enforcedTraffic(member, { circuitBreaker, connectionPool }),
    federated: federated && member.enforced('federation', 'a Service that spans several clusters (`federated`)', federated, { federated }),
  };
}

/** Props of the Services of an agent, or of the Service of a backend. */
type ServiceProps = Pick<AgentProps, 'service' | 'servicePort' | 'circuitBreaker' | 'connectionPool' | 'federated'>;

/** Reports Service props of an agent or a backend that have no effect. */
export function checkServices(member: Membership, { title, versions }: Pick<AgentNode, 'title' | 'versions'>, props: ServiceProps): void {
  const { service, servicePort, circuitBreaker, connectionPool, federated } = props;
  checkPort(member, '`servicePort`', servicePort);
  for (const { workload } of versions) if (connectionPool) checkPooled(member, workload);
  const ofEach = circuitBreaker !== undefined || federated === true;
  const isInVain = (without: readonly AgentVersion[]) =>
    without.length > 0 && (ofEach || ((service === true || servicePort !== undefined) && without.length === versions.length));
  const actual = { service, servicePort, circuitBreaker, federated };
  if (isInVain(versions.filter(({ workload }) => !workload.deployment))) {
    member.report({ message: `these props of ${title} have no effect, because the library creates no Service for existing pods`, actual, expected: 'these props only with pods from Workload.deploy', fix: 'remove these props, and describe the existing Service as `service` in Workload.existing' });
  } else if (isInVain(versions.filter(({ workload }) => workload.ports.length === 0))) {
    member.report({ message: `these props of ${title} have no effect, because pods without a TCP port get no Service`, actual, expected: 'these props only with pods that have `ports`', fix: 'add a port to `ports` of the pods, or remove these props' });
  }
}
