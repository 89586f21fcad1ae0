import { existsSync, mkdirSync, realpathSync, writeFileSync } from 'fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'path';
import { App } from 'cdk8s';
import { IConstruct } from 'constructs';
import { InputProblem } from '../../model/problem';

/** Returns why a report cannot be written to a file, or nothing. */
export function fileProblem(construct: IConstruct, file: string): InputProblem | undefined {
  const outdir = (App.of(construct) as Partial<App>).outdir; // the root may be a chart
  return outdir === undefined || !isWithin(followed(outdir), followed(file)) ? undefined : {
    message: 'the access report would be in the output folder of the app, whose files are applied to the cluster, and which `cdk8s synth` deletes first',
    actual: file, expected: `a path outside ${outdir}`, fix: 'write it beside the program, as in "access.txt"',
  };
}

/** Writes a text with one newline at its end. Returns why that failed, or nothing. */
export function writeText(file: string, text: string): InputProblem | undefined {
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
export function synthReport({ node: { root } }: IConstruct): string | undefined {
  const lines = root.node.findAll().flatMap(({ node }) => node.validate().map((line) => `[${node.path}] ${line}`));
  return lines.length === 0 ? undefined : `Validation failed with the following errors:\n  ${lines.join('\n  ')}`;
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
