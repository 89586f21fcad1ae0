import { LinkerdFacts } from './facts';
import { checkHosts } from './host-checks';
import { overfullObjects } from './limits';
import { MeshModel } from '../../model/mesh';
import { nameProblem } from '../../model/names';
import { meantNetwork, networkOf } from '../../model/networks';
import { CheckResult, identified, Problem } from '../../model/problem';

/** What only Linkerd gets wrong. */
export function checkLinkerd(model: MeshModel, facts: LinkerdFacts): Problem[] {
  return [
    ...identified('AM321', installation(model, facts)),
    ...identified('AM322', unbrokenRoutes(model)),
    ...identified('AM323', checkHosts(model)),
    ...identified('AM220', overfullObjects(model, facts)),
  ];
}

function installation({ facts: { origin } }: MeshModel, { controlPlaneNamespace, probeNetworks }: LinkerdFacts): CheckResult[] {
  const name = nameProblem('the namespace of the control plane', controlPlaneNamespace);
  const wrong = probeNetworks.filter((network) => !networkOf(network));
  const meant = wrong.flatMap((network) => meantNetwork(network)?.text ?? []);
  return [
    ...name ? [{ path: origin.path, ...name }] : [],
    ...probeNetworks.length > 0 && wrong.length === 0 ? [] : [{
      path: origin.path, message: 'the networks of the probes are not ones that Linkerd takes', actual: wrong, expected: 'one CIDR or more, such as "10.0.0.0/24", without bits beyond the prefix and without IPv4 in IPv6',
      fix: wrong.length > 0 && meant.length === wrong.length ? `write ${meant.map((text) => `"${text}"`).join(', ')}` : 'correct `kubeletCidrs` of the `Cluster`',
    }],
  ];
}

/** A gateway chooses pods itself: what Linkerd counts for a Service counts nothing there. */
function unbrokenRoutes(model: MeshModel): CheckResult[] {
  return model.workloads.filter((workload) => workload.service?.circuitBreaker && model.routesOf(workload).length > 0).map(({ origin, title }) => ({
    path: origin.path,
    message: `the circuit breaker of ${title} would not hold for the gateway that is routed to it, which chooses pods itself`,
    actual: title,
    expected: 'a circuit breaker of what callers in the mesh alone reach; or MeshProvider.istioAmbient, MeshProvider.istioSidecar',
    fix: 'drop the route or `circuitBreaker`',
  }));
}
