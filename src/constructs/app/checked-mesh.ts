import { Problem } from '../../model/problem';

/** The results of the checks of one mesh. */
export interface CheckedMesh {
  /** Problems that fail the synth. */
  readonly problems: readonly Problem[];
  /** Findings, which do not fail the synth. */
  readonly findings: readonly Problem[];
  /** Problems and findings that were acknowledged. */
  readonly acknowledged: readonly AcknowledgedProblem[];
}

export interface AcknowledgedProblem {
  readonly problem: Problem;
  readonly reason: string;
  /** Namespace of the object with the problem. It is empty for a cluster-scoped object, and undefined if the problem concerns no object. */
  readonly namespace?: string;
}
