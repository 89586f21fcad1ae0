import { assert, constant, constantFrom, option, property, stringMatching, tuple } from 'fast-check';
import { imageProblem } from '../../src/constructs/workload/image-checks';
import { runs } from '../runs';

/** The parts of an image by the grammar of references (distribution 3.0, reference). */
const domain = tuple(
  stringMatching(/^[A-Za-z0-9]{1,3}(-{1,2}[A-Za-z0-9]{1,3})?(\.[A-Za-z0-9]{1,4}){1,2}$/), option(stringMatching(/^[1-9][0-9]{0,4}$/), { nil: undefined }),
).map(([host, port]) => `${host}${port === undefined ? '' : `:${port}`}/`);
const path = stringMatching(/^[a-z0-9]{1,4}((\.|_|__|-{1,3})[a-z0-9]{1,3}){0,2}(\/[a-z0-9]{1,4}){0,2}$/);
const tag = stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/).filter((text) => text !== 'latest');
const digest = stringMatching(/^sha256:[0-9a-f]{64}$/);
const name = tuple(option(domain, { nil: '' }), path).map((parts) => parts.join(''));

test('an image with a tag or digest has a version, for any domain, port and path', () => {
  const tagged = option(tag.map((text) => `:${text}`), { nil: '' });
  const digested = option(digest.map((text) => `@${text}`), { nil: '' });
  assert(property(name, tagged, digested, (...parts) => {
    const text = parts.join('');
    expect([text, imageProblem(text)]).toEqual([text, text === parts[0] ? expect.objectContaining({ actual: text }) : undefined]);
  }), { numRuns: runs(1000) });
});

test('the tag latest is refused without a digest', () => {
  assert(property(name, constant('latest'), digest, (image, latest, digested) => {
    expect([imageProblem(`${image}:${latest}`)?.actual, imageProblem(`${image}:${latest}@${digested}`)]).toEqual([`${image}:${latest}`, undefined]);
  }));
});

test.each([
  'redis:7', 'postgres:16', 'registry.example.com:5000', 'library/redis:7', 'localhost/agent:1', 'localhost:5000/agent:1', '10.0.0.1:5000/agent:1', '[fd00::1]:5000/agent:1', '[fd00::1]/agent:1',
  'registry.example.com:5000/team/agent:1.0.0', 'Registry.example.com/agent:1', 'agent__x:1', 'a--b:1', `agent@sha256:${'0'.repeat(64)}`, `agent@sha512:${'0'.repeat(128)}`, 'gcr.io/a_b/c.d:V1',
])('%s is valid', (image) => {
  expect(imageProblem(image)).toBeUndefined();
});

test.each([
  '', ':7', 'redis', 'redis:', 'redis:latest', 'redis:7:8', 'redis:-7', 'Redis:7', 'registry.example.com:5000/agent', 'registry.example.com:/agent:1',
  'registry.example.com:port/agent:1', '/agent:1', 'a//b:1', 'agent/:1', 'a___b:1', '-a:1', 'a-:1', '.a:1', 'https://registry.example.com/agent:1', 'agent:1 ', ' agent:1', 'agent:1\n',
  'agent@sha256:abc', `agent@sha256:${'A'.repeat(64)}`, `agent@md5:${'0'.repeat(32)}`, `agent:1@sha256:${'0'.repeat(63)}`, `agent:${'1'.repeat(129)}`, `${'a'.repeat(256)}:1`, '-registry.example.com/agent:1',
  'registry..example.com/agent:1', '[fd00::1]agent:1', '${IMAGE}:1',
])('%j is refused', (image) => {
  expect(imageProblem(image)).toMatchObject({ message: 'the image has no fixed version', actual: image });
});

test('the port of a registry is not a tag', () => {
  assert(property(domain, path, constantFrom('', ':latest'), (registry, repository, rest) => imageProblem(`${registry}${repository}${rest}`) !== undefined));
});
