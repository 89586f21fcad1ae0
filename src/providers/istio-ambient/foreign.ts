import { Caller } from '../../model/callers';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { identified, Problem } from '../../model/problem';
import { foreignIstioPolicies } from '../foreign/istio-policies';
import { unenrolledNamespaces } from '../foreign/namespaces';
import { openedEgress } from '../foreign/network-policies';
import { PodTemplate } from '../foreign/pod-template';
import { bypassingPods, isGatewayPod, marked, onHostNetwork } from '../foreign/pods';
import { foreignIstioRouting } from '../foreign/routing';
import { ForeignObjects, TreeMetadata } from '../foreign/tree-object';
import { LABELS } from '../istio-shared/istio-targets';

/** Reports user-managed objects that contradict an ambient mesh. */
export function checkForeignAmbient(
  model: MeshModel, foreign: ForeignObjects, isOwn: (namespace: string) => boolean, proxies: readonly Caller[],
): Problem[] {
  const namespaces = [...model.namespaces.values()].filter(({ name }) => isOwn(name));
  const calling = new Set(model.workloads.filter(({ egress }) => egress && egress.hosts.length > 0).map(({ namespace }) => namespace));
  const external = model.toolServers.filter(({ endpoint }) => endpoint.service?.hostname !== undefined);
  // ztunnel resolves the names of these hosts to addresses of waypoints. A caller that uses another DNS server bypasses the waypoints.
  const callsHosts = (namespace: string) => calling.has(namespace) || external.length > 0;
  return [
    ...identified('AM101', unenrolledNamespaces(namespaces, foreign, (namespace, metadata) => missingEnrolment(model, namespace, metadata))),
    ...identified('AM102', bypassingPods(namespaces, foreign, (template, namespace) => [
      ...bypassesOfAmbient(template), ...callsHosts(namespace) ? marked(template, 'ambient.istio.io/dns-capture', (value) => value === 'false') : [],
    ])),
    ...foreignIstioPolicies(model, foreign, namespaces),
    ...identified('AM105', foreignIstioRouting(model, foreign, isOwn, proxies)),
    ...identified('AM107', openedEgress(model, foreign, isOwn)),
  ];
}

/**
 * Returns the labels that a Namespace lacks or must not have. It needs the ambient label and may only name a waypoint that the app binds.
 * In a namespace with pools, gateways must not send requests through the waypoint, because the waypoint would override the choice of the
 * endpoint picker.
 */
function missingEnrolment({ pools }: MeshModel, { name, waypoint }: NamespaceNode, { labels = {} }: TreeMetadata): string | undefined {
  const used = labels[LABELS.useWaypoint] ?? 'none';
  if (labels[LABELS.dataplaneMode] !== 'ambient') return `the label ${LABELS.dataplaneMode}: ambient`;
  if (used !== (waypoint?.name ?? 'none')) return waypoint ? `the label ${LABELS.useWaypoint}: ${waypoint.name}, as bindNamespace states` : `no label ${LABELS.useWaypoint} unless the app binds the waypoint (bindNamespace)`;
  const isRouted = labels[LABELS.ingressUseWaypoint] === 'true' && pools.some(({ namespace }) => namespace === name);
  return isRouted ? `no label ${LABELS.ingressUseWaypoint} in a namespace with pools: gateways would send requests to the waypoint and bypass the endpoint picker` : undefined;
}

/** Returns the fields of a pod template that keep ztunnel from capturing its pods (Istio 1.30 and 1.31, ambient and its CNI). */
export function bypassesOfAmbient(template: PodTemplate): string[] {
  return [
    ...onHostNetwork(template),
    ...marked(template, LABELS.dataplaneMode, (value) => value !== 'ambient'),
    ...marked(template, 'ambient.istio.io/bypass-inbound-capture', (value) => value === 'true'),
    ...marked(template, 'sidecar.istio.io/status', () => true), // the CNI skips pods that have a sidecar
    ...isGatewayPod(template) ? [] : injected(template),
  ];
}

/** Returns the labels with which a pod gets a sidecar in a namespace without sidecars (Istio 1.30, mutatingwebhook). */
function injected({ metadata: { labels = {} } }: PodTemplate): string[] {
  const own = labels['sidecar.istio.io/inject'];
  if (own === 'true') return ['sidecar.istio.io/inject: "true"'];
  return own !== 'false' && labels['istio.io/rev'] !== undefined ? [`istio.io/rev: ${JSON.stringify(labels['istio.io/rev'])}`] : [];
}
