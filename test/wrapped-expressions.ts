import { parseAllDocuments } from 'yaml';

/** What is longer than this is shown wrapped. */
const LONG = 120;

/** The long expressions in some objects, wrapped at `&&` and `||`, for a person to read; empty without any. */
export function wrappedExpressions(yaml: string): string {
  const found = parseAllDocuments(yaml).flatMap((document) => {
    const object = document.toJS() as { kind: string; metadata: { name: string } };
    return textsIn(object).filter(([, text]) => text.length > LONG && / (&&|\|\|) /.test(text))
      .map(([path, text]) => `# ${object.kind} ${object.metadata.name}: ${path}\n${wrapped(text)}\n`);
  });
  return found.join('\n');
}

function textsIn(value: unknown, path = ''): [path: string, text: string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, Array.isArray(value) ? `${path}[${key}]` : [path, key].filter(Boolean).join('.')));
}

/** Puts each operand of `&&` and `||` on a line, indented by the parentheses around it; what is quoted stays whole. */
export function wrapped(expression: string): string {
  let depth = 0;
  return expression.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[([{]|[)\]}]| (&&|\|\|) /g, (token, operator?: string) => {
    if (/^[([{]$/.test(token)) depth++;
    if (/^[)\]}]$/.test(token)) depth--;
    return operator === undefined ? token : `\n${'  '.repeat(depth)}${operator} `;
  });
}
