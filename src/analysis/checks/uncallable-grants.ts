import { MeshModel } from '../../model/mesh';
import { Problem } from '../../model/problem';
import { calledPorts } from '../../model/workload';

/** A grant to call what has no Service would be a promise that nothing keeps. */
export function uncallableGrants(model: MeshModel): Problem[] {
  return model.agents
    .filter(({ callers, versions }) => !callers.isEmpty && versions.length > 0)
    .filter(({ versions }) => versions.every(({ workload }) => calledPorts(workload).length === 0))
    .map(({ origin, name, callers }) => ({
      path: origin.path,
      what: `agent ${name} was granted to callers and has nothing that they could call`,
      got: callers.all.map(({ title }) => title),
      allowed: 'grants of agents that have a Service',
      next: 'ask for one (`service: true`), though it leads past the picker of a pool; or drop the grant',
    }));
}
