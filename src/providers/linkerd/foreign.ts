import { opaqueServices, opaquePorts } from './foreign-opaque';
import { foreignLinkerdPolicies } from './foreign-policies';
import { countedProbes } from './foreign-probes';
import { skippedFor } from './injection';
import { DEFAULT_POLICY, InboundPolicy, inboundPolicyIn } from './namespace';
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
  const policyIn = (namespace: string) => inboundPolicyIn(model, namespace);
  return [
    ...identified('AM101', unenrolledNamespaces(namespaces, foreign, ({ name }, metadata) => missingEnrolment(policyIn(name), metadata))),
    ...identified('AM102', [
      ...bypassingPods(namespaces, foreign, (template, namespace) =>
        [...bypasses(policyIn(namespace), template), ...opaquePorts(model, template, namespace)]),
      ...opaqueServices(model, namespaces, foreign),
    ]),
    ...identified('AM105', foreignLinkerdRouting(model, foreign, isOwn)),
    ...identified('AM107', openedEgress(model, foreign, isOwn)),
    ...foreignLinkerdPolicies(model, foreign),
    ...identified('AM113', countedProbes(model, foreign)),
  ];
}

/** Annotations that the injector copies from a namespace to its pods, and that keep traffic from the proxies. */
const INHERITED = ['skip-inbound-ports', 'skip-outbound-ports', 'skip-subnets', 'opaque-ports'].map((key) => `config.linkerd.io/${key}`);

function missingEnrolment(policy: InboundPolicy, { annotations = {} }: TreeMetadata): string | undefined {
  const isEnrolled = annotations['linkerd.io/inject'] === 'enabled' && annotations[DEFAULT_POLICY] === policy;
  if (!isEnrolled) return `the annotations linkerd.io/inject: enabled and ${DEFAULT_POLICY}: ${policy}`;
  const copied = INHERITED.filter((key) => (annotations[key] ?? '') !== '');
  return copied.length === 0 ? undefined : `no annotation ${copied.join(', ')}, which would apply to every pod of the namespace; use \`ports\` and \`mediaPorts\` of workloads instead`;
}

/**
 * Returns the fields of a pod template that prevent injection or keep traffic from the proxies (Linkerd 2.20, injection and proxy
 * annotations).
 */
function bypasses(policy: InboundPolicy, template: PodTemplate): string[] {
  const isSet = (value: unknown) => value !== '';
  return [
    ...onHostNetwork(template),
    ...marked(template, 'linkerd.io/inject', (value) => value !== 'enabled' && value !== 'ingress'),
    ...marked(template, DEFAULT_POLICY, (value) => value !== policy),
    ...['skip-inbound-ports', 'skip-outbound-ports', 'skip-subnets'].flatMap((key) => marked(template, `config.linkerd.io/${key}`, isSet)),
    ...template.spec.automountServiceAccountToken === false ? ['automountServiceAccountToken: false, for which the injector skips pods'] : [],
    ...skippedFor(template),
  ];
}
