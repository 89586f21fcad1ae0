// Makes CommonJS of a package that is written as ES modules alone, for jest.
const ts = require('typescript');

module.exports = {
  process: (source) => ({ code: ts.transpileModule(source, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } }).outputText }),
};
