import { Construct } from 'constructs';
import { MeshModel } from '../model/mesh';
import { UnauthenticatedPortFacts, WorkloadNode } from '../model/workload';

/** Single ports of a workload that accept callers without an identity. */
export interface UnauthenticatedPorts {
  /** Emits what opens the ports, and no other port: objects beside the workload policy, whose ids begin with `unauthenticated`. */
  open(scope: Construct, model: MeshModel, workload: WorkloadNode, ports: readonly UnauthenticatedPortFacts[]): void;
}
