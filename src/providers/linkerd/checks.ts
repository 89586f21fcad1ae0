import { LinkerdFacts } from './facts';
import { MeshModel } from '../../model/mesh';
import { nameProblem } from '../../model/names';
import { isNetwork } from '../../model/networks';
import { outsideHosts } from '../../model/outside-host';
import { listed, Located, Problem } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';

const MOST_RETRIES = 65_535; // an unsigned number of 16 bits (Linkerd 2.20, policy-controller)

/** What only Linkerd gets wrong. */
export function checkLinkerd(model: MeshModel, facts: LinkerdFacts): Problem[] {
  return [...installation(model, facts), ...unbrokenRoutes(model), ...retries(model), ...sharedHosts(model)];
}

function installation({ facts: { origin } }: MeshModel, { controlPlaneNamespace, probeNetworks }: LinkerdFacts): Problem[] {
  const name = nameProblem('the namespace of the control plane', controlPlaneNamespace);
  const networks = probeNetworks.length > 0 && probeNetworks.every(isNetwork);
  return [
    ...name ? [{ path: origin.path, ...name }] : [],
    ...networks ? [] : [{
      path: origin.path, what: 'the networks of the probes are not ones that Linkerd takes', got: probeNetworks, allowed: 'one CIDR or more, such as "10.0.0.0/24"',
      next: 'correct `probeNetworks` of MeshProvider.linkerd',
    }],
  ];
}

/** A gateway chooses pods itself: what Linkerd counts for a Service counts nothing there. */
function unbrokenRoutes(model: MeshModel): Problem[] {
  return model.workloads.filter((workload) => workload.service?.circuitBreaker && model.routesOf(workload).length > 0).map(({ origin, title }) => ({
    path: origin.path,
    what: `the circuit breaker of ${title} would not hold for the gateway that is routed to it, which chooses pods itself`,
    got: title,
    allowed: 'a circuit breaker of what callers in the mesh alone reach; or MeshProvider.istioAmbient, MeshProvider.istioSidecar',
    next: 'drop the route or `circuitBreaker`',
  }));
}

function retries({ meshRoutes }: MeshModel): Problem[] {
  return meshRoutes.filter((route) => (route.retries?.attempts ?? 0) > MOST_RETRIES).map(({ origin, retries: asked }) => ({
    path: origin.path, what: '`attempts` of the retries is out of range', got: asked?.attempts, allowed: `whole numbers from 1 to ${MOST_RETRIES}`, next: 'correct the number',
  }));
}

/** A host is let out of a namespace, whoever calls it there: a workload, or the proxy of a boundary. */
function sharedHosts({ workloads, toolServers }: MeshModel): Problem[] {
  const ofWorkloads = workloads.flatMap(({ origin, title, namespace, egress }) => (egress?.hostnames ?? []).flatMap((host) =>
    shared({ origin, title, host }, workloads.filter((other) => other.namespace === namespace && !other.egress?.hostnames.includes(host)))));
  // Whom no NetworkPolicy lets connect to hosts is kept from these too; of whom nothing is said nothing is promised.
  const ofProxies = toolServers.filter(({ front }) => front).flatMap((server) => outsideHosts(server).flatMap(({ hostname: host }) => {
    const { origin, name, door } = server;
    const open = workloads.filter(({ namespace, egress }) => namespace === door.namespace && egress && egress.hostnames.length > 0);
    return shared({ origin, title: `the proxy of tool server ${name}`, host }, open.filter(({ egress }) => !egress!.hostnames.includes(host)));
  }));
  return [...ofWorkloads, ...ofProxies];
}

interface LetOut { readonly origin: Located; readonly title: string; readonly host: string }

function shared({ origin, title, host }: LetOut, others: readonly WorkloadNode[]): Problem[] {
  return others.length === 0 ? [] : [{
    path: origin.path,
    what: `Linkerd lets a host out of a namespace, and others are in that of ${title}`,
    got: host,
    allowed: 'a namespace whose every workload names the host; or a MeshEgress, which says so',
    next: `put it into a namespace of its own, apart from ${listed(others.map((other) => other.title))}`,
  }];
}
