import { Testing } from 'cdk8s';
import { drive, Manifest } from './judge';
import { HOST_ROWS, hostsProgram } from '../access/hosts-table';
import { meshOf } from '../synth';

const MINUTES = 60_000;
const driver = 'hosts-driver.ts';
const manifests = () => Testing.synth(meshOf(hostsProgram).chart) as Manifest[];

test('only the intended callers lose a host that a workload names, on a real waypoint', async () => {
  const results = await drive(manifests(), { driver, strict: true });
  expect(results.filter(({ ok }) => !ok)).toEqual([]);
  expect(results).toHaveLength(HOST_ROWS.length);
}, 5 * MINUTES);

test('a certificate for another name than the server\'s is not taken', async () => {
  const objects = manifests();
  const { portLevelSettings: [{ tls }] } = objects.find(({ kind, metadata }) => kind === 'DestinationRule' && metadata.name === 'weather')!.spec.trafficPolicy;
  tls.subjectAltNames = ['other.example'];
  const failed = (await drive(objects, { driver })).filter(({ ok }) => !ok);
  expect(failed.map(({ name }) => name)).toEqual(['voice/closed comes to mcp.weather.example:80: it was granted the boundary']);
  expect(failed[0].seen).toContain('503');
}, 5 * MINUTES);
