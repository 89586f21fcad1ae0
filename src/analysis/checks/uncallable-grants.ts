import { AgentNode } from '../../model/agent';
import { Callers } from '../../model/callers';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { calledPorts } from '../../model/workload';

/** Reports grants for agents that cannot be called. */
export function uncallableGrants(model: MeshModel): CheckResult[] {
  return model.agents
    .filter(({ callers, versions }) => !callers.isEmpty && versions.length > 0)
    .filter(({ versions }) => versions.every(({ workload }) => calledPorts(workload).length === 0))
    .map((agent) => {
      if (agent.versions.some(({ workload }) => workload.ports.length > 0)) return serviceless(agent);
      return agent.versions.some(({ workload }) => workload.mediaPorts.length > 0) ? mediaOnly(agent) : portless(agent);
    });
}

/** Reports an agent that only calls, such as a queue worker or a CronJob. */
function portless({ origin, title, callers }: AgentNode): CheckResult {
  return {
    path: origin.path,
    message: `${title} has grants but listens on no port`,
    actual: titlesOf(callers),
    expected: 'grants for agents with `ports`',
    fix: 'add the TCP port that callers use to `ports`, or remove the grant',
  };
}

function serviceless({ origin, title, callers }: AgentNode): CheckResult {
  return {
    path: origin.path,
    message: `${title} has grants but no Service that callers could use`,
    actual: titlesOf(callers),
    expected: 'grants for agents that have a Service',
    fix: 'set `service` to true on the agent (callers of the Service bypass the endpoint picker of its pool), or remove the grant',
  };
}

/**
 * Reports an agent with only media ports. No mesh authenticates UDP, and a TCP port that is excluded from the mesh accepts every caller.
 */
function mediaOnly({ origin, title, versions }: AgentNode): CheckResult {
  return {
    path: origin.path,
    message: `${title} has grants but only ports that are excluded from the mesh`,
    actual: versions.flatMap(({ workload }) => workload.mediaPorts.map(({ protocol, port }) => `${protocol} ${port}`)),
    expected: 'grants for TCP ports in `ports`',
    fix: 'add the TCP port that callers use to `ports`, or remove the grant; media ports are open to anyone who can reach the pods',
  };
}

function titlesOf(callers: Callers): string[] {
  return callers.all.map(({ title }) => title);
}
