import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** Reports agents without a workload, whose identity no pod would use. */
export function emptyAgents(model: MeshModel): CheckResult[] {
  return model.agents.filter(({ versions }) => versions.length === 0).map(({ origin, name }) => ({
    path: origin.path,
    message: `agent ${name} has no workload`,
    actual: undefined,
    expected: 'one `workload`, or `versions`',
    fix: 'add a workload with Workload.deploy or Workload.existing; use Identity.of for an identity without a workload',
  }));
}
