import { calledPorts, WorkloadNode } from '../../model/workload';
import { Membership } from '../membership/membership';

/** Reports a rate limit that would also count the HTTP probes of the kubelet. */
export function checkProbes(member: Membership, { title, healthPath, rateLimit, ports, mcpProxy, ...workload }: WorkloadNode): void {
  const { countedProbes } = member.context.mesh;
  const [first] = ports;
  if (countedProbes === undefined || healthPath === undefined || first === undefined) return;
  const isLimited = rateLimit !== undefined && !mcpProxy && calledPorts({ ...workload, ports }).includes(first);
  if (isLimited) {
    member.report({
      message: `the rate limit of ${title} would also count the probes of its \`healthPath\`: ${countedProbes}`,
      actual: { healthPath, rateLimit },
      expected: 'a `rateLimit` without `healthPath` (the port is then probed by a TCP connection), or a `healthPath` at another port than callers use; for a tool server, the `rateLimit` of a boundary with McpProvider.agentgateway',
      fix: 'remove `healthPath` or `rateLimit`',
    }, 'AM324');
  }
}
