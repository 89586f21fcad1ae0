import { MeshModel } from '../../../model/mesh';
import { Located, Problem } from '../../../model/problem';
import { WorkloadNode } from '../../../model/workload';

interface Claim { readonly origin: Located; readonly title: string; readonly hostname: string; readonly place: string }

/** What istiod gives an address of its own has one in the whole mesh: a host that goes two ways would go one of them, whoever calls. */
export function sharedHosts(model: MeshModel): Problem[] {
  return [...otherWays(model), ...sharedIdentities(model)];
}

/** A waypoint tells callers by their ServiceAccount: pods of one are let call the same hosts. */
function sharedIdentities({ workloads }: MeshModel): Problem[] {
  const hostsOf = ({ egress }: WorkloadNode) => JSON.stringify([...egress?.hostnames ?? []].sort());
  return workloads.filter(({ egress }) => egress && egress.hostnames.length > 0).flatMap((workload): Problem[] => {
    const { origin, title, namespace, serviceAccount } = workload;
    const other = workloads.find((one) => one.namespace === namespace && one.serviceAccount === serviceAccount && hostsOf(one) !== hostsOf(workload));
    return !other ? [] : [{
      path: origin.path,
      what: `${other.title} has the identity of ${title}, and would be let call the same hosts`,
      got: [workload.egress?.hostnames, other.egress?.hostnames ?? 'no `egress`'],
      allowed: 'one `egress` for all that have one ServiceAccount',
      next: 'state the same of each version, or make them two agents',
    }];
  });
}

function otherWays({ workloads, toolServers }: MeshModel): Problem[] {
  const claims: Claim[] = [
    ...workloads.flatMap(({ origin, title, namespace, egress }) => (egress?.hostnames ?? []).map((hostname) => ({ origin, title, hostname, place: `namespace ${namespace}` }))),
    ...toolServers.flatMap(({ origin, door: { title, service } }) =>
      (service?.hostname === undefined ? [] : [{ origin, title, hostname: service.hostname, place: title }])),
  ];
  const first = new Map<string, Claim>();
  return claims.flatMap((claim) => {
    const other = first.get(claim.hostname) ?? claim;
    first.set(claim.hostname, other);
    return other.place === claim.place ? [] : [{
      path: claim.origin.path,
      what: `host ${claim.hostname} of ${claim.title} goes another way already, for ${other.title}`,
      got: [other.place, claim.place],
      allowed: 'one namespace whose workloads call a host, or one boundary before it',
      next: 'put what calls the host into one namespace, or use GatewayProvider.agentgateway for the server outside',
    }];
  });
}
