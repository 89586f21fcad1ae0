import { Testing } from 'cdk8s';
import { drive, Manifest } from './judge';
import { Agent, InferenceGateway, Waypoint } from '../../src';
import { deploy } from '../story';
import { meshOf } from '../synth';

const MINUTES = 60_000;
const DRIVER = { driver: 'services-driver.ts' };

/** Two versions behind a gateway by weight, and an agent whose requests a waypoint reads, the gateway's too. */
function manifests(): Manifest[] {
  const { chart } = meshOf((mesh) => {
    const direct = new Agent(mesh, 'direct', { versions: { v1: deploy(), v2: deploy() } });
    const read = new Agent(mesh, 'read', { workload: deploy(), waypoint: new Waypoint(mesh, 'wp') });
    const planner = new Agent(mesh, 'planner', { workload: deploy() });
    new Agent(mesh, 'other', { workload: deploy() });
    read.grantCall(planner);
    direct.grantCall(planner);
    const gateway = new InferenceGateway(mesh, 'voice-gw', { hostnames: ['voice.example.com'], tls: { secretName: 'voice-tls' } });
    gateway.addCanary('chat', { stable: direct.version('v1'), canary: direct.version('v2'), canaryPercent: 20 });
    gateway.addRoute('read', { target: read.version(), pathPrefix: '/read' });
  });
  return Testing.synth(chart);
}

test('weighted Services and a waypoint hold on a real istiod and real Envoys', async () => {
  const results = await drive(manifests(), { ...DRIVER, strict: true });
  expect(results.filter(({ ok }) => !ok)).toEqual([]);
  expect(results).toHaveLength(7);
}, 5 * MINUTES);

test('a gateway that is not sent through the waypoint is caught', async () => {
  const objects = manifests();
  delete (objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === 'read')!.metadata as { labels?: Record<string, string> }).labels!['istio.io/ingress-use-waypoint'];
  const failed = (await drive(objects, DRIVER)).filter(({ ok }) => !ok).map(({ name }) => name);
  expect(failed).toEqual(['the gateway goes through the waypoint']);
}, 5 * MINUTES);
