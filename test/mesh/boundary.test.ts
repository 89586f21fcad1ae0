import { createSign, generateKeyPairSync, KeyObject } from 'crypto';
import { Testing } from 'cdk8s';
import { drive, Manifest } from './judge';
import { boundaryProgram, boundaryRows, TOKENS } from '../access/boundary-table';
import { meshOf } from '../synth';

const MINUTES = 60_000;
const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
const strange = generateKeyPairSync('rsa', { modulusLength: 2048 });

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

function signed(claims: object, key: KeyObject): string {
  const text = `${encoded({ alg: 'RS256', typ: 'JWT', kid: 'one' })}.${encoded({ ...claims, aud: 'tools', exp: Math.floor(Date.now() / 1000) + 3600 })}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key).toString('base64url')}`;
}

/** What the tokens of the table look like; one that says a single thing says it as a text. */
function tokens(): Record<string, string> {
  return Object.fromEntries(Object.entries(TOKENS).flatMap(([name, said]) => {
    if (!said) return [];
    const claims = Object.fromEntries(Object.entries(said.claims).map(([claim, values]) => [claim, values.length === 1 ? values[0] : values]));
    return [[name, signed({ iss: said.issuer, sub: said.subject, ...claims }, name === 'strange' ? strange.privateKey : own.privateKey)]];
  }));
}

const object = (apiVersion: string, kind: string, metadata: object, spec?: object) => ({ apiVersion, kind, metadata, spec }) as unknown as Manifest;

function manifests(): Manifest[] {
  const jwks = JSON.stringify({ keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] });
  const { chart } = meshOf((mesh) => boundaryProgram(mesh, { tokens: true, external: true, jwks }));
  return [
    ...Testing.synth(chart),
    object('v1', 'Namespace', { name: 'ops', labels: { 'istio.io/dataplane-mode': 'ambient' } }),
    object('v1', 'ServiceAccount', { name: 'auditor', namespace: 'ops' }),
    object('v1', 'Pod', { name: 'auditor', namespace: 'ops', labels: { app: 'auditor' } }, {
      nodeName: 'judge', serviceAccountName: 'auditor', containers: [{ name: 'main', image: 'existing:1', ports: [{ containerPort: 8000 }] }],
    }),
  ];
}

const driver = 'boundary-driver.ts';

beforeAll(() => {
  process.env.TOKENS = JSON.stringify(tokens());
});

test('every row of the table of boundaries holds on a real istiod and a real waypoint, outside the cluster too', async () => {
  const results = await drive(manifests(), { driver, strict: true });
  expect(results.filter(({ ok }) => !ok)).toEqual([]);
  expect(results).toHaveLength(boundaryRows({ tokens: true, external: true }, 'refused').length + 1);
}, 5 * MINUTES);

test('policies that ask for no claim, and keep no credentials back, are caught', async () => {
  const objects = manifests().filter(({ metadata }) => metadata.name !== 'mail-credentials');
  for (const rule of objects.find(({ kind, metadata }) => kind === 'AuthorizationPolicy' && metadata.name === 'crm')!.spec.rules) {
    rule.when = rule.when.filter(({ key }: { key: string }) => !key.includes('[role]'));
  }
  const failed = (await drive(objects, { driver })).filter(({ ok }) => !ok).map(({ name }) => name);
  expect(failed).toEqual([
    'voice/writer may not call crm/refund with the token of alice', 'voice/writer may not call crm/refund with the token of nearly',
    'voice/planner may not call mail/draft with the token of alice', 'voice/writer may not call mail/draft with the token of alice',
  ]);
}, 5 * MINUTES);
