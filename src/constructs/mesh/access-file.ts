import { existsSync, mkdirSync, realpathSync, writeFileSync } from 'fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'path';
import { App } from 'cdk8s';
import { IConstruct } from 'constructs';
import { failureReport, InputProblem } from '../../model/problem';
import { problemError } from '../membership/problem-error';

/**
 * Writes the access report of a mesh to a file.
 *
 * @throws the report of synth if the app has problems, and an error if the path is not allowed or the file cannot be written
 */
export function writeReport(mesh: IConstruct, file: string, report: () => string): void {
  const misplaced = fileProblem(mesh, file);
  if (misplaced) throw problemError(mesh, misplaced);
  const problems = synthReport(mesh);
  if (problems !== undefined) throw new Error(problems);
  const unwritten = writeText(file, report());
  if (unwritten) throw problemError(mesh, unwritten);
}

/** Returns why a report cannot be written to a file, or nothing. */
function fileProblem(construct: IConstruct, file: string): InputProblem | undefined {
  const outdir = (App.of(construct) as Partial<App>).outdir; // the root may be a chart
  return outdir === undefined || !isWithin(followed(outdir), followed(file)) ? undefined : {
    message: 'the path of the access report is in the output folder of the app, which `cdk8s synth` deletes before it writes, and whose files are applied to the cluster',
    actual: file, expected: `a path outside ${outdir}`, fix: 'use a path beside the program, such as "access.txt"',
  };
}

/** Writes a text with one newline at its end. Returns why that failed, or nothing. */
function writeText(file: string, text: string): InputProblem | undefined {
  const full = resolve(file);
  try {
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, `${text.trimEnd()}\n`);
    return undefined;
  } catch (error) {
    return { message: `the access report cannot be written: ${(error as Error).message}`, actual: file, expected: 'a path that the program may write to', fix: 'correct the path or its permissions' };
  }
}

/** Returns the report with which cdk8s fails the synth of an app, or nothing if it would synthesize. */
function synthReport({ node: { root } }: IConstruct): string | undefined {
  const lines = root.node.findAll().flatMap(({ node }) => node.validate().map((line) => `[${node.path}] ${line}`));
  return lines.length === 0 ? undefined : failureReport(lines);
}

/** Returns the absolute path, with symbolic links followed as far as it exists. */
function followed(path: string): string {
  const full = resolve(path);
  if (existsSync(full)) return realpathSync(full);
  return dirname(full) === full ? full : join(followed(dirname(full)), basename(full));
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
