import { AgentMeshProps } from '../../src';
import { Build, problemsOf } from '../synth';

/** A program that is refused, and the one line that says why. */
export type Refused = readonly [name: string, build: Build, message: string | RegExp, props?: Partial<AgentMeshProps>];

/** A test for each, that its message is in the report. */
export function testRefused(refused: Readonly<Record<string, readonly Refused[]>>): void {
  for (const [area, cases] of Object.entries(refused)) {
    describe(area, () => {
      test.each(cases.map((one) => [one[0], one] as const))('%s', (_, [, build, message, props]) => {
        const expected = message instanceof RegExp ? expect.stringMatching(message) : expect.stringContaining(message);
        expect(problemsOf(build, props)).toEqual(expect.arrayContaining([expected]));
      });
    });
  }
}

/** How many lines a refusal has that has several. */
export function saidMoreThanOnce(refused: Readonly<Record<string, readonly Refused[]>>): Record<string, number> {
  return Object.fromEntries(Object.values(refused).flat()
    .map(([name, build, , props]) => [name, problemsOf(build, props).length] as const)
    .filter(([, count]) => count > 1));
}
