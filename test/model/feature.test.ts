import { readFileSync } from 'fs';
import { join } from 'path';
import ts from 'typescript';
import { FEATURES } from '../../src/model/feature';

const SRC = join(__dirname, '../../src');
const parsed = (file: string) => ts.createSourceFile(file, readFileSync(join(SRC, file), 'utf8'), ts.ScriptTarget.Latest);

/** What a team may write: exported types, and their public members as "member" and "Type.member". */
function publicNames(): Set<string> {
  return new Set(parsed('index.ts').statements.filter(ts.isExportDeclaration).flatMap(({ exportClause, moduleSpecifier }) => {
    const exported = new Set((exportClause as ts.NamedExports).elements.map(({ name }) => name.text));
    const file = parsed(`${(moduleSpecifier as ts.StringLiteral).text}.ts`);
    return file.statements.filter(isType).filter(({ name }) => exported.has(name!.text)).flatMap(({ name, members }) => {
      const own = (members as ts.NodeArray<ts.Declaration & { readonly name?: ts.PropertyName }>)
        .filter((member) => !(ts.getCombinedModifierFlags(member) & ts.ModifierFlags.NonPublicAccessibilityModifier))
        .flatMap((member) => (member.name && ts.isIdentifier(member.name) ? [member.name.text] : []));
      return [name!.text, ...own, ...own.map((member) => `${name!.text}.${member}`)];
    });
  }));
}

function isType(node: ts.Node): node is ts.ClassDeclaration | ts.InterfaceDeclaration | ts.EnumDeclaration {
  return ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isEnumDeclaration(node);
}

const known = publicNames();

test('names of the public API are recognized', () => {
  expect(['Waypoint', 'grantTools', 'MediaPort.udp', 'retries'].filter((name) => !known.has(name))).toEqual([]);
  expect(['WaypointNode', 'member', 'MediaPort.jwt', 'withdrawService'].filter((name) => known.has(name))).toEqual([]);
});

test.each(Object.entries(FEATURES))('the text of %s names only public API', (_, { what }) => {
  const named = [...what.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
  expect(named).not.toEqual([]);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});
