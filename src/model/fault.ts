import { HeaderMatch, headersText } from './route';

/** A fault, as the program states it. */
export type FaultFacts = Stated & (
  | { readonly kind: 'delay'; readonly milliseconds: number }
  | { readonly kind: 'abort'; readonly status: number }
);

interface Stated {
  /** Headers of the requests that may get the fault. All requests if there are none. */
  readonly headers: readonly HeaderMatch[];
  readonly percent: number;
}

/** Faults for requests with the same headers. Proxies inject the delay and the error independently. */
export interface FaultRule {
  readonly headers: readonly HeaderMatch[];
  readonly delay?: { readonly milliseconds: number; readonly percent: number };
  readonly abort?: { readonly status: number; readonly percent: number };
}

/** Returns the faults grouped by headers. A request gets the faults of the first entry whose headers match, and no others. */
export function faultRules(faults: readonly FaultFacts[]): FaultRule[] {
  const byHeaders = new Map<string, FaultRule>();
  for (const fault of faults) {
    const key = keyOf(fault);
    byHeaders.set(key, { ...byHeaders.get(key) ?? { headers: fault.headers }, ...(fault.kind === 'delay' ? { delay: fault } : { abort: fault }) });
  }
  return [...byHeaders.values()].sort((a, b) => b.headers.length - a.headers.length);
}

/** Returns a fault that another fault of the same kind with the same headers would replace. */
export function repeatedFault(faults: readonly FaultFacts[]): FaultFacts | undefined {
  const seen = new Set<string>();
  return faults.find((fault) => {
    const key = `${fault.kind} ${keyOf(fault)}`;
    return seen.has(key) || !seen.add(key);
  });
}

/** Returns the faults in words, such as "10% of requests with x-test: slow are delayed by 1500 ms". */
export function faultTexts(rules: readonly FaultRule[]): string[] {
  return rules.flatMap(({ headers, delay, abort }) => {
    const those = headers.length > 0 ? `requests with ${headersText(headers)}` : rules.length > 1 ? 'all other requests' : 'requests';
    return [
      ...delay ? [`${delay.percent}% of ${those} are delayed by ${delay.milliseconds} ms`] : [],
      ...abort ? [`${abort.percent}% of ${those} get status ${abort.status}`] : [],
    ];
  });
}

function keyOf({ headers }: Stated): string {
  return JSON.stringify(headers.map(({ name, value }) => [name.toLowerCase(), value]).sort(([a], [b]) => (a < b ? -1 : 1)));
}
