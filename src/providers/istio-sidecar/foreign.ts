import { MeshModel, NamespaceNode } from '../../model/mesh';
import { CheckResult, identified, Problem } from '../../model/problem';
import { foreignIstioPolicies } from '../foreign/istio-policies';
import { unenrolledNamespaces } from '../foreign/namespaces';
import { openedEgress } from '../foreign/network-policies';
import { PodTemplate } from '../foreign/pod-template';
import { leavingPods, marked, onHostNetwork } from '../foreign/pods';
import { foreignIstioRouting, foreignServiceRoutes } from '../foreign/routing';
import { entriesOf, ForeignObjects, TreeMetadata } from '../foreign/tree-object';

/** What the team's own objects contradict of a mesh of sidecars, in the namespaces that have them. */
export function checkForeignSidecars(
  model: MeshModel, foreign: ForeignObjects, isOwn: (namespace: string) => boolean, revision: string | undefined,
): Problem[] {
  const namespaces = [...model.namespaces.values()].filter(({ name }) => isOwn(name));
  return [
    ...identified('AM101', unenrolledNamespaces(namespaces, foreign, (_, metadata) => missingInjection(metadata, revision))),
    ...identified('AM102', leavingPods(namespaces, foreign, waysPastSidecars)),
    ...foreignIstioPolicies(model, foreign, namespaces),
    ...identified('AM105', [...foreignIstioRouting(model, foreign, isOwn), ...foreignServiceRoutes(model, foreign, isOwn)]),
    ...identified('AM107', [...widerViews(foreign, namespaces), ...openedEgress(model, foreign, isOwn)]),
  ];
}

export function missingInjection({ labels = {} }: TreeMetadata, revision: string | undefined): string | undefined {
  if (revision !== undefined) return labels['istio.io/rev'] === revision ? undefined : `the label istio.io/rev: ${revision}`;
  return labels['istio-injection'] === 'enabled' || labels['istio.io/rev'] !== undefined ? undefined : 'the label istio-injection: enabled';
}

/** What keeps the injector from pods, or traffic from their sidecars (Istio 1.30, injection and annotations). */
export function waysPastSidecars(template: PodTemplate): string[] {
  const traffic = (key: string, matters: (value: unknown) => boolean) => marked(template, `traffic.sidecar.istio.io/${key}`, matters);
  const isSet = (value: unknown) => value !== '';
  const isNotAll = (value: unknown) => value !== '*';
  return [
    ...onHostNetwork(template),
    ...marked(template, 'sidecar.istio.io/inject', (value) => value === 'false'),
    ...marked(template, 'sidecar.istio.io/interceptionMode', (value) => value === 'NONE'),
    ...['excludeInboundPorts', 'excludeOutboundPorts', 'excludeOutboundIPRanges', 'excludeInterfaces'].flatMap((key) => traffic(key, isSet)),
    ...['includeInboundPorts', 'includeOutboundIPRanges'].flatMap((key) => traffic(key, isNotAll)),
    ...ownProxies(template),
  ];
}

/** A container of the sidecar's name stays what the template says, but for an image that is left to the injector (Istio 1.31, webhook.go). */
function ownProxies({ spec }: PodTemplate): string[] {
  const containers = [spec.containers, spec.initContainers].flatMap((list) => entriesOf<{ readonly name?: unknown; readonly image?: unknown }>(list));
  const own = containers.filter((one) => one.name === 'istio-proxy' && one.image !== 'auto');
  return own.map(({ image }) => `a container istio-proxy of the image ${JSON.stringify(image)}, which takes the place of the sidecar`);
}

/** The first Sidecar that selects a pod counts, and of two for a whole namespace either (Istio 1.30, Sidecar). */
function widerViews(foreign: ForeignObjects, namespaces: readonly NamespaceNode[]): CheckResult[] {
  const sidecars = namespaces.flatMap(({ name }) => foreign.in(name)).filter(({ group, kind }) => group === 'networking.istio.io' && kind === 'Sidecar');
  return sidecars.map((object) => ({
    path: object.path,
    what: `${object.title} decides what sidecars of the mesh see, in place of what their workloads were granted`,
    got: object.name,
    allowed: 'the Sidecars of the mesh',
    next: 'grant what its pods call, and drop it',
  }));
}
