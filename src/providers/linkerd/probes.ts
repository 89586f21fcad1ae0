import { Construct } from 'constructs';
import { authorize, routeRef } from './authorization';
import { LinkerdFacts } from './facts';
import { compileRequests, limitsOf } from './inbound-routes';
import { HttpRoute } from '../../../imports/gateway.networking.k8s.io';
import { AuthorizationPolicy, NetworkAuthentication } from '../../../imports/policy.linkerd.io';
import { Probers } from '../../model/mesh-limitations';
import { healthPaths, WorkloadNode } from '../../model/workload';
import { emit } from '../emit';

/** Callers that may probe ports without routes. */
export const OF_INSTALLATION: Probers = {
  who: 'any client that reaches the pods from `policyController.probeNetworks` of the Linkerd installation (by default all networks)', at: 'workload',
};

/**
 * Returns the callers that may probe a workload. For a Server without routes, the policy controller allows the probe paths of the pods,
 * from the networks of its installation. Once the Server has a route this no longer applies, and the mesh emits a route for the probes
 * (Linkerd 2.20, inbound index).
 */
export function probersOf({ probeNetworks }: LinkerdFacts, workload: WorkloadNode): Probers {
  if (!limitsOf(workload, workload.ports[0])) return OF_INSTALLATION;
  return probersFrom(probeNetworks);
}

/** Returns the clients in some networks. */
export function probersFrom(networks: readonly string[]): Probers {
  return { who: `any client that reaches the pods from ${networks.join(', ')}`, at: 'workload', ...(!isEverywhere(networks) && { networks }) };
}

function isEverywhere(networks: readonly string[]): boolean {
  return networks.some((network) => network.endsWith('/0'));
}

/**
 * Why probes harm a rate limit. The proxy applies its rate limiter to every route, after authorization (Linkerd 2.20,
 * linkerd-proxy-server-policy).
 */
export const COUNTED_PROBES = 'Linkerd counts every allowed request, probes included, and treats all clients without an identity as one caller, so requests to the path use up the limit, callers get 429 and a busy pod fails its probes';

/** A port and the name of its Server. */
interface ProbedServer { readonly port: number; readonly server: string }

/** Emits a route for the probes of the kubelet, which Linkerd denies once a Server has a route. */
export function emitProbes(scope: Construct, { probeNetworks }: LinkerdFacts, workload: WorkloadNode, { port, server }: ProbedServer): void {
  const { namespace, ports } = workload;
  const paths = healthPaths(workload);
  if (paths.length === 0 || port !== ports[0]) return;
  const name = `${server}-probes`;
  emit(scope, `probes-${port}`, HttpRoute, { name, namespace }, { spec: () => compileRequests(server, { endpoints: paths.map((path) => ({ path, methods: ['GET'] })) }) });
  emit(scope, `kubelets-${port}`, NetworkAuthentication, { name, namespace }, { spec: () => ({ networks: probeNetworks.map((cidr) => ({ cidr })) }) });
  emit(scope, `probing-${port}`, AuthorizationPolicy, { name, namespace }, { spec: () => authorize(routeRef(name), 'NetworkAuthentication', name) });
}
