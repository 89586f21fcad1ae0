import { Construct } from 'constructs';
import { Sidecar, SidecarSpec, SidecarSpecOutboundTrafficPolicyMode } from '../../../imports/networking.istio.io';
import { MeshModel } from '../../model/mesh';
import { PICKER_PORTS } from '../../model/pool';
import { Principal } from '../../model/principal';
import { ServiceNode } from '../../model/service';
import { WorkloadNode } from '../../model/workload';
import { emit } from '../emit';
import { serviceHost } from '../shared/istio-traffic';
import { metricsService } from '../shared/picker-metrics';

/** The hosts of no Service at all (Istio 1.30, Sidecar). */
const NOTHING = '~/*';

/** Where workloads find the Kubernetes API. */
const KUBERNETES_API = 'default/kubernetes.default.svc.cluster.local';

/** What the sidecars of a namespace see that no other view is for: nothing. */
export function emitClosedView(scope: Construct, namespace: string): void {
  emit(scope, 'egress', Sidecar, { name: `${namespace}-default`, namespace }, { spec: () => view([]) });
}

/** What the sidecars of a workload see: the Services that it was granted, and hosts outside that its namespace may call. */
export function emitView(scope: Construct, model: MeshModel, workload: WorkloadNode): void {
  emit(scope, 'egress', Sidecar, { name: workload.name, namespace: workload.namespace }, {
    spec: () => ({ workloadSelector: { labels: { ...workload.labels } }, ...view(visibleHosts(model, workload)) }),
  });
}

export function visibleHosts(model: MeshModel, workload: WorkloadNode): string[] {
  const { namespace, serviceAccount, externalAuthorizer: authorizer } = workload;
  const services = [
    ...grantedServices(model, model.principal(namespace, serviceAccount)),
    ...model.index.poolsPickedBy(workload).map(metricsService),
    ...scrapedPickers(model, workload),
  ].filter((service): service is ServiceNode => service !== undefined);
  return [
    ...services.map((service) => `${service.namespace}/${serviceHost(service)}`),
    ...hostsOutside(model, workload).map((host) => `./${host}`),
    ...(workload.egress?.namespaces ?? []).map((name) => `${name}/*`),
    ...(callsKubernetes(model, workload) ? [KUBERNETES_API] : []),
    ...(authorizer ? [`${authorizer.serviceNamespace}/${serviceHost({ name: authorizer.serviceName, namespace: authorizer.serviceNamespace })}`] : []),
  ];
}

/** The Services of what an identity was granted, in its own mesh and in others. */
function grantedServices({ facts: { cluster } }: MeshModel, principal: Principal): (ServiceNode | undefined)[] {
  const reachable = cluster.meshesGranting(principal).filter(({ facts }) => !cluster.gapBetween(principal.namespace, facts.namespace));
  return reachable.flatMap((mesh) => {
    const callees = mesh.calleesOf(principal);
    const routes = callees.flatMap((callee) => mesh.index.meshRoutesOf(callee));
    return [...callees, ...routes].map(({ service }) => service);
  });
}

/** The Services by which the one who scrapes for the mesh reads the pickers that are deployed here. */
function scrapedPickers(model: MeshModel, { namespace, serviceAccount }: WorkloadNode): ServiceNode[] {
  if (model.scraper?.principal.identity !== model.principal(namespace, serviceAccount).identity) return [];
  const at = { port: PICKER_PORTS.metrics, targetPort: PICKER_PORTS.metrics };
  return model.pools.flatMap(({ picker }) => (picker.deployment ? [{ name: picker.serviceName, namespace: picker.workload.namespace, ...at }] : []));
}

/** Those that it names itself; or, of what names none, those of everybody in its namespace. */
function hostsOutside({ index }: MeshModel, { namespace, egress }: WorkloadNode): readonly string[] {
  return egress?.hostnames ?? index.egressIn(namespace).flatMap(({ hostnames }) => hostnames);
}

/** A picker watches pods; a workload with a token has it for the API. */
function callsKubernetes(model: MeshModel, workload: WorkloadNode): boolean {
  const { deployment, egress } = workload;
  const isLet = deployment?.mountToken === true || (egress !== undefined && egress.kubernetesNetworks.length > 0);
  return isLet || model.index.poolsPickedBy(workload).length > 0;
}

/** Beyond the hosts nothing is reached: what is not seen would otherwise be passed on as it is. */
function view(hosts: readonly string[]): SidecarSpec {
  return {
    egress: [{ hosts: hosts.length > 0 ? [...new Set(hosts)].sort() : [NOTHING] }],
    outboundTrafficPolicy: { mode: SidecarSpecOutboundTrafficPolicyMode.REGISTRY_UNDERSCORE_ONLY },
  };
}
