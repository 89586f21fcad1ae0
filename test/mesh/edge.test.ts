import { Testing } from 'cdk8s';
import { drive, Manifest } from './judge';
import { Agent, InferenceGateway, Port, Waypoint, Workload } from '../../src';
import { deploy, IMAGE } from '../story';
import { meshOf } from '../synth';

const MINUTES = 60_000;
const driver = 'edge-driver.ts';

/** The team's own Gateway: HTTPS, and plain HTTP that it redirects. */
const CORP = { name: 'corp', namespace: 'voice-edge' };
const THEIRS: (Manifest & { apiVersion: string })[] = [
  {
    apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', metadata: CORP, spec: {
      gatewayClassName: 'istio', listeners: [
        { name: 'http', port: 80, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'All' } } },
        { name: 'https', port: 443, protocol: 'HTTPS', allowedRoutes: { namespaces: { from: 'All' } }, tls: { certificateRefs: [{ name: 'voice-tls' }] } },
      ],
    },
  },
  {
    apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', metadata: { name: 'to-https', namespace: CORP.namespace }, spec: {
      parentRefs: [{ name: 'corp', sectionName: 'http' }],
      rules: [{ filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }] }],
    },
  },
];

/** Agents behind the team's gateway and behind one that refuses the pods; one of them speaks gRPC, before a waypoint and without one. */
function manifests(): Manifest[] {
  const { chart } = meshOf((mesh) => {
    const grpc = () => Workload.deploy({ image: IMAGE, ports: [Port.grpc(50051)] });
    const planner = new Agent(mesh, 'planner', { workload: deploy() });
    const frontend = new Agent(mesh, 'front', { workload: deploy() });
    const spoken = new Agent(mesh, 'spoken', { workload: grpc() });
    const read = new Agent(mesh, 'read', { workload: grpc(), waypoint: new Waypoint(mesh, 'wp') });
    read.grantCall(planner);
    const own = new InferenceGateway(mesh, 'voice-gw', { hostnames: ['voice.example.com'], tls: { secretName: 'voice-tls' }, deniedCidrs: ['10.244.0.0/16'] });
    own.addRoute('spoken', { target: spoken.version(), pathPrefix: '/spoken' });
    own.addRoute('read', { target: read.version(), pathPrefix: '/read' });
    InferenceGateway.fromGatewayName(mesh, 'corp', { gatewayName: 'corp', namespace: CORP.namespace, hostnames: ['desk.example.com'] })
      .addRoute('front', { target: frontend.version(), pathPrefix: '/api' });
  });
  return [...Testing.synth(chart), ...THEIRS];
}

test('routes answer where they are attached, who reaches a gateway is told, and gRPC is spoken to whom speaks it', async () => {
  const results = await drive(manifests(), { driver, strict: true });
  expect(results.filter(({ ok }) => !ok)).toEqual([]);
  expect(results).toHaveLength(9);
}, 5 * MINUTES);

test.each<[string, string, (objects: Manifest[]) => void]>([
  ['a route that attaches to every listener', 'plain HTTP is redirected, as the team says', (objects) => {
    const [parent] = objects.find(({ kind, metadata }) => kind === 'HTTPRoute' && metadata.name === 'front')!.spec.parentRefs;
    delete parent.port;
  }],
  ['a port that says HTTP and is gRPC', 'the gateway speaks HTTP/2 to a gRPC agent', (objects) => {
    const [port] = objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === 'spoken')!.spec.ports;
    Object.assign(port, { name: 'http', appProtocol: 'http' });
  }],
])('%s is caught', async (_, check, mutate) => {
  const objects = manifests();
  mutate(objects);
  const failed = (await drive(objects, { driver })).filter(({ ok }) => !ok).map(({ name }) => name);
  expect(failed).toEqual([check]);
}, 5 * MINUTES);
