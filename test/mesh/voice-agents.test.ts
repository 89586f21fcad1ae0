import { drive, Result, storyManifests } from './judge';
import { mutants } from './mutants';

const MINUTES = 60_000;

const failures = (results: Result[]) => results.filter(({ ok }) => !ok).map(({ name, seen }) => `${name}: ${seen}`);

test('the story holds on a real istiod and real Envoys, and no status is bad', async () => {
  const results = await drive(storyManifests(), { strict: true, thorough: true });
  expect(failures(results)).toEqual([]);
  expect(results.length).toBeGreaterThan(20);
}, 10 * MINUTES);

test('a dead picker under FailOpen gives full service to requests without a body', async () => {
  const objects = storyManifests();
  for (const { spec } of objects.filter(({ kind }) => kind === 'InferencePool')) spec.endpointPickerRef.failureMode = 'FailOpen';
  const results = await drive(objects, { strict: true, failureMode: 'FailOpen' });
  expect(failures(results)).toEqual([]);
}, 5 * MINUTES);

describe('a mutant of the manifests is caught', () => {
  test.each(mutants)('$name', async ({ mutate, seenBy }) => {
    const results = await drive(mutate(storyManifests()));
    const failed = results.filter(({ ok }) => !ok).map(({ name }) => name);
    expect(failed).toEqual(expect.arrayContaining([...seenBy]));
  }, 5 * MINUTES);
});
