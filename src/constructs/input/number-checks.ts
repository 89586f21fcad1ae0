import { InputProblem } from '../../model/problem';

/** Returns what is wrong with a number that must be whole and within a range. */
export function rangeProblem(what: string, value: number, least: number, most: number): InputProblem | undefined {
  if (Number.isInteger(value) && value >= least && value <= most) return undefined;
  return { message: `\`${what}\` is out of range`, actual: value, expected: `whole numbers from ${least} to ${most}`, fix: 'correct the number' };
}
