import { Testing } from 'cdk8s';
import { drive, Manifest } from './judge';
import { Agent, Backend, Cluster, Fault, GatewayApiChannel, InferenceGateway, McpServer, McpToolBoundary, Port, UnauthenticatedPort, Waypoint, Workload } from '../../src';
import { deploy, IMAGE } from '../story';
import { meshOf } from '../synth';

const MINUTES = 60_000;
const DRIVER = { driver: 'services-driver.ts' };

/** From the networks of the rig, and from one in which nobody is. */
const OPEN = [UnauthenticatedPort.of(9443, { networks: ['10.0.0.0/8'] }), UnauthenticatedPort.of(9444, { networks: ['192.0.2.0/24'] })];

/**
 * Two versions split by a waypoint that only routes, two split by one that authorizes, and an agent behind a waypoint; all behind a gateway.
 * A third version of those that are split gets copies. Faults at both kinds of waypoint.
 */
function manifests(): Manifest[] {
  const { chart } = meshOf((mesh) => {
    const waypoint = new Waypoint(mesh, 'wp');
    const [canary, mirror] = [{ version: 'v2', percent: 20 }, { version: 'v3' }];
    const three = (ports?: number[]) => ({ v1: deploy(ports), v2: deploy(ports), v3: deploy(ports) });
    const direct = new Agent(mesh, 'direct', { versions: three(), canary, mirror });
    const both = new Agent(mesh, 'both', { versions: three(), canary, mirror, waypoint });
    const read = new Agent(mesh, 'read', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [8000, 9090, 9443, 9444].map(Port.http), unauthenticatedPorts: OPEN }) }, waypoint });
    const planner = new Agent(mesh, 'planner', { versions: { v1: deploy() } });
    read.grantPorts([9090], new Agent(mesh, 'other', { versions: { v1: deploy() } }));
    read.grantCall(planner);
    direct.grantCall(planner);
    both.grantCall(planner);
    const faults = [Fault.delay(1500, { headers: { 'x-test': 'slow' } }), Fault.abort(418, { percent: 50, headers: { 'x-test': 'half' } }), Fault.abort(429, { headers: { 'x-test': 'busy' } })];
    const flaky = new Agent(mesh, 'flaky', { versions: three([8000, 9090]), canary, mirror, requestTimeoutSeconds: 1, retries: { attempts: 2, codes: [418] }, faults });
    flaky.grantCall(planner);
    flaky.grantPorts([9090], planner);
    const one = (port: Port) => Workload.deploy({ image: IMAGE, ports: [port], replicas: 1 });
    new Agent(mesh, 'limited', { versions: { v1: one(Port.http(8000)) }, connectionPool: { maxConnections: 1, maxPendingRequests: 1 } }).grantCall(planner);
    new Backend(mesh, 'orders', { workload: one(Port.tcp(5432)), connectionPool: { maxConnections: 2 } }).grantCall(planner);
    const crm = new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find'] }), waypoint, faults: [Fault.abort(503, { headers: { 'x-test': 'outage' } })] });
    crm.grantAllTools(planner);
    const gateway = new InferenceGateway(mesh, 'voice-gw', { hostnames: ['voice.example.com'], tls: { secretName: 'voice-tls' } });
    gateway.addRoute('chat', { target: direct });
    gateway.addRoute('both', { target: both, pathPrefix: '/both' });
    gateway.addRoute('flaky', { target: flaky, pathPrefix: '/flaky' });
    gateway.addRoute('read', { target: read, pathPrefix: '/read' });
  }, { cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) });
  return Testing.synth(chart);
}

test('weighted Services and a waypoint hold on a real istiod and real Envoys', async () => {
  const results = await drive(manifests(), { ...DRIVER, strict: true });
  expect(results.filter(({ ok }) => !ok)).toEqual([]);
  expect(results).toHaveLength(21);
}, 5 * MINUTES);

test('a gateway that is not sent through the waypoint, a policy with a port more, STRICT at a port, and a mirror that does not accept the waypoint are caught', async () => {
  const objects = manifests();
  const named = (kind: string, name: string) => objects.find((one) => one.kind === kind && one.metadata.name === name)!;
  delete (named('Service', 'read').metadata as { labels?: Record<string, string> }).labels!['istio.io/ingress-use-waypoint'];
  named('AuthorizationPolicy', 'read-v1-unauthenticated').spec.rules[0].to[0].operation.ports.push('9090');
  delete named('PeerAuthentication', 'read-v1-unauthenticated').spec.portLevelMtls[9443];
  named('AuthorizationPolicy', 'direct-v3-workload').spec.rules = [];
  const failed = (await drive(objects, DRIVER)).filter(({ ok }) => !ok);
  const reached = 'reaches what was granted and nothing else';
  expect(failed.map(({ name, seen }) => [name, seen])).toEqual([
    ['the gateway goes through the waypoint', expect.any(String)],
    [`the granted planner ${reached}`, 'a further port by pod: status 200'],
    [`an intruder elsewhere in the mesh ${reached}`, 'a further port by pod: status 200'],
    [`somebody outside the mesh ${reached}`, 'a port without identity by pod: status reset'],
    ['copies of the calls of direct reach its mirror', expect.any(String)],
  ]);
}, 5 * MINUTES);
