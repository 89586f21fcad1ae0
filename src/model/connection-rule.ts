import { distinctPrincipals, Principal } from './principal';
import { RequestLimits } from './request-rule';

/** One rule of a workload policy: principals that may connect to the pods on the given pod ports. */
export interface ConnectionRule {
  readonly principals: readonly Principal[];
  readonly ports: readonly number[];
  /** Requests that the principals may make, if a proxy at the pods inspects requests. All requests if undefined. */
  readonly requests?: RequestLimits;
}

/** Merges rules: each principal appears once for the same limits, principals with the same ports share a rule, and the order is stable. */
export function mergedConnectionRules(connectionRules: readonly ConnectionRule[]): ConnectionRule[] {
  if (!connectionRules.some(({ requests }) => requests)) return mergedAlike(connectionRules);
  const limited = connectionRules.filter(({ requests }) => requests);
  const byLimits = new Map<string, ConnectionRule[]>();
  for (const connectionRule of limited) {
    const key = JSON.stringify(connectionRule.requests);
    byLimits.set(key, [...byLimits.get(key) ?? [], connectionRule]);
  }
  return [
    ...mergedAlike(connectionRules.filter(({ requests }) => !requests)),
    ...[...byLimits.keys()].sort().map((key) => byLimits.get(key)!)
      .flatMap((alike) => mergedAlike(alike).map((merged) => ({ ...merged, requests: alike[0].requests }))),
  ];
}

function mergedAlike(connectionRules: readonly ConnectionRule[]): ConnectionRule[] {
  if (connectionRules.length === 1 && connectionRules[0].ports.length === 1) { // the common case: callers of one port
    const [{ principals, ports }] = connectionRules;
    return principals.length === 0 ? [] : [{ principals: distinctPrincipals(principals), ports }];
  }
  const byPrincipal = new Map<string, { principal: Principal; ports: Set<number> }>();
  for (const { principals, ports } of connectionRules) {
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
