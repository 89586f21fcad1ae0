import { readFileSync } from 'fs';
import { dirname, join } from 'path';
import * as ts from 'typescript';

const INDEX = join(__dirname, '../../src/index.ts');

/** Interfaces that a program is given or that the library's classes fulfil, instead of stating them as options. */
const NOT_STATED: Readonly<Record<string, string>> = {
  Decision: 'is what `decide` returns', MeshProblem: 'is what `validate` and `findings` return',
  IAgent: 'is fulfilled by Agent', IInferencePool: 'is fulfilled by InferencePool', IWaypoint: 'is fulfilled by Waypoint', ICallee: 'is fulfilled by Agent, Workload, McpToolBoundary, InferenceGateway and InferencePool', ICaller: 'is fulfilled by Agent, Identity and TokenCaller',
  IInferenceGateway: 'is fulfilled by InferenceGateway', IRouteTarget: 'is fulfilled by Workload, InferencePool and McpToolBoundary', IMeshProgram: 'is the program itself',
};

type Declaration = ts.ClassDeclaration | ts.EnumDeclaration | ts.InterfaceDeclaration;

/** Everything that users can name, each as it is recorded where a program uses it; read from the sources, so that nothing new is forgotten. */
export function publicSurface(): string[] {
  const declared = exported();
  const interfaces = new Map([...declared].flatMap(([name, one]) => (ts.isInterfaceDeclaration(one) ? [[name, one] as const] : [])));
  const extended = new Set([...interfaces.values()].flatMap(basesOf));
  return [...declared].flatMap(([name, one]) => {
    if (ts.isEnumDeclaration(one)) return one.members.map((member) => `${name}.${member.name.getText()}`);
    if (ts.isClassDeclaration(one)) return [...classSurface(name, one), ...inherited(name, one)];
    // What others extend is stated as a part of these, unless it is stated by itself too.
    return name in NOT_STATED || (extended.has(name) && !STATED_TOO.includes(name)) ? [] : propsOf(name, interfaces).map((prop) => `${name}.${prop}`);
  });
}

/** Props that are maps, such as "AgentProps.versions". */
export function publicMaps(): string[] {
  return [...exported()].flatMap(([name, one]) => (ts.isInterfaceDeclaration(one) ? one.members.filter(isMap).map((member) => `${name}.${member.name!.getText()}`) : [])).sort();
}

function isMap(member: ts.TypeElement): boolean {
  return ts.isPropertySignature(member) && member.type !== undefined && ts.isTypeLiteralNode(member.type) && member.type.members.some(ts.isIndexSignatureDeclaration);
}

/** Interfaces that others extend and that programs state as they are. */
const STATED_TOO = ['CanaryRouteOptions', 'InferencePoolOptions', 'InferenceRouteOptions', 'JwtRequirement', 'McpServerOptions', 'PickerPresetOptions'];

function exported(): Map<string, Declaration> {
  return new Map(parse(INDEX).statements.flatMap((statement): [string, Declaration][] => {
    if (!ts.isExportDeclaration(statement) || !statement.exportClause || !ts.isNamedExports(statement.exportClause)) return [];
    const from = (statement.moduleSpecifier as ts.StringLiteral).text;
    const declared = declarations(join(dirname(INDEX), `${from}.ts`));
    return statement.exportClause.elements.map(({ name: { text } }) => {
      const one = declared.get(text);
      if (!one) throw new Error(`${text} is exported, and not declared in ${from}`);
      return [text, one];
    });
  }));
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true);
}

function declarations(file: string): Map<string, Declaration> {
  const isDeclaration = (node: ts.Node): node is Declaration =>
    ts.isClassDeclaration(node) || ts.isEnumDeclaration(node) || ts.isInterfaceDeclaration(node);
  return new Map(parse(file).statements.filter(isDeclaration).map((one) => [one.name!.text, one]));
}

function has(member: ts.Node, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(member) && (ts.getModifiers(member) ?? []).some((modifier) => modifier.kind === kind);
}

/** Constructor, statics, methods and what can be read. */
function classSurface(name: string, { members }: ts.ClassDeclaration): string[] {
  return members.filter((member) => !has(member, ts.SyntaxKind.PrivateKeyword) && !member.name?.getText().startsWith('_')).flatMap((member) => {
    if (ts.isConstructorDeclaration(member)) return [`new ${name}`];
    return [`${name}${has(member, ts.SyntaxKind.StaticKeyword) ? '.' : '#'}${member.name!.getText()}`];
  }).concat(parameterProps(name, members));
}

/** What a class has of a base that is not exported, which lies beside it or in the same file. */
function inherited(name: string, one: ts.ClassDeclaration): string[] {
  const base = one.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types[0].expression.getText();
  if (base === undefined || base === 'Construct') return [];
  const file = one.getSourceFile();
  const from = file.statements.filter(ts.isImportDeclaration).find((statement) => statement.importClause?.getText().includes(base));
  const place = from ? join(dirname(file.fileName), `${(from.moduleSpecifier as ts.StringLiteral).text}.ts`) : file.fileName;
  const declared = declarations(place).get(base);
  if (!declared || !ts.isClassDeclaration(declared)) throw new Error(`${name} extends ${base}, which is not declared in ${place}`);
  return classSurface(name, declared).filter((use) => use !== `new ${name}`);
}

/** `private constructor(public readonly port: number)` */
function parameterProps(name: string, members: ts.NodeArray<ts.ClassElement>): string[] {
  const parameters = members.flatMap((member) => (ts.isConstructorDeclaration(member) ? [...member.parameters] : []));
  return parameters.filter((parameter) => has(parameter, ts.SyntaxKind.PublicKeyword)).map((parameter) => `${name}#${parameter.name.getText()}`);
}

function basesOf({ heritageClauses }: ts.InterfaceDeclaration): string[] {
  return (heritageClauses ?? []).flatMap(({ types }) => types.map(({ expression }) => expression.getText()));
}

function propsOf(name: string, interfaces: ReadonlyMap<string, ts.InterfaceDeclaration>): string[] {
  const one = interfaces.get(name);
  if (!one) throw new Error(`${name} is extended, and not exported`);
  return [...new Set([...basesOf(one).flatMap((base) => propsOf(base, interfaces)), ...one.members.map((member) => member.name!.getText())])];
}
