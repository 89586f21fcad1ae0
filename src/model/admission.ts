import { Principal, principalKey } from './principal';

/** Somebody who may connect to the pods of a workload, on ports of the pods. */
export interface Admission {
  readonly principal: Principal;
  readonly ports: readonly number[];
}

/** Admissions of the same ports together, in one order: what a policy writes as one rule. */
export interface AdmissionRule {
  readonly principals: readonly Principal[];
  readonly ports: readonly number[];
}

export function admissionRules(admissions: readonly Admission[]): AdmissionRule[] {
  const portsOf = new Map<string, { principal: Principal; ports: Set<number> }>();
  for (const { principal, ports } of admissions) {
    const entry = portsOf.get(principalKey(principal)) ?? { principal, ports: new Set<number>() };
    ports.forEach((port) => entry.ports.add(port));
    portsOf.set(principalKey(principal), entry);
  }
  const rules = new Map<string, { principals: Principal[]; ports: number[] }>();
  for (const key of [...portsOf.keys()].sort()) {
    const { principal, ports } = portsOf.get(key)!;
    const sorted = [...ports].sort((a, b) => a - b);
    if (sorted.length === 0) continue;
    const rule = rules.get(sorted.join()) ?? { principals: [], ports: sorted };
    rule.principals.push(principal);
    rules.set(sorted.join(), rule);
  }
  return [...rules.values()].sort((a, b) => compareLists(a.ports, b.ports));
}

function compareLists(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    if (a[i] !== b[i]) return a[i] - b[i];
  }
  return a.length - b.length;
}
