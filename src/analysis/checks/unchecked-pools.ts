import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';

/** Requests that a pool's gateway sends are admitted by who sends them; what was asked of a client's request is not asked there. */
export function uncheckedPools(model: MeshModel): CheckResult[] {
  const asked = model.pools.flatMap((pool) => [pool.servers, pool.picker.workload].filter(demands).map((workload) => ({ ...pool, workload })));
  return asked.map(({ origin, name, workload: { title, jwt, externalAuthorizer } }) => ({
    path: origin.path,
    message: `pool ${name} would be served without the token or the authorizer that ${title} demands`,
    actual: jwt?.issuer ?? externalAuthorizer?.provider,
    expected: 'servers and pickers that demand neither',
    fix: 'demand it of an agent that has a Service and no pool',
  }));
}

function demands({ jwt, externalAuthorizer }: WorkloadNode): boolean {
  return jwt !== undefined || externalAuthorizer !== undefined;
}
