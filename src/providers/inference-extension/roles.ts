import { DisaggregatedPod, POOL_LABEL } from '../../model/disaggregated-pod';

/** Label with the role of a pod (llm-d-router v0.10, scheduling/filter/bylabel). */
export const ROLE_LABEL = 'llm-d.ai/role';

/** Returns the labels of the pods of one role, beside those that select the pods of their Deployment. */
export function roleLabels({ role, pool }: Pick<DisaggregatedPod, 'role' | 'pool'>): Readonly<Record<string, string>> {
  return { [POOL_LABEL]: pool, [ROLE_LABEL]: role };
}
