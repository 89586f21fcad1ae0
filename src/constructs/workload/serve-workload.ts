import { Construct } from 'constructs';
import { authorizeService, authorizeWorkload } from './authorize';
import { bindWorkload, Place } from './bind-workload';
import { madeUnder, ownService } from './own-service';
import { WorkloadNode } from '../../model/workload';
import { emitDeployment } from '../../providers/workload/deployment';
import { Workload, WorkloadDescription, workloadDescription } from '../../values/workload';
import { Membership } from '../membership/membership';

/** Namespace and ServiceAccount of pods. */
export interface Account {
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** Returns the account with which workloads run: the first existing ServiceAccount of one of them, otherwise `own`. */
export function accountOf(workloads: readonly Workload[], own: Account): Account & { readonly isExisting: boolean } {
  for (const workload of workloads) {
    const existing = existingAccount(workloadDescription.of(workload));
    if (existing) return { namespace: existing.namespace ?? own.namespace, serviceAccount: existing.serviceAccount, isExisting: true };
  }
  return { ...own, isExisting: false };
}

function existingAccount(description: WorkloadDescription): { readonly namespace?: string; readonly serviceAccount: string } | undefined {
  if (description.kind === 'existing') return description;
  if (description.kind === 'bound' || description.facts.existingServiceAccount === undefined) return undefined;
  return { serviceAccount: description.facts.existingServiceAccount };
}

/**
 * Binds a workload to a construct and emits its Deployment, its policies and its Service. If `isServiceAsked` is true, the Service stays
 * also if a pool serves the pods.
 */
export function serveWorkload(scope: Construct, member: Membership, workload: Workload, place: Place, isServiceAsked: boolean): WorkloadNode {
  const deployedHere = workloadDescription.of(workload).kind === 'deploy';
  const node = bindWorkload(member, workload, place);
  if (deployedHere) emitDeployment(scope, node, member.context.mesh.podMetadata(node, member.model));
  authorizeWorkload(scope, member, node);
  offer(scope, member, node, isServiceAsked);
  return node;
}

function offer(scope: Construct, member: Membership, node: WorkloadNode, isAsked: boolean): void {
  const { service } = node;
  if (!service) return;
  const { context, model } = member;
  const authorize = () => authorizeService(scope, member, node, service);
  if (service.statedLabels) {
    context.mesh.routes?.limit?.(scope, service); // an existing Service
    authorize();
    return;
  }
  const made = madeUnder(scope, () => {
    context.mesh.createService(scope, model, node, service);
    authorize();
  });
  ownService.give(node, { scope, made, asked: isAsked });
}
