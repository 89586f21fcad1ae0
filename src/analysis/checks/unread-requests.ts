import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { AppProtocol, httpLimits } from '../../model/service';
import { calledPorts, opaqueDeclaration, protocolAt, unreadPort, WorkloadNode } from '../../model/workload';

/** Reports workloads with request settings but without a called HTTP port, so that no proxy could enforce them. */
export function unreadRequests(model: MeshModel): CheckResult[] {
  return model.workloads.flatMap((workload): CheckResult[] => {
    if (workload.mcpProxy) return proxied(workload);
    const asked = askedOf(workload);
    if (asked.length === 0) return [];
    const called = calledPorts(workload);
    const opaque = called.find((port) => workload.opaquePorts.includes(port));
    // Other checks report pool servers, and tool servers without a port.
    const isPooled = model.poolsOf(workload).length > 0 || model.index.poolsPrefilledBy(workload).length > 0;
    const isTold = (workload.ports.length === 0 && !workload.routable) || isPooled;
    if (isTold || (called.length > 0 && opaque === undefined)) return [];
    return [{
      path: workload.origin.path,
      message: `these settings of ${workload.title} have no effect, because no proxy inspects its requests: ${opaque === undefined ? 'the workload has no port that callers use' : unreadPort(workload, opaque).reason}`,
      actual: asked,
      expected: 'a Service for a port that speaks HTTP',
      fix: opaque === undefined ? 'give the workload a Service, or remove these settings' : `${unreadPort(workload, opaque).fix}, or remove these settings`,
    }];
  });
}

/** Reports request settings of a server behind an MCP proxy. They would apply to the proxy, which is its only caller. */
function proxied(workload: WorkloadNode): CheckResult[] {
  const asked = [...askedOf(workload), ...calledPorts(workload).flatMap((port) => PORTS[protocolAt(workload, port)](port, workload))];
  return asked.length === 0 ? [] : [{
    path: workload.origin.path,
    message: `these settings of ${workload.title} would apply to requests from the MCP proxy in front of it, not to requests from callers`,
    actual: asked,
    expected: '`jwt` and `rateLimit` of the boundary; `Port.http` and no request settings on a server behind an MCP proxy',
    fix: 'move the settings to the boundary, remove them, or define the AgentMesh without `mcp`',
  }];
}

/** Ports of each protocol, written as in a program. An MCP proxy calls HTTP ports only. */
const PORTS: Record<AppProtocol, (port: number, workload: WorkloadNode) => string[]> = {
  http: () => [], grpc: (port) => [`Port.grpc(${port})`], opaque: (port, workload) => [opaqueDeclaration(workload, port)],
};

/** Request settings by the name of their prop. */
const ASKED: readonly (readonly [name: string, of: (workload: WorkloadNode) => unknown])[] = [
  ['paths', ({ requests }) => requests?.endpoints], ['jwt', ({ jwt }) => jwt], ['externalAuthorizer', ({ externalAuthorizer }) => externalAuthorizer],
  ['rateLimit', ({ rateLimit }) => rateLimit], ['circuitBreaker', ({ service }) => service?.circuitBreaker],
];

function askedOf(workload: WorkloadNode): string[] {
  return [...ASKED.filter(([, of]) => of(workload) !== undefined).map(([name]) => name), ...httpLimits(workload.service)];
}
