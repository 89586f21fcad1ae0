import { createSign, generateKeyPairSync, KeyObject } from 'crypto';
import { Testing } from 'cdk8s';
import { drive, Manifest } from './judge';
import { Agent, Port, Waypoint, Workload } from '../../src';
import { deploy, IMAGE } from '../story';
import { meshOf } from '../synth';

const MINUTES = 60_000;
const DRIVER = { driver: 'in-mesh-driver.ts' };
const ISSUER = 'https://issuer.example.com';

const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
const strange = generateKeyPairSync('rsa', { modulusLength: 2048 });

function token(key: KeyObject): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const text = `${encode({ alg: 'RS256', typ: 'JWT', kid: 'one' })}.${encode({ iss: ISSUER, sub: 'planner', exp: Math.floor(Date.now() / 1000) + 3600 })}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key).toString('base64url')}`;
}

/** An agent in two versions, split at a waypoint, and one that demands a token beside the identity. */
function manifests(): Manifest[] {
  const jwks = JSON.stringify({ keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] });
  const { chart } = meshOf((mesh) => {
    const waypoint = new Waypoint(mesh, 'wp');
    const planner = new Agent(mesh, 'planner', { versions: { v1: deploy() } });
    new Agent(mesh, 'other', { versions: { v1: deploy() } });
    const split = new Agent(mesh, 'split', { versions: { v1: deploy(), v2: deploy() }, waypoint, circuitBreaker: { consecutiveFailures: 5 }, canary: { version: 'v2', percent: 20 }, requestTimeoutSeconds: 30 });
    split.grantCall(planner);
    new Agent(mesh, 'guarded', { waypoint, versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], jwt: { issuer: ISSUER, jwks } }) } }).grantCall(planner);
  });
  return Testing.synth(chart);
}

beforeAll(() => {
  process.env.GOOD_TOKEN = token(own.privateKey);
  process.env.BAD_TOKEN = token(strange.privateKey);
});

test('a canary inside the mesh and a token hold on a real istiod and real Envoys', async () => {
  const results = await drive(manifests(), { ...DRIVER, strict: true });
  expect(results.filter(({ ok }) => !ok)).toEqual([]);
  expect(results).toHaveLength(8);
}, 5 * MINUTES);

test('a token that no policy demands is caught', async () => {
  const objects = manifests();
  const policy = objects.find(({ kind, metadata }) => kind === 'AuthorizationPolicy' && metadata.name === 'guarded')!;
  delete policy.spec.rules[0].when;
  const failed = (await drive(objects, DRIVER)).filter(({ ok }) => !ok).map(({ name }) => name);
  expect(failed).toEqual(['a granted caller with no token gets 403']);
}, 5 * MINUTES);

test('a canary whose own Service nobody guards is caught', async () => {
  const objects = manifests().filter(({ kind, metadata }) => !(kind === 'AuthorizationPolicy' && ['split', 'wp-deny-all'].includes(metadata.name)));
  const failed = (await drive(objects, DRIVER)).filter(({ ok }) => !ok).map(({ name }) => name);
  expect(failed).toEqual(['who was granted nothing reaches neither the canary nor its versions']);
}, 5 * MINUTES);
