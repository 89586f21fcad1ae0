import { ACKNOWLEDGEABLE, CheckId } from './check-id';

/** A construct, as the model knows it. */
export interface Located {
  /** Its path in the tree. */
  readonly path: string;
}

/** What a check found, before it has the id of that check. */
export interface CheckResult {
  /** Path of the construct that it was asked of. */
  readonly path: string;
  /** What is wrong, in the user's words. */
  readonly message: string;
  readonly actual?: unknown;
  readonly expected?: string;
  /** What to do. */
  readonly fix: string;
  /** Where in the user's program, where known. */
  readonly at?: string;
}

/** What is wrong with a value, before it is known where it was stated. */
export type InputProblem = Omit<CheckResult, 'path' | 'at'>;

/** One thing wrong with what the user asked for; text is made of it only where it is shown. */
export interface Problem extends CheckResult {
  readonly id: CheckId;
}

export function identified(id: CheckId, results: readonly CheckResult[]): Problem[] {
  if (!id.startsWith('AM1') || !ACKNOWLEDGEABLE.includes(id)) return results.map((result) => ({ id, ...result }));
  return results.map(({ fix, ...result }) => ({ id, ...result, fix: `${fix}; or \`mesh.acknowledge('${id}', reason)\`, if the team means it` }));
}

/** The problems of one synth; what is found while a mesh is described waits here for the report. */
export class ProblemLog {
  private readonly found: Problem[] = [];
  private readonly unlessTold = new Set<Problem>();

  public add(problem: Problem): void {
    this.found.push(problem);
  }

  /** What is wrong with a value, unless something else is told of it. */
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

/** One line: path, what is wrong, what was got, what is allowed, what to do, and the id of the check. */
export function problemText(problem: Problem): string {
  const at = problem.at === undefined ? '' : ` (${problem.at})`;
  return harmless(`${problem.path || '(app)'}: ${messageOf(problem)} [${problem.id}]${at}`);
}

/** The same without the path and the id, for what has fields of its own for them. */
export function problemMessage(problem: Problem): string {
  return harmless(messageOf(problem));
}

function messageOf({ message, expected, fix, ...problem }: Problem): string {
  return [message, ...('actual' in problem ? [`got ${shown(problem.actual)}`] : []), ...expected === undefined ? [] : [`allowed: ${expected}`], fix].join('; ');
}

/** Names of the user stand in it, wrong ones too: none may break the line or speak to the terminal. */
function harmless(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, (character) => {
    const escape = JSON.stringify(character).slice(1, -1);
    return escape === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : escape;
  });
}

/** Characters of a value that are shown; a line of thousands of callers would hide the rest of the report. */
const MOST_SHOWN = 2000;

/** A user's value, quoted so that its control characters stay visible and harmless. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}... (${text.length} characters)` : text;
}

const HINTED = 8;

/** "a, b, c", cut after a few; for what a message lists as allowed. */
export function listed(names: Iterable<string>): string {
  const all = [...names];
  if (all.length === 0) return 'none';
  const head = all.slice(0, HINTED).join(', ');
  return all.length > HINTED ? `${head} and ${all.length - HINTED} more` : head;
}
