import { invariants } from './invariants';
import { Migration, written } from './migrations';
import { Plan } from './plan';
import { Build, grantsTurned, IDLE, Outcome, REPORT, Twist, withoutQuestions } from './runner';

/** @throws where a migration breaks a promise; what it was refused with otherwise */
export function judgeMigration(migration: Migration): Judged {
  const first = written(migration);
  same('two runs of one migration', JSON.stringify(written(migration)), JSON.stringify(first));
  if (first.refused === undefined) return {};
  if (!first.refused.startsWith(REPORT)) throw new Error(`a migration ends with something else than a report: ${first.refused}`);
  readable(first.refused);
  return { refused: first.refused };
}

/** What became of a program; `refused` is the report that it was refused with. */
export interface Judged {
  readonly refused?: string;
}

/** Variants of a program that must give the same output. */
const TWISTS: Readonly<Record<string, Twist>> = {
  'run again without its questions': { order: withoutQuestions },
  'with its grants in another order': { order: grantsTurned },
  'in an App with a resolver': { app: { resolvers: [IDLE] } },
};

/** @throws where the library breaks a promise that holds for every program */
export function judge(plan: Plan, turn = 0): Judged {
  const build = new Build(plan);
  const before = build.answers();
  const outcome = build.synth();
  same('its answers before and after the synth', build.answers(), before);
  same('two syntheses of one App', shown(build.synth()), shown(outcome));
  same('the problems that its meshes tell and the report', build.meshes.flatMap((mesh) => mesh.validate().map(({ text }) => text)).sort().join('\n'), linesOf(outcome).sort().join('\n'));
  const names = outcome.refused === undefined ? Object.keys(TWISTS) : Object.keys(TWISTS).slice(0, 1);
  const name = names[turn % names.length];
  const twin = new Build(plan, TWISTS[name]);
  const told = twin.answers();
  same(`the program ${name}`, shown(twin.synth()), shown(outcome));
  if (name !== 'with its grants in another order') same(`the answers of the program ${name}`, told, before); // which lists callers as they were granted
  if (outcome.refused !== undefined) readable(outcome.refused);
  else invariants(plan, build, outcome.bytes);
  return { refused: outcome.refused };
}

const shown = ({ refused, bytes }: Outcome): string => refused ?? bytes!;

function same(what: string, one: string, other: string): void {
  if (one === other) return;
  const at = [...one].findIndex((character, i) => character !== other[i]);
  const part = (text: string) => text.slice(Math.max(0, at - 200), at + 200);
  throw new Error(`${what} differ:\n--- was\n${part(other)}\n--- is\n${part(one)}`);
}

/** The lines of a report, without the validated construct. */
function linesOf({ refused }: Outcome): string[] {
  return refused === undefined ? [] : refused.slice(REPORT.length).split('\n  ').map((line) => line.replace(/^\[[^\]]*\] /, ''));
}

/** A line of a report: the validated construct, then the path, what is wrong and the id of the check. */
const LINE = /^\[[^\]]*\] .+: .+ \[AM\d{3}\]( \([^()]+:\d+\))?$/s;
const UNREADABLE = /undefined|\[object |TypeError|RangeError|Cannot read|is not a function|not iterable|\bat .+:\d+:\d+\)|\$\{Token|Symbol\(|NaN/;

/** @throws where a line of a report is none that people can read */
export function readable(report: string): void {
  const lines = report.slice(REPORT.length).split('\n  ');
  const bad = lines.filter((line) => !LINE.test(line) || UNREADABLE.test(line) || line.includes('\n'));
  if (bad.length > 0) throw new Error(`the report is not what people can read:\n${bad.join('\n')}`);
}
