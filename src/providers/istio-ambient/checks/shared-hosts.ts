import { MeshModel } from '../../../model/mesh';
import { Located, CheckResult } from '../../../model/problem';
import { WaypointNode } from '../../../model/waypoint';
import { WorkloadNode } from '../../../model/workload';

/** Who says that a host goes by a way of its own. */
interface Claim {
  readonly origin: Located;
  readonly title: string;
  readonly hostname: string;
  readonly namespace: string;
  readonly waypoint?: WaypointNode;
  readonly way: string;
}

/** Hosts outside to whose names istiod gives addresses of their own, and the waypoints behind these. */
export function sharedHosts(model: MeshModel): CheckResult[] {
  return [...otherWays(model), ...sharedIdentities(model)];
}

/** A waypoint tells callers by their ServiceAccount: pods of one are let call the same hosts. */
function sharedIdentities({ workloads, index }: MeshModel): CheckResult[] {
  const hostsOf = ({ egress }: WorkloadNode) => JSON.stringify([...egress?.hostnames ?? []].sort());
  const unlikeFirst = new Map<readonly WorkloadNode[], WorkloadNode | undefined>();
  return workloads.filter(({ egress }) => egress && egress.hostnames.length > 0).flatMap((workload): CheckResult[] => {
    const { origin, title, namespace, serviceAccount } = workload;
    const alike = index.workloadsAs(namespace, serviceAccount);
    const [first] = alike;
    if (!unlikeFirst.has(alike)) unlikeFirst.set(alike, alike.find((one) => one !== first && hostsOf(one) !== hostsOf(first)));
    const other = workload === first || hostsOf(workload) === hostsOf(first) ? unlikeFirst.get(alike) : first;
    return !other ? [] : [{
      path: origin.path,
      what: `${other.title} has the identity of ${title}, and would be let call the same hosts`,
      got: [workload.egress?.hostnames, other.egress?.hostnames ?? 'no `egress`'],
      allowed: 'one `egress` for all that have one ServiceAccount',
      next: 'state the same of each version, or make them two agents',
    }];
  });
}

/** A name is looked up in the caller's own namespace first: there it has one way, and a waypoint stands for a host once. */
function otherWays({ workloads, toolServers }: MeshModel): CheckResult[] {
  const claims: Claim[] = [
    ...workloads.flatMap(({ origin, title, namespace, egress }) =>
      (egress?.hostnames ?? []).map((hostname) => ({ origin, title, hostname, namespace, waypoint: egress?.waypoint, way: `namespace ${namespace}` }))),
    ...toolServers.flatMap(({ origin, door: { title, namespace, service } }) =>
      (service?.hostname === undefined ? [] : [{ origin, title, hostname: service.hostname, namespace, waypoint: service.waypoint, way: title }])),
  ];
  const inNamespaces = new Map<string, WaysOfHosts>();
  const atWaypoints = new Map<WaypointNode | undefined, WaysOfHosts>();
  return claims.flatMap((claim): CheckResult[] => {
    const others = [another(inNamespaces, claim.namespace, claim), another(atWaypoints, claim.waypoint, claim)];
    const other = others.find((one) => one !== undefined);
    return !other ? [] : [{
      path: claim.origin.path,
      what: `host ${claim.hostname} of ${claim.title} goes another way already, for ${other.title}`,
      got: [other.way, claim.way],
      allowed: 'in a namespace, and at a waypoint, either workloads that call a host or one boundary before it',
      next: 'give each namespace a waypoint of its own, call the host through the boundary alone, or use GatewayProvider.agentgateway for the server outside',
    }];
  });
}

/** By host: who claimed it first, and who first claimed another way. */
type WaysOfHosts = Map<string, readonly Claim[]>;

/** Who claimed another way for a host before, in the same place. */
function another<K>(places: Map<K, WaysOfHosts>, place: K, claim: Claim): Claim | undefined {
  const known: WaysOfHosts = places.get(place) ?? new Map();
  places.set(place, known);
  const ways = known.get(claim.hostname) ?? [];
  if (ways.length === 0 || (ways.length === 1 && ways[0].way !== claim.way)) known.set(claim.hostname, [...ways, claim]);
  return ways.find(({ way }) => way !== claim.way);
}
