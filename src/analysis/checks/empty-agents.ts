import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** An agent that nothing runs for has an identity that nobody proves. */
export function emptyAgents(model: MeshModel): CheckResult[] {
  return model.agents.filter(({ versions }) => versions.length === 0).map(({ origin, name }) => ({
    path: origin.path,
    message: `agent ${name} has no workload`,
    actual: undefined,
    expected: 'one `workload`, or versions',
    fix: 'state what runs, with Workload.deploy or Workload.existing; for an identity alone use Identity.of',
  }));
}
