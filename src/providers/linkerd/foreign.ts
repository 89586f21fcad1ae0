import { opaqueServices, opaquePorts } from './foreign-opaque';
import { foreignLinkerdPolicies } from './foreign-policies';
import { countedProbes } from './foreign-probes';
import { skippedFor } from './injection';
import { MeshModel } from '../../model/mesh';
import { identified, Problem } from '../../model/problem';
import { unenrolledNamespaces } from '../foreign/namespaces';
import { openedEgress } from '../foreign/network-policies';
import { PodTemplate } from '../foreign/pod-template';
import { bypassingPods, marked, onHostNetwork } from '../foreign/pods';
import { foreignLinkerdRouting } from '../foreign/routing';
import { ForeignObjects, TreeMetadata } from '../foreign/tree-object';

/** Reports user-managed objects that contradict a Linkerd mesh. */
export function checkForeignLinkerd(model: MeshModel, foreign: ForeignObjects, isOwn: (namespace: string) => boolean): Problem[] {
  const namespaces = [...model.namespaces.values()].filter(({ name }) => isOwn(name));
  return [
    ...identified('AM101', unenrolledNamespaces(namespaces, foreign, (_, metadata) => missingEnrolment(metadata))),
    ...identified('AM102', [
      ...bypassingPods(namespaces, foreign, (template, namespace) => [...bypasses(template), ...opaquePorts(model, template, namespace)]),
      ...opaqueServices(model, namespaces, foreign),
    ]),
    ...identified('AM105', foreignLinkerdRouting(model, foreign, isOwn)),
    ...identified('AM107', openedEgress(model, foreign, isOwn)),
    ...foreignLinkerdPolicies(model, foreign),
    ...identified('AM113', countedProbes(model, foreign)),
  ];
}

const DEFAULT_POLICY = 'config.linkerd.io/default-inbound-policy';

/** What the injector copies from a namespace to its pods, and what takes them from their proxies there. */
const INHERITED = ['skip-inbound-ports', 'skip-outbound-ports', 'skip-subnets', 'opaque-ports'].map((key) => `config.linkerd.io/${key}`);

function missingEnrolment({ annotations = {} }: TreeMetadata): string | undefined {
  const isEnrolled = annotations['linkerd.io/inject'] === 'enabled' && annotations[DEFAULT_POLICY] === 'deny';
  if (!isEnrolled) return `the annotations linkerd.io/inject: enabled and ${DEFAULT_POLICY}: deny`;
  const copied = INHERITED.filter((key) => (annotations[key] ?? '') !== '');
  return copied.length === 0 ? undefined : `no annotation ${copied.join(', ')}, which every pod of the namespace would have; \`ports\` and \`mediaPorts\` of workloads`;
}

/**
 * Returns the fields of a pod template that prevent injection or keep traffic from the proxies (Linkerd 2.20, injection and proxy
 * annotations).
 */
function bypasses(template: PodTemplate): string[] {
  const isSet = (value: unknown) => value !== '';
  return [
    ...onHostNetwork(template),
    ...marked(template, 'linkerd.io/inject', (value) => value !== 'enabled' && value !== 'ingress'),
    ...marked(template, DEFAULT_POLICY, (value) => value !== 'deny'),
    ...['skip-inbound-ports', 'skip-outbound-ports', 'skip-subnets'].flatMap((key) => marked(template, `config.linkerd.io/${key}`, isSet)),
    ...template.spec.automountServiceAccountToken === false ? ['automountServiceAccountToken: false, for which the injector skips pods'] : [],
    ...skippedFor(template),
  ];
}
