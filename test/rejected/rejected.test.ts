import { ApiObject, Chart, JsonPatch, Testing } from 'cdk8s';
import { Refused, saidMoreThanOnce, testRefused } from './corpus';
import {
  Agent, AgentMesh, AgentProps, CanaryRoute, Cluster, EndpointPicker, EndpointPickerConfig, GatewayApiChannel, GatewayProvider, Identity,
  InferenceGateway, InferencePool,
  InferenceRoute, IstioRelease, McpProvider, McpServer, McpToolBoundary, MediaPort, MeshProvider, Port, Waypoint, Workload,
} from '../../src';
import { deploy, existing, existingPicker, IMAGE, story } from '../story';
import { Build, problemsOf } from '../synth';

const long = 'x'.repeat(60);
const hosts = { hostnames: ['a.example.com'], tls: { secretName: 'tls' } };
const otherMesh = (chart: Chart) => new AgentMesh(chart, 'other', { namespace: 'far', mesh: MeshProvider.istioAmbient(), gateway: GatewayProvider.istio() });
const gatewayIn = (mesh: AgentMesh) => new InferenceGateway(mesh, 'gw', hosts);
const boundaryIn = (mesh: AgentMesh) => new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find_customer', 'refund'] }) });
const services = (mesh: AgentMesh, options: Partial<AgentProps> = {}) => new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() }, stable: 'v1', ...options });
const withCanary = (props: object): Build => (mesh) => {
  const agent = services(mesh);
  gatewayIn(mesh).addCanary('chat', { stable: agent.version('v1'), canary: agent.version('v2'), percent: 5, ...props });
};
const withDeployment = (options: object): Build => (mesh) => void new Agent(mesh, 'agent', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], ...options }) } });
const withPool = (options: object, ports?: number[]): Build => (mesh) => void gatewayIn(mesh).addPool('llm', { workload: deploy(ports), ...options });

const refused: Record<string, Refused[]> = {
  'names': [
    ['a version that the agent has not', (mesh) => { gatewayIn(mesh).addRoute('r', { target: services(mesh).version('v3') }); },
      /^\[app\/mesh\] app\/mesh\/agent: the agent has no such version; got "v3"; allowed: v1, v2; use one of these versions, or add the version to `versions` \[AM001\] \(test\/rejected\/rejected\.test\.ts:\d+\)$/],
    ['the version of an agent that has several', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('a', { labels: { v: '1' } }), v2: existing('a', { labels: { v: '2' } }) } }).version(); },
      'the agent has several versions and none is stable; got nothing; allowed: v1, v2; pass the name of the version, or set `stable` on the agent'],
    ['an id used twice', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('a') } }); new Agent(mesh, 'agent', { versions: { v1: existing('b') }, name: 'b' }); }, 'app/mesh/agent: another construct in this scope has the same id; got "agent"; allowed: different ids for the constructs of one scope; choose another id'],
    ['an agent that Kubernetes cannot name', (mesh) => { new Agent(mesh, 'My_Agent', { versions: { v1: existing('a') } }); }, 'the name of the agent is not a valid Kubernetes name; got "My_Agent"'],
    ['a version too long', (mesh) => { new Agent(mesh, long, { versions: { 'v1-long': deploy() } }); }, 'the name of the version is too long'],
    ['a gateway too long for what is appended', (mesh) => { new InferenceGateway(mesh, 'x'.repeat(52), hosts); }, 'the name of the gateway is too long; got "' + 'x'.repeat(52) + '"; allowed: at most 51 characters, because "-inner-istio" is appended and 63 is the limit; choose a shorter name or id'],
    ['a pool too long for its picker', (mesh) => { gatewayIn(mesh).addPool(long, { workload: deploy() }); }, 'because "-inference" is appended'],
    ['a pool with a dot', (mesh) => { gatewayIn(mesh).addPool('llm.v1', { workload: deploy() }); }, 'the name of the pool is not a valid Kubernetes name'],
    ['a route that Kubernetes cannot name', withCanary({ name: 'A' }), 'the name of the route is not a valid Kubernetes name'],
    ['a tool server that Kubernetes cannot name', (mesh) => { new McpToolBoundary(mesh, 'CRM', { server: McpServer.of(existing('crm'), { tools: ['t'] }) }); }, 'the name of the tool server is not a valid Kubernetes name'],
    ['a waypoint of the name that means none', (mesh) => { new Waypoint(mesh, 'none'); }, 'a waypoint cannot have the name "none", because Istio reads the label istio.io/use-waypoint: none as "no waypoint"; got "none"'],
    ['a namespace that Kubernetes cannot name', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: deploy() }, namespace: 'A' }); }, 'the namespace is not a valid Kubernetes name; got "A"'],
    ['two objects that are one on the cluster', (mesh, chart) => {
      new Agent(mesh, 'agent', { versions: { v1: deploy() } });
      new ApiObject(chart, 'mine', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'agent', namespace: 'voice' } });
    }, 'app/mine: this object has the same API group, kind, namespace and name as app/mesh/agent/service-account, so one object would overwrite the other on the cluster; got "ServiceAccount voice/agent"; allowed: a unique name for each kind and namespace; rename one of the two objects or move it to another namespace'],
    ['two agents of one name', (mesh) => { new Agent(mesh, 'a', { versions: { v1: deploy() } }); new Agent(mesh, 'b', { versions: { v1: deploy() }, name: 'a' }); }, 'app/mesh/b/service-account: this object has the same API group, kind, namespace and name as app/mesh/a/service-account, so one object would overwrite the other on the cluster'],
  ],
  'the mesh': [
    ['a mesh without a namespace', () => {}, 'app/mesh: the mesh has no namespace; got nothing; allowed: the name of a namespace; set `namespace` on the AgentMesh or on its Chart', { namespace: undefined }],
    ['a class that is no gateway of Envoy', () => {}, 'app/mesh: `gatewayClassName` of GatewayProvider.istio does not name a class of Istio gateways with Envoy; got "istio-waypoint"', { gateway: GatewayProvider.istio({ gatewayClassName: 'istio-waypoint' }) }],
    ['a class that Kubernetes cannot name', () => {}, '`gatewayClassName` of GatewayProvider.istio does not name a class of Istio gateways with Envoy; got "A"', { gateway: GatewayProvider.istio({ gatewayClassName: 'A' }) }],
    ['a class that is no gateway of Envoy, for clients alone', () => {}, '`gatewayClassName` of GatewayProvider.istio does not name a class of Istio gateways with Envoy; got "istio-remote"', { gateway: GatewayProvider.istio({ gatewayClassName: 'istio-remote' }), mcp: McpProvider.agentgateway() }],
    ['a trusted domain that Envoy reads as the mesh\'s own', () => {}, 'Envoy treats the trust domain "cluster.local" as an alias of own.example, the trust domain of the mesh', { cluster: Cluster.of({ trustDomain: 'own.example' }), trustedDomains: ['cluster.local'] }],
    ['a trust domain that SPIFFE refuses', () => {}, 'the trust domain is not a valid SPIFFE trust domain; got "spiffe://x"', { cluster: Cluster.of({ trustDomain: 'spiffe://x' }) }],
    ['a trusted domain that means any', () => {}, 'the trust domain is not a valid SPIFFE trust domain; got "*.example"', { trustedDomains: ['*.example'] }],
  ],
  'weights and routes': [
    ['a weight below 0', withCanary({ percent: -1 }), 'app/mesh/gw/chat: `percent` of the canary is not a percentage; got -1; allowed: whole numbers from 0 to 100; correct `percent`'],
    ['a weight above 100', withCanary({ percent: 101 }), 'got 101'],
    ['a weight that is not whole', withCanary({ percent: 2.5 }), 'got 2.5'],
    ['a canary that is its stable', (mesh) => {
      const agent = services(mesh);
      gatewayIn(mesh).addCanary('chat', { stable: agent.version('v1'), canary: agent.version('v1'), percent: 5 });
    }, 'app/mesh/gw/chat: the canary and the stable version are the same target; got "agent agent v1"; allowed: two different targets; set `canary` to the new version, or use addRoute for a single target'],
    ['a canary pool that is its stable', (mesh) => {
      const pool = gatewayIn(mesh).addPool('llm', { workload: deploy() });
      new CanaryRoute(mesh.node.findChild('gw') as InferenceGateway, 'chat', { stable: pool, canary: pool, percent: 5 });
    }, 'the canary and the stable version are the same target; got "pool llm"'],
    ['a canary without a parent', (mesh) => { const agent = services(mesh); new CanaryRoute(mesh, 'chat', { stable: agent.version('v1'), canary: agent.version('v2'), percent: 5 }); },
      'app/mesh/chat: the route chat is not attached to a gateway, so it receives no requests; got nothing; allowed: an InferenceGateway; define it in the scope of an InferenceGateway, or pass one as `gateway`'],
    ['a route without a parent', (mesh) => { new InferenceRoute(mesh, 'all', { target: services(mesh).version('v1') }); }, 'the route all is not attached to a gateway'],
    ['a pool without a parent', (mesh) => { new InferencePool(mesh, 'llm', { workload: deploy() }); }, 'app/mesh/llm: pool llm is not attached to a gateway'],
    ['a route to a pool without a parent', (mesh) => { gatewayIn(mesh).addRoute('r', { target: new InferencePool(mesh, 'llm', { workload: deploy() }) }); }, 'pool llm is not attached to a gateway'],
    ['a header that HTTP refuses', withCanary({ header: 'x canary' }), 'the header that selects the canary has a name that cannot be matched; got "x canary"'],
    ['a header that no gateway sees', withCanary({ header: 'Host' }), 'the header that selects the canary has a name that cannot be matched; got "Host"'],
    ['a header value that would end the line', withCanary({ headerValue: 'a\r\nb' }), 'the header that selects the canary has a value that HTTP does not allow; got "a\\r\\nb"'],
    ['a path prefix that the Gateway API refuses', withCanary({ pathPrefix: '/a/../b' }), '`pathPrefix` is not a plain path; got "/a/../b"'],
    ['a path prefix with half an escape', withCanary({ pathPrefix: '/a%' }), '`pathPrefix` is not a plain path'],
    ['a path prefix with an encoded slash', withCanary({ pathPrefix: '/a%2Fb' }), '`pathPrefix` is not a plain path'],
    ['a route to a tool server, past its grants', (mesh) => {
      const server = deploy([8080]);
      new McpToolBoundary(mesh, 'crm', { server: McpServer.of(server, { tools: ['t'] }) });
      gatewayIn(mesh).addRoute('r', { target: server });
    }, 'a route cannot send requests to tool server crm'],
    ['a path prefix that is none', withCanary({ pathPrefix: 'v1' }), '`pathPrefix` is not a plain path; got "v1"'],
    ['a route to a pool of another gateway', (mesh) => {
      const pool = gatewayIn(mesh).addPool('llm', { workload: deploy() });
      new InferenceGateway(mesh, 'other', { hostnames: ['b.example.com'], tls: { secretName: 'tls' } }).addRoute('r', { target: pool });
    }, 'app/mesh/other/r: the route r of gateway other targets a pool of gateway gw, and the pods of that pool accept requests only from their own gateway; got "pool llm"'],
    ['two routes for the same requests', (mesh) => {
      const agent = services(mesh);
      const gateway = gatewayIn(mesh);
      gateway.addRoute('one', { target: agent.version('v1') });
      gateway.addRoute('two', { target: agent.version('v2') });
    }, 'app/mesh/gw/two: some requests match both routes one and two of gateway gw, and the gateway would ignore one of the routes for them; got {"pathPrefixes":["/"]}'],
    ['two routes whose prefixes only look different', (mesh) => {
      const agent = services(mesh);
      const gateway = gatewayIn(mesh);
      gateway.addRoute('one', { target: agent.version('v1'), pathPrefix: '/v1' });
      gateway.addRoute('two', { target: agent.version('v2'), pathPrefix: '/v1/' });
    }, 'some requests match both routes one and two of gateway gw, and the gateway would ignore one of the routes for them'],
    ['two constructs of one existing Gateway with routes for the same requests', (mesh) => {
      const agent = services(mesh);
      for (const [id, version] of [['a', 'v1'], ['b', 'v2']]) {
        InferenceGateway.fromGatewayName(mesh, id, { gatewayName: 'corp', namespace: 'ingress', hostnames: ['a.example'] }).addRoute(`r-${id}`, { target: agent.version(version) });
      }
    }, 'some requests match both routes r-a and r-b of gateway corp, and the gateway would ignore one of the routes for them'],
    ['a route to an agent of another mesh', (mesh, chart) => { gatewayIn(mesh).addRoute('r', { target: new Agent(otherMesh(chart), 'far', { versions: { v1: deploy() } }).version() }); }, 'agent far belongs to another mesh, whose policies deny requests from this mesh'],
    ['a pool of servers of another mesh', (mesh, chart) => { gatewayIn(mesh).addPool('llm', { workload: new Agent(otherMesh(chart), 'far', { versions: { v1: deploy() } }).version() }); }, 'agent far belongs to another mesh'],
    ['a pool behind a gateway of another mesh', (mesh, chart) => { new InferencePool(mesh, 'llm', { workload: deploy(), gateway: gatewayIn(otherMesh(chart)) }); }, 'gateway gw belongs to another mesh'],
    ['a route of a gateway of another mesh', (mesh, chart) => { new InferenceRoute(mesh, 'r', { target: new Agent(mesh, 'agent', { versions: { v1: deploy() } }).version(), gateway: gatewayIn(otherMesh(chart)) }); }, 'gateway gw belongs to another mesh'],
    ['a route to what has no Service', (mesh) => { gatewayIn(mesh).addRoute('r', { target: new Agent(mesh, 'agent', { versions: { v1: deploy() }, service: false }).version() }); }, 'a route cannot send requests to agent agent: it is neither a pool nor a version of an agent with a Service'],
    ['a route to a workload without a place', (mesh) => { gatewayIn(mesh).addRoute('r', { target: deploy() }); }, `a route cannot send requests to ${IMAGE}: it is neither a pool nor a version of an agent with a Service`],
    ['a route to a Service that a pool took away', (mesh) => {
      const agent = services(mesh);
      const gateway = gatewayIn(mesh);
      gateway.addRoute('r', { target: agent.version('v1') });
      gateway.addPool('llm', { workload: agent.version('v1') });
    }, 'route r targets agent agent v1, which has no Service, because its pods are in an InferencePool'],
    ['a route to a Service that a pool took away, patched', (mesh) => {
      const agent = services(mesh);
      const gateway = gatewayIn(mesh);
      ApiObject.of(gateway.addRoute('r', { target: agent.version('v1') })).addJsonPatch(JsonPatch.add('/metadata/annotations', {}));
      gateway.addPool('llm', { workload: agent.version('v1') });
    }, 'route r targets agent agent v1, which has no Service, because its pods are in an InferencePool'],
    ['a route to a Service that a pool took away from an edge gateway of agentgateway, patched', (mesh) => {
      const agent = services(mesh);
      const gateway = gatewayIn(mesh);
      ApiObject.of(gateway.addCanary('r', { stable: agent.version('v1'), canary: agent.version('v2'), percent: 5 })).addJsonPatch(JsonPatch.add('/metadata/annotations', {}));
      gateway.addPool('llm', { workload: agent.version('v1') });
    }, 'pool llm cannot have an endpoint picker: agentgateway gateways that istiod deploys evaluate no AuthorizationPolicy, and the inner gateway in front of a pool needs one that allows only the edge gateway', { gateway: GatewayProvider.istioAgentgateway() }],
    ['a canary in the mesh whose version a pool took away, patched', (mesh) => {
      const agent = services(mesh, { canary: { version: 'v2', percent: 5 } });
      ApiObject.of(agent.node.findChild('mesh-route')).addJsonPatch(JsonPatch.add('/metadata/annotations', {}));
      gatewayIn(mesh).addPool('llm', { workload: agent.version('v2') });
    }, 'route agent-mesh targets agent agent v2, which has no Service, because its pods are in an InferencePool'],
    ['retries on the standard channel', withCanary({ retries: { attempts: 2 } }), 'a retry of requests (`retries`) is not supported by GatewayProvider.istio: HTTPRoute has retries only in the experimental channel of the Gateway API'],
    ['no attempts', withCanary({ retries: { attempts: 0 } }), '`attempts` of the retries is out of range; got 0', { cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) }],
    ['a code that cannot be retried', withCanary({ retries: { attempts: 1, codes: [200] } }), '`codes` of the retries has a number that is not a status code of an error; got [200]', { cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) }],
  ],
  'grants': [
    ['a caller of a trust domain that is not trusted', (mesh) => { boundaryIn(mesh).grantAllTools(Identity.of({ namespace: 'n', serviceAccount: 's', trustDomain: 'other.example' })); },
      'app/mesh/crm: the mesh does not trust the trust domain of identity other.example:n/s; got "other.example"; allowed: cluster.local; add the trust domain to `trustedDomains` of the callee\'s mesh, if both trust domains have a common root certificate'],
    ['an agent of a mesh that is not trusted', (mesh, chart) => {
      const other = new AgentMesh(chart, 'other', { namespace: 'far', cluster: Cluster.of({ trustDomain: 'far.example' }), mesh: MeshProvider.istioAmbient(), gateway: GatewayProvider.istio() });
      boundaryIn(mesh).grantAllTools(new Agent(other, 'stranger', { versions: { v1: existing('stranger') } }));
    }, 'the mesh does not trust the trust domain of agent stranger; got "far.example"'],
    ['a tool that the boundary has not', (mesh) => { boundaryIn(mesh).grantTools(['refnd'], Identity.of({ namespace: 'n', serviceAccount: 's' })); },
      'app/mesh/crm: the grant names a tool that tool server crm does not declare; got "refnd"; allowed: find_customer, refund; use one of these tools, or add the name to `tools`'],
    ['a grant of one tool, which nobody in the path reads', (mesh) => { boundaryIn(mesh).grantTools(['refund'], Identity.of({ namespace: 'n', serviceAccount: 's' })); },
      /app\/mesh\/crm: no component in the path can enforce a grant of single tools of tool server crm: Envoy inspects paths, methods and headers, but not MCP messages in the body; got "refund"; allowed: grantAllTools on a mesh with MeshProvider\.istioAmbient and no McpProvider; or a server of MCP 2026-07-28 that rejects requests whose headers differ from their body \(`enforcesMirroredHeaders`\); use McpProvider\.agentgateway, or grantAllTools if each caller may use every tool \[AM002\] \(test\/rejected\/rejected\.test\.ts:\d+\)$/],
    ['a grant to nobody', (mesh) => { boundaryIn(mesh).grantAllTools(); }, 'the grant has no callers; got []'],
    ['a grant to everybody without a ServiceAccount', (mesh) => { boundaryIn(mesh).grantAllTools(Identity.of({ namespace: 'n', serviceAccount: 'default' })); }, 'uses the ServiceAccount "default", which is shared by every pod'],
    ['a grant to a pattern', (mesh) => { boundaryIn(mesh).grantAllTools(Identity.of({ namespace: 'n', serviceAccount: '*' })); }, 'the ServiceAccount is not a valid Kubernetes name; got "*"'],
    ['a grant to a namespace pattern', (mesh) => { boundaryIn(mesh).grantAllTools(Identity.of({ namespace: '*', serviceAccount: 'a' })); }, 'the namespace of a caller is not a valid Kubernetes name'],
    ['a grant of a port that the pods do not have', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: deploy([8000, 9090]) } }).grantPorts([9091], Identity.of({ namespace: 'n', serviceAccount: 's' })); }, 'app/mesh/agent: agent agent has no port 9091; got 9091; allowed: 8000, 9090; add the port to `ports` of the workload, or correct the grant'],
    ['metrics at a port that the pods do not have', withDeployment({ metricsPort: 9090 }), 'app/mesh/agent: `metricsPort` is not a port of the workload; got 9090; allowed: 8000; add the port to `ports`, as in `Port.http(9090)`'],
    ['metrics at the port that callers use', withDeployment({ metricsPort: 8000 }), ['AM225', 'port 8000 of agent agent, the port that callers with grantCall use; got ["identity monitoring/prometheus"]'], { metrics: { scraper: Identity.of({ namespace: 'monitoring', serviceAccount: 'prometheus' }) } }],
    ['a grant of a media port', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], mediaPorts: [MediaPort.udp(3478)] }) } }).grantPorts([3478], Identity.of({ namespace: 'n', serviceAccount: 's' })); }, 'port 3478 of agent agent is a media port: it is excluded from the mesh, and any client that reaches the pods may call it without a grant'],
    ['a grant of tools to a group', (mesh) => { boundaryIn(mesh).grantAllTools(Identity.allOf('ops')); }, 'the grant is for a group of callers (every ServiceAccount of namespace ops), which only grantCall and grantPorts of an Agent or Backend accept; got "every ServiceAccount of namespace ops"; allowed: agents and identities'],
    ['a grant of tools to the members of the mesh', (mesh) => { boundaryIn(mesh).grantAllTools(mesh.members); }, 'all members of mesh voice), which only grantCall and grantPorts of an Agent or Backend accept'],
    ['a grant to the members of another mesh', (mesh, chart) => { new Agent(mesh, 'agent', { versions: { v1: deploy() } }).grantCall(otherMesh(chart).members); }, 'app/mesh/agent: the grant is for all members of mesh far, but the callee belongs to another mesh; got "far"'],
    ['a grant to a namespace that cannot be named', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: deploy() } }).grantCall(Identity.allOf('*')); }, 'the namespace of a caller is not a valid Kubernetes name; got "*"'],
    ['a grant of no port', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: deploy() } }).grantPorts([], Identity.of({ namespace: 'n', serviceAccount: 's' })); }, 'the grant names no port of agent agent; got []'],
    ['a grant of a port to nobody', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: deploy([8000, 9090]) } }).grantPorts([9090]); }, 'the grant has no callers; got []'],
    ['a grant of a port that the Service has for another', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: deploy([8000, 9090]) }, servicePort: 9090 }).grantPorts([9090], Identity.of({ namespace: 'n', serviceAccount: 's' })); }, 'port 9090 cannot be granted, because the Service of agent agent forwards its port 9090 to another port of the pods; got 9090; allowed: a `servicePort` that is not the granted port; set another `servicePort` on the agent'],
    ...['grantPorts of the called port', 'the called port of existing pods'].map((what, i): Refused => [what, (mesh) => {
      new Agent(mesh, 'agent', { versions: { v1: i === 0 ? deploy([8000, 9090]) : existing('a') } }).grantPorts([8000], Identity.of({ namespace: 'n', serviceAccount: 's' }));
    }, ['AM225', 'app/mesh/agent: `grantPorts` or `metricsPort` names port 8000 of agent agent, the port that callers with grantCall use; got ["identity n/s"]; allowed: other ports of the workload in `grantPorts` and `metricsPort`; use grantCall for this port']]),
    ['a grant of an agent that has nothing to call', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: deploy() }, service: false }).grantCall(Identity.of({ namespace: 'n', serviceAccount: 's' })); },
      'app/mesh/agent: agent agent has grants but no Service that callers could use; got ["identity n/s"]'],
  ],
  'workloads': [
    ['an agent without a workload', (mesh) => { new Agent(mesh, 'agent', { versions: {} }).grantCall(Identity.of({ namespace: 'n', serviceAccount: 's' })); }, ['AM216', 'app/mesh/agent: agent agent has no versions; got {}']],
    ['pods in a namespace that the mesh was not told to take', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('a', { namespace: 'prod' }) } }); },
      'app/mesh/agent: agent agent runs in a namespace that is not in the mesh; got "prod"; allowed: voice; add the namespace to `existingNamespaces` (the mesh then denies all traffic to every pod of the namespace, unless a grant allows it)'],
    ['tools in a namespace that the mesh was not told to take', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(existing('crm', { namespace: 'prod' }), { tools: ['a'] }) }); }, 'tool server crm runs in a namespace that is not in the mesh; got "prod"'],
    ['tools behind a proxy in a namespace that the mesh was not told to take', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(existing('crm-mcp', { namespace: 'prod', service: { name: 'crm-mcp', port: 80 } }), { tools: ['a'] }) }); },
      'tool server crm runs in a namespace that is not in the mesh; got "prod"', { mcp: McpProvider.agentgateway() }],
    ...['istio-system', 'kube-node-lease', 'kube-public', 'kube-system', 'linkerd', 'linkerd-multicluster'].map((namespace): Refused =>
      [`a namespace of the system (${namespace})`, (mesh) => { new Agent(mesh, 'agent', { versions: { v1: deploy() }, namespace }); }, `app/mesh: the mesh includes a system namespace, where its deny-all policy would block components of the cluster; got ["${namespace}"]`]),
    ['a version that the library would deploy where only the team runs one', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('a', { namespace: 'prod' }), v2: deploy() }, stable: 'v1' }); }, 'the versions of an agent have different identities; got "voice/a"; allowed: prod/a', { existingNamespaces: ['prod'] }],
    ['an existing ServiceAccount that everybody has', withDeployment({ existingServiceAccount: 'default' }), 'uses the ServiceAccount "default", which is shared by every pod'],
    ['a selector that finds a gateway\'s proxies', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('a', { labels: { 'gateway.networking.k8s.io/gateway-name': 'voice-gw-inner' } }) } }); }, 'the selector uses a label that the mesh sets on its own proxies, so it could select the pods of a gateway; got "gateway.networking.k8s.io/gateway-name"'],
    ['a Service that Kubernetes cannot name', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('a', { service: { name: 'A', port: 80 } }) } }); }, 'the name of the Service is not a valid Kubernetes name'],
    ['a Service with the name of a waypoint\'s', (mesh) => { new McpToolBoundary(mesh, 'voice-waypoint', { server: McpServer.of(existing('crm'), { tools: ['t'] }) }); }, 'tool server voice-waypoint has the same name as an object that a controller generates for waypoint voice-waypoint; got "voice-waypoint"'],
    ['a version with the id of the ServiceAccount', (mesh) => { new Agent(mesh, 'agent', { versions: { 'service-account': deploy() } }); }, 'the name of the version is already the construct id of another object of the agent'],
    ['writable paths that cannot be mounted', withDeployment({ writablePaths: ['/a', '/a'] }), '`writablePaths` has a path that cannot be mounted, or the same path twice; got ["/a","/a"]'],
    ['what no Deployment can be made of, patched', (mesh) => {
      const agent = new Agent(mesh, 'agent', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000), Port.http(8000)] }) } });
      ApiObject.of(agent.node.findChild('v1').node.findChild('deployment')).addJsonPatch(JsonPatch.add('/spec/template/metadata/annotations', {}));
    }, '`ports` has an invalid or repeated port; got [8000,8000]'],
    ['a writable path with a colon', withDeployment({ writablePaths: ['/a:b'] }), '`writablePaths` has a path that cannot be mounted, or the same path twice'],
    ['a reference to a Secret that is none', withDeployment({ secretEnv: { A: { secretName: 'S', key: 'k' } } }), 'a reference of `secretEnv` to a Secret is not valid in Kubernetes'],
    ['a key of a Secret that is none', withDeployment({ secretEnv: { A: { secretName: 's', key: 'a b' } } }), 'a reference of `secretEnv` to a Secret is not valid in Kubernetes'],
    ['a variable that is not text', withDeployment({ env: { N: 4 } }), 'Workload.deploy: `env.N` has the wrong type; got 4; allowed: a string; put it in quotes [AM003]'],
    ['an agent outside the mesh\'s scope with the name of another', (mesh, chart) => { new Agent(mesh, 'a', { versions: { v1: existing('a') } }); new Agent(chart, 'b', { mesh, name: 'a', versions: { v1: existing('b') } }); }, 'app/b/v1/workload-policy: this object has the same API group, kind, namespace and name as app/mesh/a/v1/workload-policy, so one object would overwrite the other on the cluster'],
    ['a port of ztunnel', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: deploy([15008]) } }); }, 'the workload listens on a port that the proxy of the mesh uses in each pod; got [15008]'],
    ['a Service asked for before what already runs', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('a') }, service: true }); }, 'these props of agent agent have no effect, because the library creates no Service for existing pods; got {"service":true}'],
    ['a version without a name', (mesh) => { new Agent(mesh, 'agent', { versions: { '': deploy(), 'v1': deploy() }, stable: '' }); }, 'the name of the version is not valid as a part of object names and labels; got ""'],
    ['an empty namespace', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: deploy() }, namespace: '' }); }, 'the namespace is not a valid Kubernetes name; got ""'],
    ['an empty selector', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('a', { labels: {} }) } }); }, 'app/mesh/agent: the selector is empty and would match every pod of the namespace; got {}; allowed: at least one label; set the labels of the pods'],
    ['a selector that finds another\'s pods', (mesh) => {
      new Agent(mesh, 'one', { versions: { v1: existing('one', { labels: { app: 'x' } }) } });
      new Agent(mesh, 'two', { versions: { v1: existing('two', { labels: { app: 'x', tier: 'y' } }) } });
    }, 'app/mesh/one: the selector of agent one also matches the pods of agent two, so callers of agent one could connect to these pods; got {"app":"x"}'],
    ['a selector that finds another\'s pods by a label of its deployment', (mesh) => {
      new Agent(mesh, 'one', { versions: { v1: existing('one', { labels: { app: 'x' } }) } });
      new Agent(mesh, 'two', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], podLabels: { app: 'x' } }) } });
    }, 'app/mesh/one: the selector of agent one also matches the pods of agent two, so callers of agent one could connect to these pods; got {"app":"x"}'],
    ['a ServiceAccount that two agents share', (mesh) => {
      new Agent(mesh, 'one', { versions: { v1: existing('one') } });
      new Agent(mesh, 'two', { versions: { v1: existing('two', { serviceAccount: 'one' }) } });
    }, 'app/mesh/two: agent two shares the ServiceAccount of agent one, so a grant to one is a grant to both; got "voice/one"'],
    ['an agent with the identity of a gateway', (mesh) => { story(mesh); new Agent(mesh, 'sly', { versions: { v1: existing('sly', { serviceAccount: 'voice-gw-inner-istio' }) } }); }, 'agent sly shares the ServiceAccount of the inner gateway of voice-gw'],
    ['an agent with the identity of a waypoint', (mesh) => { story(mesh); new Agent(mesh, 'sly', { versions: { v1: existing('sly', { serviceAccount: 'voice-waypoint' }) } }); }, 'agent sly shares the ServiceAccount of waypoint voice-waypoint'],
    ['an agent with the default ServiceAccount', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('a', { serviceAccount: 'default' }) } }); }, 'uses the ServiceAccount "default", which is shared by every pod'],
    ['versions of two identities', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('one'), v2: existing('two') }, stable: 'v1' }); }, 'the versions of an agent have different identities; got "voice/two"; allowed: voice/one'],
    ['a workload in two places', (mesh) => { const workload = deploy(); new Agent(mesh, 'one', { versions: { v1: workload } }); new Agent(mesh, 'two', { versions: { v1: workload } }); }, 'app/mesh/two: agent one already uses this workload; got "agent two"'],
    ['no ports of a tool server', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([]), { tools: ['t'] }) }); }, 'the tool server crm has no port that callers can use; got []; allowed: a TCP port in `ports`; add the port of its MCP endpoint to `ports`'],
    ['no ports of the servers of a pool', (mesh) => { gatewayIn(mesh).addPool('llm', { workload: deploy([]) }); }, 'the InferencePool has no port to send requests to, because `ports` of servers of pool llm is empty; got []; allowed: a TCP port in `ports`; add the serving port to `ports`'],
    ['no ports of a version that would serve a pool', (mesh) => { gatewayIn(mesh).addPool('llm', { workload: new Agent(mesh, 'agent', { versions: { v1: deploy([]) } }).version() }); }, 'the InferencePool has no port to send requests to, because `ports` of agent agent is empty'],
    ['no ports of a picker', (mesh) => withPool({ picker: EndpointPicker.existing(existing('p', { ports: [], service: { name: 'p', port: 9002 } })) })(mesh, undefined!), 'the target port of the Service is not a port of the workload; got nothing'],
    ['a Service before what listens on nothing', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: deploy([]) }, service: true }); }, 'these props of agent agent have no effect, because pods without a TCP port get no Service; got {"service":true}; allowed: these props only with pods that have `ports`; add a port to `ports` of the pods, or remove these props'],
    ['a port of the Service before what listens on nothing', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: deploy([]) }, servicePort: 80 }); }, 'these props of agent agent have no effect, because pods without a TCP port get no Service'],
    ['a circuit breaker of a version that listens on nothing', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy([]) }, stable: 'v1', circuitBreaker: {} }); }, 'these props of agent agent have no effect, because pods without a TCP port get no Service'],
    ['a waypoint before what listens on nothing', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: deploy([]) }, waypoint: new Waypoint(mesh, 'way') }); }, 'agent agent has no Service, so a waypoint cannot inspect requests to it; got "way"; allowed: a workload with a Service'],
    ['a waypoint before what has no Service', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: deploy() }, service: false, waypoint: new Waypoint(mesh, 'way') }); }, 'agent agent has no Service, so a waypoint cannot inspect requests to it'],
    ['a token for what listens on nothing', withDeployment({ ports: [], jwt: { issuer: 'i', jwksUri: 'https://i.example.com/keys' } }), 'these settings of agent agent have no effect, because no proxy inspects its requests: the workload has no port that callers use; got ["jwt"]'],
    ['an authorizer of what has ports of media alone', withDeployment({ ports: [], mediaPorts: [MediaPort.udp(3478)], externalAuthorizer: { provider: 'opa', serviceName: 'opa', serviceNamespace: 'opa' } }), 'these settings of agent agent have no effect, because no proxy inspects its requests: the workload has no port that callers use; got ["externalAuthorizer"]'],
    ['the health of what listens on nothing', withDeployment({ ports: [], healthPath: '/healthz' }), '`healthPath` is set, but the workload has no port to probe; got "/healthz"; allowed: `healthPath` for a workload with a TCP port; remove `healthPath`, or add the port to `ports`'],
    ['a route to what listens on nothing', (mesh) => { gatewayIn(mesh).addRoute('r', { target: new Agent(mesh, 'agent', { versions: { v1: deploy([]) } }).version() }); }, 'a route cannot send requests to agent agent: it is neither a pool nor a version of an agent with a Service'],
    ['a port twice', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: deploy([80, 80]) } }); }, 'got [80,80]'],
    ['a port out of range', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('a', { ports: [Port.http(70000)] }) } }); }, 'got [70000]'],
    ['a Service port that is none', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: deploy() }, servicePort: 0 }); }, '`servicePort` is not a valid port; got 0'],
    ['a stated Service port that is none', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('a', { service: { name: 'a', port: 0 } }) } }); }, 'the port of the Service is not a valid port; got 0'],
    ['a Service that leads to a port that is not served', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('a', { service: { name: 'a', port: 80, targetPort: 81 } }) } }); }, 'the target port of the Service is not a port of the workload; got 81; allowed: 8000'],
    ['no image tag', withDeployment({ image: 'registry.example.com/agent' }), 'the image has no fixed version; got "registry.example.com/agent"'],
    ['the tag latest', withDeployment({ image: 'registry.example.com:5000/agent:latest' }), 'the image has no fixed version'],
    ['an image that is none', withDeployment({ image: 'a b:1' }), 'the image has no fixed version'],
    ['replicas below 0', withDeployment({ replicas: -1 }), '`replicas` is out of range; got -1'],
    ['the root user', withDeployment({ userId: 0 }), '`userId` is out of range; got 0'],
    ['no CPU', withDeployment({ cpuMillis: 0 }), '`cpuMillis` is out of range'],
    ...[0, 1.5, 86_401].map((startupSeconds): Refused => [`a start of ${startupSeconds} seconds`, withDeployment({ startupSeconds }), '`startupSeconds` is out of range']),
    ['half a MiB', withDeployment({ memoryMebibytes: 0.5 }), '`memoryMebibytes` is out of range'],
    ['a health path that is not absolute', withDeployment({ healthPath: 'health' }), '`healthPath` is not a plain path; got "health"'],
    ['a writable path that is not absolute', withDeployment({ writablePaths: ['tmp'] }), 'a path in the container is not absolute; got "tmp"'],
    ['a secret in the manifest', withDeployment({ env: { OPENAI_API_KEY: 'sk-1' } }), 'an environment variable looks like a secret and would be written to the manifest; got "OPENAI_API_KEY"; allowed: secrets only as references to a Secret; set the variable in `secretEnv` instead of `env`'],
    ['a secret in the manifest under another name', withDeployment({ env: { DATABASE: 'postgres://app:hunter2@db/app' } }), 'an environment variable looks like a secret (a URL with a password) and would be written to the manifest; got "DATABASE"; allowed: secrets only as references to a Secret; set the variable in `secretEnv` instead of `env`'],
    ['a secret by its name and its value', withDeployment({ env: { 'db.password': '-----BEGIN PRIVATE KEY-----' } }), 'an environment variable looks like a secret (a private key) and would be written to the manifest; got "db.password"'],
    ['a secret among the arguments', withDeployment({ args: ['serve', '--token=abc'] }), 'an argument looks like a secret (a flag with the name of a secret) and would be written to the manifest; got "args[1]"; allowed: secrets only as references to a Secret; set the secret as a variable NAME in `secretEnv`, and write "$(NAME)" in the argument'],
    ['a secret in the command', withDeployment({ command: ['/bin/x', 'https://u:p@example.com'] }), 'an argument looks like a secret (a URL with a password) and would be written to the manifest; got "command[1]"'],
    ['a variable set twice', withDeployment({ env: { A: '1' }, secretEnv: { A: { secretName: 's', key: 'k' } } }), 'an environment variable is set in both `env` and `secretEnv`; got "A"'],
    ['a variable that Kubernetes refuses', withDeployment({ env: { '1A': '1' } }), 'the name of an environment variable is not valid in Kubernetes; got "1A"'],
    ['a label that takes the pod out of the mesh', withDeployment({ podLabels: { 'istio.io/dataplane-mode': 'none' } }), '`podLabels` has a label that is reserved for the mesh or for the library; got "istio.io/dataplane-mode"'],
    ['a label that puts the pod behind a gateway', withDeployment({ podLabels: { 'gateway.networking.k8s.io/gateway-name': 'voice-gw-inner' } }), '`podLabels` has a label that is reserved for the mesh or for the library'],
    ['a label that is the library\'s', withDeployment({ podLabels: { 'app.kubernetes.io/name': 'crm' } }), '`podLabels` has a label that is reserved for the mesh or for the library'],
    ['a label that Kubernetes refuses', withDeployment({ podLabels: { 'a b': 'c' } }), 'a label is not valid in Kubernetes'],
  ],
  'pools': [
    ['a port that the workload does not serve', withPool({ targetPorts: [9000] }), 'app/mesh/gw/llm: a port in `targetPorts` is not a port of servers of pool llm; got 9000; allowed: 8000; use a port of the workload, or add the port to its `ports`'],
    ['a metrics port that the workload does not serve', withPool({ metricsPort: 9100 }), 'a port in `targetPorts` is not a port of servers of pool llm; got 9100'],
    ['more than 8 ports', withPool({ targetPorts: [1, 2, 3, 4, 5, 6, 7, 8, 9] }, [1, 2, 3, 4, 5, 6, 7, 8, 9]), '`targetPorts` of the InferencePool is empty, too long, or has a port twice; got [1,2,3,4,5,6,7,8,9]; allowed: 1 to 8 different ports'],
    ['repeated ports', withPool({ targetPorts: [8000, 8000] }), '`targetPorts` of the InferencePool is empty, too long, or has a port twice; got [8000,8000]'],
    ['no ports', withPool({ targetPorts: [] }), '`targetPorts` of the InferencePool is empty, too long, or has a port twice; got []'],
    ['an inner port that needs privileges', withPool({ innerPort: 80 }), '`innerPort` is not a port on which the inner gateway can listen; got 80'],
    ['an inner port of the proxy itself', withPool({ innerPort: 15008 }), ['AM205', 'the port at which the inner gateway listens for pool llm is also a port of the proxy in each pod; got 15008']],
    ['an inner port that the servers listen on', withPool({ innerPort: 8000 }), 'the port at which the inner gateway listens for pool llm is also a port of servers of pool llm'],
    ['more pools than a Gateway can have listeners', (mesh) => {
      const gateway = gatewayIn(mesh);
      for (let i = 0; i < 65; i++) gateway.addPool(`p${i}`, { workload: deploy(), innerPort: 20_000 + i });
    }, 'gateway gw has more pools in namespace voice than its inner gateways can have listeners; got [65]; allowed: at most 64 pools for each inner gateway'],
    ['a picker that a pool of the team does not name', (mesh) => { InferencePool.fromPoolName(gatewayIn(mesh), 'llm', { poolName: 'llm', workload: existing('vllm'), picker: EndpointPicker.deploy() }); }, 'pool llm is an existing InferencePool, whose endpoint picker this program cannot deploy'],
    ['a picker in another namespace than its pool', (mesh) => {
      const picker = EndpointPicker.existing(existing('picker', { namespace: 'far', ports: [Port.http(9002)], service: { name: 'picker', port: 9002 } }));
      gatewayIn(mesh).addPool('llm', { workload: deploy(), picker });
    }, 'the endpoint picker of pool llm is in another namespace than the InferencePool, which can only refer to a Service of its own namespace; got "far"', { existingNamespaces: ['far'] }],
    ['a pool of a tool server', (mesh) => {
      const server = deploy([8080]);
      new McpToolBoundary(mesh, 'crm', { server: McpServer.of(server, { tools: ['t'] }) });
      gatewayIn(mesh).addPool('llm', { workload: server });
    }, 'the pods of tool server crm cannot be in an InferencePool, because only callers with a grant may call them'],
    ['an inner port on which pickers serve metrics', withPool({ innerPort: 9090 }), 'the port at which the inner gateway listens for pool llm is also a port of picker of pool llm'],
    ['a picker whose Service goes through a waypoint', (mesh) => {
      const picker = EndpointPicker.existing(existing('picker', { ports: [Port.http(9002)], service: { name: 'picker', port: 9002, labels: { 'istio.io/use-waypoint': 'wp' } } }));
      gatewayIn(mesh).addPool('llm', { workload: deploy(), picker });
    }, 'requests to picker of pool llm go through waypoint wp, because of the labels of its Service, but this waypoint has no policy for picker of pool llm and denies its callers'],
    ['a picker whose Service gateways reach through a waypoint', (mesh) => {
      const picker = EndpointPicker.existing(existing('picker', { ports: [Port.http(9002)], service: { name: 'picker', port: 9002, labels: { 'istio.io/ingress-use-waypoint': 'true' } } }));
      gatewayIn(mesh).addPool('llm', { workload: deploy(), picker });
    }, 'requests to picker of pool llm go through the waypoint of its namespace, because of the labels of its Service, but this waypoint has no policy for picker of pool llm and denies its callers'],
    ['two pools of one inner port', (mesh) => {
      const gateway = gatewayIn(mesh);
      gateway.addPool('a', { workload: deploy(), innerPort: 20001 });
      gateway.addPool('b', { workload: deploy(), innerPort: 20001 });
    }, 'app/mesh/gw/b: the port at which the inner gateway listens for pool b is also a port of pool a; got 20001; allowed: a port at which nothing else in the namespace listens; set another `innerPort` on the pool'],
    ['a picker of the team that the library would deploy', (mesh) => withPool({ picker: EndpointPicker.existing(deploy([9002])) })(mesh, undefined!), 'the picker of pool llm needs a Service through which gateways call it'],
    ['a picker of the team without a Service', (mesh) => withPool({ picker: EndpointPicker.existing(existing('p')) })(mesh, undefined!), 'the picker of pool llm needs a Service through which gateways call it'],
    ['a picker that may not call the Kubernetes API', (mesh) => withPool({ picker: EndpointPicker.existing(existing('p', { ports: [Port.http(9002)], service: { name: 'p', port: 9002 }, egress: {} })) })(mesh, undefined!),
      'the picker of pool llm watches pods through the Kubernetes API, but its `egress` does not allow connections to the API; got []; allowed: `kubernetesApiCidrs` in its `egress`'],
    ['a picker that speaks something else than HTTP', (mesh) => withPool({ picker: EndpointPicker.existing(existing('p', { ports: [Port.tcp(9002)], service: { name: 'p', port: 9002 } })) })(mesh, undefined!),
      'gateways call the picker of pool llm over gRPC, but its port is declared as `Port.tcp(9002)`; got 9002; allowed: a port that speaks gRPC; declare the port as `Port.grpc(9002)`'],
    ['servers that speak something else than HTTP', (mesh) => withPool({ workload: Workload.deploy({ image: IMAGE, ports: [Port.tcp(8000), Port.tcp(9000)] }) })(mesh, undefined!),
      'a port in `targetPorts` does not speak HTTP: servers of pool llm declares it as `Port.tcp(8000)`; got [8000]; allowed: target ports that speak HTTP; declare the port as `Port.http(8000)` if it speaks HTTP, or choose other `targetPorts`'],
    ['a picker that scores nothing', withPool({ picker: EndpointPicker.deploy({ config: EndpointPickerConfig.approximatePrefix({ prefixCacheWeight: 0, kvCacheWeight: 0, queueDepthWeight: 0 }) }) }), 'profile default of the endpoint picker has no filter and no scorer with a weight above 0, so it picks any pod'],
    ['a picker with a negative weight', withPool({ picker: EndpointPicker.deploy({ config: EndpointPickerConfig.approximatePrefix({ kvCacheWeight: -1 }) }) }), 'the weight of kv-cache-utilization-scorer in profile default is negative or not a number, so the endpoint picker prefers the pods that score worst'],
    ['a picker without a tag', withPool({ picker: EndpointPicker.deploy({ image: 'epp' }) }), 'the image has no fixed version; got "epp"'],
    ['no picker at all', withPool({ picker: EndpointPicker.deploy({ replicas: 0 }) }), '`replicas` is out of range; got 0'],
    ['a picker without CPU', withPool({ picker: EndpointPicker.deploy({ cpuMillis: 0 }) }), '`cpuMillis` is out of range'],
    ['a picker without memory', withPool({ picker: EndpointPicker.deploy({ memoryMebibytes: 0 }) }), '`memoryMebibytes` is out of range'],
  ],
  'gateways': [
    ['a gateway that is enrolled while mTLS is STRICT', (mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, infrastructureLabels: { 'istio.io/dataplane-mode': 'ambient' } }); },
      'app/mesh/gw: `infrastructureLabels` would enroll the edge gateway in ambient, where STRICT mutual TLS denies every client from outside the mesh; got {"istio.io/dataplane-mode":"ambient"}; allowed: an edge gateway that is not enrolled; remove the label; the inner gateway in front of the pools is enrolled automatically'],
    ['more infrastructure labels than the Gateway API takes', (mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, infrastructureLabels: Object.fromEntries('abcdefgh'.split('').map((key) => [key, 'x'])) }); }, '`infrastructureLabels` has too many labels'],
    ['an infrastructure label that Kubernetes refuses', (mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, infrastructureLabels: { 'a b': 'x' } }); }, 'a label is not valid in Kubernetes'],
    ['a gateway of a mode that Istio does not know', (mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, infrastructureLabels: { 'istio.io/dataplane-mode': 'on' } }); }, 'got {"istio.io/dataplane-mode":"on"}'],
    ['a host that is an address', (mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, hostnames: ['10.0.0.1'] }); }, 'a hostname is not valid for a Gateway; got "10.0.0.1"'],
    ['an existing gateway in a namespace that Kubernetes refuses', (mesh) => { InferenceGateway.fromGatewayName(mesh, 'gw', { gatewayName: 'gw', namespace: 'A', hostnames: ['a.example'] }); }, 'the namespace of the gateway is not a valid Kubernetes name'],
    ['an infrastructure label that is dropped', (mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, infrastructureLabels: { 'gateway.networking.k8s.io/x': 'y' } }); }, '`infrastructureLabels` has a label with a prefix of the Gateway API, and gateway controllers ignore such labels'],
    ['an existing gateway whose namespace the mesh closes later', (mesh) => {
      InferenceGateway.fromGatewayName(mesh, 'gw', { gatewayName: 'corp', namespace: 'ingress', hostnames: ['a.example'] });
      new Agent(mesh, 'agent', { versions: { v1: deploy() }, namespace: 'ingress' });
    }, ['AM207', 'app/mesh/gw: the deny-all policy of the mesh would block gateway corp, because its namespace joined the mesh after the gateway was declared; got "ingress"']],
    ['more hosts than a route can name', (mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, hostnames: Array.from({ length: 17 }, (_, i) => `h${i}.example`) }); }, 'the gateway has more hostnames than one HTTPRoute can have; got 17'],
    ['a host with a scheme', (mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, hostnames: ['https://a.example.com'] }); }, 'a hostname is not valid for a Gateway; got "https://a.example.com"'],
    ['no hosts', (mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, hostnames: [] }); }, '`hostnames` of the gateway is empty or has a name twice; got []'],
    ['a host twice', (mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, hostnames: ['a.example', 'a.example'] }); }, '`hostnames` of the gateway is empty or has a name twice'],
    ['a Secret that Kubernetes refuses', (mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, tls: { secretName: 'A' } }); }, 'the name of a Secret or ConfigMap of the gateway is not valid in Kubernetes; got "A"'],
    ['a Secret in a namespace that Kubernetes refuses', (mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, tls: { secretName: 'a', secretNamespace: 'A' } }); }, 'the namespace of the Secret is not a valid Kubernetes name'],
    ['a Secret of a host that the gateway does not serve', (mesh) => { new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'a', secretNames: { 'b.example.com': 'b' } } }); },
      '`secretNames` of `tls` has a Secret for a host that the gateway does not serve; got ["b.example.com"]; allowed: a.example.com; correct the hostname, or add it to `hostnames`'],
    ['a Secret of a host whose name Kubernetes refuses', (mesh) => { new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'a', secretNames: { 'a.example.com': 'B' } } }); },
      'the name of a Secret or ConfigMap of the gateway is not valid in Kubernetes; got "B"'],
    ['client certificates on Istio 1.30', (mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, tls: { secretName: 'a', clientCaConfigMapName: 'ca' } }); },
      'client certificates cannot be verified: Istio 1.30 does not verify the certificates of a Gateway\'s clients; got "ca"; allowed: no `clientCaConfigMapName` with the stated release and provider, or IstioRelease.V1_31', { cluster: Cluster.of({ istioRelease: IstioRelease.V1_30 }) }],
    ['an existing gateway with the default ServiceAccount', (mesh) => { InferenceGateway.fromGatewayName(mesh, 'gw', { gatewayName: 'gw', namespace: 'edge', hostnames: ['a.example'], serviceAccount: 'default' }); }, 'uses the ServiceAccount "default", which is shared by every pod'],
  ],
  'tool servers and waypoints': [
    ['a waypoint of another mesh', (mesh, chart) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy(), { tools: ['a'] }), waypoint: new Waypoint(otherMesh(chart), 'wp') }); }, 'waypoint wp belongs to another mesh'],
    ['a waypoint before what has no Service that is known', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('a') }, waypoint: new Waypoint(mesh, 'wp') }); }, 'a waypoint inspects only requests to a Service, and Workload.existing of agent agent states no Service'],
    ['a namespace bound that is not one of the mesh', (mesh) => { new Waypoint(mesh, 'wp').bindNamespace('voicee'); }, 'the namespace that bindNamespace names is not in the mesh; got "voicee"; allowed: voice'],
    ['a tool server that already is an agent', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(new Agent(mesh, 'agent', { versions: { v1: deploy() } }).version(), { tools: ['a'] }) }); }, 'agent agent already uses this workload; got "tool server crm"'],
    ['no tools', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy(), { tools: [] }) }); }, 'the boundary has no tools; got []'],
    ['a tool that would speak to the terminal', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy(), { tools: ['\u001b[2Jx'] }) }); }, 'the name of a tool is not valid in MCP; got "\\u001b[2Jx"'],
    ['a tool twice', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy(), { tools: ['a', 'a'] }) }); }, 'the name of a tool is listed twice; got "a"'],
    ['a path that a policy would read as a pattern', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy(), { tools: ['a'], path: '/mcp*' }) }); }, 'the path of the MCP endpoint is not a plain path; got "/mcp*"'],
    ['a path with a template', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy(), { tools: ['a'], path: '/{**}' }) }); }, 'the path of the MCP endpoint is not a plain path'],
    ['a Service port that is none', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy(), { tools: ['a'] }), servicePort: 1.5 }); }, '`servicePort` is not a valid port; got 1.5'],
    ['a Service of the team that is not said to be labelled', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(existing('crm', { service: { name: 'crm', port: 80 } }), { tools: ['a'] }) }); },
      'app/mesh/crm: requests to tool server crm would not go through waypoint voice-waypoint: the `labels` that the program states for the existing Service crm do not make Istio use this waypoint; got {}; allowed: {"istio.io/use-waypoint":"voice-waypoint"}; label the Service and declare the `labels` of the `service` in Workload.existing; or create a Waypoint, bind the namespace to it (bindNamespace) and pass it as `waypoint`'],
    ['a Service of the team labelled for another waypoint', (mesh) => {
      new McpToolBoundary(mesh, 'crm', { server: McpServer.of(existing('crm', { service: { name: 'crm', port: 80, labels: { 'istio.io/use-waypoint': 'other' } } }), { tools: ['a'] }) });
    }, 'got {"istio.io/use-waypoint":"other"}; allowed: {"istio.io/use-waypoint":"voice-waypoint"}'],
    ['a Service of the team labelled without the namespace of the waypoint', (mesh) => {
      const waypoint = new Waypoint(mesh, 'wp', { namespace: 'shared' });
      new McpToolBoundary(mesh, 'crm', { waypoint, server: McpServer.of(existing('crm', { service: { name: 'crm', port: 80, labels: { 'istio.io/use-waypoint': 'wp' } } }), { tools: ['a'] }) });
    }, 'allowed: {"istio.io/use-waypoint":"wp","istio.io/use-waypoint-namespace":"shared"}'],
    ['a Service of the team that a gateway would reach past its waypoint', (mesh) => {
      const waypoint = new Waypoint(mesh, 'wp');
      const agent = new Agent(mesh, 'agent', { waypoint, versions: { v1: existing('a', { service: { name: 'a', port: 80, labels: { 'istio.io/use-waypoint': 'wp' } } }) } });
      gatewayIn(mesh).addRoute('r', { target: agent.version() });
    }, 'allowed: {"istio.io/ingress-use-waypoint":"true"}'],
    ['callers of what a bound namespace sends to a waypoint', (mesh) => {
      new Waypoint(mesh, 'wp').bindNamespace('voice');
      new Agent(mesh, 'agent', { versions: { v1: existing('a') } }).grantCall(Identity.of({ namespace: 'n', serviceAccount: 's' }));
    }, 'the namespace of agent agent is bound to waypoint wp, but this waypoint has no policy for agent agent and denies its callers; got "no Service is known"'],
    ['a namespace bound twice', (mesh) => { new Waypoint(mesh, 'a').bindNamespace('voice'); new Waypoint(mesh, 'b').bindNamespace('voice'); }, 'the namespace is bound to two waypoints; got ["a","b"]'],
    ['a waypoint of the team that nobody closes', (mesh) => { Waypoint.fromGatewayName(mesh, 'wp', { gatewayName: 'shared', namespace: 'platform' }); }, ['AM302', 'waypoint shared is in namespace platform, which is not in the mesh, so the library does not write a deny-all policy there; got "platform"']],
    ['a caller of another trust domain before a waypoint, which cannot tell it from a namesake', (mesh) => { boundaryIn(mesh).grantAllTools(Identity.of({ namespace: 'n', serviceAccount: 's', trustDomain: 'friend.example' })); },
      'app/mesh/crm: tool server crm is behind a waypoint, and a waypoint cannot distinguish callers of trust domain friend.example from callers of cluster.local with the same namespace and ServiceAccount', { trustedDomains: ['friend.example'] }],
    ['a path with an empty segment', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy(), { tools: ['a'], path: '//mcp' }) }); }, 'the path of the MCP endpoint is not a plain path; got "//mcp"'],
    ['a waypoint in a namespace that Kubernetes refuses', (mesh) => { Waypoint.fromGatewayName(mesh, 'wp', { gatewayName: 'wp', namespace: 'A', deniesByDefault: true }); }, 'the namespace of the waypoint is not a valid Kubernetes name'],
    ['a Service said to go through a waypoint that nobody told', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('a', { service: { name: 'a', port: 80, labels: { 'istio.io/use-waypoint': 'theirs' } } }) } }); }, 'requests to agent agent go through waypoint theirs, because of the labels of its Service, but this waypoint has no policy for agent agent and denies its callers'],
    ['an existing waypoint with the default ServiceAccount', (mesh) => { Waypoint.fromGatewayName(mesh, 'wp', { gatewayName: 'wp', serviceAccount: 'default' }); }, 'uses the ServiceAccount "default", which is shared by every pod'],
  ],
};

testRefused(refused);

test('most programs report one problem, the others only its consequences', () => {
  expect(saidMoreThanOnce(refused)).toEqual({ 'two agents of one name': 7 });
});

test('a refused feature is accepted on the release and channel that have it', () => {
  const cluster = Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL });
  expect(problemsOf(withCanary({ retries: { attempts: 2, codes: [503] } }), { cluster })).toEqual([]);
  expect(problemsOf((mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, tls: { secretName: 'a', clientCaConfigMapName: 'ca' } }); }, { mesh: MeshProvider.istioAmbient(), cluster: Cluster.of({ istioRelease: IstioRelease.V1_31 }) })).toEqual([]);
});

test('ids of the user hide no object of the library', () => {
  expect(problemsOf((mesh) => { new Agent(mesh, 'waypoint-voice', { versions: { v1: existing('a') } }); boundaryIn(mesh); })).toEqual([]);
});

test('a construct outside a mesh gets an error with a fix', () => {
  const chart = new Chart(Testing.app(), 'lonely');
  expect(() => new Agent(chart, 'agent', { versions: { v1: deploy() } })).toThrow('lonely/agent: the construct is not in the scope of an AgentMesh; define the construct in the scope of an AgentMesh, or pass one as `mesh`');
});

test('the whole story has no problems', () => {
  expect(problemsOf((mesh) => { story(mesh); existingPicker(); })).toEqual([]);
});
