import { Lookup } from '../../src/model/lookup';

test('items added after the first lookup are found, in the order of the list', () => {
  const words = ['bee', 'ant', 'bat'];
  const byInitial = new Lookup(words, ([initial]) => [initial]);
  expect(byInitial.of('b')).toEqual(['bee', 'bat']);
  words.push('asp', 'boa');
  expect([byInitial.of('b'), byInitial.of('a'), byInitial.of('c')]).toEqual([['bee', 'bat', 'boa'], ['ant', 'asp'], []]);
});

test('an item is found by each of its keys', () => {
  const byLetter = new Lookup(['on', 'no'], (word) => new Set(word));
  expect([byLetter.of('o'), byLetter.of('n')]).toEqual([['on', 'no'], ['on', 'no']]);
});
