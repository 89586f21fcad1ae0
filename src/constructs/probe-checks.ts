import { Membership } from './membership';
import { calledPorts, WorkloadNode } from '../model/workload';

/** Probes by HTTP that the mesh would count against callers, or deny. */
export function checkProbes(member: Membership, { title, healthPath, rateLimit, ports, opaquePorts, front, ...workload }: WorkloadNode): void {
  const { probes } = member.context.mesh;
  const [first] = ports;
  if (!probes || healthPath === undefined || first === undefined) return;
  const isLimited = rateLimit !== undefined && !front && calledPorts({ ...workload, ports }).includes(first);
  if (isLimited) {
    member.report({
      what: `the rate limit of ${title} would also count the probes of its health path: ${probes.counted}`,
      got: { healthPath, rateLimit },
      allowed: 'a `rateLimit` of what is probed by a TCP connection (no `healthPath`), or at another port than the one that is called; of a tool server, the `rateLimit` of a boundary with GatewayProvider.agentgateway',
      next: 'drop `healthPath` or `rateLimit`',
    }, 'AM324');
  }
  if (opaquePorts.includes(first)) {
    member.report({
      what: `the probes of ${title} would be denied, and its pods never be ready: ${probes.unread}`,
      got: { healthPath, opaquePorts },
      allowed: 'a `healthPath` where the first of `ports` speaks HTTP',
      next: 'drop `healthPath`, so that the pods are probed by a TCP connection, or name the port that tells their health first',
    }, 'AM324');
  }
}
