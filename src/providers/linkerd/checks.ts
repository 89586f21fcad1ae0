import { LinkerdFacts } from './facts';
import { checkHosts } from './host-checks';
import { overfullObjects } from './limits';
import { MeshModel } from '../../model/mesh';
import { nameProblem } from '../../model/names';
import { meantNetwork, networkOf } from '../../model/networks';
import { CheckResult, identified, Problem } from '../../model/problem';

/** Reports problems of Linkerd meshes. */
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
      path: origin.path, message: '`kubeletCidrs` contains values that Linkerd does not accept', actual: wrong, expected: 'at least one CIDR, such as "10.0.0.0/24", without host bits and without IPv4-mapped IPv6 addresses',
      fix: wrong.length > 0 && meant.length === wrong.length ? `write ${meant.map((text) => `"${text}"`).join(', ')}` : 'correct `kubeletCidrs` of the `Cluster`',
    }],
  ];
}

/**
 * Reports circuit breakers of workloads behind a gateway. The gateway chooses pods itself, so Linkerd's failure accrual for the Service
 * does not apply to its requests.
 */
function unbrokenRoutes(model: MeshModel): CheckResult[] {
  return model.workloads.filter((workload) => workload.service?.circuitBreaker && model.routesOf(workload).length > 0).map(({ origin, title }) => ({
    path: origin.path,
    message: `the circuit breaker of ${title} would not apply to requests from a gateway, because the gateway, and not Linkerd, chooses the pod`,
    actual: title,
    expected: 'a circuit breaker on a workload that only callers in the mesh reach; or MeshProvider.istioAmbient, MeshProvider.istioSidecar',
    fix: 'remove the gateway route, or remove `circuitBreaker`',
  }));
}
