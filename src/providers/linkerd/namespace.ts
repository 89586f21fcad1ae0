import { k8s } from 'cdk8s-plus-30';
import { Construct } from 'constructs';
import { LinkerdFacts } from './facts';
import { EgressNetwork, EgressNetworkSpecTrafficPolicy } from '../../../imports/policy.linkerd.io';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { WorkloadNode } from '../../model/workload';
import { emit } from '../emit';

/** Returns the name of the EgressNetwork of a namespace, which is the parent of the routes for external hosts. */
export function egressNetworkOf(namespace: string): string {
  return `${namespace}-egress`;
}

/**
 * Emits a namespace whose proxies deny inbound traffic without an authorization, and all traffic to external hosts. In an audit-only
 * namespace they report the first, and do not restrict the second, which Linkerd cannot only report.
 */
export function emitNamespace(scope: Construct, facts: LinkerdFacts, { name, existing }: NamespaceNode, model: MeshModel): void {
  const annotations = { ...memberAnnotations(facts, inboundPolicyIn(model, name)), 'config.linkerd.io/access-log': facts.accessLog };
  if (!existing) emit(scope, 'namespace', k8s.KubeNamespace, { name, annotations }, {});
  if (model.isAuditOnly(name)) return;
  emit(scope, 'egress', EgressNetwork, {
    name: egressNetworkOf(name), namespace: name, annotations: { [OPAQUE_PORTS]: () => opaquePortsOutside(model, name) },
  }, { spec: () => ({ trafficPolicy: EgressNetworkSpecTrafficPolicy.DENY }) });
}

const OPAQUE_PORTS = 'config.linkerd.io/opaque-ports';

/** Ports that are opaque by default. Linkerd inspects no TLS there and ignores TLSRoutes (Linkerd 2.20, proxy.opaquePorts and outbound index). */
const OPAQUE_BY_DEFAULT = [25, 587, 3306, 4444, 5432, 6379, 9300, 11211];

/** Returns the opaque ports of an EgressNetwork, or nothing for the default ports. A port at which hosts are called over TLS must not be opaque. */
function opaquePortsOutside({ index }: MeshModel, namespace: string): string | undefined {
  const named = index.workloadsIn(namespace).flatMap(({ egress }) => egress?.hosts ?? []);
  const called = new Set([...named, ...index.egressIn(namespace)].map(({ port }) => port));
  const left = OPAQUE_BY_DEFAULT.filter((port) => !called.has(port));
  return left.length === OPAQUE_BY_DEFAULT.length ? undefined : left.join();
}

/** Default for callers without an authorization: they are denied, or allowed and reported (Linkerd 2.20, authorization policy). */
export type InboundPolicy = 'deny' | 'audit';

/** Annotation with the default policy of ports that have no Server. */
export const DEFAULT_POLICY = 'config.linkerd.io/default-inbound-policy';

export function inboundPolicyIn(model: MeshModel, namespace: string): InboundPolicy {
  return model.isAuditOnly(namespace) ? 'audit' : 'deny';
}

/**
 * Returns the annotations for injection and the default policy. The default of the cluster allows everyone where no Server exists (Linkerd
 * 2.20, proxy.defaultInboundPolicy).
 */
function memberAnnotations({ nativeSidecarAnnotation }: LinkerdFacts, policy: InboundPolicy): Record<string, string> {
  return {
    'linkerd.io/inject': 'enabled',
    [DEFAULT_POLICY]: policy,
    // A native sidecar starts before the workload and stops after it.
    [nativeSidecarAnnotation]: 'true',
  };
}

/**
 * Returns the pod annotations: those of the namespace, over which they take precedence, and the ports that the proxy must treat as opaque
 * or skip.
 */
export function podAnnotations(
  facts: LinkerdFacts, { opaquePorts, mediaPorts }: Pick<WorkloadNode, 'opaquePorts' | 'mediaPorts'>, policy: InboundPolicy = 'deny',
): Record<string, string> {
  const skipped = mediaPorts.filter(({ protocol }) => protocol === 'TCP').map(({ port }) => port).join();
  return {
    ...memberAnnotations(facts, policy),
    ...(opaquePorts.length > 0 && { 'config.linkerd.io/opaque-ports': opaquePorts.join() }),
    ...(skipped !== '' && { 'config.linkerd.io/skip-inbound-ports': skipped }),
  };
}
