import { k8s } from 'cdk8s-plus-30';
import { Construct } from 'constructs';
import { LinkerdFacts } from './facts';
import { EgressNetwork, EgressNetworkSpecTrafficPolicy } from '../../../imports/policy.linkerd.io';
import { NamespaceNode } from '../../model/mesh';
import { WorkloadNode } from '../../model/workload';
import { emit } from '../emit';

/** Returns the name of the EgressNetwork of a namespace, which is the parent of the routes for external hosts. */
export function egressNetworkOf(namespace: string): string {
  return `${namespace}-egress`;
}

/** Emits a namespace whose proxies deny inbound traffic without an authorization, and all traffic to external hosts. */
export function emitNamespace(scope: Construct, facts: LinkerdFacts, { name, existing }: NamespaceNode): void {
  if (!existing) emit(scope, 'namespace', k8s.KubeNamespace, { name, annotations: { ...memberAnnotations(facts), 'config.linkerd.io/access-log': 'json' } }, {});
  emit(scope, 'egress', EgressNetwork, { name: egressNetworkOf(name), namespace: name }, { spec: () => ({ trafficPolicy: EgressNetworkSpecTrafficPolicy.DENY }) });
}

/**
 * Returns the annotations for injection and default deny. The default of the cluster allows everyone where no Server exists (Linkerd
 * 2.20, proxy.defaultInboundPolicy).
 */
function memberAnnotations({ nativeSidecarAnnotation }: LinkerdFacts): Record<string, string> {
  return {
    'linkerd.io/inject': 'enabled',
    'config.linkerd.io/default-inbound-policy': 'deny',
    // A native sidecar starts before the workload and stops after it.
    [nativeSidecarAnnotation]: 'true',
  };
}

/**
 * Returns the pod annotations. They include those of the namespace, which they take precedence over, and the ports that the proxy must
 * treat as opaque or skip.
 */
export function podAnnotations(facts: LinkerdFacts, { opaquePorts, mediaPorts }: Pick<WorkloadNode, 'opaquePorts' | 'mediaPorts'>): Record<string, string> {
  const skipped = mediaPorts.filter(({ protocol }) => protocol === 'TCP').map(({ port }) => port).join();
  return {
    ...memberAnnotations(facts),
    ...(opaquePorts.length > 0 && { 'config.linkerd.io/opaque-ports': opaquePorts.join() }),
    ...(skipped !== '' && { 'config.linkerd.io/skip-inbound-ports': skipped }),
  };
}
