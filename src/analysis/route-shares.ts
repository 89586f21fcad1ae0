import { RouteShare } from '../model/route';

/** Returns a text for the weight of one or more targets among all targets of a rule, such as "95% of requests". */
export function shareText(own: number, all: readonly RouteShare[]): string {
  const total = all.reduce((sum, { weight }) => sum + weight, 0);
  return own === total ? 'all requests' : `${Math.round(own / total * 100)}% of requests`;
}
