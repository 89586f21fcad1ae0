import { accepted } from '../input/guard';
import { FaultFacts } from '../model/fault';
import { Trait } from '../model/trait';

/** Options of a `Fault`. They select the requests into which it is injected. */
export interface FaultOptions {
  /**
   * Percentage of the selected requests that get the fault: a whole number from 1 to 100.
   *
   * @default 100
   */
  readonly percent?: number;
  /**
   * Headers that a request must have to get the fault, with their exact values. A test sets them, so that only its own requests get the
   * fault. If the headers of several faults match a request, it gets only the faults with the most headers.
   *
   * @default - all requests that match the headers of no other fault
   */
  readonly headers?: { [name: string]: string };
}

/**
 * A fault that Istio's proxies inject into requests, to test how callers react. If a delay and an error apply to the same requests, each is
 * injected independently of the other.
 *
 * @example
 * const faults = [Fault.delay(1500, { percent: 10 }), Fault.abort(503, { headers: { 'x-test': 'outage' } })];
 */
export class Fault {
  /** Returns a fault that delays requests by 1 to 3600000 milliseconds before they are forwarded (source: Istio 1.30, HTTPFaultInjection). */
  public static delay(milliseconds: number, options: FaultOptions = {}): Fault {
    [milliseconds, options] = accepted('Fault.delay', [milliseconds, options]);
    return new Fault({ kind: 'delay', milliseconds, ...selection(options) });
  }

  /**
   * Returns a fault that answers requests with a status code from 400 to 599 instead of forwarding them (source: Istio 1.30,
   * HTTPFaultInjection). gRPC clients get UNAVAILABLE for 503.
   */
  public static abort(status: number, options: FaultOptions = {}): Fault {
    [status, options] = accepted('Fault.abort', [status, options]);
    return new Fault({ kind: 'abort', status, ...selection(options) });
  }

  private constructor(facts: FaultFacts) {
    faultFacts.give(this, facts);
  }
}

export const faultFacts = new Trait<FaultFacts>('a Fault');

function selection({ percent = 100, headers = {} }: FaultOptions): Pick<FaultFacts, 'percent' | 'headers'> {
  return { percent, headers: Object.entries(headers).map(([name, value]) => ({ name, value })) };
}
