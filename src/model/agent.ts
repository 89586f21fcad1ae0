import { Callers } from './callers';
import { Located } from './problem';
import { WorkloadNode } from './workload';

/** One of the workloads of an agent. */
export interface AgentVersion {
  readonly version: string;
  readonly workload: WorkloadNode;
}

/** A workload with an identity that calls and may be called, in one version or several. */
export interface AgentNode {
  readonly origin: Located;
  readonly name: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Each by what it is called; of an agent with one workload, by nothing. */
  readonly versions: AgentVersion[];
  readonly callers: Callers;
}
