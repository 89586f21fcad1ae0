import * as cdk8s from 'cdk8s';
import * as kplus from 'cdk8s-plus-30';
import fc from 'fast-check';
import * as ts from 'typescript';
import { Family } from './plan';
import { programOf, tapes } from './programs';
import { PROGRAMS } from './run';
import { Build } from './runner';
import * as library from '../../src';

const FAMILIES: readonly Family[] = ['ambient', 'migration', 'sidecars', 'linkerd'];
const MODULES: Readonly<Record<string, unknown>> = { 'cdk8s': cdk8s, 'cdk8s-plus-30': kplus, 'cdk8s-agent-mesh': library };

/** Runs a program from its source, and gives what its charts hold; or the report that it is refused with, without the lines of the calls. */
function runSource(source: string): string {
  const { outputText } = ts.transpileModule(source.replace('app.synth();', 'return app;'), { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } });
  const app = new Function('require', 'exports', outputText)((name: string) => MODULES[name], {}) as cdk8s.App;
  try {
    return JSON.stringify(app.charts.map((chart) => chart.toJson()));
  } catch (error) {
    return withoutLines((error as Error).message);
  }
}

/** A report ends each line with the file and line of the call, which differ. */
const withoutLines = (report: string): string => report.replace(/(\[AM\d{3}\]) \([^()]+:\d+\)/g, '$1');

test.each(FAMILIES)('the printed source of a program on %s synthesizes the same output', (family) => {
  for (const drawn of fc.sample(tapes, { numRuns: Math.round(PROGRAMS / 20), seed: 1 })) {
    const plan = programOf([family], drawn);
    const { refused, bytes } = new Build(plan).synth();
    expect(runSource(plan.source)).toBe(bytes ?? withoutLines(refused!));
  }
});
