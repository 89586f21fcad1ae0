import { Caller } from '../../model/callers';
import { MeshModel } from '../../model/mesh';
import { sharedAccountProblem } from '../../model/names';
import { CheckResult, Located } from '../../model/problem';

/** An agent, workload or proxy with its ServiceAccount, which comes from a prop, an id or a controller. */
interface Named {
  readonly origin: Located;
  readonly title: string;
  readonly namespace: string;
  readonly serviceAccount: string;
}

/**
 * Reports agents, workloads, waypoints and gateways with the ServiceAccount "default". A grant to it would be a grant to every pod that
 * sets no ServiceAccount.
 */
export function sharedAccounts(model: MeshModel, proxies: readonly Caller[]): CheckResult[] {
  const told = new Set<string>();
  return [...agents(model), ...model.workloads, ...proxies.map((proxy) => located(model, proxy))].flatMap((one): CheckResult[] => {
    const problem = sharedAccountProblem(one.title, one.namespace, one.serviceAccount);
    const key = `${one.origin.path} ${one.namespace}`; // all versions of an agent share it
    if (!problem || told.has(key)) return [];
    told.add(key);
    return [{ path: one.origin.path, ...problem }];
  });
}

function agents({ agents: all }: MeshModel): Named[] {
  return [...all];
}

/** Returns a proxy with the construct that creates it. */
function located(model: MeshModel, { title, principal: { namespace, serviceAccount } }: Caller): Named {
  const is = (one: Pick<Named, 'namespace' | 'serviceAccount'>) => one.namespace === namespace && one.serviceAccount === serviceAccount;
  const owner = model.waypoints.find(is) ?? model.toolServers.find(({ mcpProxy }) => mcpProxy && is(mcpProxy))
    ?? model.gateways.find((gateway) => gateway.namespace === namespace && title === `gateway ${gateway.name}`);
  return { origin: owner?.origin ?? model.facts.origin, title, namespace, serviceAccount };
}
