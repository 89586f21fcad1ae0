import { AgentMeshProps } from '../../src';
import { CheckId } from '../../src/model/check-id';
import { Build, problemsOf } from '../synth';

/** A program that is refused, and the one line that says why, perhaps by which check. */
export type Refused = readonly [name: string, build: Build, message: Said, props?: Partial<AgentMeshProps>];

type Said = string | RegExp | readonly [id: CheckId, message: string];

/** A test for each, that its message is in the report. */
export function testRefused(refused: Readonly<Record<string, readonly Refused[]>>): void {
  for (const [area, cases] of Object.entries(refused)) {
    describe(area, () => {
      test.each(cases.map((one) => [one[0], one] as const))('%s', (_, one) => {
        expect(linesOf(one)).toEqual(expect.arrayContaining([lineWith(one[2])]));
      });
    });
  }
}

const told = new WeakMap<Refused, string[]>();

/** The lines of its report, of one synth. */
function linesOf(refused: Refused): string[] {
  const [, build, , props] = refused;
  const lines = told.get(refused) ?? problemsOf(build, props);
  told.set(refused, lines);
  return lines;
}

function lineWith(message: Said): string {
  if (message instanceof RegExp) return expect.stringMatching(message);
  if (typeof message === 'string') return expect.stringContaining(message);
  const [id, text] = message;
  return expect.stringMatching(new RegExp(`${text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}.*\\[${id}\\]`));
}

/** How many lines a refusal has that has several. */
export function saidMoreThanOnce(refused: Readonly<Record<string, readonly Refused[]>>): Record<string, number> {
  return Object.fromEntries(Object.values(refused).flat()
    .map((one) => [one[0], linesOf(one).length] as const)
    .filter(([, count]) => count > 1));
}
