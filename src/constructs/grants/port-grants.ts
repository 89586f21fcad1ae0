import { grantEach } from './callers';
import { AgentNode } from '../../model/agent';
import { listed } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';
import { Grant } from '../../values/grant';
import { ICaller } from '../../values/identity';
import { Membership } from '../membership/membership';

/** Grants callers access to single ports of an agent's pods. */
export function grantPorts(member: Membership, agent: AgentNode, ports: readonly number[], granted: readonly ICaller[]): Grant {
  const { title } = agent;
  const workloads = agent.versions.map(({ workload }) => workload);
  const accepted = ports.filter((port) => checkPort(member, title, workloads, port));
  if (ports.length === 0) member.report({ message: `the grant names no port of ${title}`, actual: [], expected: 'one port or more', fix: 'name the ports, or remove the grant' });
  const items = accepted.map((port) => `port ${port}`);
  return grantEach(member, { title, namespace: agent.namespace, items }, granted, (caller) => {
    for (const port of accepted) member.model.grant(agent.portCallers.at(port), caller, agent.portCallers);
  });
}

/** Returns whether a port can be granted, and reports why it cannot. */
function checkPort(member: Membership, title: string, workloads: readonly WorkloadNode[], port: number): boolean {
  const all = [...new Set(workloads.flatMap(({ ports }) => ports))];
  if (!all.includes(port)) {
    const isMedia = workloads.some(({ mediaPorts }) => mediaPorts.some((media) => media.port === port));
    member.report({
      message: isMedia ? `port ${port} of ${title} is a media port: it is excluded from the mesh, and any client that reaches the pods may call it without a grant` : `${title} has no port ${port}`, actual: port,
      expected: listed(all.map(String)), fix: 'add the port to `ports` of the workload, or correct the grant',
    });
    return false;
  }
  const shadowed = workloads.find(({ service }) => service && !service.statedLabels && service.port === port && service.targetPort !== port);
  if (shadowed) {
    member.report({ message: `port ${port} cannot be granted, because the Service of ${title} forwards its port ${port} to another port of the pods`, actual: port, expected: 'a `servicePort` that is not the granted port', fix: 'set another `servicePort` on the agent' });
    return false;
  }
  return true;
}
