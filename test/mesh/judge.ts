import { execFileSync, spawn } from 'child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join, resolve } from 'path';
import { parseAllDocuments, stringify } from 'yaml';
import { wholeOf } from '../golden-whole';

/** One object of the manifests, as a mutant may change it. */
export type Manifest = { kind: string; metadata: { name: string; namespace?: string }; spec?: any; data?: any };

export interface Result { readonly name: string; readonly ok: boolean; readonly seen: string }

const ROOT = resolve(__dirname, '../..');
export const JUDGE = resolve(ROOT, process.env.JUDGE ?? '../shared/judge/judge');
const HOST = 'voice.example.com';

export function storyManifests(): Manifest[] {
  return parseAllDocuments(wholeOf('voice-agents', 'istio-ambient')).map((document) => document.toJS() as Manifest);
}

export interface DriveOptions {
  /** Whether a bad status fails before the first request. */
  readonly strict?: boolean;
  /** Thousands of requests and long streams, or as many as a mutant needs. */
  readonly thorough?: boolean;
  readonly failureMode?: string;
  /**
   * The file that sends the requests.
   *
   * @default 'driver.ts'
   */
  readonly driver?: string;
}

/** Makes a mesh of the objects and sends the driver's requests at it. */
export async function drive(objects: readonly Manifest[], options: DriveOptions = {}): Promise<Result[]> {
  if (!existsSync(JUDGE)) throw new Error(`no judge at ${JUDGE}: name one as JUDGE`);
  const dir = mkdtempSync(join(tmpdir(), 'mesh-'));
  try {
    const { secret, certificate } = doorCertificate(dir);
    const story = join(dir, 'story.yaml');
    writeFileSync(story, [...objects, secret].map((object) => stringify(object)).join('---\n'));
    const results = join(dir, 'results.json');
    const log = await run(JUDGE, ['mesh', '--quiet', ...options.strict ? ['--strict'] : [], story, join(__dirname, 'intruders.yaml'),
      '--', process.execPath, join(ROOT, 'node_modules/tsx/dist/cli.mjs'), '--tsconfig', join(ROOT, 'test/tsconfig.json'), join(__dirname, options.driver ?? 'driver.ts')], {
      // A driver that takes the place of a workload ends its listener, which can be done to TCP and not to MPTCP (`multipathtcp` of Go).
      ...process.env, GODEBUG: 'multipathtcp=0', CERTIFICATE: certificate, RESULTS: results, INNER_PORTS: innerPorts(objects).join(), THOROUGH: String(options.thorough ?? false), FAILURE_MODE: options.failureMode ?? 'FailClose',
    });
    if (!existsSync(results)) throw new Error(`the judge did not come to its end:\n${log.slice(-4000)}`);
    return JSON.parse(readFileSync(results, 'utf8'));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function innerPorts(objects: readonly Manifest[]): number[] {
  const inner = objects.find(({ kind, metadata }) => kind === 'Gateway' && metadata.name === 'voice-gw-inner');
  return !inner ? [] : inner.spec.listeners.map(({ port }: { port: number }) => port);
}

function doorCertificate(dir: string): { secret: Manifest; certificate: string } {
  const [key, certificate] = [join(dir, 'tls.key'), join(dir, 'tls.crt')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${HOST}`, '-addext', `subjectAltName=DNS:${HOST},DNS:*.example.com`,
    '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  const base64 = (file: string) => readFileSync(file).toString('base64');
  const secret = { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { name: 'voice-tls', namespace: 'voice-edge' }, data: { 'tls.crt': base64(certificate), 'tls.key': base64(key) } };
  return { secret, certificate };
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let log = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        log += chunk;
        if (process.env.PROGRESS !== 'false') process.stderr.write(chunk);
      });
    }
    child.on('error', fail);
    child.on('close', () => done(log));
  });
}
