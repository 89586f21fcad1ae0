import { MeshModel } from '../../../model/mesh';
import { Located, Problem } from '../../../model/problem';

interface Claim { readonly origin: Located; readonly title: string; readonly hostname: string; readonly place: string }

/** What istiod gives an address of its own has one in the whole mesh: a host that goes two ways would go one of them, whoever calls. */
export function sharedHosts({ workloads, toolServers }: MeshModel): Problem[] {
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
