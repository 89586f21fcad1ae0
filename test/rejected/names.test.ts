import { Chart } from 'cdk8s';
import { Refused, saidMoreThanOnce, testRefused } from './corpus';
import { agentgateway, crmOf, jwt, linkerd, running, sidecar } from './tool-programs';
import {
  Agent, AgentMesh, CanaryRoute, Cluster, ClusterLink, ExternalHost, GatewayApiChannel, Identity, InferenceGateway, McpAccessPolicy, McpServer,
  McpToolBoundary, MeshEgress, MeshProvider, MigrationStage, TokenCaller, Waypoint, Workload,
} from '../../src';
import { deploy, existing } from '../story';
import { Build, problemsOf, synth } from '../synth';

const tls = { secretName: 'tls' };
const gateway = (mesh: AgentMesh, options: object = {}) => new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls, ...options });
const versions = (mesh: AgentMesh, names: readonly string[], workload: (name: string) => Workload = () => deploy()) =>
  new Agent(mesh, 'agent', { versions: Object.fromEntries(names.map((name) => [name, workload(name)])), stable: names[0] });
const canary = (options: object): Build => (mesh) => {
  const agent = versions(mesh, ['v1', 'v2']);
  gateway(mesh).addCanary('chat', { stable: agent.version('v1'), canary: agent.version('v2'), percent: 5, ...options });
};
const experimental = { cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) };
const longLabel = `${'a'.repeat(64)}.example.com`;

/** What makes a construct of an id. */
const BY_ID: Readonly<Record<string, (mesh: AgentMesh, id: string) => void>> = {
  'an agent': (mesh, id) => void new Agent(mesh, id, { versions: { v1: existing('a') } }),
  'a boundary': (mesh, id) => void new McpToolBoundary(mesh, id, { server: McpServer.of(deploy([8080]), { tools: ['t'] }) }),
  'a waypoint': (mesh, id) => void new Waypoint(mesh, id),
  'a gateway': (mesh, id) => void new InferenceGateway(mesh, id, { hostnames: ['a.example.com'], tls }),
  'a pool': (mesh, id) => void gateway(mesh).addPool(id, { workload: deploy() }),
  'a route': (mesh, id) => void gateway(mesh).addRoute(id, { target: new Agent(mesh, 'agent', { versions: { v1: deploy() } }).version() }),
  'a canary': (mesh, id) => {
    const agent = versions(mesh, ['v1', 'v2']);
    gateway(mesh).addCanary(id, { stable: agent.version('v1'), canary: agent.version('v2'), percent: 5 });
  },
  'an access policy': (mesh, id) => {
    const boundary = crmOf(mesh);
    boundary.grantAllTools(Identity.of({ namespace: 'ops', serviceAccount: 'planner' }));
    new McpAccessPolicy(mesh, id, { boundary, backendName: 'crm' });
  },
};

const refused: Record<string, Refused[]> = {
  'versions': [
    ...['-a', 'a-', 'a_b', 'a.b', 'V1', 'a b', '.'].map((version): Refused => [`no label and no part of a name (${version})`, (mesh) => { versions(mesh, [version]); },
      `app/mesh/agent: the name of the version is not valid as a part of object names and labels; got ${JSON.stringify(version)}; allowed: lower case letters, digits and "-", starting and ending with a letter or digit; rename the version [AM001]`]),
    ['one that runs already', (mesh) => { versions(mesh, ['v1', '-v2'], (name) => existing('a', { labels: { app: 'a', v: name.slice(1) } })); }, 'the name of the version is not valid as a part of object names and labels; got "-v2"'],
    ['one too long for a label', (mesh) => { versions(mesh, ['v'.repeat(64)]); }, 'the name of the version is too long'],
  ],
  'a wildcard where a name is meant': [
    ['the Secret of a gateway', (mesh) => { gateway(mesh, { tls: { secretName: '*.foo' } }); }, 'the name of a Secret or ConfigMap of the gateway is not valid in Kubernetes; got "*.foo"'],
    ['the ConfigMap of a gateway', (mesh) => { gateway(mesh, { tls: { secretName: 'tls', clientCaConfigMapName: '*.foo' } }); }, 'the name of a Secret or ConfigMap of the gateway is not valid in Kubernetes; got "*.foo"', { mesh: MeshProvider.istioAmbient(), cluster: Cluster.of({ istioRelease: '1.31' as never }) }],
    ['the Secret of a variable', (mesh) => { new Agent(mesh, 'a', { versions: { v1: running({ secretEnv: { A: { secretName: '*.foo', key: 'k' } } }) } }); }, 'a reference of `secretEnv` to a Secret is not valid in Kubernetes; got {"secretName":"*.foo","key":"k"}'],
    ['the Secret of a link', (mesh) => { new ClusterLink(mesh, 'west', { credentialsSecretName: '*.foo' }); }, 'a name of the link is not valid in Kubernetes; got "*.foo"', linkerd],
    ['the domain of a link', (mesh) => { new ClusterLink(mesh, 'west', { clusterDomain: '*.local' }); }, 'a name of the link is not valid in Kubernetes; got "*.local"', linkerd],
    ['a ServiceAccount', (mesh) => { new Agent(mesh, 'a', { versions: { v1: existing('a', { serviceAccount: '*.foo' }) } }); }, 'the ServiceAccount is not a valid Kubernetes name; got "*.foo"'],
    ['the trust domain of a caller', (mesh) => { new Agent(mesh, 'a', { versions: { v1: deploy() } }).grantCall(Identity.of({ namespace: 'n', serviceAccount: 's', trustDomain: '*.example' })); },
      'the trust domain of a caller is not a valid SPIFFE trust domain; got "*.example"; allowed: a DNS name such as "cluster.local"; correct the trust domain'],
  ],
  'a host label of more than 63 characters': [
    ['of a gateway', (mesh) => { gateway(mesh, { hostnames: [longLabel] }); }, `a hostname is not valid for a Gateway; got "${longLabel}"`],
    ['of a gateway, behind a wildcard', (mesh) => { gateway(mesh, { hostnames: [`*.${longLabel}`] }); }, 'a hostname is not valid for a Gateway'],
    ['of a gateway of the team', (mesh) => { InferenceGateway.fromGatewayName(mesh, 'gw', { gatewayName: 'gw', namespace: 'edge', hostnames: [longLabel] }); }, 'a hostname is not valid for a Gateway'],
    ['of a way out', (mesh) => { new MeshEgress(mesh, 'out', { hosts: [ExternalHost.https(longLabel)] }); }, '`hosts` of the MeshEgress has an entry that is not an external DNS name', sidecar],
    ['of a host that is called', (mesh) => { new Agent(mesh, 'a', { versions: { v1: running({ egress: { hosts: [ExternalHost.https(longLabel)] } }) } }); }, '`egress` of agent a has a hostname that is not an external DNS name'],
    ['of a tool the host of external server outside', (mesh) => { crmOf(mesh, { servers: { far: McpServer.external({ host: ExternalHost.https(longLabel), tools: ['t'] }) } }); }, 'server far is not an external DNS name'],
    ['of a trust domain', () => {}, 'the trust domain is not a valid SPIFFE trust domain', { cluster: Cluster.of({ trustDomain: longLabel }) }],
  ],
  'ids that the constructs library cannot hold': [
    ...Object.entries(BY_ID).map(([what, make]): Refused => [what, (mesh) => make(mesh, 'constructor'),
      /constructor: the construct id is the name of a property of every JavaScript object, which the constructs library cannot use as an id; got "constructor"; allowed: any other id; choose another id; to keep the name of the object, set `name` \[AM001\] \(/]),
    ...['toString', '__proto__', 'hasOwnProperty'].map((id): Refused => [`an agent (${id})`, (mesh) => { new Agent(mesh, id, { name: 'a', versions: { v1: existing('a') } }); }, `the construct id is the name of a property of every JavaScript object, which the constructs library cannot use as an id; got "${id}"`]),
    ['an agent without an id', (mesh) => { new Agent(mesh, '', { name: 'a', versions: { v1: existing('a') } }); }, 'app/mesh: the construct id is empty; got ""; allowed: any other id; choose another id'],
    ['a version', (mesh) => { versions(mesh, ['v1', 'constructor']); }, 'app/mesh/agent/constructor: the construct id is the name of a property of every JavaScript object, which the constructs library cannot use as an id'],
    ['the first thing in its scope', (mesh, chart) => { new Agent(new Chart(chart, 'inner'), 'constructor', { mesh, name: 'a', versions: { v1: existing('a') } }); }, 'app/inner/constructor: the construct id is the name of a property of every JavaScript object, which the constructs library cannot use as an id'],
  ],
  'labels that cdk8s cannot write': Object.entries<Build>({
    'of pods': (mesh) => { new Agent(mesh, 'a', { versions: { v1: running({ podLabels: { constructor: 'x' } as never }) } }); },
    'of pods of the team': (mesh) => { new Agent(mesh, 'a', { versions: { v1: existing('a', { labels: { constructor: 'x' } as never }) } }); },
    'of a gateway': (mesh) => { gateway(mesh, { infrastructureLabels: { constructor: 'x' } as never }); },
  }).map(([what, build]): Refused => [what, build, 'cdk8s cannot write a label with this key, which is the name of a property of every JavaScript object; got "constructor"; allowed: any other key; rename the key, or give it a prefix, such as "example.com/constructor"']),
  'what would be ignored': [
    ['the namespace of an agent whose pods run in another', (mesh) => { new Agent(mesh, 'agent', { namespace: 'a', versions: { v1: existing('x', { namespace: 'b' }) } }); },
      'app/mesh/agent: the namespace of agent agent is not the namespace of its pods; got ["a","b"]; allowed: one namespace for both; remove `namespace` from the agent', { existingNamespaces: ['a', 'b'] }],
    ['the namespace of an agent, one of whose versions runs in another', (mesh) => {
      new Agent(mesh, 'agent', { namespace: 'a', versions: { v1: existing('x', { labels: { v: '1' } }), v2: existing('x', { labels: { v: '2' }, namespace: 'b' }) }, stable: 'v1' });
    }, 'the namespace of agent agent v2 is not the namespace of its pods; got ["a","b"]', { existingNamespaces: ['a', 'b'] }],
    ['the namespace of a boundary whose proxy stands beside its server', (mesh) => { crmOf(mesh, { namespace: 'a', server: existing('x', { namespace: 'b', service: { name: 'x', port: 80 } }), tools: ['t'] }); },
      'the namespace of the boundary crm is not the namespace of its server; got ["a","b"]', { ...agentgateway, existingNamespaces: ['a', 'b'] }],
  ],
  'paths that proxies read otherwise': [
    ...[['/%76%31', '/v1'], ['/%7Euser', '/~user'], ['/a%2Db', '/a-b'], ['/a/%2e%2e/b', undefined], ['/%2E', undefined]].map(([path, meant]): Refused => [`a prefix with what needs no escape (${path})`, canary({ pathPrefix: path }),
      `\`pathPrefix\` is not a plain path; got ${JSON.stringify(path)}; allowed: "/" followed by path characters, at most 1024, without empty and dot segments, without "%2f" and without escapes of letters, digits, "-", ".", "_" and "~"; ${meant === undefined ? 'write it as in "/v1"' : `write it as "${meant}"`}`]),
    ['a health path', (mesh) => { new Agent(mesh, 'a', { versions: { v1: running({ healthPath: '/%68ealthz' }) } }); }, '`healthPath` is not a plain path; got "/%68ealthz"; allowed: "/" followed by path characters, without a query, "//" and segments "." or ".."; write it as "/healthz"'],
    ['the path of a server', (mesh) => { crmOf(mesh, { servers: { one: McpServer.of(deploy([8080]), { tools: ['t'] }), two: McpServer.of(deploy([8081]), { tools: ['t'], path: '/%6dcp' }) } }); },
      'the path of the MCP endpoint is not a plain path; got "/%6dcp"; allowed: "/" followed by letters, digits, ".", "_", "~", "-" and "/", without empty and dot segments; write it as "/mcp"', agentgateway],
    ['the path of an endpoint', (mesh) => { crmOf(mesh, { path: '/%6dcp' }); }, 'the path of the MCP endpoint is not a plain path; got "/%6dcp"; allowed: "/" followed by letters, digits, ".", "_", "~", "-" and "/", without empty and dot segments; write it as "/mcp"'],
  ],
  'more retries than anybody counts': [
    ...[65_536, 2 ** 40, 1e21, 1.5].flatMap((attempts): Refused[] => [
      [`at a gateway (${attempts})`, canary({ retries: { attempts } }), '`attempts` of the retries is out of range; got ', experimental],
      ...[experimental, { ...sidecar, ...experimental }, linkerd].map((on, i): Refused => [`inside the mesh (${attempts}, ${i})`, (mesh) => {
        new Agent(mesh, 'agent', { versions: { v1: deploy() }, retries: { attempts } });
      }, 'allowed: whole numbers from 1 to 65535', on]),
    ]),
  ],
};

testRefused(refused);

test('each problem is reported once, except names that are invalid twice', () => {
  expect(saidMoreThanOnce(refused)).toEqual({
    'the namespace of an agent, one of whose versions runs in another': 2, // two identities
  });
});

test('unusual valid names are accepted', () => {
  const taken: readonly (readonly [Build, Parameters<typeof problemsOf>[1]?])[] = [
    [(mesh) => { new Agent(mesh, 'a', { versions: { v1: running({ secretEnv: { A: { secretName: '2024', key: '2024' } } }) } }); }],
    [(mesh) => { gateway(mesh, { tls: { secretName: '2024' } }); }],
    [(mesh) => { new Agent(mesh, 'a', { versions: { v1: running({ env: { constructor: 'x', toString: 'y' } as never, secretEnv: { valueOf: { secretName: 's', key: 'k' } } as never }) } }); }],
    [(mesh) => { new Agent(mesh, 'other', { name: 'constructor', versions: { v1: deploy() }, namespace: 'constructor' }); }],
    [(mesh) => { versions(mesh, ['1', 'v-2', '2024-01']); }],
    [(mesh) => { new Agent(mesh, 'agent', { namespace: 'b', versions: { v1: existing('x', { namespace: 'b' }) } }); }, { existingNamespaces: ['b'] }],
    [canary({ pathPrefix: '/%C3%A4/a%20b', retries: { attempts: 65_535 } }), experimental],
    [(mesh) => { gateway(mesh, { hostnames: [`${'a'.repeat(63)}.example.com`] }); }],
    [(mesh) => { new Agent(mesh, 'namespaces', { versions: { v1: deploy() } }); }],
  ];
  expect(taken.map(([build, props]) => problemsOf(build, props))).toEqual(taken.map(() => []));
});

test('a namespace named like an object property is migrated', () => {
  const objects = synth((mesh) => { new Agent(mesh, 'a', { versions: { v1: deploy() }, namespace: 'constructor' }); }, { mesh: MeshProvider.istioAmbient({ migration: { voice: MigrationStage.SIDECAR } }) });
  expect(objects.get('PeerAuthentication', 'constructor-strict-mtls', 'constructor').spec).toEqual({ mtls: { mode: 'STRICT' } });
});

test('a claim named like an object property is required', () => {
  const build: Build = (mesh) => crmOf(mesh, { jwt }).grantAllTools(TokenCaller.of({ claims: { constructor: 'x' } as never }));
  expect(problemsOf(build)).toEqual([]);
  synth((mesh) => {
    build(mesh, undefined!);
    const crm = mesh.node.findChild('crm') as McpToolBoundary;
    const caller = Identity.of({ namespace: 'ops', serviceAccount: 'planner' });
    const call = { callee: crm, caller, tokenIssuer: jwt.issuer };
    expect([mesh.decide(call).allowed, mesh.decide({ ...call, tokenClaims: { constructor: 'x' } as never }).allowed]).toEqual([false, true]);
  });
});

test('a canary may be defined in any scope', () => {
  expect(problemsOf((mesh, chart) => {
    const agent = versions(mesh, ['v1', 'v2']);
    new CanaryRoute(chart, 'toString', { mesh, gateway: gateway(mesh), name: 'c', stable: agent.version('v1'), canary: agent.version('v2'), percent: 5 });
  })).toEqual([expect.stringContaining('app/toString: the construct id is the name of a property of every JavaScript object, which the constructs library cannot use as an id')]);
});
