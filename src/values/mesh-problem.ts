import { harmless, Problem, problemText, shown } from '../model/problem';

/** A problem or finding of a mesh as data, as `validate` and `findings` of `AgentMesh` return it. */
export interface MeshProblem {
  /** Id of the check, such as "AM103". Ids do not change between releases. */
  readonly id: string;
  /** Path of the construct in the construct tree. */
  readonly path: string;
  /** What is wrong. */
  readonly message: string;
  /**
   * The wrong value, as JSON.
   *
   * @default - none: the problem is not a single wrong value
   */
  readonly actual?: string;
  /**
   * The allowed values.
   *
   * @default - the message says what is allowed
   */
  readonly expected?: string;
  /** How to correct the problem. */
  readonly fix: string;
  /**
   * Source location in the program, such as "main.ts:31".
   *
   * @default - none: not known, or no single line is the cause
   */
  readonly at?: string;
  /** The whole problem as one line, as synth prints it. */
  readonly text: string;
}

/** Returns a problem as data that is safe to print and never changes. */
export function meshProblem(problem: Problem): MeshProblem {
  const { id, path, message, expected, fix, at } = problem;
  return {
    id, path: harmless(path), message: harmless(message),
    ...'actual' in problem && { actual: harmless(shown(problem.actual)) }, ...expected !== undefined && { expected: harmless(expected) },
    fix: harmless(fix), ...at !== undefined && { at: harmless(at) }, text: problemText(problem),
  };
}
