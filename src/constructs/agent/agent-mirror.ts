import { AgentNode } from '../../model/agent';
import { listed } from '../../model/problem';
import { MirrorFacts, RouteTarget } from '../../model/route';
import { WorkloadNode } from '../../model/workload';
import { rangeProblem } from '../input/number-checks';
import { Membership } from '../membership/membership';

/** The version of an agent that gets copies of its requests. */
export interface AgentMirror {
  /** Name of the version. It is neither the stable version nor the canary. Its responses are discarded. */
  readonly version: string;
  /**
   * Percentage of the requests that are copied: a whole number from 1 to 100.
   *
   * @default 100
   */
  readonly percent?: number;
}

/** Returns the mirror of an agent, or nothing if there is none or the mesh copies no requests, which is reported. */
export function enforcedMirror(
  member: Membership, { versions }: AgentNode, mirror: AgentMirror | undefined, routable: (workload: WorkloadNode) => RouteTarget | undefined,
): MirrorFacts | undefined {
  if (!mirror || member.refuse('mesh-mirror', 'copies of calls inside the mesh (`mirror`)', mirror)) return undefined;
  const { version, percent = 100 } = mirror;
  member.report(rangeProblem('percent of the mirror', percent, 1, 100));
  const workload = versions.find((one) => one.version === version)?.workload; // one that does not exist is reported already
  const target = workload && routable(workload);
  return target?.kind === 'service' ? { target, percent } : undefined;
}

/** Reports a mirror that gets requests of callers too: each of its copies would be a second request for the same pods. */
export function checkMirror(
  member: Membership, mirror: AgentMirror, stable: string | undefined, canary: string | undefined, names: readonly string[],
): void {
  const other = mirror.version === canary ? 'canary' : 'stable version';
  if (mirror.version !== canary && mirror.version !== stable) return;
  member.report({
    message: `the mirror and the ${other} are the same version, which would handle requests twice`, actual: mirror.version,
    expected: listed(names.filter((name) => name !== stable && name !== canary)), fix: 'set `mirror` to a version that gets no other requests, or remove it',
  });
}
