import { readdirSync } from 'fs';
import { join } from 'path';

/**
 * Runs the test files of a folder as one suite. jest loads the library, cdk8s and cdk8s-plus anew for every suite, which takes longer
 * than the tests of most files.
 */
export function together(folder: string): void {
  for (const file of readdirSync(folder).filter((one) => one.endsWith('.test.ts')).sort()) {
    describe(file, () => { require(join(folder, file)); }); // eslint-disable-line @typescript-eslint/no-require-imports
  }
}
