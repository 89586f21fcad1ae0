import { misread, read } from './scalars.json';
import { keyFault, textFault } from '../../src/constructs/input/text-faults';

/** What sigs.k8s.io/yaml 1.6 made of texts as cdk8s 2.70 writes them, of 2.6 million: those that came out as something else, and some that did not. */
test.each(misread.map((text) => [text]))('%j is refused, since YAML readers misread it', (text) => {
  expect(textFault(text, true) ?? keyFault(text)).toBeDefined();
});

test('other texts are accepted', () => {
  expect(read.filter((text) => textFault(text, true) ?? (text.includes('\n') || text.includes('\t') ? undefined : keyFault(text)))).toEqual([]);
});

test.each(['\u0000', 'a\u0007', '\u001b[2J', 'a\rb', '\u007f', '\u0085', '\u009b', '\u2028', '\ufffe', '\ud800', 'a\udc00b', '\ud800\ud800'])('%j is refused as text', (text) => {
  expect([textFault(text, true)?.message, textFault(text, false)?.message]).toEqual([expect.stringContaining('contains a control character, half of a surrogate pair, or a line break that some YAML readers do not accept'), expect.stringContaining('contains a control character, half of a surrogate pair, or a line break that some YAML readers do not accept')]);
});

test('line ends and tabs are accepted in multi-line texts', () => {
  expect(['a\nb', 'a\tb', 'a\n'].map((text) => [textFault(text, true), textFault(text, false)?.fix])).toEqual(Array.from({ length: 3 }, () => [undefined, 'remove the character']));
});

test('surrogate pairs are accepted', () => {
  expect(textFault('\u{1f600}é\ufeff', false)).toBeUndefined();
});
