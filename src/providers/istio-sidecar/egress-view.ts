import { Construct } from 'constructs';
import { Sidecar, SidecarSpec, SidecarSpecOutboundTrafficPolicyMode } from '../../../imports/networking.istio.io';
import { prefillService } from '../../model/disaggregation';
import { ExternalNetworkNode, networkName, networksOf } from '../../model/external-network';
import { MeshModel } from '../../model/mesh';
import { PICKER_PORTS } from '../../model/pool';
import { namespacePrincipal, Principal } from '../../model/principal';
import { ServiceNode, serviceHost } from '../../model/service';
import { hostnamesOf, WorkloadNode } from '../../model/workload';
import { emit } from '../emit';
import { metricsService } from '../inference-extension/picker-metrics';

/** Host pattern that matches no Service (Istio 1.30, Sidecar). */
const NOTHING = '~/*';

/** Host of the Kubernetes API. */
const KUBERNETES_API = 'default/kubernetes.default.svc.cluster.local';

/** Emits the default Sidecar of a namespace. To pods that no other Sidecar selects it shows only the Services that their whole namespace was granted. */
export function emitDefaultView(scope: Construct, model: MeshModel, namespace: string): void {
  emit(scope, 'egress', Sidecar, { name: `${namespace}-default`, namespace }, {
    spec: () => view(grantedServices(model, namespacePrincipal(model.facts.trustDomain, namespace)).map(hostIn)),
  });
}

/** Returns a Service as an entry of a Sidecar. */
function hostIn(service: ServiceNode): string {
  return `${service.namespace}/${serviceHost(service)}`;
}

/** Emits the Sidecar of a workload. It shows the Services that the workload was granted and the external hosts that it may call. */
export function emitView(scope: Construct, model: MeshModel, workload: WorkloadNode): void {
  emit(scope, 'egress', Sidecar, { name: workload.name, namespace: workload.namespace }, {
    spec: () => ({ workloadSelector: { labels: { ...workload.labels } }, ...view(visibleHosts(model, workload)) }),
  });
}

export function visibleHosts(model: MeshModel, workload: WorkloadNode): string[] {
  const { externalAuthorizer: authorizer } = workload;
  return [
    ...visibleServices(model, workload).map(hostIn),
    ...externalHostsIn(model, workload).map((host) => `./${host}`),
    ...networksOf(workload).map((network) => `./${networkHost(network)}`),
    ...(workload.egress?.namespaces ?? []).map((name) => `${name}/*`),
    ...(callsKubernetes(model, workload) ? [KUBERNETES_API] : []),
    ...(authorizer ? [`${authorizer.serviceNamespace}/${serviceHost({ name: authorizer.serviceName, namespace: authorizer.serviceNamespace })}`] : []),
  ];
}

/** Returns the Services that a workload sees by name. */
export function visibleServices(model: MeshModel, workload: WorkloadNode): ServiceNode[] {
  return [
    ...grantedServices(model, model.principal(workload.namespace, workload.serviceAccount)),
    ...model.index.poolsPickedBy(workload).flatMap((pool) => metricsService(pool) ?? []),
    ...model.poolsOf(workload).flatMap((pool) => prefillService(pool) ?? []),
    ...scrapedPickers(model, workload),
  ];
}

/** Returns the name under which sidecars know a port of a network. It has the reserved domain "invalid", so nothing resolves it. */
export function networkHost({ namespace, cidr, port }: ExternalNetworkNode): string {
  return `port-${port}.cidr-${networkName(cidr)}.${namespace}.invalid`;
}

/** Returns the Services that an identity was granted, in its own mesh and in other meshes. */
function grantedServices({ facts: { cluster } }: MeshModel, principal: Principal): ServiceNode[] {
  const reachable = cluster.meshesGranting(principal).filter(({ facts }) => !cluster.gapBetween(principal.namespace, facts.namespace));
  return reachable.flatMap((mesh) => mesh.servicesGrantedTo(principal));
}

/** Returns the Services of deployed pickers if the workload is the metrics scraper of the mesh. */
function scrapedPickers(model: MeshModel, { namespace, serviceAccount }: WorkloadNode): ServiceNode[] {
  if (model.scraper?.principal.identity !== model.principal(namespace, serviceAccount).identity) return [];
  const at = { port: PICKER_PORTS.metrics, targetPort: PICKER_PORTS.metrics };
  return model.pools.flatMap(({ picker }) => (picker.deployment ? [{ name: picker.serviceName, namespace: picker.workload.namespace, ...at }] : []));
}

/** Returns the external hosts that a workload names, or those of its namespace if it names none. */
function externalHostsIn({ index }: MeshModel, workload: WorkloadNode): readonly string[] {
  return workload.egress ? hostnamesOf(workload) : index.egressIn(workload.namespace).flatMap(({ hostnames }) => hostnames);
}

/** Returns whether a workload calls the Kubernetes API. Pickers watch pods, and workloads with a token call the API with it. */
function callsKubernetes(model: MeshModel, workload: WorkloadNode): boolean {
  const { deployment, egress } = workload;
  const isLet = deployment?.mountToken === true || (egress !== undefined && egress.kubernetesNetworks.length > 0);
  return isLet || model.index.poolsPickedBy(workload).length > 0;
}

/** Returns a Sidecar spec that restricts outbound traffic to the hosts. By default sidecars pass traffic to unknown hosts through. */
function view(hosts: readonly string[]): SidecarSpec {
  return {
    egress: [{ hosts: hosts.length > 0 ? [...new Set(hosts)].sort() : [NOTHING] }],
    outboundTrafficPolicy: { mode: SidecarSpecOutboundTrafficPolicyMode.REGISTRY_UNDERSCORE_ONLY },
  };
}
