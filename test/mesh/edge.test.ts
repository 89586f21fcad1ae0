import { createSign, generateKeyPairSync, KeyObject } from 'crypto';
import { writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { Testing } from 'cdk8s';
import { drive, Manifest } from './judge';
import { AccessLogs, Agent, Cluster, GatewayApiChannel, InferenceGateway, MeshProvider, Port, TlsTermination, Waypoint, Workload } from '../../src';
import { clientsProgram, decisions, LOGIN } from '../access/clients-table';
import { mcpClientsProgram } from '../access/mcp-clients-table';
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

const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
const strange = generateKeyPairSync('rsa', { modulusLength: 2048 });
const EXPECTED = join(tmpdir(), `edge-clients-${process.pid}.json`);

function signed(claims: object, key: KeyObject = own.privateKey): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const text = `${encode({ alg: 'RS256', typ: 'JWT', kid: 'one' })}.${encode({ iss: LOGIN, aud: 'agents', exp: Math.floor(Date.now() / 1000) + 3600, ...claims })}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key).toString('base64url')}`;
}

beforeAll(() => {
  process.env.TOKENS = JSON.stringify({
    alice: signed({ sub: 'alice', tier: 'gold' }), clerk: signed({ role: ['clerk'] }), bare: signed({}), other: signed({ iss: 'https://other.example.com', sub: 'alice' }),
    forged: signed({ sub: 'alice' }, strange.privateKey), elsewhere: signed({ sub: 'alice', aud: 'elsewhere' }),
  });
  process.env.EXPECTED = EXPECTED;
});

/**
 * Agents behind the team's gateway, behind one that refuses the pods, and behind one before which TLS ends; one of them speaks gRPC, before a
 * waypoint and without one. Routes of one host and path are told apart by headers, replace the path and mirror requests. Two boundaries are
 * behind gateways, one of which verifies tokens.
 */
function manifests(): Manifest[] {
  const { chart } = meshOf((mesh) => {
    const grpc = () => Workload.deploy({ image: IMAGE, ports: [Port.grpc(50051)] });
    const planner = new Agent(mesh, 'planner', { versions: { v1: deploy() } });
    const frontend = new Agent(mesh, 'frontend', { versions: { v1: deploy() } });
    const spoken = new Agent(mesh, 'spoken', { versions: { v1: grpc() } });
    const waypoint = new Waypoint(mesh, 'wp');
    const read = new Agent(mesh, 'read', { versions: { v1: grpc() }, waypoint });
    read.grantCall(planner);
    const edge = new InferenceGateway(mesh, 'voice-gw', { hostnames: ['voice.example.com'], tls: { secretName: 'voice-tls' }, deniedCidrs: ['10.244.0.0/16'] });
    const planners = { pathPrefix: '/planner.v1.Planner' };
    edge.addRoute('spoken', { target: spoken.version(), ...planners });
    edge.addRoute('read', { target: read.version(), headers: { 'x-agent': 'read' }, ...planners });
    edge.addRoute('retried', { target: spoken.version(), headers: { 'x-agent': 'retried' }, retries: { attempts: 4, codes: [503] }, ...planners });
    const [north, copies, guarded] = ['north', 'copies', 'guarded'].map((id) => new Agent(mesh, id, { versions: { v1: deploy() }, ...id === 'guarded' && { waypoint } }));
    const behind = new InferenceGateway(mesh, 'behind-lb', {
      hostnames: ['lb.example.com'], tlsTermination: TlsTermination.LOAD_BALANCER, loadBalancerClass: 'service.k8s.aws/nlb', trustedProxies: 1,
      infrastructureAnnotations: { 'service.beta.kubernetes.io/aws-load-balancer-ssl-ports': '443' }, infrastructureLabels: { team: 'edge' },
    });
    behind.addRoute('rest', { target: frontend, mirror: { target: copies.version() } });
    behind.addRoute('north', { target: north, headers: { 'x-desk': 'north' }, mirror: { target: guarded.version() } });
    behind.addRoute('gold', { target: frontend, headers: { 'x-desk': 'north', 'x-tier': 'gold' } });
    behind.addRoute('cut', { target: north, pathPrefix: '/desk', replacePrefixMatch: '/' });
    behind.addRoute('moved', { target: north, pathPrefix: '/old', replacePrefixMatch: '/new/v1' });
    InferenceGateway.fromGatewayName(mesh, 'corp', { gatewayName: 'corp', namespace: CORP.namespace, hostnames: ['desk.example.com'] })
      .addRoute('frontend', { target: frontend.version(), pathPrefix: '/api' });
    const jwks = JSON.stringify({ keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] });
    mcpClientsProgram(mesh, { isProxied: false, jwks, hasTokenGateway: true });
    writeFileSync(EXPECTED, JSON.stringify(decisions(mesh, clientsProgram(mesh, jwks))));
  }, {
    mesh: MeshProvider.istioAmbient({ accessLogs: AccessLogs.off() }), cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }),
  });
  return [...Testing.synth(chart), ...THEIRS];
}

test('routes answer where they are attached, who reaches a gateway is told, and gRPC clients get what gRPC agents answer', async () => {
  const results = await drive(manifests(), { driver, strict: true });
  expect(results.filter(({ ok }) => !ok)).toEqual([]);
  expect(results).toHaveLength(53);
}, 5 * MINUTES);

test.each<[string, string | RegExp, (objects: Manifest[]) => void]>([
  ['a route that attaches to every listener', 'plain HTTP is redirected, as the team says', (objects) => {
    const [parent] = objects.find(({ kind, metadata }) => kind === 'HTTPRoute' && metadata.name === 'frontend')!.spec.parentRefs;
    delete parent.port;
  }],
  ['a port that says HTTP and is gRPC', / through a gateway$|retried|passed on|for no grant$/, (objects) => {
    const [port] = objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === 'spoken')!.spec.ports;
    Object.assign(port, { name: 'http', appProtocol: 'http' });
  }],
  ['a mirror that does not let the gateway in', 'copies of requests reach a mirror', (objects) => {
    objects.find(({ kind, metadata }) => kind === 'AuthorizationPolicy' && metadata.name === 'copies-v1-workload')!.spec.rules = [];
  }],
  ['a waypoint that the gateway passes by', 'each request of an MCP client is answered as it should', (objects) => {
    const service = objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === 'crm')! as { metadata: { labels?: Record<string, string> } };
    delete service.metadata.labels!['istio.io/ingress-use-waypoint'];
  }],
  ['a route for some tokens that every token may use', 'each request of a client is answered as `decide` says', (objects) => {
    for (const { when } of objects.find(({ kind, metadata }) => kind === 'AuthorizationPolicy' && metadata.name === 'gw-hosts')!.spec.rules) {
      for (const condition of when ?? []) if (condition.key === 'request.auth.claims[role]') Object.assign(condition, { key: 'request.auth.claims[iss]', values: ['*'] });
    }
  }],
  ['a preflight that every path answers', 'each request of a client is answered as `decide` says', (objects) => {
    for (const rule of objects.find(({ kind, metadata }) => kind === 'AuthorizationPolicy' && metadata.name === 'gw-hosts')!.spec.rules) {
      for (const { operation } of rule.to) delete operation.notPaths;
    }
  }],
])('%s is caught', async (_, check, mutate) => {
  const objects = manifests();
  mutate(objects);
  const results = await drive(objects, { driver });
  const expected = results.map(({ name }) => name).filter((name) => (typeof check === 'string' ? name === check : check.test(name)));
  expect(results.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(expected);
  expect(expected).not.toEqual([]);
}, 5 * MINUTES);
