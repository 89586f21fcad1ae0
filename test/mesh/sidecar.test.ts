import { drive, DriveOptions, Manifest } from './judge';
import { find, sidecarStory, without } from './sidecar-manifests';

const MINUTES = 60_000;
const SERVED = [
  'the header forces the canary', 'another value of the header forces nothing', 'the split is 95 to 5', 'the picked pod serves',
  'a pinned pod of v1 serves', 'a pinned pod of v2 serves', 'a stream through the gateway is not cut',
];

async function failures(objects: readonly Manifest[], options: DriveOptions = {}): Promise<string[]> {
  const results = await drive(objects, { ...options, driver: 'sidecar-driver.ts' });
  expect(results).toHaveLength(22);
  return results.filter(({ ok }) => !ok).map(({ name }) => name);
}

test('the story with sidecars holds at real gateways, and no status is bad', async () => {
  expect(await failures(sidecarStory(), { strict: true, thorough: true })).toEqual([]);
}, 5 * MINUTES);

describe('a mutant of the manifests is caught', () => {
  test('the DestinationRule to the inner gateway dropped', async () => {
    const failed = await failures(without(sidecarStory(), 'DestinationRule', 'voice-gw-inner-istio'));
    expect(failed).toEqual([...SERVED, 'another gateway does not enter the inner gateway']);
  }, 5 * MINUTES);

  test('the identity dropped from the policy of the inner gateway', async () => {
    const objects = sidecarStory();
    for (const rule of find(objects, 'AuthorizationPolicy', 'voice-gw-inner-edge').spec.rules) delete rule.from;
    const failed = await failures(objects);
    expect(failed).toContain('another gateway does not enter the inner gateway');
    expect(failed.filter((name) => name.includes('of the mesh does not enter'))).toHaveLength(6);
    expect(failed).toHaveLength(7);
  }, 5 * MINUTES);

  test('the policy of the inner gateway dropped, so that its namespace closes it', async () => {
    const failed = await failures(without(sidecarStory(), 'AuthorizationPolicy', 'voice-gw-inner-edge'));
    expect(failed).toEqual([...SERVED, 'the edge gateway\'s identity enters the inner gateway']);
  }, 5 * MINUTES);

  test('both pools merged into one rule', async () => {
    const objects = sidecarStory();
    const [rule] = find(objects, 'HTTPRoute', 'assistant-v1').spec.rules;
    const [v1] = rule.backendRefs;
    rule.backendRefs = [{ ...v1, weight: 95 }, { ...v1, name: 'assistant-v2', weight: 5 }];
    const [, everybodyElse] = find(objects, 'HTTPRoute', 'chat').spec.rules;
    everybodyElse.backendRefs = everybodyElse.backendRefs.slice(0, 1);
    expect(await failures(objects)).toEqual(['the split is 95 to 5', 'the picked pod serves', 'a pinned pod of v1 serves']);
  }, 5 * MINUTES);
});
