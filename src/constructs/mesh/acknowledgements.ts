import { Acknowledgement, MeshModel } from '../../model/mesh';
import { CheckResult, Problem } from '../../model/problem';

/** Returns a lookup of the reason of an acknowledgement: the first one for the construct, a scope above it or the whole mesh. */
export function reasons(acknowledgements: readonly Acknowledgement[]): (problem: Problem) => string | undefined {
  const first = new Map<string, number>();
  acknowledgements.forEach(({ id, path = ANYWHERE }, index) => {
    if (!first.has(`${id} ${path}`)) first.set(`${id} ${path}`, index);
  });
  return ({ id, path }) => {
    const found = [ANYWHERE, ...scopesOf(path)].map((scope) => first.get(`${id} ${scope}`)).filter((index) => index !== undefined);
    return found.length === 0 ? undefined : acknowledgements[Math.min(...found)].reason;
  };
}

/** Scope of an acknowledgement for the whole mesh. No construct has this path. */
const ANYWHERE = '/';

/** Returns the path and the paths of all scopes above it: "", "app", "app/mesh" for "app/mesh". */
function scopesOf(path: string): string[] {
  return ['', ...path.split('/').map((_, i, ids) => ids.slice(0, i + 1).join('/'))];
}

/**
 * Reports acknowledgements that match no problem, because they are wrong or the problem is solved. They would hide the next problem of the
 * same check.
 */
export function idleAcknowledgements({ acknowledgements, facts }: MeshModel, problems: readonly Problem[]): CheckResult[] {
  const found = new Set(problems.flatMap(({ id, path }) => [ANYWHERE, ...scopesOf(path)].map((scope) => `${id} ${scope}`)));
  return acknowledgements.filter(({ id, path = ANYWHERE }) => !found.has(`${id} ${path}`)).map(({ id, reason, path }) => ({
    path: path ?? facts.origin.path,
    message: `the acknowledgement of ${id} matches no problem${path === undefined ? '' : ' of this construct'}`,
    actual: reason,
    expected: 'acknowledgements only of problems that the checks report',
    fix: 'remove the acknowledgement, because it would hide the next problem with this id',
  }));
}
