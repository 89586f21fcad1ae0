/** A construct, as the model knows it. */
export interface Located {
  /** Its path in the tree. */
  readonly path: string;
}

/** One thing wrong with what the user asked for; text is made of it only where it is shown. */
export interface Problem {
  /** Path of the construct that it was asked of. */
  readonly path: string;
  /** What is wrong, in the user's words. */
  readonly what: string;
  readonly got?: unknown;
  readonly allowed?: string;
  /** What to do. */
  readonly next: string;
  /** Where in the user's program, where known. */
  readonly at?: string;
}

/** The problems of one synth; what is found while a mesh is described waits here for the report. */
export class ProblemLog {
  private readonly found: Problem[] = [];

  public add(problem: Problem): void {
    this.found.push(problem);
  }

  public get all(): readonly Problem[] {
    return this.found;
  }
}

/** One line: path, what is wrong, what was got, what is allowed, what to do. */
export function problemText(problem: Problem): string {
  const text = [
    `${problem.path || '(app)'}: ${problem.what}`,
    ...('got' in problem ? [`got ${shown(problem.got)}`] : []),
    ...(problem.allowed === undefined ? [] : [`allowed: ${problem.allowed}`]),
    problem.next,
  ].join('; ') + (problem.at === undefined ? '' : ` (${problem.at})`);
  // Names of the user stand in it, wrong ones too: none may break the line or speak to the terminal.
  return text.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}

/** A user's value, quoted so that its control characters stay visible and harmless. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

const HINTED = 8;

/** "a, b, c", cut after a few; for what a message lists as allowed. */
export function listed(names: Iterable<string>): string {
  const all = [...names];
  if (all.length === 0) return 'none';
  const head = all.slice(0, HINTED).join(', ');
  return all.length > HINTED ? `${head} and ${all.length - HINTED} more` : head;
}
