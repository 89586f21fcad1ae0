import { RouteMirror } from './route-options';
import { readTarget } from './route-target';
import { MeshModel } from '../../model/mesh';
import { InputProblem } from '../../model/problem';
import { MirrorFacts, RouteRule } from '../../model/route';
import { rangeProblem } from '../input/number-checks';

/** The mirror of a route, or the reason why it is invalid. */
export interface ReadMirror {
  readonly mirror?: MirrorFacts;
  readonly problems: readonly (InputProblem | undefined)[];
}

/** Returns the mirror of a route with these rules, and what is wrong with it. */
export function readMirror(model: MeshModel, stated: RouteMirror | undefined, rules: readonly RouteRule[]): ReadMirror {
  if (!stated) return { problems: [] };
  const { percent = 100 } = stated;
  const range = rangeProblem('percent of the mirror', percent, 1, 100);
  const { title, target, problem } = readTarget(model, stated.target);
  if (!target) return { problems: [range, problem] };
  if (target.kind === 'pool') {
    return { problems: [range, { message: 'requests cannot be mirrored to a pool, because the copies carry another Host header, which the inner gateway in front of the pool denies', actual: title, expected: 'a version of an agent with a Service', fix: 'mirror to a version that has a Service' }] };
  }
  const isOwn = rules.some(({ split }) => split.some((share) => share.target.kind === 'service' && share.target.workload === target.workload));
  const own = isOwn ? { message: 'the route mirrors its requests to one of its own targets', actual: title, expected: 'a target to which the route sends no other requests', fix: 'choose another target, or remove `mirror`' } : undefined;
  return { mirror: { target, percent }, problems: [range, own] };
}
