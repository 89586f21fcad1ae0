import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { calledPorts, protocolAt, WorkloadNode } from '../../model/workload';

/** What is asked of requests holds at a port that callers use, and that speaks HTTP: elsewhere nobody reads them. */
export function unreadRequests(model: MeshModel): CheckResult[] {
  return model.workloads.flatMap((workload): CheckResult[] => {
    if (workload.front) return fronted(workload);
    const asked = askedOf(workload);
    if (asked.length === 0) return [];
    const called = calledPorts(workload);
    const opaque = called.find((port) => workload.opaquePorts.includes(port));
    // Of a pool's servers, and of a tool server without a port, it is told elsewhere what is wrong.
    const isTold = (workload.ports.length === 0 && !workload.routable) || model.poolsOf(workload).length > 0;
    if (isTold || (called.length > 0 && opaque === undefined)) return [];
    return [{
      path: workload.origin.path,
      what: `nobody reads requests to ${workload.title}: ${opaque === undefined ? 'it has no port that callers use' : `port ${opaque} carries something else than HTTP`}`,
      got: asked,
      allowed: 'a Service to a port that speaks HTTP',
      next: opaque === undefined ? 'give it a Service, or drop what is asked' : 'take the port out of `opaquePorts`, or drop what is asked',
    }];
  });
}

/** What is asked at the pods of a server would be asked of its proxy, which alone calls it. */
function fronted(workload: WorkloadNode): CheckResult[] {
  const spoken = calledPorts(workload).map((port) => protocolAt(workload, port));
  const asked = [...askedOf(workload), ...spoken.includes('opaque') ? ['opaquePorts'] : [], ...spoken.includes('grpc') ? ['grpcPorts'] : []];
  return asked.length === 0 ? [] : [{
    path: workload.origin.path,
    what: `what is asked of requests to ${workload.title} would be asked of the proxy that reads MCP before it, and of no caller`,
    got: asked,
    allowed: '`jwt` and `rateLimit` of the boundary; a server behind agentgateway asks nothing of requests itself',
    next: 'state it of the boundary, drop it, or use GatewayProvider.istio',
  }];
}

/** What may be asked of requests, by its name in a program. */
const ASKED: readonly (readonly [name: string, of: (workload: WorkloadNode) => unknown])[] = [
  ['paths', ({ requests }) => requests?.endpoints], ['jwt', ({ jwt }) => jwt], ['externalAuthorizer', ({ externalAuthorizer }) => externalAuthorizer],
  ['rateLimit', ({ rateLimit }) => rateLimit], ['circuitBreaker', ({ service }) => service?.circuitBreaker],
];

function askedOf(workload: WorkloadNode): string[] {
  return ASKED.filter(([, of]) => of(workload) !== undefined).map(([name]) => name);
}
