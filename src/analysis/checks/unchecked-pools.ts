import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';

/**
 * Reports pools whose servers or picker require a token or an external authorizer. Pool requests are authorized by the gateway identity
 * only.
 */
export function uncheckedPools(model: MeshModel): CheckResult[] {
  const asked = model.pools.flatMap((pool) => {
    const workloads = [pool.servers, ...pool.prefill ? [pool.prefill.servers] : [], pool.picker.workload];
    return workloads.filter(demands).map((workload) => ({ ...pool, workload }));
  });
  return asked.map(({ origin, name, workload: { title, jwt, externalAuthorizer } }) => ({
    path: origin.path,
    message: `requests through pool ${name} would skip the token or external authorizer that ${title} requires`,
    actual: jwt?.issuer ?? externalAuthorizer?.provider,
    expected: 'workloads of a pool, and endpoint pickers, without `jwt` and `externalAuthorizer`',
    fix: 'remove `jwt` and `externalAuthorizer`, or route to an agent with a Service instead of the pool',
  }));
}

function demands({ jwt, externalAuthorizer }: WorkloadNode): boolean {
  return jwt !== undefined || externalAuthorizer !== undefined;
}
