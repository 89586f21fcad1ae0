import { AgentNode } from '../../model/agent';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { calledPorts } from '../../model/workload';

/** A grant to call what cannot be called would be a promise that nothing keeps. */
export function uncallableGrants(model: MeshModel): CheckResult[] {
  return model.agents
    .filter(({ callers, versions }) => !callers.isEmpty && versions.length > 0)
    .filter(({ versions }) => versions.every(({ workload }) => calledPorts(workload).length === 0))
    .map((agent) => {
      if (agent.versions.some(({ workload }) => workload.ports.length > 0)) return serviceless(agent);
      return agent.versions.some(({ workload }) => workload.mediaPorts.length > 0) ? mediaOnly(agent) : portless(agent);
    });
}

/** What only calls, such as a queue's worker or a CronJob's pods. */
function portless({ origin, name, callers }: AgentNode): CheckResult {
  return {
    path: origin.path,
    message: `agent ${name} was granted to callers, and listens on no port`,
    actual: callers.all.map(({ title }) => title),
    expected: 'grants of agents with `ports`',
    fix: 'name the TCP port that callers use in `ports`, or drop the grant',
  };
}

function serviceless({ origin, name, callers }: AgentNode): CheckResult {
  return {
    path: origin.path,
    message: `agent ${name} was granted to callers and has nothing that they could call`,
    actual: callers.all.map(({ title }) => title),
    expected: 'grants of agents that have a Service',
    fix: 'ask for one (`service: true`), though it leads past the picker of a pool; or drop the grant',
  };
}

/** No mesh proves who sends a UDP packet, and a TCP port outside the mesh admits everybody. */
function mediaOnly({ origin, name, versions }: AgentNode): CheckResult {
  return {
    path: origin.path,
    message: `agent ${name} was granted to callers, and has ports outside the mesh alone`,
    actual: versions.flatMap(({ workload }) => workload.mediaPorts.map(({ protocol, port }) => `${protocol} ${port}`)),
    expected: 'grants of TCP ports in `ports`',
    fix: 'name the TCP port that callers use in `ports`, or drop the grant: ports of media are open to whoever reaches the pods',
  };
}
