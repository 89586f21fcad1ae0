import { Decision } from './call';
import { MeshModel } from '../model/mesh';
import { Principal } from '../model/principal';

/** Whether a decision is about now, or as if no namespace were audit-only. */
export type Stage = 'now' | 'enforced';

/** The namespace that a call enters, and what else decides while that namespace is audit-only. */
export interface AuditedCall {
  readonly namespace: string;
  readonly caller?: Principal;
  /** Returns whether a grant or a route connects the caller to the callee, for any request. */
  isGranted(): boolean;
}

/**
 * Returns the decision of a stage. While audit-only namespaces are audit-only, they deny nothing. A caller whose own namespace enforces may
 * still not reach the callee, where its mesh shows it only the Services that it was granted.
 */
export function inItsStage(model: MeshModel, enforced: Decision, stage: Stage, { namespace, caller, isGranted }: AuditedCall): Decision {
  if (stage === 'enforced' || enforced.allowed || !model.isAuditOnly(namespace)) return enforced;
  const home = caller && model.facts.cluster.meshOf(caller.namespace);
  if (home?.facts.showsOnlyGranted && !home.isAuditOnly(caller!.namespace) && !isGranted()) return enforced;
  return { allowed: true, reason: `namespace ${namespace} is audit-only and denies nothing` };
}

/** Returns text that marks a title in the access report, if nothing that follows is enforced. */
export function titleIn(model: MeshModel, namespace: string, title: string): string {
  return model.isAuditOnly(namespace) ? `${title}, NOT ENFORCED: namespace ${namespace} is audit-only` : title;
}
