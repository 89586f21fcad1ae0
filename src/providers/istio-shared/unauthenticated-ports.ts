import { Construct } from 'constructs';
import { emitAuthorizationPolicy } from './authorization-policy';
import {
  AuthorizationPolicySpec, AuthorizationPolicySpecAction, PeerAuthentication, PeerAuthenticationSpec, PeerAuthenticationSpecMtlsMode,
  PeerAuthenticationSpecPortLevelMtlsMode,
} from '../../../imports/security.istio.io';
import { MeshModel } from '../../model/mesh';
import { networkText } from '../../model/networks';
import { UnauthenticatedPortFacts, WorkloadNode } from '../../model/workload';
import { emit } from '../emit';

/**
 * Emits an ALLOW policy beside the workload policy for callers without an identity, and lets plain text in at their ports. An audit-only
 * namespace accepts plain text at every port.
 */
export function emitUnauthenticatedPorts(
  scope: Construct, model: MeshModel, workload: WorkloadNode, ports: readonly UnauthenticatedPortFacts[],
): void {
  emitUnauthenticatedCallers(scope, model, workload, ports);
  if (!model.isAuditOnly(workload.namespace)) emit(scope, 'unauthenticated-mtls', PeerAuthentication, metaOf(workload), { spec: () => compileMtls(workload, ports) });
}

/** Emits the ALLOW policy alone, for namespaces that accept plain text at every port. */
export function emitUnauthenticatedCallers(
  scope: Construct, model: MeshModel, workload: WorkloadNode, ports: readonly UnauthenticatedPortFacts[],
): void {
  emitAuthorizationPolicy(scope, 'unauthenticated', model, metaOf(workload), () => compileCallers(workload, ports));
}

function metaOf({ name, namespace }: WorkloadNode) {
  return { name: `${name}-unauthenticated`, namespace };
}

/**
 * Returns the ALLOW policy. `ipBlocks` compares the source address of the connection, at ztunnel and at a sidecar. `remoteIpBlocks` would
 * compare the header X-Forwarded-For, which every caller can send.
 */
function compileCallers({ labels }: WorkloadNode, ports: readonly UnauthenticatedPortFacts[]): AuthorizationPolicySpec {
  return {
    selector: { matchLabels: { ...labels } },
    action: AuthorizationPolicySpecAction.ALLOW,
    rules: ports.map(({ port, networks }) => ({
      ...(networks && { from: [{ source: { ipBlocks: networks.map(networkText) } }] }),
      to: [{ operation: { ports: [String(port)] } }],
    })),
  };
}

/** Returns the modes of mutual TLS. They replace those of the namespace for these pods, so STRICT is stated again (Istio 1.30, PeerAuthentication). */
function compileMtls({ labels }: WorkloadNode, ports: readonly UnauthenticatedPortFacts[]): PeerAuthenticationSpec {
  const { PERMISSIVE: mode } = PeerAuthenticationSpecPortLevelMtlsMode;
  return {
    selector: { matchLabels: { ...labels } },
    mtls: { mode: PeerAuthenticationSpecMtlsMode.STRICT },
    portLevelMtls: Object.fromEntries(ports.map(({ port }) => [String(port), { mode }])),
  };
}
