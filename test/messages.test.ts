import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import ts from 'typescript';

const SRC = join(__dirname, '../src');

/** Sentences of the sources, with "…" where a value is written into them. */
function sentences(): [where: string, text: string][] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts')).sort().flatMap((file) => {
    const source = ts.createSourceFile(file, readFileSync(join(SRC, file), 'utf8'), ts.ScriptTarget.ES2022, true);
    return texts(source).filter(([, text]) => /[a-z] [a-z`]/.test(text)).map(([node, text]) =>
      [`${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`, text] as [string, string]);
  });
}

function texts(node: ts.Node): [ts.Node, string][] {
  const here: [ts.Node, string][] = ts.isStringLiteralLike(node) ? [[node, node.text]]
    : ts.isTemplateExpression(node) ? [[node, [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('…')]] : [];
  const deeper: [ts.Node, string][] = [];
  ts.forEachChild(node, (child) => { deeper.push(...texts(child)); });
  return [...here, ...deeper];
}

/** What is quoted as code and is not the API: fields of manifests, and commands. */
const UPSTREAM = ['accessPolicy: deny', 'cdk8s synth', 'kubectl apply', 'kubectl get endpointslices -l kubernetes.io/service-name=kubernetes'];

/** A static factory with plain values: `Port.http(8080)` is a call in every language. */
const FACTORY = /^[A-Z]\w+\.[a-z]\w*\([^{}[\]]*\)$/;

/** Syntax that programs in Python, Java, .NET or Go do not have. Names stand alone: each language has its own case for them. */
const SYNTAX: readonly (readonly [what: string, isFound: (text: string) => boolean])[] = [
  ['calls, options and values in quoted code', (text) => [...text.matchAll(/`([^`]*)`/g)].some(([, code]) => /[ :({=[;]/.test(code) && !FACTORY.test(code) && !UPSTREAM.includes(code))],
  ['constructor calls', (text) => /\bnew [A-Z]\w*\(/.test(text)],
  ['arrow functions', (text) => /=>/.test(text)],
  ['values that only JavaScript has', (text) => /\bundefined\b|\bNaN\b/.test(text)],
  ['method calls', (text) => /\b[a-z]\w+\.[a-z]\w+\(/.test(text)],
];

const all = sentences();

test.each(SYNTAX)('messages contain no %s', (_, isFound) => {
  expect(all.length).toBeGreaterThan(900);
  expect(all.filter(([, text]) => isFound(text)).map((found) => found.join(': '))).toEqual([]);
});

test('messages say nothing twice', () => {
  expect(all.filter(([, text]) => /((?:[\w`',-]+ ){3,}[\w`]+[,;]?),? ?\1/.test(text)).map((found) => found.join(': '))).toEqual([]);
});
