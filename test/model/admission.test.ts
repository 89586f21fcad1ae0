import { admissionRules } from '../../src/model/admission';

const td = 'cluster.local';
const who = (serviceAccount: string, namespace = 'a') => ({ trustDomain: td, namespace, serviceAccount });

test('nobody admitted gives no rule', () => {
  expect(admissionRules([])).toEqual([]);
});

test('an admission without ports gives no rule', () => {
  expect(admissionRules([{ principal: who('x'), ports: [] }])).toEqual([]);
});

test('callers of the same ports share a rule, in one order whatever the order of the grants', () => {
  const x = { principal: who('x'), ports: [2, 1] };
  const y = { principal: who('y'), ports: [1, 2] };
  const expected = [{ principals: [who('x'), who('y')], ports: [1, 2] }];
  expect(admissionRules([x, y])).toEqual(expected);
  expect(admissionRules([y, x])).toEqual(expected);
});

test('a caller admitted twice gets the ports of both, once', () => {
  expect(admissionRules([{ principal: who('x'), ports: [1] }, { principal: who('x'), ports: [2, 1] }]))
    .toEqual([{ principals: [who('x')], ports: [1, 2] }]);
});

test('rules are ordered by their ports as numbers', () => {
  const rules = admissionRules([{ principal: who('x'), ports: [900] }, { principal: who('y'), ports: [80] }, { principal: who('z'), ports: [80, 900] }]);
  expect(rules.map(({ ports }) => ports)).toEqual([[80], [80, 900], [900]]);
});
