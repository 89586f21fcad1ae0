import { Caller } from '../../model/callers';
import { MeshModel } from '../../model/mesh';
import { networkOf } from '../../model/networks';
import { CheckResult } from '../../model/problem';
import { ToolServerNode, ToolTarget } from '../../model/tool-server';

/**
 * A host outside has no floor: whoever may call it itself is held by no grant. Callers must be kept from it, or the host must ask
 * for what only the boundary shows it.
 */
export function waysAround(model: MeshModel): CheckResult[] {
  return model.toolServers.flatMap((server) => server.targets.flatMap((target) => around(model, server, target)));
}

function around(model: MeshModel, { origin, name, door }: ToolServerNode, { place, credentials }: ToolTarget): CheckResult[] {
  if (place.kind === 'pods' || credentials) return [];
  const { hostname } = place;
  const isKept = ({ principal: { identity, namespace, serviceAccount } }: Caller) => {
    const own = model.principal(namespace, serviceAccount).identity === identity ? model.index.workloadsAs(namespace, serviceAccount) : [];
    return own.length > 0 && own.every(({ egress }) =>
      egress !== undefined && !egress.hostnames.includes(hostname) && egress.kubernetesNetworks.every((network) => networkOf(network)?.isPrivate));
  };
  const free = door.callers.all.filter((caller) => !isKept(caller)).map(({ title }) => title);
  return free.length === 0 ? [] : [{
    path: origin.path,
    what: `callers of ${name} could call ${hostname} themselves, past what they were granted`,
    got: free,
    allowed: 'callers of the mesh whose pods have an `egress` without it; or a server that is shown `credentials` which no caller has',
    next: 'state `egress` of each caller (an empty one lets nothing out), or `credentials` of the server',
  }];
}
