import { calledPorts, healthPaths, WorkloadNode } from '../../model/workload';
import { Membership } from '../membership/membership';

/** Reports a rate limit that would also count the HTTP probes of the kubelet. */
export function checkProbes(member: Membership, workload: WorkloadNode): void {
  const { title, rateLimit, ports: [first], mcpProxy } = workload;
  const { countedProbes } = member.context.mesh;
  const [healthPath] = healthPaths(workload);
  if (countedProbes === undefined || healthPath === undefined || first === undefined) return;
  const isLimited = rateLimit !== undefined && !mcpProxy && calledPorts(workload).includes(first);
  if (isLimited) {
    member.report({
      message: `the rate limit of ${title} would also count the probes of its \`healthPath\`: ${countedProbes}`,
      actual: { healthPath, rateLimit },
      expected: 'either `rateLimit` or `healthPath` (without `healthPath` the kubelet probes the port by a TCP connection); for a tool server, `rateLimit` of an McpToolBoundary with McpProvider.agentgateway',
      fix: 'remove `healthPath` or `rateLimit`',
    }, 'AM324');
  }
}
