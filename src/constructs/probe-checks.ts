import { Membership } from './membership';
import { calledPorts, WorkloadNode } from '../model/workload';

/** Probes by HTTP that the mesh would count against callers. */
export function checkProbes(member: Membership, { title, healthPath, rateLimit, ports, mcpProxy, ...workload }: WorkloadNode): void {
  const { countedProbes } = member.context.mesh;
  const [first] = ports;
  if (countedProbes === undefined || healthPath === undefined || first === undefined) return;
  const isLimited = rateLimit !== undefined && !mcpProxy && calledPorts({ ...workload, ports }).includes(first);
  if (isLimited) {
    member.report({
      message: `the rate limit of ${title} would also count the probes of its health path: ${countedProbes}`,
      actual: { healthPath, rateLimit },
      expected: 'a `rateLimit` of what is probed by a TCP connection (no `healthPath`), or at another port than the one that is called; of a tool server, the `rateLimit` of a boundary with McpProvider.agentgateway',
      fix: 'drop `healthPath` or `rateLimit`',
    }, 'AM324');
  }
}
