import { drive, Manifest } from './judge';
import { injected, sidecarStory } from './sidecar-manifests';

const MINUTES = 60_000;
const PREFER_HBONE = 'PILOT_PREFER_SENDING_HBONE';

async function failures(objects: readonly Manifest[]): Promise<string[]> {
  const results = await drive(objects, { driver: 'sidecar-xds-driver.ts' });
  expect(results).toHaveLength(8);
  return results.filter(({ ok }) => !ok).map(({ name }) => name);
}

const ofAll = (what: string) => ['v1', 'v2'].flatMap((version) => [`the pool assistant-${version} ${what}`, `the picker of assistant-${version} ${what}`]);

afterEach(() => { delete process.env[PREFER_HBONE]; });

test('the inner gateway calls pods with sidecars by their own addresses and with mutual TLS', async () => {
  expect(await failures(injected(sidecarStory()))).toEqual([]);
}, 5 * MINUTES);

test('pods without a sidecar are called in plain text', async () => {
  expect(await failures(sidecarStory())).toEqual(ofAll('is called with mutual TLS'));
}, 5 * MINUTES);

test('an istiod that prefers HBONE takes the addresses from the pickers', async () => {
  process.env[PREFER_HBONE] = 'true';
  expect((await failures(injected(sidecarStory()))).sort()).toEqual([...ofAll('has the addresses that a picker would name'), ...ofAll('is called with mutual TLS')].sort());
}, 5 * MINUTES);
