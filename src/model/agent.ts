import { Callers } from './callers';
import { PortCallers } from './port-callers';
import { Located } from './problem';
import { WorkloadNode } from './workload';

/** One version of an agent with the workload that runs it. */
export interface AgentVersion {
  readonly version: string;
  readonly workload: WorkloadNode;
}

/** An agent or a backend: one identity, run by one workload or by several versions. */
export interface AgentNode {
  readonly origin: Located;
  /** Display name in messages, such as "agent planner" or "backend orders". */
  readonly title: string;
  readonly name: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly versions: AgentVersion[];
  /** Name of the version whose Service has the name of the agent. Undefined if the program does not determine it. */
  readonly stable?: string;
  readonly callers: Callers;
  readonly portCallers: PortCallers;
}
