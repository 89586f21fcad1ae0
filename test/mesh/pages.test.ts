import { generateKeyPairSync } from 'crypto';
import { Testing } from 'cdk8s';
import { drive, Manifest } from './judge';
import { pageRows, pagesProgram } from '../access/pages-table';
import { meshOf } from '../synth';

const MINUTES = 60_000;
const driver = 'pages-driver.ts';
const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const KEYS = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] });
const manifests = () => Testing.synth(meshOf((mesh) => pagesProgram(mesh, KEYS)).chart) as Manifest[];

test('what browsers send for pages is let through, or refused, on a real waypoint', async () => {
  const results = await drive(manifests(), { driver, strict: true });
  expect(results.filter(({ ok }) => !ok)).toEqual([]);
  expect(results).toHaveLength(pageRows().length);
}, 5 * MINUTES);

test('a policy that knows no preflights is caught', async () => {
  const objects = manifests();
  for (const { spec } of objects.filter(({ kind }) => kind === 'AuthorizationPolicy')) {
    spec.rules = spec.rules?.filter(({ to }: any) => !to?.some(({ operation }: any) => operation.methods?.includes('OPTIONS')));
  }
  const failed = (await drive(objects, { driver })).filter(({ ok }) => !ok).map(({ name }) => name);
  expect(failed).toEqual(pageRows().filter(({ method, allowed }) => method === 'OPTIONS' && allowed).map(({ title }) => title));
}, 5 * MINUTES);
