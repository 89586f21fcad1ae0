import { Caller } from '../../model/callers';
import { MeshModel } from '../../model/mesh';
import { sharedAccountProblem } from '../../model/names';
import { CheckResult, Located } from '../../model/problem';

/** Somebody with an identity, wherever its ServiceAccount comes from: what was stated, an id, or a controller. */
interface Named {
  readonly origin: Located;
  readonly title: string;
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** What is granted to a ServiceAccount that every pod has is granted to every pod: no agent, server, waypoint or gateway may have it. */
export function sharedAccounts(model: MeshModel, proxies: readonly Caller[]): CheckResult[] {
  const told = new Set<string>();
  return [...agents(model), ...model.workloads, ...proxies.map((proxy) => located(model, proxy))].flatMap((one): CheckResult[] => {
    const problem = sharedAccountProblem(one.title, one.namespace, one.serviceAccount);
    const key = `${one.origin.path} ${one.namespace}`; // of an agent, all versions have it
    if (!problem || told.has(key)) return [];
    told.add(key);
    return [{ path: one.origin.path, ...problem }];
  });
}

function agents({ agents: all }: MeshModel): Named[] {
  return all.map((agent) => ({ ...agent, title: `agent ${agent.name}` }));
}

/** A proxy with the construct that it is for. */
function located(model: MeshModel, { title, principal: { namespace, serviceAccount } }: Caller): Named {
  const is = (one: Pick<Named, 'namespace' | 'serviceAccount'>) => one.namespace === namespace && one.serviceAccount === serviceAccount;
  const owner = model.waypoints.find(is) ?? model.toolServers.find(({ mcpProxy }) => mcpProxy && is(mcpProxy))
    ?? model.gateways.find((gateway) => gateway.namespace === namespace && title === `gateway ${gateway.name}`);
  return { origin: owner?.origin ?? model.facts.origin, title, namespace, serviceAccount };
}
