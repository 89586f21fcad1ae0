import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** Reports agents with several versions and Services of the library, if no Service has the name that callers use. */
export function unstableAgents({ agents }: MeshModel): CheckResult[] {
  return agents.flatMap(({ origin, title, versions, stable }): CheckResult[] => {
    const own = versions.filter(({ workload: { service } }) => service && !service.statedLabels);
    return stable !== undefined || versions.length < 2 || own.length === 0 ? [] : [{
      path: origin.path,
      message: `${title} has several versions and none is stable, so no Service has the name of the agent`,
      actual: versions.map(({ version }) => version),
      expected: 'one version that is `stable`',
      fix: 'set `stable` to the version that callers use, or set `service` to false if no caller uses a Service of the agent',
    }];
  });
}
