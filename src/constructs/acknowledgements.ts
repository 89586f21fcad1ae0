import { Acknowledgement, MeshModel } from '../model/mesh';
import { CheckResult, Problem } from '../model/problem';

/** Why the team means a problem: of all that was said of the construct, of one above it, and of the whole mesh, what was said first. */
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

/** No path of a construct. */
const ANYWHERE = '/';

/** "", "app", "app/mesh" of "app/mesh". */
function scopesOf(path: string): string[] {
  return ['', ...path.split('/').map((_, i, ids) => ids.slice(0, i + 1).join('/'))];
}

/** What nothing is acknowledged by: a mistake, or what was once true, and would hide the next problem of its kind. */
export function idleAcknowledgements({ acknowledgements, facts }: MeshModel, problems: readonly Problem[]): CheckResult[] {
  const found = new Set(problems.flatMap(({ id, path }) => [ANYWHERE, ...scopesOf(path)].map((scope) => `${id} ${scope}`)));
  return acknowledgements.filter(({ id, path = ANYWHERE }) => !found.has(`${id} ${path}`)).map(({ id, reason, path }) => ({
    path: path ?? facts.origin.path,
    message: `the team acknowledged ${id}, and no check found it${path === undefined ? '' : ' here'}`,
    actual: reason,
    expected: 'acknowledgements of what there is',
    fix: 'drop it, so that it does not hide the next one',
  }));
}
