import { RouteShare } from '../model/route';

/** Returns text for the weight that a target, or several, have among all targets of a rule: "95% of requests". */
export function shareText(own: number, all: readonly RouteShare[]): string {
  const total = all.reduce((sum, { weight }) => sum + weight, 0);
  return own === total ? 'all requests' : `${Math.round(own / total * 100)}% of requests`;
}
