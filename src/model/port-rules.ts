import { Callers } from './callers';
import { ConnectionRule } from './connection-rule';
import { PortGrant } from './port-callers';
import { ServiceNode } from './service';
import { WorkloadNode } from './workload';

/** Returns the granted ports of a workload, including its metrics port. */
export function grantedPorts({ portCallers, ports, metrics }: Ports): readonly PortGrant[] {
  const granted = portCallers ? portCallers.all.filter(({ port }) => ports.includes(port)) : [];
  if (!metrics || metrics.callers.isEmpty || !ports.includes(metrics.port)) return granted;
  const callers = new Callers();
  const alike = granted.filter(({ port }) => port === metrics.port);
  for (const caller of [metrics, ...alike].flatMap((one) => one.callers.all)) callers.add(caller);
  const others = granted.filter(({ port }) => port !== metrics.port);
  return [...others, { port: metrics.port, callers }].sort((a, b) => a.port - b.port);
}

type Ports = Pick<WorkloadNode, 'portCallers' | 'ports' | 'metrics'>;

/** Returns the connection rules of the granted ports: their callers connect to the pods directly. */
export function portRules(workload: Ports): ConnectionRule[] {
  return grantedPorts(workload).map(({ port, callers }) => ({ principals: callers.principals, ports: [port] }));
}

/** Returns the granted ports that the Service of a workload gets in addition to its main port. Their numbers are the same as at the pods. */
export function furtherPorts(workload: WorkloadNode, { targetPort, statedLabels }: ServiceNode): readonly number[] {
  return statedLabels ? [] : grantedPorts(workload).map(({ port }) => port).filter((port) => port !== targetPort);
}
