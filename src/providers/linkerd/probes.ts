import { Construct } from 'constructs';
import { authorize, routeRef } from './authorization';
import { LinkerdFacts } from './facts';
import { compileRequests, limitsOf } from './inbound-routes';
import { HttpRoute } from '../../../imports/gateway.networking.k8s.io';
import { AuthorizationPolicy, NetworkAuthentication } from '../../../imports/policy.linkerd.io';
import { Probers } from '../../model/mesh-limitations';
import { WorkloadNode } from '../../model/workload';
import { emit } from '../emit';

/** Of ports without routes. */
export const OF_INSTALLATION: Probers = {
  who: 'whoever reaches the pods, from the networks of Linkerd\'s installation (`policyController.probeNetworks`): everywhere, unless it names others', at: 'workload',
};

/**
 * Who may ask a workload for its health. Of a Server without routes the policy controller itself lets the paths of the pods' own probes
 * through, from networks of its installation; with the first route that is over, and a route of the mesh does so (Linkerd 2.20, inbound index).
 */
export function probersOf({ probeNetworks }: LinkerdFacts, workload: WorkloadNode): Probers {
  if (!limitsOf(workload, workload.ports[0])) return OF_INSTALLATION;
  return probersFrom(probeNetworks);
}

/** Whoever is in some networks. */
export function probersFrom(networks: readonly string[]): Probers {
  return { who: `whoever reaches the pods from ${networks.join(', ')}`, at: 'workload', ...(!isEverywhere(networks) && { networks }) };
}

function isEverywhere(networks: readonly string[]): boolean {
  return networks.some((network) => network.endsWith('/0'));
}

/** The proxy asks its limiter on every route, after it has let a request in (Linkerd 2.20, linkerd-proxy-server-policy). */
export const COUNTED_PROBES = 'Linkerd counts every request that it lets in, probes among them, and takes all who prove no identity for one caller; so whoever asks for the path uses the limit up, callers get 429, and a busy pod fails its probes';

/** A port, and the name of its Server. */
interface ProbedServer { readonly port: number; readonly server: string }

/** A route for the kubelet's probes, which Linkerd denies from the first route of a Server on. */
export function emitProbes(scope: Construct, { probeNetworks }: LinkerdFacts, workload: WorkloadNode, { port, server }: ProbedServer): void {
  const { namespace, healthPath, ports } = workload;
  if (healthPath === undefined || port !== ports[0]) return;
  const name = `${server}-probes`;
  emit(scope, `probes-${port}`, HttpRoute, { name, namespace }, { spec: () => compileRequests(server, { endpoints: [{ path: healthPath, methods: ['GET'] }] }) });
  emit(scope, `kubelets-${port}`, NetworkAuthentication, { name, namespace }, { spec: () => ({ networks: probeNetworks.map((cidr) => ({ cidr })) }) });
  emit(scope, `probing-${port}`, AuthorizationPolicy, { name, namespace }, { spec: () => authorize(routeRef(name), 'NetworkAuthentication', name) });
}
