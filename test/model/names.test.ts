import {
  hostnameProblem, isHostname, isPort, isSubdomain, nameProblem, selectorProblem, serviceAccountProblem, sharedAccountProblem,
} from '../../src/model/names';

describe('a name of an object', () => {
  test.each(['a', 'voice-gw', 'a1', 'x'.repeat(63)])('%s is valid', (name) => {
    expect(nameProblem('the name', name)).toBeUndefined();
  });
  test.each(['', '1a', 'A', 'a.b', 'a_b', '-a', 'a-', 'a b'])('%j is invalid in Kubernetes', (name) => {
    expect(nameProblem('the name', name)).toMatchObject({ message: 'the name is not a valid Kubernetes name', actual: name });
  });
  test('is shorter where a suffix is appended', () => {
    expect(nameProblem('the name', 'x'.repeat(57), '-istio')).toBeUndefined();
    expect(nameProblem('the name', 'x'.repeat(58), '-istio')).toMatchObject({ message: 'the name is too long', expected: 'at most 57 characters, because "-istio" is appended and 63 is the limit' });
  });
  test('is invalid with more than 63 characters', () => {
    expect(nameProblem('the name', 'x'.repeat(64))).toMatchObject({ expected: 'at most 63 characters' });
  });
});

describe('a host name', () => {
  test.each(['voice.example.com', '*.example.com', 'localhost', '1.example'])('%s is valid', (name) => {
    expect(hostnameProblem(name)).toBeUndefined();
  });
  test.each(['', 'https://a', 'a:443', 'A.com', '*', 'a.*.com', 'a..b', `${'a.'.repeat(130)}b`])('%s is refused', (name) => {
    expect(hostnameProblem(name)).toBeDefined();
  });
});

test.each([['a.b', true, true], ['1.2', true, false], ['*.a', false, false], ['A', false, false], [`${'a.'.repeat(126)}bc`, false, false]])('%s is a name of an object (%s), and of a host (%s)', (name, object, host) => {
  expect([isSubdomain(name), isHostname(name)]).toEqual([object, host]);
});

describe('a selector', () => {
  test('accepts several labels', () => {
    const labels = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`l${i}`, 'x']));
    expect([selectorProblem(labels(64)), selectorProblem(labels(65))]).toEqual([undefined, { message: 'there are more labels than an object that the library emits can have', actual: 65, expected: 'at most 64', fix: 'remove labels' }]);
  });
  test('is invalid without labels, since it would select every pod', () => {
    expect(selectorProblem({})?.message).toContain('every pod of the namespace');
  });
  test.each([[{ app: 'x' }], [{ 'example.com/app': 'x.y_z' }], [{ app: '' }]])('%j is valid', (labels) => {
    expect(selectorProblem(labels)).toBeUndefined();
  });
  test.each([[{ 'a b': 'x' }], [{ app: 'x'.repeat(64) }], [{ app: '-x' }], [{ 'UP.com/a': 'x' }], [{ 'x/': 'x' }], [{ [`${'k'.repeat(64)}`]: 'x' }]])('%j is refused', (labels) => {
    expect(selectorProblem(labels)?.message).toBe('a label is not valid in Kubernetes');
  });
});

test('the ServiceAccount "default" is refused as an identity', () => {
  expect(sharedAccountProblem('agent a', 'voice', 'default')).toMatchObject({ message: expect.stringContaining('shared by every pod of the namespace that sets none'), actual: 'voice/default' });
  expect(sharedAccountProblem('agent a', 'voice', 'defaults')).toBeUndefined();
});

test.each(['agent', 'a.b-c'])('the ServiceAccount %s is valid', (name) => {
  expect(serviceAccountProblem(name)).toBeUndefined();
});

test.each(['*', 'a/b', '', 'agent*'])('the ServiceAccount %j is refused, since a policy would match several', (name) => {
  expect(serviceAccountProblem(name)?.message).toContain('not a valid Kubernetes name');
});

test.each([[1, true], [65535, true], [0, false], [65536, false], [1.5, false], [NaN, false], [-1, false]])('%d is a port: %s', (port, expected) => {
  expect(isPort(port)).toBe(expected);
});
