import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { Testing } from 'cdk8s';
import { stringify } from 'yaml';
import { drive, Manifest } from './judge';
import { Agent, AgentProps, InferenceGateway, Waypoint } from '../../src';
import { deploy } from '../story';
import { meshOf } from '../synth';

const MINUTES = 60_000;

interface Stated extends Pick<AgentProps, 'stable' | 'canary'> {
  readonly name: string;
  readonly share: number;
}

const canary = (percent: number, version = 'v2') => ({ canary: { version, percent } });
const LIFE: readonly Stated[] = [
  { name: 'no requests yet', share: 0, ...canary(0) },
  { name: 'ten percent', share: 0.1, ...canary(10) },
  { name: 'half', share: 0.5, ...canary(50) },
  { name: 'all requests', share: 1, ...canary(100) },
  { name: 'promoted', share: 1, stable: 'v2', ...canary(0, 'v1') },
  { name: 'back', share: 0, stable: 'v2', ...canary(100, 'v1') },
  { name: 'promoted again', share: 1, stable: 'v2', ...canary(0, 'v1') },
  { name: 'without a split', share: 1, stable: 'v2' },
];

function manifests({ stable, canary: split }: Stated): Manifest[] {
  const { chart } = meshOf((mesh) => {
    new Waypoint(mesh, 'waypoint'); // before the first canary, as docs/how-to/canary.md says
    const writer = new Agent(mesh, 'writer', { versions: { v1: deploy(), v2: deploy() }, stable, canary: split });
    writer.grantCall(new Agent(mesh, 'planner', { versions: { v1: deploy() } }));
    new InferenceGateway(mesh, 'voice-gw', { hostnames: ['voice.example.com'], tls: { secretName: 'voice-tls' } }).addRoute('writer', { target: writer });
  });
  return Testing.synth(chart);
}

const keyOf = ({ kind, metadata }: Manifest) => `${kind.toLowerCase()}/${metadata.name}`;

/** What a step deletes: what the step before had. */
function deletedBy(before: readonly Manifest[], after: readonly Manifest[]): string[] {
  const kept = new Set(after.map(keyOf));
  return before.map(keyOf).filter((key) => !kept.has(key));
}

/** The version that each Service of the agent selects. */
function selectedBy(objects: readonly Manifest[]): Record<string, string> {
  const services = objects.filter(({ kind, spec }) => kind === 'Service' && spec.selector['app.kubernetes.io/name'] === 'writer');
  return Object.fromEntries(services.map(({ metadata, spec }) => [metadata.name, spec.selector['app.kubernetes.io/version']]));
}

test('calls go through the life of a canary without a failure, and the shares follow each step', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'life-'));
  const all = LIFE.map(manifests);
  const steps = LIFE.map(({ name, share }, i) => {
    const file = join(dir, `${i}.yaml`);
    writeFileSync(file, all[i].map((object) => stringify(object)).join('---\n'));
    return { name, share, file, deleted: deletedBy(all[Math.max(0, i - 1)], all[i]), selected: selectedBy(all[i]) };
  });
  process.env.LIFE = join(dir, 'life.json');
  writeFileSync(process.env.LIFE, JSON.stringify(steps));
  try {
    const results = await drive(all[0], { driver: 'canary-life-driver.ts', strict: true });
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
    expect(results).toHaveLength(LIFE.length + 1);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}, 5 * MINUTES);
