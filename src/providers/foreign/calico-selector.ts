import { LabelSelector } from './label-selector';

/** The supported terms of Calico selectors (Calico 3.30, selectors). */
const TERMS: readonly (readonly [RegExp, string])[] = [
  [/^([^\s!=]+)\s*==\s*(['"].*['"])$/, 'In'],
  [/^([^\s!=]+)\s*!=\s*(['"].*['"])$/, 'NotIn'],
  [/^(\S+)\s+in\s*\{(.*)\}$/, 'In'],
  [/^(\S+)\s+not\s+in\s*\{(.*)\}$/, 'NotIn'],
  [/^has\(\s*(\S+?)\s*\)$/, 'Exists'],
  [/^!\s*has\(\s*(\S+?)\s*\)$/, 'DoesNotExist'],
];

/** Returns a Calico selector as a Kubernetes selector. A selector that is not a simple conjunction counts as selecting everything. */
export function selectorOf(text: unknown): LabelSelector {
  const terms = typeof text === 'string' && isConjunction(text) ? text.split('&&').map((term) => term.trim()) : [];
  return { matchExpressions: terms.flatMap(expressionOf) };
}

/** Returns whether a selector has no alternatives and no groups. A group may be negated. */
function isConjunction(text: string): boolean {
  return !/\|\||[()]/.test(text.replace(/has\([^()]*\)/g, ''));
}

function expressionOf(term: string) {
  return TERMS.flatMap(([pattern, operator]) => {
    const [, key, values = ''] = pattern.exec(term) ?? [];
    if (key === undefined || key.startsWith('projectcalico.org/')) return [];
    return [{ key, operator, values: values.split(',').map((value) => value.trim().replace(/^['"]|['"]$/g, '')) }];
  });
}
