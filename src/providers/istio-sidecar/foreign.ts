import { Caller } from '../../model/callers';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { CheckResult, identified, Problem } from '../../model/problem';
import { foreignIstioPolicies } from '../foreign/istio-policies';
import { unenrolledNamespaces } from '../foreign/namespaces';
import { openedEgress } from '../foreign/network-policies';
import { PodTemplate } from '../foreign/pod-template';
import { bypassingPods, isGatewayPod, marked, onHostNetwork, TEMPLATES } from '../foreign/pods';
import { foreignIstioRouting } from '../foreign/routing';
import { entriesOf, ForeignObjects, TreeMetadata } from '../foreign/tree-object';

/** Reports user-managed objects that contradict a mesh of sidecars, in the namespaces that have sidecars. */
export function checkForeignSidecars(
  model: MeshModel, foreign: ForeignObjects, isOwn: (namespace: string) => boolean, proxies: readonly Caller[], revision: string | undefined,
): Problem[] {
  const namespaces = [...model.namespaces.values()].filter(({ name }) => isOwn(name));
  return [
    ...identified('AM101', unenrolledNamespaces(namespaces, foreign, (_, metadata) => missingInjection(metadata, revision))),
    ...identified('AM102', bypassingPods(namespaces, foreign, bypassesOfSidecars)),
    ...foreignIstioPolicies(model, foreign, namespaces),
    ...identified('AM105', foreignIstioRouting(model, foreign, isOwn, proxies)),
    ...identified('AM107', [...widerViews(foreign, namespaces), ...openedEgress(model, foreign, isOwn)]),
  ];
}

/**
 * Returns the injection label that a Namespace lacks or must not have. The webhook of a revision ignores a namespace with the label
 * istio-injection, for any value of the label (Istio 1.30, mutatingwebhook).
 */
export function missingInjection({ labels = {} }: TreeMetadata, revision: string | undefined): string | undefined {
  const injection = labels['istio-injection'];
  const alone = injection === undefined ? '' : ', and no label istio-injection, which would disable the label istio.io/rev';
  if (revision !== undefined) return labels['istio.io/rev'] === revision && injection === undefined ? undefined : `the label istio.io/rev: ${revision}${alone}`;
  const isInjected = injection === 'enabled' || (injection === undefined && labels['istio.io/rev'] !== undefined);
  return isInjected ? undefined : 'the label istio-injection: enabled';
}

/**
 * Returns the fields of a pod template that prevent injection or keep traffic from the sidecars (Istio 1.30, injection and annotations).
 */
export function bypassesOfSidecars(template: PodTemplate): string[] {
  const traffic = (key: string, matters: (value: unknown) => boolean) => marked(template, `traffic.sidecar.istio.io/${key}`, matters);
  const isSet = (value: unknown) => value !== '';
  const isNotAll = (value: unknown) => value !== '*';
  return [
    ...onHostNetwork(template),
    ...marked(template, 'sidecar.istio.io/inject', (value) => value === 'false'),
    ...marked(template, 'sidecar.istio.io/interceptionMode', (value) => value === 'NONE'),
    ...['excludeInboundPorts', 'excludeOutboundPorts', 'excludeOutboundIPRanges', 'excludeInterfaces'].flatMap((key) => traffic(key, isSet)),
    ...['includeInboundPorts', 'includeOutboundIPRanges'].flatMap((key) => traffic(key, isNotAll)),
    ...otherTemplates(template),
    ...marked(template, 'proxy.istio.io/config', (value) => NOT_CAPTURED.test(String(value))).map((one) => `${one}, with the interception mode NONE`),
    ...asProxy(template),
    ...ownProxies(template),
  ];
}

/** Matches the setting in YAML and in JSON, because the annotation may contain either. */
const NOT_CAPTURED = /["']?interceptionMode["']?\s*:\s*["']?NONE\b/;

/**
 * Returns injector templates of a pod other than "sidecar". Only "sidecar" captures the traffic of containers. The template "gateway" is
 * for pods that contain only a proxy.
 */
function otherTemplates(template: PodTemplate): string[] {
  return isGatewayPod(template) ? [] : marked(template, TEMPLATES, (value) => !String(value).split(',').map((one) => one.trim()).includes('sidecar'));
}

/** User and group id of sidecars. Istio treats the traffic of other processes with this id as traffic of the sidecar (Istio 1.30, IST0144). */
const PROXY_ID = 1337;

interface Identified { readonly securityContext?: { readonly runAsUser?: unknown; readonly runAsGroup?: unknown } | null }

interface NamedContainer extends Identified { readonly name?: unknown }

function asProxy(template: PodTemplate): string[] {
  const containers = [template.spec.containers, template.spec.initContainers].flat() as readonly (NamedContainer | undefined)[];
  const beside = containers.filter((one) => one !== undefined && one.name !== 'istio-proxy') as readonly NamedContainer[];
  const others = [template.spec as Identified, ...beside];
  const found = others.flatMap(({ securityContext }) => (['runAsUser', 'runAsGroup'] as const).filter((field) => securityContext?.[field] === PROXY_ID));
  return isGatewayPod(template) ? [] : [...new Set(found)].map((field) => `${field}: ${PROXY_ID}, which is the user or group id of the sidecar`);
}

/**
 * Returns containers named like the sidecar. The injector keeps such a container as the template states it, unless its image is `auto`
 * (Istio 1.31, webhook.go).
 */
function ownProxies({ spec }: PodTemplate): string[] {
  const containers = [spec.containers, spec.initContainers].flatMap((list) => entriesOf<{ readonly name?: unknown; readonly image?: unknown }>(list));
  const own = containers.filter((one) => one.name === 'istio-proxy' && one.image !== 'auto');
  return own.map(({ image }) => `a container istio-proxy of the image ${JSON.stringify(image)}, which replaces the sidecar`);
}

/**
 * Reports user-managed Sidecars. The first Sidecar that selects a pod applies. If a namespace has two Sidecars without a selector, either
 * may apply (Istio 1.30, Sidecar).
 */
function widerViews(foreign: ForeignObjects, namespaces: readonly NamespaceNode[]): CheckResult[] {
  const sidecars = namespaces.flatMap(({ name }) => foreign.in(name)).filter(({ group, kind }) => group === 'networking.istio.io' && kind === 'Sidecar');
  return sidecars.map((object) => ({
    path: object.path,
    message: `${object.title} decides which hosts the sidecars of the mesh can reach, instead of the grants`,
    actual: object.name,
    expected: 'only the Sidecars that the mesh emits',
    fix: 'grant to these pods the callees that they call, and remove the Sidecar',
  }));
}
