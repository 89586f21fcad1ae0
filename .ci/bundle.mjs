// Bundles the compiled modules into lib/index.js, which is what programs load: one file is read in half the time of 150.
import { build } from 'esbuild';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = './lib/src/index.js';
const names = Object.keys(createRequire(import.meta.url)(join(root, modules)));

await build({
  absWorkingDir: root,
  stdin: { contents: `export { ${names.join(', ')} } from '${modules}';`, resolveDir: root }, // ES modules find names that are listed
  outfile: 'lib/index.js',
  bundle: true,
  platform: 'node',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});
