import { k8s } from 'cdk8s-plus-30';
import { Construct } from 'constructs';
import { LinkerdFacts } from './facts';
import { EgressNetwork, EgressNetworkSpecTrafficPolicy } from '../../../imports/policy.linkerd.io';
import { NamespaceNode } from '../../model/mesh';
import { WorkloadNode } from '../../model/workload';
import { emit } from '../emit';

/** The EgressNetwork of a namespace, to which the routes of hosts attach. */
export function egressNetworkOf(namespace: string): string {
  return `${namespace}-egress`;
}

/** A namespace whose pods have proxies that deny what nobody admitted, and let nothing out of the cluster. */
export function emitNamespace(scope: Construct, facts: LinkerdFacts, { name, existing }: NamespaceNode): void {
  if (!existing) emit(scope, 'namespace', k8s.KubeNamespace, { name, annotations: { ...memberAnnotations(facts), 'config.linkerd.io/access-log': 'json' } }, {});
  emit(scope, 'egress', EgressNetwork, { name: egressNetworkOf(name), namespace: name }, { spec: () => ({ trafficPolicy: EgressNetworkSpecTrafficPolicy.DENY }) });
}

/** Injection, and deny where no Server is: the cluster's own default lets everybody in (Linkerd 2.20, proxy.defaultInboundPolicy). */
function memberAnnotations({ nativeSidecarAnnotation }: LinkerdFacts): Record<string, string> {
  return {
    'linkerd.io/inject': 'enabled',
    'config.linkerd.io/default-inbound-policy': 'deny',
    // The proxy starts before the workload and ends after it.
    [nativeSidecarAnnotation]: 'true',
  };
}

/** The same on the pods themselves, which count more than their namespace, and the ports that are not what the proxy takes them for. */
export function podAnnotations(facts: LinkerdFacts, { opaquePorts, mediaPorts }: Pick<WorkloadNode, 'opaquePorts' | 'mediaPorts'>): Record<string, string> {
  const skipped = mediaPorts.filter(({ protocol }) => protocol === 'TCP').map(({ port }) => port).join();
  return {
    ...memberAnnotations(facts),
    ...(opaquePorts.length > 0 && { 'config.linkerd.io/opaque-ports': opaquePorts.join() }),
    ...(skipped !== '' && { 'config.linkerd.io/skip-inbound-ports': skipped }),
  };
}
