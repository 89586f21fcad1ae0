import { Callers } from './callers';
import { WorkloadNode } from './workload';

/** A workload with an identity that calls and may be called, in one version or several. */
export interface AgentNode {
  readonly path: string;
  readonly name: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly versions: Map<string, WorkloadNode>;
  readonly callers: Callers;
}
