// What jest runs: the suite of a folder instead of its files, unless files are named: see together.ts.
const { basename, dirname } = require('node:path');

const isSuite = (path) => basename(path) === 'all.suite.ts';

module.exports = async (paths) => {
  const folders = new Set(paths.filter(isSuite).map((path) => dirname(path)));
  return { filtered: paths.filter((path) => isSuite(path) || !folders.has(dirname(path))) };
};
