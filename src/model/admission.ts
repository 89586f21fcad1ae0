import { distinctPrincipals, Principal } from './principal';
import { RequestLimits } from './request-rule';

/** Those who may connect to the pods of a workload, on ports of the pods: what a policy writes as one rule. */
export interface Admission {
  readonly principals: readonly Principal[];
  readonly ports: readonly number[];
  /** The only requests that they may make, where their requests are read at the pods; none stated means all. */
  readonly requests?: RequestLimits;
}

/** The same admissions with each principal once for equal limits, those of equal ports together, in one order whatever theirs was. */
export function mergedAdmissions(admissions: readonly Admission[]): Admission[] {
  if (!admissions.some(({ requests }) => requests)) return mergedAlike(admissions);
  const limited = admissions.filter(({ requests }) => requests);
  const byLimits = new Map<string, Admission[]>();
  for (const admission of limited) {
    const key = JSON.stringify(admission.requests);
    byLimits.set(key, [...byLimits.get(key) ?? [], admission]);
  }
  return [
    ...mergedAlike(admissions.filter(({ requests }) => !requests)),
    ...[...byLimits.keys()].sort().map((key) => byLimits.get(key)!)
      .flatMap((alike) => mergedAlike(alike).map((merged) => ({ ...merged, requests: alike[0].requests }))),
  ];
}

function mergedAlike(admissions: readonly Admission[]): Admission[] {
  if (admissions.length === 1 && admissions[0].ports.length === 1) { // by far the most: callers of one port
    return admissions[0].principals.length === 0 ? [] : [{ principals: distinctPrincipals(admissions[0].principals), ports: admissions[0].ports }];
  }
  const byPrincipal = new Map<string, { principal: Principal; ports: Set<number> }>();
  for (const { principals, ports } of admissions) {
    for (const principal of principals) {
      const { key } = principal;
      const known = byPrincipal.get(key);
      if (known) ports.forEach((port) => known.ports.add(port));
      else byPrincipal.set(key, { principal, ports: new Set(ports) });
    }
  }
  const byPorts = new Map<string, { principals: Principal[]; ports: number[] }>();
  for (const key of [...byPrincipal.keys()].sort()) {
    const { principal, ports } = byPrincipal.get(key)!;
    if (ports.size === 0) continue;
    const sorted = [...ports].sort((a, b) => a - b);
    const known = byPorts.get(sorted.join());
    if (known) known.principals.push(principal);
    else byPorts.set(sorted.join(), { principals: [principal], ports: sorted });
  }
  return [...byPorts.values()].sort((a, b) => compareLists(a.ports, b.ports));
}

function compareLists(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    if (a[i] !== b[i]) return a[i] - b[i];
  }
  return a.length - b.length;
}
