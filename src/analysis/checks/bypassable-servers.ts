import { Caller } from '../../model/callers';
import { MeshModel } from '../../model/mesh';
import { networkOf } from '../../model/networks';
import { CheckResult } from '../../model/problem';
import { ToolServerNode, ToolTarget } from '../../model/tool-server';

/**
 * Reports external MCP servers that callers can call directly. No workload policy protects an external host, so the egress of callers must
 * be restricted, or the host must require credentials that only the boundary has.
 */
export function bypassableServers(model: MeshModel): CheckResult[] {
  return model.toolServers.flatMap((server) => server.targets.flatMap((target) => around(model, server, target)));
}

function around(model: MeshModel, { origin, name, endpoint }: ToolServerNode, { place, credentials }: ToolTarget): CheckResult[] {
  if (place.kind === 'pods' || credentials) return [];
  const { hostname } = place;
  const isKept = ({ principal: { identity, namespace, serviceAccount } }: Caller) => {
    const own = model.principal(namespace, serviceAccount).identity === identity ? model.index.workloadsAs(namespace, serviceAccount) : [];
    return own.length > 0 && own.every(({ egress }) =>
      egress !== undefined && !egress.hostnames.includes(hostname) && egress.kubernetesNetworks.every((network) => networkOf(network)?.isPrivate));
  };
  const free = endpoint.callers.all.filter((caller) => !isKept(caller)).map(({ title }) => title);
  return free.length === 0 ? [] : [{
    path: origin.path,
    message: `callers of ${name} can call ${hostname} directly and bypass the boundary`,
    actual: free,
    expected: 'callers of the mesh whose `egress` does not include the host, or a server with `credentials` that no caller has',
    fix: 'set `egress` on each caller (an empty one allows no external host), or set `credentials` on the server',
  }];
}
