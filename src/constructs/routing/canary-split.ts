import { headerProblems } from './header-match';
import { InputProblem } from '../../model/problem';
import { RouteRule, RouteTarget } from '../../model/route';

/** Distribution of requests between a stable version and its canary. */
export interface CanarySplit {
  /** Percentage of the requests without the canary header that go to the canary: a whole number from 0 to 100. */
  readonly percent: number;
  /**
   * Name of the canary header. Every request with this header and the value of `headerValue` goes to the canary. Any client can set the
   * header, but it only selects a version and grants no access.
   *
   * @default 'x-canary'
   */
  readonly header?: string;
  /**
   * Exact value of the canary header.
   *
   * @default 'true'
   */
  readonly headerValue?: string;
}

/** Default name of the canary header. */
const CANARY_HEADER = 'x-canary';

/** Returns the rules of a canary: requests with the header go to the canary, all others are split by weight. */
export function canaryRules({ percent, header, headerValue }: CanarySplit, stable: RouteTarget, canary: RouteTarget): RouteRule[] {
  return [
    { headers: [{ name: header ?? CANARY_HEADER, value: headerValue ?? 'true' }], split: [{ target: canary, weight: 100 }] },
    { headers: [], split: [{ target: stable, weight: 100 - percent }, { target: canary, weight: percent }] },
  ];
}

/** Returns the name of the header that selects the canary. */
export function canaryHeader({ header }: CanarySplit): string {
  return header ?? CANARY_HEADER;
}

/** Returns what is wrong with the percentage and the header of a canary. */
export function splitProblems({ percent, header, headerValue }: CanarySplit): InputProblem[] {
  const ofHeader = headerProblems({ name: header, value: headerValue }, { title: 'the header that selects the canary', name: 'header', value: 'headerValue' });
  if (Number.isInteger(percent) && percent >= 0 && percent <= 100) return ofHeader;
  return [{ message: '`percent` of the canary is not a percentage', actual: percent, expected: 'whole numbers from 0 to 100', fix: 'correct `percent`' }, ...ofHeader];
}
