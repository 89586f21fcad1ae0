import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** Reports agents without a version, whose identity no pod would use. */
export function emptyAgents(model: MeshModel): CheckResult[] {
  return model.agents.filter(({ versions }) => versions.length === 0).map(({ origin, title }) => ({
    path: origin.path,
    message: `${title} has no versions`,
    actual: {},
    expected: 'one version or more',
    fix: 'add a version with Workload.deploy or Workload.existing; use Identity.of for an identity without a workload',
  }));
}
