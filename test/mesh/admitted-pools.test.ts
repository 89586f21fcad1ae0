import { execFile } from 'child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { basename, join } from 'path';
import { promisify } from 'util';
import { stringify } from 'yaml';
import { JUDGE } from './judge';
import { Combination, combinations, poolSurface } from '../random/pool-programs';
import { SEED } from '../random/run';
import { Manifest } from '../synth';

const LEAST = 300;
const CLUSTER_SCOPED: readonly string[] = ['Namespace', 'ClusterRole', 'ClusterRoleBinding'];

/** The objects in namespaces of their own: all combinations have the same names, and are admitted by one API server. */
function apart(manifests: readonly Manifest[], prefix: string): object[] {
  return manifests.map((object) => {
    const { name, namespace } = object.metadata;
    const place = CLUSTER_SCOPED.includes(object.kind) ? { name: `${prefix}-${name}` } : { namespace: `${prefix}-${namespace}` };
    return { ...object, metadata: { ...object.metadata, ...place } };
  });
}

/** What the API server says of each file that it does not take as it is. */
async function rejectedBy(files: readonly string[]): Promise<{ readonly admitted: number; readonly rejected: readonly string[] }> {
  const { stdout, stderr } = await promisify(execFile)(JUDGE, ['admit', ...files], { maxBuffer: 2 ** 28 }).catch((error) => error as { stdout: string; stderr: string });
  const [, admitted] = /^(\d+) admitted, \d+ rejected$/m.exec(stdout) ?? [];
  if (admitted === undefined) throw new Error(`the judge did not come to its end:\n${stderr.slice(-4000)}`);
  return { admitted: Number(admitted), rejected: stdout.split('\n').filter((line) => line.startsWith('rejected ')) };
}

/** The lines of the API server, each with the program whose output it rejects. */
function named(rejected: readonly string[], programs: ReadonlyMap<string, Combination>): string[] {
  return rejected.map((line) => {
    const [, file] = /^rejected (.+?\.yaml) /.exec(line) ?? [];
    return `${line}\n${programs.get(basename(file ?? ''))?.source ?? '(of no known program)'}`;
  });
}

let dir: string;

beforeAll(() => {
  if (!existsSync(JUDGE)) throw new Error(`no judge at ${JUDGE}: name one as JUDGE`);
  dir = mkdtempSync(join(tmpdir(), 'pools-'));
});

afterAll(() => {
  if (dir) rmSync(dir, { recursive: true, force: true });
});

test(`the API server admits the distinct outputs of ${LEAST} combinations around pools, in which every part of the API that concerns them is used`, async () => {
  const all = combinations(LEAST, SEED);
  expect(new Set(all.map(({ digest }) => digest)).size).toBeGreaterThanOrEqual(LEAST);
  expect(poolSurface().filter((use) => !all.some(({ uses }) => uses.has(use)))).toEqual([]);

  const programs = new Map(all.map((one, i) => [`${String(i).padStart(3, '0')}.yaml`, one]));
  for (const [file, { manifests }] of programs) {
    writeFileSync(join(dir, file), apart(manifests, `c${basename(file, '.yaml')}`).map((object) => stringify(object)).join('---\n'));
  }
  const { admitted, rejected } = await rejectedBy([...programs.keys()].map((file) => join(dir, file)));
  expect(named(rejected, programs)).toEqual([]);
  expect(admitted).toBe(all.reduce((sum, { manifests }) => sum + manifests.length, 0));
}, 15 * 60_000);
