import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';

/** Reports environment variables with the address of a Service that was removed because a pool serves its pods. */
export function withdrawnUrls({ workloads }: MeshModel): CheckResult[] {
  const withdrawn = new Map(workloads.flatMap(({ withdrawnService: service, title }) => (service ? [[`${service.name}.${service.namespace}`, title]] : [])));
  return withdrawn.size === 0 ? [] : workloads.flatMap((workload) => staleIn(workload, withdrawn));
}

/** An address of a Service, such as "writer.voice.svc.cluster.local" or "writer.voice". */
const ADDRESS = /(?<=^|[/@])([a-z0-9-]+\.[a-z0-9-]+)(?=$|[.:/])/g;

function staleIn({ origin, title, deployment }: WorkloadNode, withdrawn: ReadonlyMap<string, string>): CheckResult[] {
  return Object.entries(deployment?.env ?? {}).flatMap(([name, value]) => [...String(value).matchAll(ADDRESS)].flatMap(([address]): CheckResult[] => {
    const served = withdrawn.get(address);
    return served === undefined ? [] : [{
      path: origin.path,
      message: `the environment variable ${name} of ${title} has the URL of a Service of ${served} that does not exist, because the pods of ${served} are in an InferencePool`,
      actual: value,
      expected: 'the URL of a gateway (`urls`), or of an agent with a Service',
      fix: 'call the gateway of the pool, or set `service` to true on the agent to keep the Service (its callers bypass the endpoint picker)',
    }];
  }));
}
