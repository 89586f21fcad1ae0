import { readdirSync } from 'fs';
import { join, relative, resolve } from 'path';

/**
 * Runs the test files of folders as one suite. jest loads the library, cdk8s and cdk8s-plus anew for every suite, and measures their
 * coverage anew, which takes longer than the tests of most files.
 */
export function together(...folders: readonly string[]): void {
  for (const folder of folders.map((one) => resolve(__dirname, one))) {
    for (const file of readdirSync(folder).filter((one) => one.endsWith('.test.ts')).sort()) {
      describe(relative(__dirname, join(folder, file)), () => { require(join(folder, file)); }); // eslint-disable-line @typescript-eslint/no-require-imports
    }
  }
}
