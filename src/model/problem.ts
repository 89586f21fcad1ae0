import { ACKNOWLEDGEABLE, CheckId } from './check-id';

/** A construct, as the model refers to it. */
export interface Located {
  /** Path in the construct tree. */
  readonly path: string;
}

/** A problem that a check found, without the id of the check. */
export interface CheckResult {
  /** Path of the construct that has the problem. */
  readonly path: string;
  /** What is wrong, in terms of the public API. */
  readonly message: string;
  /** The wrong value. */
  readonly actual?: unknown;
  /** The allowed values. */
  readonly expected?: string;
  /** How to correct it. */
  readonly fix: string;
  /** Source location in the user's program, if known. */
  readonly at?: string;
}

/** A problem with a value, without the construct path and source location. */
export type InputProblem = Omit<CheckResult, 'path' | 'at'>;

/** A problem with the id of its check. Its text is created only when it is reported. */
export interface Problem extends CheckResult {
  readonly id: CheckId;
}

export function identified(id: CheckId, results: readonly CheckResult[]): Problem[] {
  if (!id.startsWith('AM1') || !ACKNOWLEDGEABLE.includes(id)) return results.map((result) => ({ id, ...result }));
  return results.map(({ fix, ...result }) => ({ id, ...result, fix: `${fix}; or, if this is intended, call \`acknowledge\` of the AgentMesh with ${id} and a reason` }));
}

/** Collects the problems that constructs find while the program runs, for the report at synth. */
export class ProblemLog {
  private readonly found: Problem[] = [];
  private readonly unlessTold = new Set<Problem>();

  public add(problem: Problem): void {
    this.found.push(problem);
  }

  /** Adds a problem, unless another problem reports the same value. */
  public addUnlessTold(problem: Problem): void {
    this.found.push(problem);
    this.unlessTold.add(problem);
  }

  public get all(): readonly Problem[] {
    if (this.unlessTold.size === 0) return this.found;
    const told = this.found.filter((problem) => !this.unlessTold.has(problem));
    const isTold = (problem: Problem) => told.some(({ path, actual }) => path === problem.path && holds(actual, problem.actual));
    return this.found.filter((problem) => !this.unlessTold.has(problem) || !isTold(problem));
  }
}

function holds(got: unknown, value: unknown): boolean {
  if (got === value) return true;
  return typeof got === 'object' && got !== null && Object.entries(got).some(([key, one]) => key === value || holds(one, value));
}

/** Returns the report of a failed synth or call, in the format of cdk8s. */
export function failureReport(lines: readonly string[]): string {
  return `Validation failed with the following errors:\n  ${lines.join('\n  ')}`;
}

/** Returns a problem as one line: path, message, actual value, allowed values, fix and check id. */
export function problemText(problem: Problem): string {
  const at = problem.at === undefined ? '' : ` (${problem.at})`;
  return harmless(`${problem.path || '(app)'}: ${messageOf(problem)} [${problem.id}]${at}`);
}

function messageOf({ message, expected, fix, ...problem }: Problem): string {
  return [message, ...('actual' in problem ? [`got ${shown(problem.actual)}`] : []), ...expected === undefined ? [] : [`allowed: ${expected}`], fix].join('; ');
}

/** Escapes control characters, because text from the user must not break the line or control the terminal. */
export function harmless(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, (character) => {
    const escape = JSON.stringify(character).slice(1, -1);
    return escape === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : escape;
  });
}

/** Longest text of a value in a report. A longer value, such as thousands of callers, would hide the rest of the report. */
const MOST_SHOWN = 2000;

/** Returns a value as JSON, so that control characters are escaped. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}... (${text.length} characters)` : text;
}

const HINTED = 8;

/** Returns names as "a, b, c", cut after a few, for lists in messages. */
export function listed(names: Iterable<string>): string {
  const all = [...names];
  if (all.length === 0) return 'none';
  const head = all.slice(0, HINTED).join(', ');
  return all.length > HINTED ? `${head} and ${all.length - HINTED} more` : head;
}
