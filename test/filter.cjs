// What jest runs: the largest suites that hold the files that it was asked for, and of a folder or file that is named only this one.
// All tests are the suites of test/whole/, a folder is its all.suite.ts: see together.ts.
const { basename, dirname, join } = require('node:path');
const folders = require('./whole/folders.json');

const WHOLE = join(__dirname, 'whole');

/** The folders whose test files a suite runs. */
function within(suite) {
  if (dirname(suite) !== WHOLE) return [dirname(suite)];
  return folders[basename(suite, '.suite.ts')].map((folder) => join(__dirname, folder));
}

module.exports = async (paths) => {
  const whole = paths.filter((path) => dirname(path) === WHOLE);
  const inWhole = new Set(whole.flatMap(within));
  const suites = paths.filter((path) => basename(path) === 'all.suite.ts' && !inWhole.has(dirname(path)));
  const covered = new Set([...inWhole, ...suites.flatMap(within)]);
  return { filtered: [...whole, ...suites, ...paths.filter((path) => !path.endsWith('.suite.ts') && !covered.has(dirname(path)))] };
};
