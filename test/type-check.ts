import { join } from 'path';
import ts from 'typescript';

const FOLDER = __dirname;

/** An error of the compiler, and the file that has it. */
export interface TypeError {
  readonly file: string;
  readonly message: string;
}

/** What the compiled files import, of all programs. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/** Returns the errors of files that are in no folder, compiled as those of the tests are: by name, such as "snippet-1.ts". */
export function typeErrors(named: ReadonlyMap<string, string>): TypeError[] {
  const { config } = ts.readConfigFile(join(FOLDER, 'tsconfig.json'), ts.sys.readFile);
  const { options: stated } = ts.parseJsonConfigFileContent(config, ts.sys, FOLDER);
  const options = { ...stated, noEmit: true, noUnusedLocals: false };
  const files = new Map([...named].map(([name, code]) => [join(FOLDER, name), code]));
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists.call(host, file);
  host.readFile = (file) => files.get(file) ?? readFile.call(host, file);
  host.getSourceFile = (file, ...rest) => {
    const code = files.get(file);
    if (code !== undefined) return ts.createSourceFile(file, code, rest[0]);
    if (!parsed.has(file)) parsed.set(file, getSourceFile.call(host, file, ...rest));
    return parsed.get(file);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  // The library itself is checked by `npm run lint`.
  return [...named.keys()].flatMap((name) => {
    const file = program.getSourceFile(join(FOLDER, name));
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
      .map(({ messageText }) => ({ file: name, message: ts.flattenDiagnosticMessageText(messageText, '\n') }));
  });
}
