import { MeshModel } from '../../model/mesh';
import { PoolNode } from '../../model/pool';
import { Problem } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';

/** What only sidecars get wrong. */
export function checkSidecars(model: MeshModel, isOwn: (namespace: string) => boolean): Problem[] {
  return [
    ...unseenCallees(model.workloads.filter(({ namespace }) => isOwn(namespace))),
    ...encryptedPickers(model.pools.filter(({ namespace }) => isOwn(namespace))),
  ];
}

/** A sidecar sends to a pod's address that it does not know in plain text, which the pods refuse. */
function unseenCallees(workloads: readonly WorkloadNode[]): Problem[] {
  return workloads.filter(({ callers, service, deployment }) => !callers.isEmpty && !service && !deployment).map(({ origin, title }) => ({
    path: origin.path,
    what: `${title} was granted to callers and has no Service that is known: their sidecars would not speak mutual TLS to its pods`,
    got: undefined,
    allowed: 'a workload with a Service',
    next: 'state the Service in Workload.existing',
  }));
}

/** Between a gateway and a picker with a sidecar, mutual TLS is the sidecar's: TLS of the picker's own would be refused by STRICT. */
function encryptedPickers(pools: readonly PoolNode[]): Problem[] {
  return pools.filter(({ picker }) => picker.selfSignedTls && !picker.deployment).map(({ origin, name }) => ({
    path: origin.path,
    what: `the picker of pool ${name} speaks TLS of its own, which its sidecar would refuse as no mutual TLS`,
    got: { selfSignedTls: true },
    allowed: 'a picker without TLS of its own: the sidecars encrypt what it says',
    next: 'start it with --secure-serving=false and state `selfSignedTls: false`',
  }));
}
