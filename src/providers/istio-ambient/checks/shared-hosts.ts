import { hostText } from '../../../model/external-host';
import { MeshModel } from '../../../model/mesh';
import { Located, CheckResult } from '../../../model/problem';
import { WaypointNode } from '../../../model/waypoint';
import { hostnamesOf, WorkloadNode } from '../../../model/workload';

/** A declaration that determines the egress path of an external host. */
interface Claim {
  readonly origin: Located;
  readonly title: string;
  readonly hostname: string;
  readonly namespace: string;
  readonly waypoint?: WaypointNode;
  readonly way: string;
}

/** Reports external hosts with conflicting egress paths. istiod assigns an address to each such host, and a waypoint is in front of it. */
export function sharedHosts(model: MeshModel): CheckResult[] {
  return [...otherEgressPaths(model), ...sharedIdentities(model)];
}

/**
 * Reports workloads that share a ServiceAccount and name different hosts. A waypoint distinguishes callers by ServiceAccount only, so all
 * of them may call the same hosts.
 */
function sharedIdentities({ workloads, index }: MeshModel): CheckResult[] {
  const hostsOf = ({ egress }: WorkloadNode) => JSON.stringify((egress?.hosts ?? []).map(hostText).sort());
  const unlikeFirst = new Map<readonly WorkloadNode[], WorkloadNode | undefined>();
  return workloads.filter(({ egress }) => egress && egress.hosts.length > 0).flatMap((workload): CheckResult[] => {
    const { origin, title, namespace, serviceAccount } = workload;
    const alike = index.workloadsAs(namespace, serviceAccount);
    const [first] = alike;
    if (!unlikeFirst.has(alike)) unlikeFirst.set(alike, alike.find((one) => one !== first && hostsOf(one) !== hostsOf(first)));
    const other = workload === first || hostsOf(workload) === hostsOf(first) ? unlikeFirst.get(alike) : first;
    return !other ? [] : [{
      path: origin.path,
      message: `${other.title} and ${title} have the same ServiceAccount but different \`egress\`, so each could call the hosts of the other`,
      actual: [workload.egress?.hosts.map(hostText), other.egress?.hosts.map(hostText) ?? 'no `egress`'],
      expected: 'the same `egress` for all workloads of one ServiceAccount',
      fix: 'set the same `egress` on each version, or define two agents',
    }];
  });
}

/**
 * Reports hosts with two egress paths. A caller resolves a host in its own namespace first, so a namespace has one path for each host,
 * and a waypoint registers each host once.
 */
function otherEgressPaths({ workloads, toolServers }: MeshModel): CheckResult[] {
  const claims: Claim[] = [
    ...workloads.flatMap(({ origin, title, namespace, egress }) =>
      hostnamesOf({ egress }).map((hostname) => ({ origin, title, hostname, namespace, waypoint: egress?.waypoint, way: `namespace ${namespace}` }))),
    ...toolServers.flatMap(({ origin, endpoint: { title, namespace, service } }) =>
      (service?.hostname === undefined ? [] : [{ origin, title, hostname: service.hostname, namespace, waypoint: service.waypoint, way: title }])),
  ];
  const inNamespaces = new Map<string, WaysOfHosts>();
  const atWaypoints = new Map<WaypointNode | undefined, WaysOfHosts>();
  return claims.flatMap((claim): CheckResult[] => {
    const others = [another(inNamespaces, claim.namespace, claim), another(atWaypoints, claim.waypoint, claim)];
    const other = others.find((one) => one !== undefined);
    return !other ? [] : [{
      path: claim.origin.path,
      message: `${claim.title} and ${other.title} would reach external host ${claim.hostname} over two egress paths, but a namespace and a waypoint can have only one egress path to a host`,
      actual: [other.way, claim.way],
      expected: 'for each namespace and each waypoint, either workloads that call the host or one McpToolBoundary in front of the host',
      fix: 'give each namespace its own waypoint, call the host only through the McpToolBoundary, or use McpProvider.agentgateway for the external server',
    }];
  });
}

/** For each host, the first claim, and the first claim with another egress path. */
type WaysOfHosts = Map<string, readonly Claim[]>;

/** Returns an earlier claim in the same place with another egress path for the host. */
function another<K>(places: Map<K, WaysOfHosts>, place: K, claim: Claim): Claim | undefined {
  const known: WaysOfHosts = places.get(place) ?? new Map();
  places.set(place, known);
  const ways = known.get(claim.hostname) ?? [];
  if (ways.length === 0 || (ways.length === 1 && ways[0].way !== claim.way)) known.set(claim.hostname, [...ways, claim]);
  return ways.find(({ way }) => way !== claim.way);
}
