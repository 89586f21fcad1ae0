import { mergedConnectionRules } from '../../src/model/connection-rule';
import { principalOf } from '../../src/model/principal';

const who = (serviceAccount: string) => principalOf('cluster.local', 'a', serviceAccount);

test('no callers give no rule', () => {
  expect(mergedConnectionRules([])).toEqual([]);
});

test('a caller without ports gives no rule', () => {
  expect(mergedConnectionRules([{ principals: [who('x')], ports: [] }])).toEqual([]);
});

test('callers of the same ports share a rule, for any order of grants', () => {
  const x = { principals: [who('x')], ports: [2, 1] };
  const y = { principals: [who('y')], ports: [1, 2] };
  const expected = [{ principals: [who('x'), who('y')], ports: [1, 2] }];
  expect(mergedConnectionRules([x, y])).toEqual(expected);
  expect(mergedConnectionRules([y, x])).toEqual(expected);
});

test('a caller that is allowed twice gets the ports of both, once', () => {
  expect(mergedConnectionRules([{ principals: [who('x')], ports: [1] }, { principals: [who('x')], ports: [2, 1] }]))
    .toEqual([{ principals: [who('x')], ports: [1, 2] }]);
});

test('rules are ordered by their ports as numbers', () => {
  const rules = mergedConnectionRules([{ principals: [who('x')], ports: [900] }, { principals: [who('y')], ports: [80] }, { principals: [who('z')], ports: [80, 900] }]);
  expect(rules.map(({ ports }) => ports)).toEqual([[80], [80, 900], [900]]);
});
