import { createSign, generateKeyPairSync } from 'crypto';
import { Testing } from 'cdk8s';
import { drive, DriveOptions, Manifest } from './judge';
import { Agent, EndpointPicker, EndpointPickerConfig, GatewayExposure, InferenceGateway, InferenceObjective, InferenceTenant } from '../../src';
import { deploy } from '../story';
import { meshOf } from '../synth';

const MINUTES = 60_000;
const ISSUER = 'https://login.example.com';
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

function signed(claims: object): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const text = `${encode({ alg: 'RS256', typ: 'JWT', kid: 'one' })}.${encode({ iss: ISSUER, exp: Math.floor(Date.now() / 1000) + 3600, ...claims })}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey).toString('base64url')}`;
}

const PORTS = { 'pool llama': 21_000, 'pool mistral': 21_001, 'tenant research': 21_002, 'tenant desk': 21_003, 'shared': 21_004, 'phi': 21_005 };

/**
 * A pool behind an edge gateway, one for the mesh alone whose models are limited, one with two tenants, and one whose clients
 * have tokens; and an agent with a grant for each of the others.
 */
function manifests(): Manifest[] {
  const { chart } = meshOf((mesh) => {
    const agent = (name: string) => new Agent(mesh, name, { versions: { v1: deploy() } });
    const [planner, writer] = ['planner', 'writer', 'idle'].map(agent);
    const gateway = new InferenceGateway(mesh, 'gw', { hostnames: ['voice.example.com'], tls: { secretName: 'voice-tls' } });
    const llama = gateway.addPool('llama', { workload: deploy(), innerPort: PORTS['pool llama'] });
    gateway.addRoute('chat', { target: llama });
    llama.grantInfer(planner);
    const jwks = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] });
    const tiers = new InferenceGateway(mesh, 'tiers', {
      hostnames: ['tiers.example.com'], tls: { secretName: 'voice-tls' }, deniedCidrs: ['10.244.0.0/16'],
      jwt: { issuer: ISSUER, jwks, claimHeaders: { 'x-llm-d-inference-objective': 'tier', 'x-llm-d-inference-fairness-id': 'org' } },
    });
    const phi = tiers.addPool('phi', { workload: deploy(), picker: EndpointPicker.deploy({ config: EndpointPickerConfig.agents() }), innerPort: PORTS.phi });
    new InferenceObjective(mesh, 'gold', { pool: phi, priority: 10 });
    tiers.addRoute('ask', { target: phi });
    const inside = (name: string) => new InferenceGateway(mesh, name, { exposure: GatewayExposure.IN_MESH });
    inside('models').addPool('mistral', { workload: deploy(), innerPort: PORTS['pool mistral'], allowedModels: ['m'] }).grantInfer(writer);
    const picker = EndpointPicker.deploy({ config: EndpointPickerConfig.agents() });
    const pool = inside('shared').addPool('qwen', { workload: deploy(), picker, innerPort: PORTS.shared });
    const objective = new InferenceObjective(mesh, 'later', { pool, priority: -1 });
    new InferenceTenant(mesh, 'research', { pool, objective, innerPort: PORTS['tenant research'] }).grantInfer(planner);
    new InferenceTenant(mesh, 'desk', { pool, innerPort: PORTS['tenant desk'] }).grantInfer(writer);
  });
  return Testing.synth(chart);
}

async function failures(objects: readonly Manifest[], options: DriveOptions = {}): Promise<string[]> {
  process.env.INFERENCE_PORTS = JSON.stringify(PORTS);
  process.env.TOKENS = JSON.stringify({ gold: signed({ tier: 'gold', org: 'acme' }), bare: signed({}) });
  const results = await drive(objects, { driver: 'inference-driver.ts', ...options });
  expect(results).toHaveLength(41);
  return results.filter(({ ok }) => !ok).map(({ name, seen }) => `${name}: ${seen}`);
}

const find = (objects: readonly Manifest[], kind: string, name: string): Manifest =>
  objects.find((one) => one.kind === kind && one.metadata.name === name)!;

test('callers with a grant are served by the pods that pickers name, and nobody else gets a model, on a real istiod and real Envoys', async () => {
  expect(await failures(manifests(), { strict: true, thorough: true })).toEqual([]);
}, 5 * MINUTES);

test('a policy for every port, a route for every path, and an inner gateway that is not enrolled, are caught', async () => {
  const objects = manifests();
  for (const rule of find(objects, 'AuthorizationPolicy', 'llama-inference').spec.rules) delete rule.from;
  delete find(objects, 'HTTPRoute', 'mistral-inference').spec.rules[0].matches;
  find(objects, 'Gateway', 'models').spec.infrastructure.labels = { 'istio.io/dataplane-mode': 'none' };
  const failed = await failures(objects);
  expect(failed.filter((one) => one.includes(' of pool llama by its address'))).toHaveLength(4);
  expect(failed.filter((one) => one.includes('whose model the picker does not read'))).toHaveLength(1);
  expect(failed.filter((one) => one.includes('by pool mistral') || one.includes('pod of pool mistral'))).toHaveLength(2);
}, 5 * MINUTES);

test('a header that the inner gateway removes does not reach the picker', async () => {
  const objects = manifests();
  const [rule] = find(objects, 'RequestAuthentication', 'gw-inner-picker-headers').spec.jwtRules;
  rule.outputClaimToHeaders.push({ header: 'test-epp-endpoint-selection', claim: 'none' });
  expect((await failures(objects)).map((one) => one.split(':')[0])).toEqual(['planner is served by the pod of pool llama that it pins']);
}, 5 * MINUTES);
