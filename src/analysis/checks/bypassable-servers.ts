import { Caller } from '../../model/callers';
import { isWildcard } from '../../model/external-host';
import { MeshModel } from '../../model/mesh';
import { networkOf } from '../../model/networks';
import { CheckResult } from '../../model/problem';
import { ToolServerNode, ToolTarget } from '../../model/tool-server';
import { WorkloadEgressFacts } from '../../model/workload';

/**
 * Reports external MCP servers that callers can call directly. No workload policy protects an external host, so the egress of callers must
 * be restricted, or the host must require credentials that only the boundary has. Proxies do not check the addresses behind a wildcard or in
 * a network, so such egress may lead to any host there.
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
      egress !== undefined && egress.hosts.every((host) => host.hostname !== hostname && !isWildcard(host.hostname))
      && networksIn(egress).every((network) => networkOf(network)?.isLocal));
  };
  const free = endpoint.callers.all.filter((caller) => !isKept(caller)).map(({ title }) => title);
  return free.length === 0 ? [] : [{
    path: origin.path,
    message: `callers of tool server ${name} can also call its external MCP server ${hostname} directly, and so bypass the boundary`,
    actual: free,
    expected: 'callers of this mesh whose `egress` allows neither the host, nor a hostname with "*.", nor a public network; or a server with `credentials` that no caller has',
    fix: 'set `egress` on the workload of each caller (an empty `egress` allows no external host), or set `credentials` on the server',
  }];
}

function networksIn({ networks, kubernetesNetworks }: WorkloadEgressFacts): string[] {
  return [...networks.map(({ cidr }) => cidr), ...kubernetesNetworks];
}
