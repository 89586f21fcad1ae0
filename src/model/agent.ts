import { Callers } from './callers';
import { Located } from './problem';
import { WorkloadNode } from './workload';

/** One version of an agent with the workload that runs it. */
export interface AgentVersion {
  readonly version: string;
  readonly workload: WorkloadNode;
}

/** An agent: one identity, run by one workload or by several versions. */
export interface AgentNode {
  readonly origin: Located;
  readonly name: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Versions of the agent. The version name is empty when the agent has a single workload. */
  readonly versions: AgentVersion[];
  readonly callers: Callers;
}
