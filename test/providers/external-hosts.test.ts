import {
  Agent, AgentMesh, Cluster, ExternalHost, GatewayApiChannel, GatewayProvider, Identity, McpProvider, McpServer, McpToolBoundary, MeshProvider, Port,
  Waypoint, Workload,
} from '../../src';
import { callersOf, hostName, externalHostsOf } from '../../src/model/external-host';
import { bareModel } from '../bare-model';
import { deploy, existing, IMAGE, JWKS } from '../story';
import { Build, Manifests, problemsOf, synth } from '../synth';

const sidecar = { mesh: MeshProvider.istioSidecar() };
const linkerd = { mesh: MeshProvider.linkerd(), cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) };
const agentgateway = { mcp: McpProvider.agentgateway() };
const calling = (mesh: AgentMesh, id: string, hostnames: string[], options: object = {}) => {
  const hosts = hostnames.map((host) => ExternalHost.https(host));
  return new Agent(mesh, id, { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], egress: { hosts } }) }, ...options });
};
const far = (port?: number) => ({ far: McpServer.external({ host: ExternalHost.https('mcp.example.com', { port }), tools: ['find'] }) });
const kinds = (objects: Manifests, ...wanted: string[]) => objects.names().filter((name) => wanted.includes(name.split('/')[0])).sort();

/** Two workloads of one namespace that call one host, one that calls another, one of another namespace, and one that calls none. */
const four: Build = (mesh) => {
  calling(mesh, 'a', ['api.example.com', 'api.example.com']);
  calling(mesh, 'b', ['api.example.com']);
  calling(mesh, 'c', ['other.example.com']);
  calling(mesh, 'e', []);
};
const five: Build = (mesh, chart) => {
  four(mesh, chart);
  calling(mesh, 'd', ['api.example.com'], { namespace: 'far' });
};

describe('a host that workloads call in ambient', () => {
  const objects = synth(four);
  test('is one egress rule of the namespace', () => {
    expect(kinds(objects, 'ServiceEntry')).toEqual(['ServiceEntry/voice/voice-external-api-example-com', 'ServiceEntry/voice/voice-external-other-example-com']);
  });
  test('is a ServiceEntry with an automatic address behind the namespace\'s waypoint', () => {
    const { metadata, spec } = objects.get('ServiceEntry', 'voice-external-api-example-com');
    expect(metadata.labels).toEqual({ 'istio.io/use-waypoint': 'voice-waypoint' });
    expect(spec).toEqual({ hosts: ['api.example.com'], location: 'MESH_EXTERNAL', resolution: 'DNS', ports: [{ name: 'http-80', number: 80, protocol: 'HTTP' }, { name: 'tls-443', number: 443, protocol: 'TLS' }] });
  });
  const rulesOf = (build: Build) => synth(build).get('AuthorizationPolicy', 'voice-external-api-example-com').spec.rules;
  const named = (...serviceAccounts: string[]) => ({ from: [{ source: { serviceAccounts } }], to: [{ operation: { ports: ['443'] } }] });
  const passedOn = (notNamespaces: string[], ...serviceAccounts: string[]) => ({
    from: [{ source: { notNamespaces } }, ...serviceAccounts.length > 0 ? [{ source: { serviceAccounts } }] : []], to: [{ operation: { ports: ['80', '443'] } }],
  });
  test('allows workloads that name it, unrestricted workloads, and callers outside the mesh', () => {
    expect(rulesOf(five)).toEqual([named('voice/a', 'voice/b'), passedOn(['far', 'voice'])]);
    expect(rulesOf((mesh, chart) => {
      four(mesh, chart);
      new Agent(mesh, 'free', { versions: { v1: deploy() }, namespace: 'far' });
    })).toEqual([named('voice/a', 'voice/b'), passedOn(['far', 'voice'], 'far/free')]);
  });
  test('is denied to workloads that another mesh of the app restricts, and allowed to its others', () => {
    const rules = rulesOf((mesh, chart) => {
      four(mesh, chart);
      const other = new AgentMesh(chart, 'other', { namespace: 'other', mesh: MeshProvider.istioAmbient(), gateway: GatewayProvider.istio() });
      calling(other, 'closed', []);
      new Agent(other, 'free', { versions: { v1: deploy() } });
      const sidecars = new AgentMesh(chart, 'sidecars', { namespace: 'sidecars', mesh: MeshProvider.istioSidecar(), gateway: GatewayProvider.istio() });
      new Agent(sidecars, 'beside', { versions: { v1: deploy() } });
    });
    expect(rules).toEqual([named('voice/a', 'voice/b'), passedOn(['other', 'voice'], 'other/free')]);
  });
  test('lets its namespace use a waypoint in another one', () => {
    const shared = synth((mesh) => {
      new Waypoint(mesh, 'shared', { namespace: 'platform' }).bindNamespace('voice');
      calling(mesh, 'a', ['api.example.com']);
    });
    expect(shared.get('ServiceEntry', 'voice-external-api-example-com').metadata.labels).toEqual({ 'istio.io/use-waypoint': 'shared', 'istio.io/use-waypoint-namespace': 'platform' });
    expect(shared.get('Gateway', 'shared', 'platform').spec.listeners[0].allowedRoutes.namespaces.selector.matchExpressions[0].values).toEqual(['platform', 'voice']);
  });
  test('lets a namespace that joins later use the waypoint', () => {
    const later = synth((mesh) => {
      new Agent(mesh, 'a', { versions: { v1: existing('a', { namespace: 'later', egress: { hosts: [ExternalHost.https('api.example.com')] } }) } });
      calling(mesh, 'b', [], { namespace: 'later' });
    });
    expect(later.get('ServiceEntry', 'later-external-api-example-com', 'later').metadata.labels).toEqual({ 'istio.io/use-waypoint': 'voice-waypoint', 'istio.io/use-waypoint-namespace': 'voice' });
    expect(later.get('Gateway', 'voice-waypoint').spec.listeners[0].allowedRoutes.namespaces.selector.matchExpressions[0].values).toEqual(['later', 'voice']);
  });
  test('is allowed from existing workloads if the mesh knows them', () => {
    const build: Build = (mesh) => { new Agent(mesh, 'a', { versions: { v1: existing('a', { namespace: 'theirs', egress: { hosts: [ExternalHost.https('api.example.com')] } }) } }); };
    const theirs = synth(build, { existingNamespaces: ['theirs'] });
    expect(kinds(theirs, 'ServiceEntry', 'Gateway')).toEqual(['Gateway/theirs/theirs-waypoint', 'ServiceEntry/theirs/theirs-external-api-example-com']);
  });
});

describe('a host that workloads call with sidecars', () => {
  const objects = synth(five, sidecar);
  const seen = (name: string, namespace?: string) => objects.get('Sidecar', name, namespace).spec.egress[0].hosts;
  test('is one rule of each namespace', () => {
    expect(kinds(objects, 'ServiceEntry')).toEqual(['ServiceEntry/far/far-external-api-example-com', 'ServiceEntry/voice/voice-external-api-example-com', 'ServiceEntry/voice/voice-external-other-example-com']);
    expect(objects.get('ServiceEntry', 'voice-external-api-example-com').spec).toEqual({
      hosts: ['api.example.com'], exportTo: ['.'], location: 'MESH_EXTERNAL', resolution: 'DNS', ports: [{ name: 'tls', number: 443, protocol: 'TLS' }],
    });
  });
  test('is visible only to the sidecars that name it', () => {
    expect([seen('a-v1'), seen('b-v1'), seen('c-v1'), seen('d-v1', 'far'), seen('e-v1'), seen('voice-default')]).toEqual([
      ['./api.example.com'], ['./api.example.com'], ['./other.example.com'], ['./api.example.com'], ['~/*'], ['~/*'],
    ]);
  });
});

test('a host that workloads call on Linkerd gets one TLSRoute at the EgressNetwork of their namespace', () => {
  const objects = synth((mesh) => { for (const id of ['a', 'b']) calling(mesh, id, ['api.example.com']); }, linkerd);
  const network = { group: 'policy.linkerd.io', kind: 'EgressNetwork', name: 'voice-egress', port: 443 };
  expect(kinds(objects, 'TLSRoute')).toEqual(['TLSRoute/voice/voice-external-api-example-com']);
  expect(objects.get('TLSRoute', 'voice-external-api-example-com').spec).toEqual({ hostnames: ['api.example.com'], parentRefs: [network], rules: [{ backendRefs: [network] }] });
});

describe('a host at ports of its own', () => {
  const named = (id: string, ...hosts: ExternalHost[]) => (mesh: AgentMesh) =>
    new Agent(mesh, id, { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], egress: { hosts } }) } });
  const both: Build = (mesh) => {
    named('reader', ExternalHost.tls('db.example.com', 8443), ExternalHost.https('db.example.com'))(mesh);
    named('writer', ExternalHost.tls('db.example.com', 8443))(mesh);
  };
  const sql: Build = (mesh) => { named('writer', ExternalHost.tcp('db.example.com', 5432, { cidrs: ['10.30.0.0/24'] }))(mesh); };

  test('has these ports in ambient beside the usual ones, each allowed to the workloads that state it', () => {
    const objects = synth(both);
    expect(objects.get('ServiceEntry', 'voice-external-db-example-com').spec.ports).toEqual([
      { name: 'http-80', number: 80, protocol: 'HTTP' }, { name: 'tls-443', number: 443, protocol: 'TLS' }, { name: 'tls-8443', number: 8443, protocol: 'TLS' },
    ]);
    expect(objects.get('AuthorizationPolicy', 'voice-external-db-example-com').spec.rules).toEqual([
      { from: [{ source: { serviceAccounts: ['voice/reader'] } }], to: [{ operation: { ports: ['443'] } }] },
      { from: [{ source: { serviceAccounts: ['voice/reader', 'voice/writer'] } }], to: [{ operation: { ports: ['8443'] } }] },
      { from: [{ source: { notNamespaces: ['voice'] } }], to: [{ operation: { ports: ['80', '443', '8443'] } }] },
    ]);
  });
  test('has the ports of all namespaces and meshes in ambient, where one name leads everybody to one address', () => {
    const objects = synth((mesh, chart) => {
      named('writer', ExternalHost.https('db.example.com'))(mesh);
      const other = new AgentMesh(chart, 'other', { namespace: 'other', mesh: MeshProvider.istioAmbient(), gateway: GatewayProvider.istio() });
      named('reader', ExternalHost.tcp('db.example.com', 5432))(other);
    });
    for (const namespace of ['voice', 'other']) {
      expect(objects.get('ServiceEntry', `${namespace}-external-db-example-com`, namespace).spec.ports.map(({ name }: any) => name)).toEqual(['http-80', 'tls-443', 'tcp-5432']);
      expect(objects.get('AuthorizationPolicy', `${namespace}-external-db-example-com`, namespace).spec.rules.at(-1).to).toEqual([{ operation: { ports: ['80', '443', '5432'] } }]);
    }
    expect(objects.get('AuthorizationPolicy', 'voice-external-db-example-com').spec.rules).toHaveLength(2);
  });
  test('may speak any protocol over TCP in ambient, by identity', () => {
    const objects = synth(sql);
    expect(objects.get('ServiceEntry', 'voice-external-db-example-com').spec.ports.at(-1)).toEqual({ name: 'tcp-5432', number: 5432, protocol: 'TCP' });
    expect(objects.get('AuthorizationPolicy', 'voice-external-db-example-com').spec.rules[0]).toEqual({ from: [{ source: { serviceAccounts: ['voice/writer'] } }], to: [{ operation: { ports: ['5432'] } }] });
  });
  test('is known to sidecars with the ports that its namespace states', () => {
    expect(synth((mesh) => { named('reader', ExternalHost.tls('db.example.com', 8443), ExternalHost.https('db.example.com'))(mesh); }, sidecar).get('ServiceEntry', 'voice-external-db-example-com').spec.ports).toEqual([
      { name: 'tls-443', number: 443, protocol: 'TLS' }, { name: 'tls-8443', number: 8443, protocol: 'TLS' },
    ]);
    expect(synth(sql, sidecar).get('ServiceEntry', 'voice-external-db-example-com').spec).toEqual({
      hosts: ['db.example.com'], exportTo: ['.'], location: 'MESH_EXTERNAL', resolution: 'DNS', ports: [{ name: 'tcp', number: 5432, protocol: 'TCP' }],
    });
  });
  test('gets a TLSRoute for each port on Linkerd, which reads TLS there', () => {
    const objects = synth((mesh) => { named('reader', ExternalHost.tls('db.example.com', 5432), ExternalHost.https('db.example.com'))(mesh); }, linkerd);
    expect(kinds(objects, 'TLSRoute')).toEqual(['TLSRoute/voice/voice-external-db-example-com', 'TLSRoute/voice/voice-external-db-example-com-5432']);
    const network = { group: 'policy.linkerd.io', kind: 'EgressNetwork', name: 'voice-egress', port: 5432 };
    expect(objects.get('TLSRoute', 'voice-external-db-example-com-5432').spec).toEqual({ hostnames: ['db.example.com'], parentRefs: [network], rules: [{ backendRefs: [network] }] });
    expect(objects.get('EgressNetwork', 'voice-egress').metadata.annotations).toEqual({ 'config.linkerd.io/opaque-ports': '25,587,3306,4444,6379,9300,11211' });
    expect(synth((mesh) => { named('reader', ExternalHost.https('db.example.com'))(mesh); }, linkerd).get('EgressNetwork', 'voice-egress').metadata.annotations).toBeUndefined();
  });
  test.each([['sidecars', sidecar, 'ServiceEntry'], ['Linkerd', linkerd, 'TLSRoute']] as const)('stands for all names below a domain on %s', (_, props, kind) => {
    const objects = synth((mesh) => { named('reader', ExternalHost.https('*.s3.eu-west-1.amazonaws.com'))(mesh); }, props);
    const { hosts, hostnames = hosts, resolution } = objects.get(kind, 'voice-external--s3-eu--west--1-amazonaws-com').spec;
    expect([hostnames, resolution]).toEqual([['*.s3.eu-west-1.amazonaws.com'], kind === 'ServiceEntry' ? 'NONE' : undefined]);
  });
  test('is closed to other namespaces in ambient if the mesh says so', () => {
    const rules = (build: Build) => synth(build, { closesExternalHosts: true }).get('AuthorizationPolicy', 'voice-external-db-example-com').spec.rules;
    const own = { from: [{ source: { serviceAccounts: ['voice/writer'] } }], to: [{ operation: { ports: ['5432'] } }] };
    expect(rules(sql)).toEqual([own]);
    expect(rules((mesh, chart) => {
      sql(mesh, chart);
      new Agent(mesh, 'free', { versions: { v1: deploy() } });
    })).toEqual([own, { from: [{ source: { serviceAccounts: ['voice/free'] } }], to: [{ operation: { ports: ['80', '443', '5432'] } }] }]);
    const boundary = synth((mesh) => { new McpToolBoundary(mesh, 'crm', { servers: { far: McpServer.external({ host: ExternalHost.https('mcp.example.com'), tools: ['find'] }) } }); }, { closesExternalHosts: true });
    expect(boundary.get('AuthorizationPolicy', 'crm').spec).toEqual({ targetRefs: [{ group: 'networking.istio.io', kind: 'ServiceEntry', name: 'crm' }] });
  });
});

describe('a network outside the mesh', () => {
  const networks = [{ cidr: '169.254.170.23/32', ports: [80] }, { cidr: '203.0.113.0/24', ports: [9000, 80] }, { cidr: '10.20.0.0/24', ports: [5433] }];
  const build: Build = (mesh) => { for (const id of ['a', 'b']) new Agent(mesh, id, { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], egress: { networks } }) } }); };
  test('needs nothing but the NetworkPolicy in ambient', () => {
    expect(kinds(synth(build), 'ServiceEntry', 'AuthorizationPolicy').filter((name) => name.includes('network'))).toEqual([]);
  });
  test('is a ServiceEntry for each port with sidecars, which only those see that state it', () => {
    const objects = synth((mesh, chart) => {
      build(mesh, chart);
      calling(mesh, 'c', []);
    }, sidecar);
    expect(kinds(objects, 'ServiceEntry')).toEqual(['10-20-0-0-24-5433', '169-254-170-23-32-80', '203-0-113-0-24-80', '203-0-113-0-24-9000']
      .map((name) => `ServiceEntry/voice/voice-network-${name}`));
    expect(objects.get('ServiceEntry', 'voice-network-169-254-170-23-32-80').spec).toEqual({
      hosts: ['port-80.cidr-169-254-170-23-32.voice.invalid'], addresses: ['169.254.170.23'], exportTo: ['.'], location: 'MESH_EXTERNAL', resolution: 'NONE', ports: [{ name: 'tcp', number: 80, protocol: 'TCP' }],
    });
    expect(objects.get('ServiceEntry', 'voice-network-203-0-113-0-24-80').spec.addresses).toEqual(['203.0.113.0/24']);
    expect([objects.get('Sidecar', 'a-v1').spec.egress[0].hosts, objects.get('Sidecar', 'c-v1').spec.egress[0].hosts]).toEqual([
      ['./port-5433.cidr-10-20-0-0-24.voice.invalid', './port-80.cidr-169-254-170-23-32.voice.invalid', './port-80.cidr-203-0-113-0-24.voice.invalid', './port-9000.cidr-203-0-113-0-24.voice.invalid'], ['~/*'],
    ]);
  });
  test('is an EgressNetwork with a TCPRoute for each port on Linkerd, unless it is private', () => {
    const objects = synth(build, linkerd);
    expect(kinds(objects, 'EgressNetwork', 'TCPRoute')).toEqual([
      'EgressNetwork/voice/voice-egress', 'EgressNetwork/voice/voice-network-169-254-170-23-32', 'EgressNetwork/voice/voice-network-203-0-113-0-24',
      'TCPRoute/voice/voice-network-169-254-170-23-32-80', 'TCPRoute/voice/voice-network-203-0-113-0-24-80', 'TCPRoute/voice/voice-network-203-0-113-0-24-9000',
    ]);
    const network = { group: 'policy.linkerd.io', kind: 'EgressNetwork', name: 'voice-network-169-254-170-23-32', port: 80 };
    expect(objects.get('EgressNetwork', network.name).spec).toEqual({ networks: [{ cidr: '169.254.170.23/32' }], trafficPolicy: 'Deny' });
    expect(objects.get('TCPRoute', `${network.name}-80`).spec).toEqual({ parentRefs: [network], rules: [{ backendRefs: [network] }] });
  });
});

describe('the objects of a host', () => {
  test('have a unique name', () => {
    const hosts = ['a.b.example.com', 'a-b.example.com', 'a--b.example.com', 'ab.example.com', 'a.b.example-com.com'];
    expect(hosts.map((hostname) => hostName({ hostname, namespace: 'n' }))).toEqual(['n-external-a-b-example-com', 'n-external-a--b-example-com', 'n-external-a----b-example-com', 'n-external-ab-example-com', 'n-external-a-b-example--com-com']);
  });
  test('are separate for each namespace and host, for any hyphens', () => {
    const objects = synth((mesh) => {
      calling(mesh, 'a', ['b-c.example.com'], { namespace: 'a' });
      calling(mesh, 'b', ['c.example.com'], { namespace: 'a-b' });
    });
    expect(kinds(objects, 'ServiceEntry')).toEqual(['ServiceEntry/a-b/a-b-external-c-example-com', 'ServiceEntry/a/a-external-b--c-example-com']);
  });
  test('allow the workloads of their namespace that name it', () => {
    const hostsOf = (hostnames: string[]) => hostnames.map((hostname) => ({ hostname, port: 443 }));
    const workload = (namespace: string, ...hostnames: string[]) => ({ namespace, egress: { hosts: hostsOf(hostnames), kubernetesNetworks: [] } });
    const workloads = [workload('n', 'a.example.com'), workload('n', 'b.example.com'), workload('far', 'a.example.com'), { namespace: 'n' }];
    const model = bareModel();
    model.workloads.push(...workloads as never[]);
    expect(callersOf(model, { hostname: 'a.example.com', namespace: 'n' })).toEqual([workloads[0]]);
  });
});

describe('an external tool server', () => {
  const boundary = (props: object, waypoint?: (mesh: AgentMesh) => Waypoint): Build => (mesh) =>
    void new McpToolBoundary(mesh, 'crm', { servers: far(), waypoint: waypoint?.(mesh), ...props });
  test('is behind a waypoint in ambient, with stated port and path, and denies all without grants', () => {
    const objects = synth(boundary({ servicePort: 8080, servers: { far: McpServer.external({ host: ExternalHost.https('mcp.example.com', { port: 8443 }), tools: ['find'], path: '/v1/mcp' }) } }));
    expect(objects.get('ServiceEntry', 'crm').spec).toEqual({
      hosts: ['mcp.example.com'], location: 'MESH_EXTERNAL', resolution: 'DNS', ports: [
        { name: 'http', number: 8080, protocol: 'HTTP', targetPort: 8443 }, { name: 'http-80', number: 80, protocol: 'HTTP' },
        { name: 'tls-443', number: 443, protocol: 'TLS' }, { name: 'tls-8443', number: 8443, protocol: 'TLS' },
      ],
    });
    expect(objects.get('AuthorizationPolicy', 'crm').spec).toEqual({
      targetRefs: [{ group: 'networking.istio.io', kind: 'ServiceEntry', name: 'crm' }], action: 'ALLOW',
      rules: [{ from: [{ source: { notNamespaces: ['voice'] } }], to: [{ operation: { ports: ['80', '443', '8443'] } }] }],
    });
    expect(kinds(objects, 'Deployment', 'Service', 'ServiceAccount', 'NetworkPolicy')).toEqual([]);
  });
  test('lets its namespace use a waypoint in another one', () => {
    const objects = synth(boundary({}, (mesh) => new Waypoint(mesh, 'shared', { namespace: 'platform' })));
    expect(objects.get('ServiceEntry', 'crm').metadata.labels).toEqual({ 'istio.io/use-waypoint': 'shared', 'istio.io/use-waypoint-namespace': 'platform' });
    expect(objects.get('Gateway', 'shared', 'platform').spec.listeners[0].allowedRoutes.namespaces.selector.matchExpressions[0].values).toEqual(['platform', 'voice']);
  });
  test('allows granted callers on its path and host only', () => {
    const objects = synth((mesh) => new McpToolBoundary(mesh, 'crm', { servers: far() }).grantAllTools(
      new Agent(mesh, 'kept', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], egress: {} }) } }),
    ));
    expect(objects.get('AuthorizationPolicy', 'crm').spec.rules).toEqual([
      { from: [{ source: { serviceAccounts: ['voice/kept'] } }], to: [{ operation: { hosts: ['mcp.example.com', 'mcp.example.com:*'], paths: ['/mcp'], methods: ['DELETE', 'GET', 'POST'], ports: ['80'] } }] },
      { from: [{ source: { notNamespaces: ['voice'] } }], to: [{ operation: { ports: ['443'] } }] },
    ]);
  });
  test('changes only requests at its own port, not other requests to the host', () => {
    const objects = synth(boundary({ allowedOrigins: [] }));
    expect(objects.get('DestinationRule', 'crm').spec.trafficPolicy.portLevelSettings.map(({ port }: any) => port)).toEqual([{ number: 80 }]);
    for (const name of ['crm-credentials', 'crm-origins']) expect(objects.get('AuthorizationPolicy', name).spec.rules[0].to).toEqual([{ operation: { ports: ['80'] } }]);
  });
  test.each([443, 8443])('may not use port %d inside the mesh, where the server speaks TLS', (servicePort) => {
    expect(problemsOf(boundary({ servicePort, servers: far(8443) }))).toEqual([expect.stringContaining(`\`servicePort\` of crm is also the port at which its external MCP server is called over TLS; got ${servicePort}`)]);
  });
});

describe('external hosts of an MCP proxy', () => {
  const route = (port: number, ...hostnames: string[]) => {
    const network = { group: 'policy.linkerd.io', kind: 'EgressNetwork', name: 'voice-egress', port };
    return { hostnames, parentRefs: [network], rules: [{ backendRefs: [network] }] };
  };
  const proxied = (props: object) => synth((mesh) => { new McpToolBoundary(mesh, 'crm', { servers: far(), ...props }); }, { ...linkerd, ...agentgateway });
  const issued = (issuer: string) => ({ jwt: { issuer, jwks: JWKS }, oauth: { resource: 'https://crm.example.com/mcp' } });
  test('are allowed on Linkerd, port by port', () => {
    const objects = proxied({ servers: { ...far(8443), near: McpServer.external({ host: ExternalHost.https('near.example.com'), tools: ['t'] }) } });
    expect(kinds(objects, 'TLSRoute')).toEqual(['TLSRoute/voice/crm-outside', 'TLSRoute/voice/crm-outside-8443']);
    expect(objects.get('TLSRoute', 'crm-outside').spec).toEqual(route(443, 'near.example.com'));
    expect(objects.get('TLSRoute', 'crm-outside-8443').spec).toEqual(route(8443, 'mcp.example.com'));
  });
  test('include the issuer if clients discover it', () => {
    expect(proxied(issued('https://issuer.example.com/realm')).get('TLSRoute', 'crm-outside').spec).toEqual(route(443, 'issuer.example.com', 'mcp.example.com'));
    expect(proxied(issued('https://issuer.example.com:8443')).get('TLSRoute', 'crm-outside-8443').spec).toEqual(route(8443, 'issuer.example.com'));
    expect(proxied(issued('https://mcp.example.com')).get('TLSRoute', 'crm-outside').spec).toEqual(route(443, 'mcp.example.com'));
  });
  test.each(['urn:issuer', 'issuer', 'http://keycloak.auth.svc:8080', 'https://10.0.0.1', 'https://localhost'])('do not include the issuer %s, which is no external host', (issuer) => {
    expect(kinds(proxied(issued(issuer)), 'TLSRoute')).toEqual(['TLSRoute/voice/crm-outside']);
    expect(proxied(issued(issuer)).get('TLSRoute', 'crm-outside').spec).toEqual(route(443, 'mcp.example.com'));
  });
  test('do not include an issuer that clients do not discover', () => {
    const { jwt } = issued('https://issuer.example.com');
    expect(proxied({ jwt }).get('TLSRoute', 'crm-outside').spec.hostnames).toEqual(['mcp.example.com']);
    expect(externalHostsOf({ targets: [], endpoint: { jwt: { issuer: 'https://issuer.example.com' } } } as never)).toEqual([]);
  });
  test('need no objects in ambient', () => {
    const objects = synth((mesh) => new McpToolBoundary(mesh, 'crm', { servers: { far: McpServer.external({ host: ExternalHost.https('mcp.example.com'), tools: ['t'], credentials: { secretName: 's', key: 'k' } }) } })
      .grantAllTools(Identity.of({ namespace: 'ops', serviceAccount: 'a' })), agentgateway);
    expect(kinds(objects, 'ServiceEntry', 'DestinationRule', 'TLSRoute')).toEqual([]);
  });
});
