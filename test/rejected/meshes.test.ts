import { ApiObject, Chart, JsonPatch } from 'cdk8s';
import { Refused, saidMoreThanOnce, testRefused } from './corpus';
import {
  Agent, AgentMesh, Cluster, ClusterLink, EndpointPicker, ExternalHost, GatewayApiChannel, GatewayProvider, Identity, InferenceGateway, McpProvider,
  McpServer, McpToolBoundary, MediaPort, MeshEgress, MeshProvider, MigrationStage, Port, Waypoint, Workload,
} from '../../src';
import { deploy, existing, IMAGE } from '../story';
import { Build, problemsOf, synth } from '../synth';

const sidecar = { mesh: MeshProvider.istioSidecar() };
const experimental = Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL });
const linkerd = { mesh: MeshProvider.linkerd(), cluster: experimental };
const istioOnLinkerd = { ...linkerd, gateway: GatewayProvider.istio() };
const agentgateway = { mcp: McpProvider.agentgateway() };
const withDeployment = (options: object): Build => (mesh) => void new Agent(mesh, 'agent', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], ...options }) } });
const gatewayIn = (mesh: AgentMesh) => new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
const limited = (options: object) => Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], rateLimit: { requestsPerSecond: 5 }, ...options });
const versions = (mesh: AgentMesh, options: object = {}) => new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() }, stable: 'v1', ...options });
const OPA = { provider: 'opa', serviceName: 'opa', serviceNamespace: 'opa-system' };
const caller = Identity.of({ namespace: 'ops', serviceAccount: 'console' });
const namespaceOf = (chart: Chart, metadata: object) => new ApiObject(chart, 'mine', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'mine', ...metadata } });

const refused: Record<string, Refused[]> = {
  'what a mesh cannot do': [
    ['a pool on Linkerd, with the ways out', (mesh) => { gatewayIn(mesh).addPool('llm', { workload: versions(mesh).version('v1') }); },
      /app\/mesh\/gw\/llm: pool llm cannot have an endpoint picker: Linkerd does not support InferencePool.*allowed: pools with MeshProvider\.istioAmbient or MeshProvider\.istioSidecar; use .*; or route to the version itself \(`version` of the Agent returns it\).* \(test\/rejected\/meshes\.test\.ts:\d+\)$/, linkerd],
    ['a gateway of Istio\'s own on Linkerd', (mesh) => { gatewayIn(mesh); },
      /app\/mesh\/gw: a gateway is not supported by GatewayProvider\.istio: Linkerd's injector skips every pod with a container named istio-proxy, so .* has no identity and every agent answers it with 403; got "gw"; allowed: GatewayProvider\.istioAgentgateway; use GatewayProvider\.istioAgentgateway, or remove the feature from the program \[AM002\] \(test\/rejected\/meshes\.test\.ts:\d+\)$/, istioOnLinkerd],
    ['a Gateway of the team of Istio\'s own class on Linkerd', (mesh) => { InferenceGateway.fromGatewayName(mesh, 'corp', { gatewayName: 'corp', namespace: 'ingress', hostnames: ['a.example.com'] }); }, 'a gateway is not supported by GatewayProvider.istio: Linkerd\'s injector skips', istioOnLinkerd],
    ['a gateway of Istio\'s own behind agentgateway on Linkerd', (mesh) => { gatewayIn(mesh); }, 'Linkerd\'s injector skips every pod with a container named istio-proxy', { ...linkerd, gateway: GatewayProvider.istio(), mcp: McpProvider.agentgateway() }],
    ['a bound on time on Linkerd', (mesh) => { gatewayIn(mesh).addRoute('r', { target: versions(mesh).version('v1'), requestTimeoutSeconds: 30 }); },
      'agentgateway limits the time until a response begins, not the time of a stream; got 30; allowed: GatewayProvider.istio on MeshProvider.istioAmbient or MeshProvider.istioSidecar', linkerd],
    ['client certificates on Linkerd', (mesh) => { new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls', clientCaConfigMapName: 'clients' } }); },
      'allowed: no `clientCaConfigMapName` with the stated release and provider, or GatewayProvider.istio of IstioRelease.V1_31 on MeshProvider.istioAmbient or MeshProvider.istioSidecar', linkerd],
    ['a waypoint on Linkerd', (mesh) => { new Waypoint(mesh, 'way'); }, 'waypoint way is not supported by MeshProvider.linkerd: Linkerd has no waypoints; the proxy of the called pod inspects the requests instead; got "way"; allowed: MeshProvider.istioAmbient', linkerd],
    ['a waypoint with sidecars', (mesh) => { new Waypoint(mesh, 'way'); }, 'waypoint way is not supported by MeshProvider.istioSidecar: callers with sidecars bypass waypoints', sidecar],
    ['a waypoint with sidecars, before what has no Service', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('a') }, waypoint: new Waypoint(mesh, 'way') }); }, 'waypoint way is not supported by MeshProvider.istioSidecar', sidecar],
    ['a token on Linkerd', withDeployment({ jwt: { issuer: 'i', jwksUri: 'https://i/keys' } }), 'a token requirement (`jwt`) is not supported by MeshProvider.linkerd', linkerd],
    ['an external authorizer on Linkerd', withDeployment({ externalAuthorizer: OPA }), 'an external authorizer is not supported by MeshProvider.linkerd', linkerd],
    ['a rate limit in ambient', withDeployment({ rateLimit: { requestsPerSecond: 5 } }), 'a rate limit is not supported by MeshProvider.istioAmbient'],
    ['a way out of an ambient mesh', (mesh) => { new MeshEgress(mesh, 'out', { hosts: [ExternalHost.https('a.example.com')] }); }, 'egress to named hosts only is not supported by MeshProvider.istioAmbient: ztunnel does not restrict traffic to destinations that it does not know'],
    ['a link of clusters with Istio', (mesh) => { new ClusterLink(mesh, 'west'); }, 'a link to another cluster is not supported by MeshProvider.istioSidecar', sidecar],
    ['a trusted domain with sidecars', () => {}, '`trustedDomains` is not supported by MeshProvider.istioSidecar: Envoy treats all trust domains of a mesh as one, so it cannot distinguish equal ServiceAccounts of two trust domains', { ...sidecar, trustedDomains: ['friend.example'] }],
  ],
  'what needs a waypoint in ambient, before what already runs': [
    ['a token', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('a', { jwt: { issuer: 'i', jwksUri: 'https://i/keys' } }) } }); }, 'a waypoint inspects only requests to a Service, and Workload.existing of agent agent states no Service'],
    ['an external authorizer, whose Service nobody labelled', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('a', { externalAuthorizer: OPA, service: { name: 'a', port: 80 } }) } }); }, 'requests to agent agent would not go through waypoint voice-waypoint: the `labels` that the program states for the existing Service a do not make Istio use this waypoint'],
  ],
  'sidecars': [
    ['a callee that callers know by no Service', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('a') } }).grantCall(caller); }, ['AM312', 'agent agent has grants but no Service that the library knows, so the sidecars of callers would send plain text instead of mutual TLS to the pods'], sidecar],
    ['a picker with TLS of its own', (mesh) => { gatewayIn(mesh).addPool('llm', { workload: deploy(), picker: EndpointPicker.existing(existing('p', { ports: [Port.http(9002)], service: { name: 'p', port: 9002 } })) }); },
      ['AM313', 'the picker of pool llm serves its own TLS, which its sidecar rejects because it is not the mutual TLS of the mesh; got {"selfSignedTls":true}'], sidecar],
    ['the user of the sidecar', withDeployment({ userId: 1337 }), '`userId` is the user id of the proxy of the mesh, whose traffic the mesh does not intercept, so the workload would bypass the mesh; got 1337', sidecar],
    ['a caller of the mesh that nobody describes', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: deploy() } }).grantCall(Identity.of({ namespace: 'voice', serviceAccount: 'console' })); }, 'identity voice/console has a grant for agent agent and runs in a namespace of the mesh, but no construct describes this caller, so its sidecar is not configured to reach agent agent', sidecar],
    ['a revision that no label can name', () => {}, ['AM311', '`revision` of the sidecars is not a valid label value; got "bad rev"'], { mesh: MeshProvider.istioSidecar({ revision: 'bad rev' }) }],
    ['a port of the sidecar', withDeployment({ ports: [Port.http(15090)] }), 'the workload listens on a port that the proxy of the mesh uses in each pod; got [15090]', sidecar],
  ],
  'Linkerd': [
    ['an authorization of a whole Server', (_, chart) => {
      new ApiObject(chart, 'mine', { apiVersion: 'policy.linkerd.io/v1alpha1', kind: 'AuthorizationPolicy', metadata: { name: 'mine', namespace: 'voice' }, spec: { targetRef: { group: 'policy.linkerd.io', kind: 'Server', name: 'crm-8080' }, requiredAuthenticationRefs: [] } });
    }, 'app/mine: AuthorizationPolicy voice/mine allows requests for which the program has no grant (a request is allowed if any one AuthorizationPolicy matches it, and one for a Server or namespace matches all routes there); got "Server crm-8080"', linkerd],
    ['an authorization of a whole namespace', (_, chart) => {
      new ApiObject(chart, 'mine', { apiVersion: 'policy.linkerd.io/v1alpha1', kind: 'AuthorizationPolicy', metadata: { name: 'mine', namespace: 'voice' }, spec: { targetRef: { kind: 'Namespace', name: 'voice' } } });
    }, 'app/mine: AuthorizationPolicy voice/mine allows requests for which the program has no grant (a request is allowed if any one AuthorizationPolicy matches it, and one for a Server or namespace matches all routes there); got "Namespace voice"', linkerd],
    ['a profile of a Service that is split', (mesh, chart) => {
      versions(mesh, { canary: { version: 'v2', percent: 5 } });
      new ApiObject(chart, 'mine', { apiVersion: 'linkerd.io/v1alpha2', kind: 'ServiceProfile', metadata: { name: 'agent.voice.svc.cluster.local', namespace: 'voice' } });
    }, 'app/mine: ServiceProfile voice/agent.voice.svc.cluster.local defines routing for ', linkerd],
    ...['cr.l5d.io/linkerd/proxy:edge-26.8.3', 'gcr.io/istio-release/proxyv2:1.31.0'].map((image): Refused => [`an image for which its injector skips pods (${image})`, (mesh) => { new Agent(mesh, 'agent', { versions: { v1: Workload.deploy({ image, ports: [Port.http(8000)] }) } }); },
      `app/mesh/agent: the image is an image of a service mesh proxy; Linkerd's injector skips pods with such an image, so these pods would not be in the mesh; got "${image}"; allowed: images that do not start with "cr.l5d.io/linkerd/proxy:" or "gcr.io/istio-release/proxyv2:"`, linkerd]),
    ['the user of its proxy', withDeployment({ userId: 2102 }), '`userId` is the user id of the proxy of the mesh, whose traffic the mesh does not intercept, so the workload would bypass the mesh', linkerd],
    ['a port of its proxy', withDeployment({ ports: [Port.http(4143)] }), 'the workload listens on a port that the proxy of the mesh uses in each pod; got [4143]', linkerd],
    ['a rate limit of nothing', withDeployment({ rateLimit: {} }), '`rateLimit` sets no limit, or `requestsPerSecondOfCaller` is above `requestsPerSecond`; got {}', linkerd],
    ['a caller that may do more than all', withDeployment({ rateLimit: { requestsPerSecond: 5, requestsPerSecondOfCaller: 6 } }), '`rateLimit` sets no limit, or `requestsPerSecondOfCaller` is above `requestsPerSecond`', linkerd],
    ['a rate that is not whole', withDeployment({ rateLimit: { requestsPerSecond: 0.5 } }), '`requestsPerSecond` is out of range; got 0.5', linkerd],
    ['a rate of a caller that is not whole', withDeployment({ rateLimit: { requestsPerSecondOfCaller: 0 } }), '`requestsPerSecondOfCaller` is out of range; got 0', linkerd],
    ['a rate limit where nobody reads requests', withDeployment({ rateLimit: { requestsPerSecond: 5 }, ports: [Port.tcp(8000)] }), ['AM210', 'these settings of agent agent have no effect, because no proxy inspects its requests: port 8000 does not speak HTTP; got ["rateLimit"]'], linkerd],
    ['a rate limit of what nobody calls', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], rateLimit: { requestsPerSecond: 5 } }) }, service: false }); }, 'these settings of agent agent have no effect, because no proxy inspects its requests: the workload has no port that callers use; got ["rateLimit"]', linkerd],
    ['a limit of an agent that is probed by HTTP', withDeployment({ rateLimit: { requestsPerSecond: 100, requestsPerSecondOfCaller: 10 }, healthPath: '/health' }),
      /app\/mesh\/agent: the rate limit of agent agent would also count the probes of its `healthPath`: Linkerd counts every allowed request.*; got \{"healthPath":"\/health","rateLimit":\{"requestsPerSecond":100,"requestsPerSecondOfCaller":10\}\}; allowed: .*; remove `healthPath`.* \[AM324\] \(test\/rejected\/meshes\.test\.ts:\d+\)$/, linkerd],
    ['a limit of a version that is probed by HTTP', (mesh) => { versions(mesh, { versions: { v1: deploy(), v2: limited({ healthPath: '/health' }) } }); }, 'the rate limit of agent agent v2 would also count the probes', linkerd],
    ['a limit of what already runs and is probed by HTTP', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('a', { healthPath: '/health', rateLimit: { requestsPerSecond: 5 } }) } }); }, 'the rate limit of agent agent would also count the probes', linkerd],
    ['a limit of a boundary whose server is probed by HTTP', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(Workload.deploy({ image: IMAGE, ports: [Port.http(8080)], healthPath: '/healthz' }), { tools: ['t'] }), rateLimit: { requestsPerSecond: 5 } }); }, 'app/mesh/crm: the rate limit of tool server crm would also count the probes', linkerd],
    ['a limit of a tool server that is probed by HTTP', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(limited({ healthPath: '/healthz' }), { tools: ['t'] }) }); }, 'app/mesh/crm: the rate limit of tool server crm would also count the probes', linkerd],
    ['a control plane that Kubernetes cannot name', () => {}, ['AM321', 'app/mesh: the namespace of the control plane is not a valid Kubernetes name'], { mesh: MeshProvider.linkerd({ controlPlaneNamespace: 'A B' }) }],
    ['probes from nowhere', () => {}, 'kubeletCidrs` contains values that Linkerd does not accept; got []', { mesh: MeshProvider.linkerd(), cluster: Cluster.of({ kubeletCidrs: [] }) }],
    ...['10.0.0.0/33', '10.0.0.256/8', '10.0.0/8', 'fd00::/129', '1:2/64', 'fe80::%eth0/64', '10.0.0.1', '10.0.0.0/08', 'pods/8'].map((network): Refused =>
      [`probes from no network (${network})`, () => {}, `\`kubeletCidrs\` contains values that Linkerd does not accept; got ["${network}"]`, { mesh: MeshProvider.linkerd(), cluster: Cluster.of({ kubeletCidrs: [network] }) }]),
    ['probes from networks that are written as none', () => {}, 'kubeletCidrs` contains values that Linkerd does not accept; got ["10.0.0.1/24","::ffff:10.1.0.0/112"]; allowed: at least one CIDR, such as "10.0.0.0/24", without host bits and without IPv4-mapped IPv6 addresses; write "10.0.0.0/24", "10.1.0.0/16"',
      { mesh: MeshProvider.linkerd(), cluster: Cluster.of({ kubeletCidrs: ['10.0.0.1/24', '10.2.0.0/16', '::ffff:10.1.0.0/112'] }) }],
    ['a circuit breaker that a gateway goes past', (mesh) => { gatewayIn(mesh).addRoute('r', { target: new Agent(mesh, 'agent', { versions: { v1: deploy() }, circuitBreaker: {} }).version() }); }, ['AM322', 'the circuit breaker of agent agent would not apply to requests from a gateway'], linkerd],
    ['more retries than it can count', (mesh) => { versions(mesh, { canary: { version: 'v2', percent: 5 }, retries: { attempts: 70_000 } }); }, '`attempts` of the retries is out of range; got 70000', linkerd],
    ['an origin with a path', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['t'] }), allowedOrigins: ['https://a.example.com/x'] }); }, 'an entry of `allowedOrigins` is not an origin in the form that browsers send; got "https://a.example.com/x"', sidecar],
    ['sessions of a server that runs already', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(existing('crm', { service: { name: 'crm', port: 80 } }), { tools: ['t'], keepsSessions: true }) }); }, '`keepsSessions` of crm has no effect, because the library does not change the existing Service of the server', sidecar],
    ...['/mcp', '/%6dcp', '/MCP'].map((healthPath): Refused => [`health told at the endpoint, as ${healthPath}`, (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(Workload.deploy({ image: IMAGE, ports: [Port.http(8080)], healthPath }), { tools: ['t'] }) }); }, '`healthPath` is also the path of the MCP endpoint, so any client that may send health probes could call the MCP server', linkerd]),
    ['a split of what is one in several clusters', (mesh) => { versions(mesh, { federated: true, canary: { version: 'v2', percent: 5 } }); }, 'agent agent is `federated`, so callers in linked clusters would bypass the traffic split of its `canary`', linkerd],
    ['a whole domain of the highest level among the hosts outside', (mesh) => { new MeshEgress(mesh, 'out', { hosts: [ExternalHost.https('*.com')] }); }, '`hosts` of the MeshEgress has an entry that is not an external DNS name; got "*.com"', linkerd],
    ['a host over TCP for a namespace', (mesh) => { new MeshEgress(mesh, 'out', { hosts: [ExternalHost.tcp('a.example.com', 5432)] }); }, ['AM002', 'a host of `ExternalHost.tcp` in `hosts` of the MeshEgress is not supported by MeshProvider.linkerd: without TLS'], linkerd],
    ['a host over TCP beside another one', (mesh) => { new MeshEgress(mesh, 'out', { hosts: [ExternalHost.tcp('a.example.com', 5432), ExternalHost.tls('b.example.com', 5432)] }); },
      'the MeshEgress has an `ExternalHost.tcp` beside other hosts, and proxies distinguish TCP hosts only by their port; got ["a.example.com:5432","b.example.com:5432"]; allowed: an `ExternalHost.tcp` as the only host; define a MeshEgress for each TCP host, each host with its own port', sidecar],
    ['all hosts below a domain beside one host', (mesh) => { new MeshEgress(mesh, 'out', { hosts: [ExternalHost.https('*.example.com'), ExternalHost.https('b.example.org')] }); },
      'the MeshEgress has exact hostnames, which proxies resolve by DNS, and hostnames with "*.", which they cannot resolve; got ["*.example.com:443","b.example.org:443"]; allowed: either exact hostnames or hostnames with "*."; define a MeshEgress for each kind', sidecar],
    ['hosts closed to others, where others do not see them', () => {}, ['AM002', 'closing external hosts to pods of other namespaces (`closesExternalHosts`) is not supported by MeshProvider.linkerd: each external host is configured only for the sidecars of the namespace that states it'], { ...linkerd, closesExternalHosts: true }],
    ['a host of the cluster', (mesh) => { new MeshEgress(mesh, 'out', { hosts: [ExternalHost.https('kubernetes.default.svc')] }); }, '`hosts` of the MeshEgress has an entry that is not an external DNS name; got "kubernetes.default.svc"', linkerd],
    ['no host outside', (mesh) => { new MeshEgress(mesh, 'out', { hosts: [] }); }, '`hosts` of the MeshEgress is empty or has a host twice; got []', linkerd],
    ['a port outside that is none', (mesh) => { new MeshEgress(mesh, 'out', { hosts: [ExternalHost.https('a.example.com', { port: 0 })] }); }, 'the port of an external host is not a valid port; got 0', linkerd],
    ['hosts outside at several ports', (mesh) => { new MeshEgress(mesh, 'out', { hosts: [ExternalHost.https('a.example.com'), ExternalHost.https('a.example.com', { port: 8443 })] }); },
      'the hosts of the MeshEgress have different ports; got ["a.example.com:443","a.example.com:8443"]; allowed: the same port for all hosts; define a MeshEgress for each port', linkerd],
    ['a host outside twice', (mesh) => { new MeshEgress(mesh, 'out', { hosts: [ExternalHost.https('a.example.com'), ExternalHost.https('a.example.com')] }); }, '`hosts` of the MeshEgress is empty or has a host twice; got ["a.example.com","a.example.com"]', linkerd],
    ['a way out of another\'s namespace', (mesh) => { new MeshEgress(mesh, 'out', { hosts: [ExternalHost.https('a.example.com')], namespace: 'theirs' }); }, 'the namespace of the MeshEgress is not in the mesh; got "theirs"', linkerd],
    ['a link whose Secret has no name', (mesh) => { new ClusterLink(mesh, 'west', { credentialsSecretName: 'A B' }); }, 'a name of the link is not valid in Kubernetes; got "A B"', linkerd],
    ['a Service in several clusters before what already runs', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('a') }, federated: true }); }, 'these props of agent agent have no effect, because the library creates no Service for existing pods', linkerd],
  ],
  'ports': [
    ['a grant of what has UDP alone', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [], mediaPorts: [MediaPort.udp(3478)] }) } }).grantCall(caller); }, 'agent agent has grants but only ports that are excluded from the mesh; got ["UDP 3478"]; allowed: grants for TCP ports in `ports`'],
    ['a Service to a UDP port', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('a', { mediaPorts: [MediaPort.udp(3478)], service: { name: 'a', port: 80, targetPort: 3478 } }) } }); }, 'the target port of the Service is not a port of the workload; got 3478'],
    ['a TCP port of media in ambient', withDeployment({ mediaPorts: [MediaPort.tcp(3478)] }), 'a TCP port in `mediaPorts` is not supported by MeshProvider.istioAmbient: ztunnel captures every TCP port of a pod or none, so a single port cannot be excluded from the mesh; got [3478]'],
    ['a port inside and outside', withDeployment({ mediaPorts: [MediaPort.tcp(8000)] }), 'a port of agent agent is in both `ports` and `mediaPorts`; got 8000', sidecar],
    ['a media port that is none', withDeployment({ mediaPorts: [MediaPort.udp(70000)] }), '`mediaPorts` has an invalid or repeated port; got ["UDP 70000"]'],
    ['a tool server of media alone', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(Workload.deploy({ image: IMAGE, ports: [], mediaPorts: [MediaPort.udp(3478)] }), { tools: ['t'] }) }); }, 'the tool server crm has no port that callers can use; got []', sidecar],
    ['a health path that a probe cannot ask for', withDeployment({ healthPath: '/a//b' }), '`healthPath` is not a plain path; got "/a//b"'],
    ['a pool over a media port', (mesh) => { gatewayIn(mesh).addPool('llm', { workload: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], mediaPorts: [MediaPort.udp(3478)] }), targetPorts: [3478] }); }, 'a port in `targetPorts` is not a port of servers of pool llm; got 3478'],
  ],
  'tokens': [
    ['keys that nobody names', withDeployment({ jwt: { issuer: 'i' } }), '`jwksUri` or `jwks` of `jwt` does not state usable keys of the issuer; got []', sidecar],
    ['keys named twice', withDeployment({ jwt: { issuer: 'i', jwksUri: 'https://i/keys', jwks: '{"keys":[{"kty":"RSA"}]}' } }), '`jwksUri` or `jwks` of `jwt` does not state usable keys of the issuer', sidecar],
    ['an address of keys that is none', withDeployment({ jwt: { issuer: 'i', jwksUri: 'https://a:b/%zz' } }), '`jwksUri` or `jwks` of `jwt` does not state usable keys of the issuer', sidecar],
    ['an audience without a name', withDeployment({ jwt: { issuer: 'i', jwksUri: 'https://i/keys', audiences: [''] } }), '`audiences` of `jwt` has an empty entry', sidecar],
    ['an issuer that a policy reads as a pattern', withDeployment({ jwt: { issuer: 'https://*', jwksUri: 'https://i/keys' } }), '`issuer` of `jwt` has characters that a policy cannot match; got "https://*"', sidecar],
    ['private keys', withDeployment({ jwt: { issuer: 'i', jwks: '{"keys":[{"kty":"RSA","d":"secret"}]}' } }), '`jwksUri` or `jwks` of `jwt` does not state usable keys of the issuer', sidecar],
    ['keys without their numbers', withDeployment({ jwt: { issuer: 'i', jwks: '{"keys":[{"kty":"RSA"}]}' } }), '`jwksUri` or `jwks` of `jwt` does not state usable keys of the issuer; got ["keys[0]: a key with missing or wrong numbers"]; allowed: either `jwksUri` with an https:// or http:// address, or `jwks` with a JSON Web Key Set of public keys: RSA (2048 bits or more), EC (P-256, P-384, P-521) or Ed25519', sidecar],
    ['an address with a password, which is not shown', withDeployment({ jwt: { issuer: 'i', jwksUri: 'https://u:hunter2@i.example.com/keys' } }), '`jwksUri` or `jwks` of `jwt` does not state usable keys of the issuer; got ["a URL with a password"]', sidecar],
    ['an address that carries a key', withDeployment({ jwt: { issuer: 'i', jwksUri: 'https://i.example.com/keys?api_key=abc' } }),
      '`jwksUri` contains a secret, which would be written to the manifest; got ["api_key"]; allowed: an address without keys, tokens and passwords; use an address that needs no secret, or set the public keys as `jwks`', sidecar],
    ...['https://i.example.com\\keys', 'https://i.example.com/\u0001', 'https://i.example.com/\u007f'].map((jwksUri): Refused =>
      [`an address that Go reads otherwise (${JSON.stringify(jwksUri)})`, withDeployment({ jwt: { issuer: 'i', jwksUri } }), '`jwksUri` or `jwks` of `jwt` does not state usable keys of the issuer; got [', sidecar]),
    ['keys that are no keys', withDeployment({ jwt: { issuer: 'i', jwks: 'keys' } }), '`jwksUri` or `jwks` of `jwt` does not state usable keys of the issuer', sidecar],
    ['tokens where nobody reads requests', withDeployment({ jwt: { issuer: 'i', jwksUri: 'https://i/keys' }, ports: [Port.tcp(8000)] }), 'these settings of agent agent have no effect, because no proxy inspects its requests: port 8000 does not speak HTTP; got ["jwt"]', sidecar],
    ['tools where nobody reads requests', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(Workload.deploy({ image: IMAGE, ports: [Port.tcp(8080)] }), { tools: ['t'] }) }); }, 'these settings of tool server crm have no effect, because no proxy inspects its requests: port 8080 does not speak HTTP; got ["paths"]', sidecar],
    ['a pool over servers that demand a token', (mesh) => { gatewayIn(mesh).addPool('llm', { workload: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], jwt: { issuer: 'i', jwksUri: 'https://i/keys' } }) }); }, ['AM209', 'requests through pool llm would skip the token or external authorizer that servers of pool llm requires; got "i"'], sidecar],
    ['an authorizer that Kubernetes cannot name', withDeployment({ externalAuthorizer: { ...OPA, provider: 'O P A' } }), 'the name of the external authorizer is not a valid Kubernetes name', sidecar],
  ],
  'tools': [
    ['a port beside that of the Service of the team', (mesh) => {
      new McpToolBoundary(mesh, 'crm', { servicePort: 9999, server: McpServer.of(existing('crm', { ports: [Port.http(8080)], service: { name: 'theirs', port: 80 } }), { tools: ['t'] }) });
    }, '`servicePort` of crm has no effect, because its existing Service already states its port; got 9999; allowed: no `servicePort`; callers use port 80 of the Service', linkerd],
    ...[{}, sidecar].map((on, i): Refused => [`more grants than one policy holds (${i})`, (mesh) => {
      const tools = Array.from({ length: 520 }, (_, n) => `t${n}`);
      const crm = new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools, enforcesMirroredHeaders: true }) });
      for (const tool of tools) crm.grantTools([tool], Identity.of({ namespace: 'ops', serviceAccount: tool }));
    }, 'the grants of tool server crm do not fit into one AuthorizationPolicy; got "522 rules"; allowed: at most 512', on]),
  ],
  'agentgateway': [
    ['a waypoint beside the proxy that reads MCP', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['t'] }), waypoint: new Waypoint(mesh, 'way') }); }, '`waypoint` of crm has no effect, because callers call the MCP proxy of crm and not a Service behind the waypoint; got "way"', agentgateway],
    ['a port that it does not listen on', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['t'] }), servicePort: 80 }); }, ['AM352', 'the agentgateway proxy cannot listen on a port below 1024; got 80'], agentgateway],
    ['a token that only the proxy would show', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(Workload.deploy({ image: IMAGE, ports: [Port.http(8080)], jwt: { issuer: 'i', jwksUri: 'https://i/keys' } }), { tools: ['t'] }) }); }, 'these settings of tool server crm would apply to requests from the MCP proxy in front of it, not to requests from callers; got ["jwt"]', agentgateway],
    ['grants that one policy does not hold', (mesh) => {
      const crm = new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['t'] }) });
      crm.grantTools(['t'], ...Array.from({ length: 120 }, (_, i) => Identity.of({ namespace: 'ops', serviceAccount: `caller-${i}` })));
    }, 'the grants of tool server crm do not fit into one AgentgatewayPolicy', agentgateway],
    ['a name that its proxy and its server do not fit into', (mesh) => { new McpToolBoundary(mesh, 'x'.repeat(57), { server: McpServer.of(deploy([8080]), { tools: ['t'] }) }); }, 'because "-server" is appended', agentgateway],
    ['a port of the proxy itself', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['t'] }), servicePort: 15021 }); }, 'the agentgateway proxy cannot listen on a port that the mesh reserves for its proxies; got 15021', agentgateway],
    ['a port of the mesh\'s proxy beside it', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['t'] }), servicePort: 4143 }); }, 'the agentgateway proxy cannot listen on a port that the mesh reserves for its proxies; got 4143', { ...linkerd, ...agentgateway }],
    ['the path of the older transport', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['t'], path: '/sse' }) }); }, '`path` of a streamable HTTP endpoint is a path that agentgateway reserves for itself; got "/sse"', agentgateway],
    ['a class of Istio', () => {}, '`gatewayClassName` of McpProvider.agentgateway does not name a class of the agentgateway controller; got "istio-agentgateway"', { mcp: McpProvider.agentgateway({ gatewayClassName: 'istio-agentgateway' }) }],
    ['a class that is no name', () => {}, '`gatewayClassName` of McpProvider.agentgateway does not name a class of the agentgateway controller; got ""', { mcp: McpProvider.agentgateway({ gatewayClassName: '' }) }],
    ['a server whose selector finds its proxy', (mesh) => {
      new McpToolBoundary(mesh, 'crm', { server: McpServer.of(existing('crm', { labels: { 'app.kubernetes.io/name': 'crm' }, serviceAccount: 'crm-sa', ports: [Port.http(8080)] }), { tools: ['t'] }) });
    }, ['AM203', 'the selector of tool server crm also selects the pods of its MCP proxy crm'], agentgateway],
    ['a server that is said to speak no HTTP', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(Workload.deploy({ image: IMAGE, ports: [Port.tcp(8080)] }), { tools: ['t'] }) }); }, 'these settings of tool server crm would apply to requests from the MCP proxy in front of it, not to requests from callers; got ["Port.tcp(8080)"]', agentgateway],
    ['more origins than one policy holds', (mesh) => {
      new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['t'] }), allowedOrigins: Array.from({ length: 600 }, (_, i) => `https://desk-number-${i}.example.com`) });
    }, 'the grants of tool server crm do not fit into one AgentgatewayPolicy', agentgateway],
    ['two proxies of one name', (mesh) => { new InferenceGateway(mesh, 'gw', { namespace: 'voice', hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addRoute('r', { target: versions(mesh).version('v1') }); new McpToolBoundary(mesh, 'gw-istio', { server: McpServer.of(deploy([8080]), { tools: ['t'] }) }); },
      ['AM201', 'the proxy of tool server gw-istio shares the ServiceAccount of gateway gw'], agentgateway],
    ...Object.values(MigrationStage).map((stage): Refused => [`a tool server in a mesh that moves (${stage})`, (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['t'] }) }); },
      'tool server crm cannot be behind agentgateway: the MCP proxy could be created only in the last step, because until then the MCP server itself uses its names', { mesh: MeshProvider.istioAmbient({ migration: { voice: stage } }), ...agentgateway }]),
    ['an agent with the identity of a proxy', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['t'] }) }); new Agent(mesh, 'agent', { versions: { v1: existing('a', { serviceAccount: 'crm' }) } }); }, 'agent agent shares the ServiceAccount of the proxy of tool server crm', agentgateway],
  ],
  'canaries inside the mesh': [
    ['versions that do not demand the same', (mesh) => {
      new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], jwt: { issuer: 'i', jwksUri: 'https://i/keys' } }) }, canary: { version: 'v2', percent: 5 } });
    }, ['AM211', 'the versions behind Service agent require different tokens, authorizers or protocols, but the mesh can enforce only one requirement for the whole Service; got ["agent agent v1: no token, no authorizer","agent agent v2: i, no authorizer"]'], sidecar],
    ['a version that a pool takes over', (mesh) => {
      const agent = versions(mesh, { canary: { version: 'v2', percent: 5 } });
      gatewayIn(mesh).addPool('llm', { workload: agent.version('v2') });
    }, ['AM215', 'route agent-mesh targets agent agent v2, which has no Service, because its pods are in an InferencePool'], sidecar],
    ...['writer.voice', 'http://writer.voice.svc.cluster.local/v1', 'http://user@writer.voice.svc:80'].map((url): Refused => [`the URL of a Service that a pool takes away (${url})`, (mesh) => {
      new Agent(mesh, 'planner', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], env: { WRITER: url, OTHER: 'http://rewriter.voice/' } }) } });
      gatewayIn(mesh).addPool('llm', { workload: new Agent(mesh, 'writer', { versions: { v1: deploy() } }).version() });
    }, ['AM224', `app/mesh/planner: the environment variable WRITER of agent planner has the URL of a Service of agent writer that does not exist, because the pods of agent writer are in an InferencePool; got "${url}"`], sidecar]),
    ['the name of what istiod makes for a waypoint', (mesh) => {
      new Agent(mesh, 'wp', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], existingServiceAccount: 'own' }), v2: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], existingServiceAccount: 'own' }) }, canary: { version: 'v2', percent: 5 } });
      new Waypoint(mesh, 'waypoint', { name: 'wp' });
    }, ['AM202', 'agent wp v1 has the same name as an object that a controller generates for waypoint wp; got "wp"']],
    ['the name of what istiod makes for a waypoint, of pods without a Service', (mesh) => { new Agent(mesh, 'w', { versions: { p: deploy([]) } }); new Waypoint(mesh, 'w-p'); },
      ['AM202', 'agent w has the same name as an object that a controller generates for waypoint w-p; got "w-p"']],
    ['a circuit breaker of what a pool takes over', (mesh) => { gatewayIn(mesh).addPool('llm', { workload: versions(mesh, { circuitBreaker: {} }).version('v2') }); }, '`circuitBreaker` of agent agent v2 has no effect, because its pods are in an InferencePool and so have no Service', sidecar],
    ['a version that does not exist', (mesh) => { versions(mesh, { canary: { version: 'v9', percent: 5 } }); }, 'app/mesh/agent: the version of `canary` is not a version of the agent; got "v9"; allowed: v1, v2; use one of these versions', sidecar],
    ['the stable version', (mesh) => { versions(mesh, { canary: { version: 'v1', percent: 5 } }); }, 'the canary and the stable version are the same version; got "v1"', sidecar],
    ['the only version', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: deploy() }, canary: { version: 'v1', percent: 5 } }); }, 'app/mesh/agent: the canary is the only version of the agent, so no version is stable; got ["v1"]; allowed: a stable version beside the canary', sidecar],
    ['a share above 100', (mesh) => { versions(mesh, { canary: { version: 'v2', percent: 101 } }); }, '`percent` of the canary is not a percentage; got 101', sidecar],
    ['a stable version that does not exist', (mesh) => { versions(mesh, { stable: 'v9' }); }, 'app/mesh/agent: `stable` is not a version of the agent; got "v9"; allowed: v1, v2', sidecar],
    ['three versions without a stable one', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy(), v3: deploy() }, canary: { version: 'v3', percent: 5 } }); }, ['AM212', 'agent agent has several versions and none is stable'], sidecar],
    ['three existing versions without a stable one', (mesh) => { new Agent(mesh, 'agent', { versions: Object.fromEntries(['v1', 'v2', 'v3'].map((v) => [v, existing('a', { labels: { v } })])), canary: { version: 'v3', percent: 5 } }); }, '`canary`, `mirror`, `retries`, `requestTimeoutSeconds` or `faults` needs a stable version, and agent agent has none; got ["v1","v2","v3"]', sidecar],
    ['a canary without a Service', (mesh) => { versions(mesh, { service: false, canary: { version: 'v2', percent: 5 } }); }, '`canary`, `mirror`, `retries`, `requestTimeoutSeconds` or `faults` needs a Service for agent agent v1, and it has none', sidecar],
    ['a route to the stable version, whose waypoint splits the requests', (mesh) => { gatewayIn(mesh).addRoute('r', { target: versions(mesh, { canary: { version: 'v2', percent: 5 }, circuitBreaker: {} }).version('v1') }); }, 'a route to agent agent v1 would not reach this version alone, because the waypoint of the agent splits the requests between the versions; got "agent agent v1"; allowed: the agent as the target of the route; pass the agent to addRoute, instead of its version'],
    ['a canary of a gateway whose target is an agent', (mesh) => { const agent = versions(mesh); gatewayIn(mesh).addCanary('c', { stable: agent, canary: agent.version('v2'), percent: 5 }); }, 'agent agent cannot be `stable` or `canary` of addCanary or the target of a mirror, because these need a single version, and an agent may split its requests between versions (`canary`)', sidecar],
    ['a route to an agent without a stable version', (mesh) => { gatewayIn(mesh).addRoute('r', { target: new Agent(mesh, 'agent', { versions: { v1: existing('a', { labels: { v: '1' } }), v2: existing('a', { labels: { v: '2' } }) } }) }); }, 'a route cannot send requests to agent agent, because none of its versions is stable', sidecar],
    ['two versions with Services, none of them stable', (mesh) => { new Agent(mesh, 'agent', { versions: Object.fromEntries(['v1', 'v2'].map((name) => [name, deploy()])) }); }, ['AM212', 'app/mesh/agent: agent agent has several versions and none is stable, so no Service has the name of the agent; got ["v1","v2"]; allowed: one version that is `stable`'], sidecar],
    ['no time at all', (mesh) => { versions(mesh, { canary: { version: 'v2', percent: 5 }, requestTimeoutSeconds: 0 }); }, '`requestTimeoutSeconds` is out of range; got 0', sidecar],
    ['a circuit breaker that never breaks', (mesh) => { versions(mesh, { circuitBreaker: { consecutiveFailures: 0 } }); }, '`consecutiveFailures` is out of range; got 0', sidecar],
  ],
  'two data planes': [
    ['a namespace of both of Istio\'s', (_, chart) => { namespaceOf(chart, { labels: { 'istio-injection': 'enabled', 'istio.io/dataplane-mode': 'ambient' } }); }, ['AM109', 'app/mine: Namespace mine is enrolled in two data planes, and the cluster silently ignores one of them; got ["Istio ambient","Istio sidecars"]']],
    ['a namespace of Istio and Linkerd', (_, chart) => { namespaceOf(chart, { labels: { 'istio.io/rev': '1-30' }, annotations: { 'linkerd.io/inject': 'enabled' } }); }, 'got ["Istio sidecars","Linkerd"]'],
    ['the mesh\'s own namespace, labelled once more', (mesh) => { ApiObject.of(mesh.node.findChild('Namespaces').node.findChild('voice').node.findChild('namespace')).metadata.addLabel('istio-injection', 'enabled'); }, 'Namespace voice is enrolled in two data planes'],
    ['pods of the mesh, patched', (mesh) => {
      const agent = new Agent(mesh, 'agent', { versions: { v1: deploy() } });
      ApiObject.of(agent.node.findChild('v1').node.findChild('deployment')).addJsonPatch(JsonPatch.add('/spec/template/metadata/labels/istio.io~1dataplane-mode', 'ambient'), JsonPatch.add('/spec/template/metadata/labels/sidecar.istio.io~1inject', 'true'));
    }, 'Deployment agent-v1 is enrolled in two data planes'],
    ['pod labels of Linkerd', withDeployment({ podLabels: { 'linkerd.io/control-plane-ns': 'x' } }), '`podLabels` has a label that is reserved for the mesh or for the library; got "linkerd.io/control-plane-ns"', linkerd],
    ['a migration of a namespace that the mesh has not', () => {}, ['AM331', 'a namespace in `migration` does not belong to the mesh; got "theirs"'], { mesh: MeshProvider.istioAmbient({ migration: { theirs: MigrationStage.SIDECAR } }) }],
    ['a stage that is none', () => { MeshProvider.istioAmbient({ migration: { voice: 'sidecars' as MigrationStage } }); },
      ['AM003', 'MeshProvider.istioAmbient: `migration.voice` is not a value of MigrationStage; got "sidecars"; allowed: "sidecar", "permissive", "enrolled"; use a member of MigrationStage']],
    ...Object.values(MigrationStage).map((stage): Refused => [`a check of web pages on the way (${stage})`, (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['t'] }), allowedOrigins: [] }); },
      'app/mesh/crm: Origin validation (`allowedOrigins`) is not supported', { mesh: MeshProvider.istioAmbient({ migration: { voice: stage } }) }]),
    ['a token on the way', withDeployment({ jwt: { issuer: 'i', jwksUri: 'https://i/keys' } }), 'during a migration, some requests would be checked by sidecars at the pods and others by waypoints', { mesh: MeshProvider.istioAmbient({ migration: { voice: MigrationStage.ENROLLED } }) }],
    ['a callee in ambient before its callers', (mesh) => {
      const agent = new Agent(mesh, 'agent', { versions: { v1: deploy() } });
      new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['t'] }), namespace: 'tools' }).grantAllTools(agent);
    }, ['AM332', 'tool server crm is already in ambient and behind a waypoint; these callers still have sidecars, which bypass waypoints, so the pods would deny them; got ["agent agent in voice"]'], { mesh: MeshProvider.istioAmbient({ migration: { voice: MigrationStage.PERMISSIVE } }) }],
  ],
};

testRefused(refused);

test('most programs report one problem, the others only its consequences', () => {
  expect(saidMoreThanOnce(refused)).toEqual({
    'health told at the endpoint, as /%6dcp': 2, // which is no plain path either
    'more origins than one policy holds': 2, // two policies name them: for preflights, and for all the rest
    'pods of the mesh, patched': 2, // the sidecar also takes them out of ambient
  });
});

describe('on Linkerd', () => {
  const routed: Build = (mesh) => { gatewayIn(mesh).addRoute('r', { target: versions(mesh).version('v1') }); };
  test('GatewayProvider.istio is accepted without a gateway', () => {
    expect(problemsOf((mesh) => { new Agent(mesh, 'agent', { versions: { v1: deploy() } }).grantCall(caller); }, istioOnLinkerd)).toEqual([]);
  });
  test('with agentgateway the default gateway for clients is a member', () => {
    expect(problemsOf(routed, { ...linkerd, ...agentgateway })).toEqual([]);
    expect(synth(routed, { ...linkerd, ...agentgateway }).get('Gateway', 'gw', 'voice-edge').spec.gatewayClassName).toBe('istio-agentgateway');
  });
  const probed = (mesh: AgentMesh, options: object = {}) => new McpToolBoundary(mesh, 'crm', { server: McpServer.of(Workload.deploy({ image: IMAGE, ports: [Port.http(8080)], healthPath: '/healthz' }), { tools: ['t'] }), ...options });
  test.each<[string, Build, object]>([
    ['a limit that agentgateway counts, before a server that is probed by HTTP', (mesh) => { probed(mesh, { rateLimit: { requestsPerSecond: 5 } }); }, agentgateway],
    ['a limit of another port than the probes\'', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('a', { ports: [Port.http(8001), Port.http(8000)], healthPath: '/up', rateLimit: { requestsPerSecond: 5 }, service: { name: 'a', port: 80, targetPort: 8000 } }) } }); }, {}],
    ['a limit of what is probed by a connection', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: limited({}) } }); }, {}],
    ['probes of another port than the opaque one', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000), Port.tcp(5432)], healthPath: '/up' }) } }); }, {}],
  ])('%s is accepted', (_, build, props) => {
    expect(problemsOf(build, { ...linkerd, ...props })).toEqual([]);
  });
  test('on other meshes the default gateway is Istio\'s', () => {
    expect(synth(routed, agentgateway).get('Gateway', 'gw', 'voice-edge').spec.gatewayClassName).toBe('istio');
  });
  test('an image of a proxy is refused only by the mesh that skips it', () => {
    expect(problemsOf(withDeployment({ image: 'gcr.io/istio-release/proxyv2:1.31.0' }))).toEqual([]);
  });
});
