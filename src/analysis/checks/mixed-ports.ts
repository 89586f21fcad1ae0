import { prefillPorts } from '../../model/disaggregation';
import { MeshModel } from '../../model/mesh';
import { pickerPorts } from '../../model/pool';
import { CheckResult } from '../../model/problem';
import { calledPorts, WorkloadNode } from '../../model/workload';

/**
 * Reports ports for callers without an identity that other callers need: every client that reaches the pods would have what only
 * they were granted. It also reports `jwt` beside such a port, because sidecars verify tokens at every port of the pods.
 */
export function mixedPorts(model: MeshModel): CheckResult[] {
  return model.workloads.filter(({ unauthenticatedPorts }) => unauthenticatedPorts)
    .flatMap((workload) => [...workload.unauthenticatedPorts!.flatMap(({ port }) => otherUses(model, workload, port)), ...withTokens(workload)]);
}

function otherUses(model: MeshModel, workload: WorkloadNode, port: number): CheckResult[] {
  const uses = usesOf(model, workload, port);
  return uses.length === 0 ? [] : [{
    path: workload.origin.path,
    message: `port ${port} of ${workload.title} is open to callers without an identity, and also ${uses.join(', and ')}`,
    actual: port,
    expected: 'ports in `unauthenticatedPorts` that have no other use',
    fix: 'serve the callers without an identity at a port of their own',
  }];
}

/** Returns the other uses of a port, in words. */
function usesOf(model: MeshModel, workload: WorkloadNode, port: number): string[] {
  const { ports, metrics, portCallers } = workload;
  const isCalled = calledPorts(workload).includes(port) || ports[0] === port;
  const granted = portCallers?.all.find((one) => one.port === port)?.callers.all ?? [];
  const pools = [
    ...model.poolsOf(workload).filter((pool) => [...pool.targetPorts, ...pickerPorts(pool)].includes(port)),
    ...model.index.poolsPrefilledBy(workload).filter((pool) => [...prefillPorts(pool), ...pickerPorts(pool)].includes(port)),
  ];
  return [
    ...isCalled ? ['the port that callers with an identity use'] : [],
    ...granted.length > 0 ? [`granted to ${granted.map(({ title }) => title).join(', ')}`] : [],
    ...metrics?.port === port ? ['the `metricsPort`'] : [],
    ...pools.map(({ name }) => `a port of pool ${name}`),
  ];
}

function withTokens({ origin, title, unauthenticatedPorts = [], jwt }: WorkloadNode): CheckResult[] {
  return !jwt ? [] : [{
    path: origin.path,
    message: `${title} has \`jwt\`, but requests at its unauthenticated ports need no token`,
    actual: unauthenticatedPorts.map(({ port }) => port),
    expected: 'either `jwt` or `unauthenticatedPorts`',
    fix: 'remove `jwt` or `unauthenticatedPorts`, or serve the callers without an identity from another workload',
  }];
}
