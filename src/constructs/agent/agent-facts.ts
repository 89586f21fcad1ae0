import { AgentNode } from '../../model/agent';
import { MeshRouteNode } from '../../model/mesh-route';
import { Trait } from '../../model/trait';
import { Workload } from '../../values/workload';

/** What routes and MCP proxies need to know of an agent. */
export interface AgentFacts {
  readonly node: AgentNode;
  /** The stable version. Undefined if the program does not determine it. */
  readonly stable?: Workload;
  /** Route of the calls inside the mesh, if the agent has a canary, retries, a timeout or faults. */
  readonly route?: MeshRouteNode;
}

export const agentFacts = new Trait<AgentFacts>('an Agent');
