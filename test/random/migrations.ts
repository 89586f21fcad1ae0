import { mkdtempSync, readFileSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { Chart } from 'cdk8s';
import { Drawing } from './drawing';
import { mesh } from './draws/meshes';
import { accessLogs } from './draws/providers';
import { Expr, factory, foreign, lit, variable, Variables } from './expr';
import { always, options, rarely } from './options';
import { Plan } from './plan';
import { Tapes } from './programs';
import { takeStep } from './steps';
import { Tape } from './tape';
import { AmbientMigration, AmbientMigrationOptions, IMeshProgram, MeshProvider } from '../../src';

/** A program that `AmbientMigration.write` runs once for each step of a migration. */
export interface Migration {
  readonly plan: Plan;
  readonly write: Expr<string[]>;
}

/** Names its namespaces in any order: of callers and callees, either may move first, and the library says where that does not go. */
export function migrationOf({ head, steps }: Tapes): Migration {
  const plan = new Plan();
  const on = new Drawing(new Tape(head), plan, 'plain');
  const [chart, provider] = [variable<Chart>('chart'), variable<MeshProvider>('provider')];
  plan.charts.push(chart);
  const { namespaces } = mesh(on, 'migration', { chart, provider });
  for (const numbers of steps.slice(0, 6)) takeStep(on.by(new Tape(numbers)));
  const moving = on.tape.some(namespaces, 1 + on.tape.below(namespaces.length));
  return {
    plan, write: factory(AmbientMigration, 'write', foreign('program', (variables) => programOf(plan, variables)), options<AmbientMigrationOptions>(on, 'AmbientMigrationOptions', {
      namespaces: always(() => lit(on.tape.oneIn(2) ? moving : [...moving].reverse())),
      outdir: always(() => variable<string>('outdir')),
      accessLogs: rarely(() => accessLogs(on)),
      sidecarRevision: rarely(() => lit('1-30')),
    })),
  };
}

function programOf(plan: Plan, outer: Variables): IMeshProgram {
  return {
    define: (chart, provider) => {
      const variables: Variables = new Map([...outer, ['app', chart.node.root], ['chart', chart], ['provider', provider]]);
      for (const { run } of plan.statements) run(variables);
    },
  };
}

/** What a migration writes, file by file; or the report that it is refused with. */
export function written({ write }: Migration): { readonly refused?: string; readonly files: Readonly<Record<string, string>> } {
  const outdir = mkdtempSync(join(tmpdir(), 'migration-'));
  try {
    const names = write.make(new Map([['outdir', outdir]]));
    return { files: Object.fromEntries(names.map((name) => [name, readFileSync(join(outdir, name), 'utf8')])) };
  } catch (error) {
    return { refused: (error as Error).message, files: {} };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
