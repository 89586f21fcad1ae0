import { ApiObject, Chart, JsonPatch, Testing } from 'cdk8s';
import { Refused, saidMoreThanOnce, testRefused } from './corpus';
import {
  Agent, AgentMesh, CanaryRoute, Cluster, EndpointPicker, GatewayApiChannel, GatewayProvider, Identity, InferenceGateway, InferencePool,
  InferenceRoute, IstioRelease, McpProvider, McpServer, McpToolBoundary, MediaPort, MeshProvider, Port, Waypoint, Workload,
} from '../../src';
import { deploy, existing, existingPicker, IMAGE, story } from '../story';
import { Build, problemsOf } from '../synth';

const long = 'x'.repeat(60);
const hosts = { hostnames: ['a.example.com'], tls: { secretName: 'tls' } };
const otherMesh = (chart: Chart) => new AgentMesh(chart, 'other', { namespace: 'far', mesh: MeshProvider.istioAmbient(), gateway: GatewayProvider.istio() });
const gatewayIn = (mesh: AgentMesh) => new InferenceGateway(mesh, 'gw', hosts);
const boundaryIn = (mesh: AgentMesh) => new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find_customer', 'refund'] }) });
const services = (mesh: AgentMesh) => new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() } });
const withCanary = (props: object): Build => (mesh) => {
  const agent = services(mesh);
  gatewayIn(mesh).addCanary('chat', { stable: agent.version('v1'), canary: agent.version('v2'), canaryPercent: 5, ...props });
};
const withDeployment = (options: object): Build => (mesh) => void new Agent(mesh, 'agent', { workload: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], ...options }) });
const withPool = (options: object, ports?: number[]): Build => (mesh) => void gatewayIn(mesh).addPool('llm', { workload: deploy(ports), ...options });

const refused: Record<string, Refused[]> = {
  'names': [
    ['a version that the agent has not', (mesh) => { gatewayIn(mesh).addRoute('r', { target: services(mesh).version('v3') }); },
      /^\[app\/mesh\] app\/mesh\/agent: the agent has no such version; got "v3"; allowed: v1, v2; use one of these versions, or add the version with addVersion \[AM001\] \(test\/rejected\/rejected\.test\.ts:\d+\)$/],
    ['a version of an agent without versions', (mesh) => { gatewayIn(mesh).addRoute('r', { target: new Agent(mesh, 'agent', { workload: deploy() }).version('v1') }); }, 'allowed: (the unnamed version: omit the argument)'],
    ['versions beside a workload', (mesh) => { new Agent(mesh, 'agent', { workload: deploy(), versions: { v2: deploy() } }); }, 'a version cannot be added to this agent; got ["v2"]'],
    ['a version added to a workload', (mesh) => { new Agent(mesh, 'agent', { workload: deploy() }).addVersion('v2', deploy()); }, 'a version cannot be added to this agent; got ["v2"]'],
    ['an id used twice', (mesh) => { new Agent(mesh, 'agent', { workload: existing('a') }); new Agent(mesh, 'agent', { workload: existing('b'), name: 'b' }); }, 'app/mesh/agent: the id is used twice in this scope; got "agent"; allowed: one construct for each id in a scope; choose another id'],
    ['an agent that Kubernetes cannot name', (mesh) => { new Agent(mesh, 'My_Agent', { workload: existing('a') }); }, 'the name of the agent is not a valid Kubernetes name; got "My_Agent"'],
    ['a version too long', (mesh) => { new Agent(mesh, long, { versions: { 'v1-long': deploy() } }); }, 'the name of the version is too long'],
    ['a gateway too long for what is appended', (mesh) => { new InferenceGateway(mesh, 'x'.repeat(52), hosts); }, 'the name of the gateway is too long; got "' + 'x'.repeat(52) + '"; allowed: at most 51 characters, because "-inner-istio" is appended and 63 is the limit; choose a shorter name or id'],
    ['a pool too long for its picker', (mesh) => { gatewayIn(mesh).addPool(long, { workload: deploy() }); }, 'because "-pods" is appended'],
    ['a pool with a dot', (mesh) => { gatewayIn(mesh).addPool('llm.v1', { workload: deploy() }); }, 'the name of the pool is not a valid Kubernetes name'],
    ['a route that Kubernetes cannot name', withCanary({ name: 'A' }), 'the name of the route is not a valid Kubernetes name'],
    ['a tool server that Kubernetes cannot name', (mesh) => { new McpToolBoundary(mesh, 'CRM', { server: McpServer.of(existing('crm'), { tools: ['t'] }) }); }, 'the name of the tool server is not a valid Kubernetes name'],
    ['a waypoint of the name that means none', (mesh) => { new Waypoint(mesh, 'none'); }, '"none" is not a possible name of a waypoint: Istio reads it as no waypoint; got "none"'],
    ['a namespace that Kubernetes cannot name', (mesh) => { new Agent(mesh, 'agent', { workload: deploy(), namespace: 'A' }); }, 'the namespace is not a valid Kubernetes name; got "A"'],
    ['two objects that are one on the cluster', (mesh, chart) => {
      new Agent(mesh, 'agent', { workload: deploy() });
      new ApiObject(chart, 'mine', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'agent', namespace: 'voice' } });
    }, 'app/mine: two objects are the same object on the cluster; the other object is app/mesh/agent/service-account; got "ServiceAccount voice/agent"; allowed: one object for each kind, namespace and name; rename one of the two or move it to another namespace'],
    ['two agents of one name', (mesh) => { new Agent(mesh, 'a', { workload: deploy() }); new Agent(mesh, 'b', { workload: deploy(), name: 'a' }); }, 'app/mesh/b/service-account: two objects are the same object on the cluster; the other object is app/mesh/a/service-account'],
  ],
  'the mesh': [
    ['a mesh without a namespace', () => {}, 'app/mesh: the mesh has no namespace; got nothing; allowed: the name of one; state `namespace` here or on the chart', { namespace: undefined }],
    ['a class that is no gateway of Envoy', () => {}, 'app/mesh: the GatewayClass is not a class of Istio Envoy gateways; got "istio-waypoint"', { gateway: GatewayProvider.istio({ gatewayClassName: 'istio-waypoint' }) }],
    ['a class that Kubernetes cannot name', () => {}, 'the GatewayClass is not a class of Istio Envoy gateways; got "A"', { gateway: GatewayProvider.istio({ gatewayClassName: 'A' }) }],
    ['a class that is no gateway of Envoy, for clients alone', () => {}, 'the GatewayClass is not a class of Istio Envoy gateways; got "istio-remote"', { gateway: GatewayProvider.istio({ gatewayClassName: 'istio-remote' }), mcp: McpProvider.agentgateway() }],
    ['a trusted domain that Envoy reads as the mesh\'s own', () => {}, 'Envoy treats the trust domain "cluster.local" as the trust domain of the mesh', { cluster: Cluster.of({ trustDomain: 'own.example' }), trustedDomains: ['cluster.local'] }],
    ['a trust domain that SPIFFE refuses', () => {}, 'the trust domain is not a valid SPIFFE trust domain; got "spiffe://x"', { cluster: Cluster.of({ trustDomain: 'spiffe://x' }) }],
    ['a trusted domain that means any', () => {}, 'the trust domain is not a valid SPIFFE trust domain; got "*.example"', { trustedDomains: ['*.example'] }],
  ],
  'weights and routes': [
    ['a weight below 0', withCanary({ canaryPercent: -1 }), 'app/mesh/gw/chat: `canaryPercent` is not a percentage; got -1; allowed: whole numbers from 0 to 100; correct `canaryPercent`'],
    ['a weight above 100', withCanary({ canaryPercent: 101 }), 'got 101'],
    ['a weight that is not whole', withCanary({ canaryPercent: 2.5 }), 'got 2.5'],
    ['a canary that is its stable', (mesh) => {
      const agent = services(mesh);
      gatewayIn(mesh).addCanary('chat', { stable: agent.version('v1'), canary: agent.version('v1'), canaryPercent: 5 });
    }, 'app/mesh/gw/chat: the canary and the stable version are the same target; got "agent agent v1"; allowed: two different targets; set `canary` to the new version, or use addRoute for a single target'],
    ['a canary pool that is its stable', (mesh) => {
      const pool = gatewayIn(mesh).addPool('llm', { workload: deploy() });
      new CanaryRoute(mesh.node.findChild('gw') as InferenceGateway, 'chat', { stable: pool, canary: pool, canaryPercent: 5 });
    }, 'the canary and the stable version are the same target; got "pool llm"'],
    ['a canary without a parent', (mesh) => { const agent = services(mesh); new CanaryRoute(mesh, 'chat', { stable: agent.version('v1'), canary: agent.version('v2'), canaryPercent: 5 }); },
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
    }, 'app/mesh/other/r: the route r of gateway other targets a pool of gateway gw, whose pods accept requests of that gateway alone; got "pool llm"'],
    ['two routes for the same requests', (mesh) => {
      const agent = services(mesh);
      const gateway = gatewayIn(mesh);
      gateway.addRoute('one', { target: agent.version('v1') });
      gateway.addRoute('two', { target: agent.version('v2') });
    }, 'app/mesh/gw/two: routes one and two of gateway gw match the same requests; got {"pathPrefixes":["/"]}'],
    ['two routes whose prefixes only look different', (mesh) => {
      const agent = services(mesh);
      const gateway = gatewayIn(mesh);
      gateway.addRoute('one', { target: agent.version('v1'), pathPrefix: '/v1' });
      gateway.addRoute('two', { target: agent.version('v2'), pathPrefix: '/v1/' });
    }, 'routes one and two of gateway gw match the same requests'],
    ['two constructs of one brought Gateway with routes for the same requests', (mesh) => {
      const agent = services(mesh);
      for (const [id, version] of [['a', 'v1'], ['b', 'v2']]) {
        InferenceGateway.fromGatewayName(mesh, id, { gatewayName: 'corp', namespace: 'ingress', hostnames: ['a.example'] }).addRoute(`r-${id}`, { target: agent.version(version) });
      }
    }, 'routes r-a and r-b of gateway corp match the same requests'],
    ['a route to an agent of another mesh', (mesh, chart) => { gatewayIn(mesh).addRoute('r', { target: new Agent(otherMesh(chart), 'far', { workload: deploy() }).version() }); }, 'agent far belongs to another mesh, whose policies deny requests from this one'],
    ['a pool of servers of another mesh', (mesh, chart) => { gatewayIn(mesh).addPool('llm', { workload: new Agent(otherMesh(chart), 'far', { workload: deploy() }).version() }); }, 'agent far belongs to another mesh'],
    ['a pool behind a gateway of another mesh', (mesh, chart) => { new InferencePool(mesh, 'llm', { workload: deploy(), gateway: gatewayIn(otherMesh(chart)) }); }, 'gateway gw belongs to another mesh'],
    ['a route of a gateway of another mesh', (mesh, chart) => { new InferenceRoute(mesh, 'r', { target: new Agent(mesh, 'agent', { workload: deploy() }).version(), gateway: gatewayIn(otherMesh(chart)) }); }, 'gateway gw belongs to another mesh'],
    ['a route to what has no Service', (mesh) => { gatewayIn(mesh).addRoute('r', { target: new Agent(mesh, 'agent', { workload: deploy(), service: false }).version() }); }, 'a route cannot send requests to agent agent: it is neither a pool nor a version of an agent with a Service'],
    ['a route to a workload without a place', (mesh) => { gatewayIn(mesh).addRoute('r', { target: deploy() }); }, `a route cannot send requests to ${IMAGE}: it is neither a pool nor a version of an agent with a Service`],
    ['a route to a Service that a pool took away', (mesh) => {
      const agent = services(mesh);
      const gateway = gatewayIn(mesh);
      gateway.addRoute('r', { target: agent.version('v1') });
      gateway.addPool('llm', { workload: agent.version('v1') });
    }, 'route r targets agent agent v1, which has no Service because a pool serves it'],
    ['a route to a Service that a pool took away, patched', (mesh) => {
      const agent = services(mesh);
      const gateway = gatewayIn(mesh);
      ApiObject.of(gateway.addRoute('r', { target: agent.version('v1') })).addJsonPatch(JsonPatch.add('/metadata/annotations', {}));
      gateway.addPool('llm', { workload: agent.version('v1') });
    }, 'route r targets agent agent v1, which has no Service because a pool serves it'],
    ['a route to a Service that a pool took away from a door of agentgateway, patched', (mesh) => {
      const agent = services(mesh);
      const gateway = gatewayIn(mesh);
      ApiObject.of(gateway.addCanary('r', { stable: agent.version('v1'), canary: agent.version('v2'), canaryPercent: 5 })).addJsonPatch(JsonPatch.add('/metadata/annotations', {}));
      gateway.addPool('llm', { workload: agent.version('v1') });
    }, 'no endpoint picker can choose among the pods of pool llm', { gateway: GatewayProvider.istioAgentgateway() }],
    ['a canary in the mesh whose version a pool took away, patched', (mesh) => {
      const agent = services(mesh);
      ApiObject.of(agent.addCanary('r', { stable: agent.version('v1'), canary: agent.version('v2'), canaryPercent: 5 })).addJsonPatch(JsonPatch.add('/metadata/annotations', {}));
      gatewayIn(mesh).addPool('llm', { workload: agent.version('v2') });
    }, 'route r targets agent agent v2, which has no Service because a pool serves it'],
    ['retries on the standard channel', withCanary({ retries: { attempts: 2 } }), 'retries are not supported here: HTTPRoute has retries only in the experimental channel of the Gateway API'],
    ['no attempts', withCanary({ retries: { attempts: 0 } }), '`attempts` of the retries is out of range; got 0', { cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) }],
    ['a code that cannot be retried', withCanary({ retries: { attempts: 1, codes: [200] } }), '`codes` of the retries has a status code that cannot be retried; got [200]', { cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) }],
  ],
  'grants': [
    ['a caller of a trust domain that is not trusted', (mesh) => { boundaryIn(mesh).grantAllTools(Identity.of({ namespace: 'n', serviceAccount: 's', trustDomain: 'other.example' })); },
      'app/mesh/crm: the mesh does not trust the trust domain of identity other.example:n/s; got "other.example"; allowed: cluster.local; add it to `trustedDomains` of the callee\'s mesh, if both have a common root of trust'],
    ['an agent of a mesh that is not trusted', (mesh, chart) => {
      const other = new AgentMesh(chart, 'other', { namespace: 'far', cluster: Cluster.of({ trustDomain: 'far.example' }), mesh: MeshProvider.istioAmbient(), gateway: GatewayProvider.istio() });
      boundaryIn(mesh).grantAllTools(new Agent(other, 'stranger', { workload: existing('stranger') }));
    }, 'the mesh does not trust the trust domain of agent stranger; got "far.example"'],
    ['a tool that the boundary has not', (mesh) => { boundaryIn(mesh).grantTools(['refnd'], Identity.of({ namespace: 'n', serviceAccount: 's' })); },
      'app/mesh/crm: the tool server crm has no such tool; got "refnd"; allowed: find_customer, refund; use one of its tools, or add the name to `tools`'],
    ['a grant of one tool, which nobody in the path reads', (mesh) => { boundaryIn(mesh).grantTools(['refund'], Identity.of({ namespace: 'n', serviceAccount: 's' })); },
      /app\/mesh\/crm: no component in the path can enforce a grant of one tool of crm: Envoy reads paths, methods and headers, not the MCP messages in the body; got "refund"; allowed: grantAllTools with MeshProvider\.istioAmbient and no McpProvider; or a server of MCP 2026-07-28 that rejects requests whose headers differ from their body \(`enforcesMirroredHeaders`\); use McpProvider\.agentgateway for this grant, or grantAllTools if each caller may use every tool \[AM002\] \(test\/rejected\/rejected\.test\.ts:\d+\)$/],
    ['a grant to nobody', (mesh) => { boundaryIn(mesh).grantAllTools(); }, 'the grant has no callers; got []'],
    ['a grant to everybody without a ServiceAccount', (mesh) => { boundaryIn(mesh).grantAllTools(Identity.of({ namespace: 'n', serviceAccount: 'default' })); }, 'uses the ServiceAccount "default", which is shared by every pod'],
    ['a grant to a pattern', (mesh) => { boundaryIn(mesh).grantAllTools(Identity.of({ namespace: 'n', serviceAccount: '*' })); }, 'the ServiceAccount is not a valid Kubernetes name; got "*"'],
    ['a grant to a namespace pattern', (mesh) => { boundaryIn(mesh).grantAllTools(Identity.of({ namespace: '*', serviceAccount: 'a' })); }, 'the namespace of a caller is not a valid Kubernetes name'],
    ['a grant of an agent that has nothing to call', (mesh) => { new Agent(mesh, 'agent', { workload: deploy(), service: false }).grantCall(Identity.of({ namespace: 'n', serviceAccount: 's' })); },
      'app/mesh/agent: agent agent has grants but no Service that callers could use; got ["identity n/s"]'],
  ],
  'workloads': [
    ['an agent without a workload', (mesh) => { new Agent(mesh, 'agent', {}).grantCall(Identity.of({ namespace: 'n', serviceAccount: 's' })); }, ['AM216', 'app/mesh/agent: agent agent has no workload; got nothing']],
    ['pods in a namespace that the mesh was not told to take', (mesh) => { new Agent(mesh, 'agent', { workload: existing('a', { namespace: 'prod' }) }); },
      'app/mesh/agent: agent agent runs in a namespace that is not in the mesh; got "prod"; allowed: voice; list it in `existingNamespaces`'],
    ['tools in a namespace that the mesh was not told to take', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(existing('crm', { namespace: 'prod' }), { tools: ['a'] }) }); }, 'tool server crm runs in a namespace that is not in the mesh; got "prod"'],
    ['tools behind a proxy in a namespace that the mesh was not told to take', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(existing('crm-mcp', { namespace: 'prod', service: { name: 'crm-mcp', port: 80 } }), { tools: ['a'] }) }); },
      'tool server crm runs in a namespace that is not in the mesh; got "prod"', { mcp: McpProvider.agentgateway() }],
    ...['istio-system', 'kube-node-lease', 'kube-public', 'kube-system', 'linkerd', 'linkerd-multicluster'].map((namespace): Refused =>
      [`a namespace of the system (${namespace})`, (mesh) => { new Agent(mesh, 'agent', { workload: deploy(), namespace }); }, `app/mesh: the mesh would deny by default in a system namespace; got ["${namespace}"]`]),
    ['a version that the library would deploy where only the team runs one', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('a', { namespace: 'prod' }), v2: deploy() } }); }, 'the versions of an agent have different identities; got "voice/a"; allowed: prod/a', { existingNamespaces: ['prod'] }],
    ['an existing ServiceAccount that everybody has', withDeployment({ existingServiceAccount: 'default' }), 'uses the ServiceAccount "default", which is shared by every pod'],
    ['a selector that finds a gateway\'s proxies', (mesh) => { new Agent(mesh, 'agent', { workload: existing('a', { labels: { 'gateway.networking.k8s.io/gateway-name': 'voice-gw-inner' } }) }); }, 'the selector uses a label of the mesh, so it may select the proxies of a gateway; got "gateway.networking.k8s.io/gateway-name"'],
    ['a Service that Kubernetes cannot name', (mesh) => { new Agent(mesh, 'agent', { workload: existing('a', { service: { name: 'A', port: 80 } }) }); }, 'the name of the Service is not a valid Kubernetes name'],
    ['a Service with the name of a waypoint\'s', (mesh) => { new McpToolBoundary(mesh, 'voice-waypoint', { server: McpServer.of(existing('crm'), { tools: ['t'] }) }); }, 'tool server voice-waypoint has the same name as an object that is generated for waypoint voice-waypoint; got "voice-waypoint"'],
    ['a version with the id of the ServiceAccount', (mesh) => { new Agent(mesh, 'agent', { versions: { 'service-account': deploy() } }); }, 'a version has the construct id of the agent\'s ServiceAccount'],
    ['writable paths that cannot be mounted', withDeployment({ writablePaths: ['/a', '/a'] }), '`writablePaths` has a path that cannot be mounted, or the same path twice; got ["/a","/a"]'],
    ['what no Deployment can be made of, patched', (mesh) => {
      const agent = new Agent(mesh, 'agent', { workload: Workload.deploy({ image: IMAGE, ports: [Port.http(8000), Port.http(8000)] }) });
      ApiObject.of(agent.node.findChild('deployment')).addJsonPatch(JsonPatch.add('/spec/template/metadata/annotations', {}));
    }, '`ports` has an invalid or repeated port; got [8000,8000]'],
    ['a writable path with a colon', withDeployment({ writablePaths: ['/a:b'] }), '`writablePaths` has a path that cannot be mounted, or the same path twice'],
    ['a reference to a Secret that is none', withDeployment({ secretEnv: { A: { secretName: 'S', key: 'k' } } }), 'a reference to a Secret is not valid in Kubernetes'],
    ['a key of a Secret that is none', withDeployment({ secretEnv: { A: { secretName: 's', key: 'a b' } } }), 'a reference to a Secret is not valid in Kubernetes'],
    ['a variable that is not text', withDeployment({ env: { N: 4 } }), 'Workload.deploy: `env.N` has the wrong type; got 4; allowed: a string; put it in quotes [AM003]'],
    ['an agent outside the mesh\'s scope with the name of another', (mesh, chart) => { new Agent(mesh, 'a', { workload: existing('a') }); new Agent(chart, 'b', { mesh, name: 'a', workload: existing('b') }); }, 'app/b/workload-policy: two objects are the same object on the cluster; the other object is app/mesh/a/workload-policy'],
    ['a port of ztunnel', (mesh) => { new Agent(mesh, 'agent', { workload: deploy([15008]) }); }, 'the workload uses a port of the mesh\'s own proxy; got [15008]'],
    ['a Service asked for before what already runs', (mesh) => { new Agent(mesh, 'agent', { workload: existing('a'), service: true }); }, 'the library creates no Service for existing pods, so these props have no effect; got {"service":true}'],
    ['a version without a name', (mesh) => { new Agent(mesh, 'agent', { versions: { '': deploy(), 'v1': deploy() } }); }, 'a version cannot be added to this agent; got [""]'],
    ['an empty namespace', (mesh) => { new Agent(mesh, 'agent', { workload: deploy(), namespace: '' }); }, 'the namespace is not a valid Kubernetes name; got ""'],
    ['an empty selector', (mesh) => { new Agent(mesh, 'agent', { workload: existing('a', { labels: {} }) }); }, 'app/mesh/agent: the selector is empty and would match every pod of the namespace; got {}; allowed: at least one label; set the labels of the pods'],
    ['a selector that finds another\'s pods', (mesh) => {
      new Agent(mesh, 'one', { workload: existing('one', { labels: { app: 'x' } }) });
      new Agent(mesh, 'two', { workload: existing('two', { labels: { app: 'x', tier: 'y' } }) });
    }, 'app/mesh/one: the selector of agent one also matches the pods of agent two and would open them to the same callers; got {"app":"x"}'],
    ['a selector that finds another\'s pods by a label of its deployment', (mesh) => {
      new Agent(mesh, 'one', { workload: existing('one', { labels: { app: 'x' } }) });
      new Agent(mesh, 'two', { workload: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], podLabels: { app: 'x' } }) });
    }, 'app/mesh/one: the selector of agent one also matches the pods of agent two and would open them to the same callers; got {"app":"x"}'],
    ['a ServiceAccount that two agents share', (mesh) => {
      new Agent(mesh, 'one', { workload: existing('one') });
      new Agent(mesh, 'two', { workload: existing('two', { serviceAccount: 'one' }) });
    }, 'app/mesh/two: agent two shares the ServiceAccount of agent one, so a grant to one is a grant to both; got "voice/one"'],
    ['an agent with the identity of a gateway', (mesh) => { story(mesh); new Agent(mesh, 'sly', { workload: existing('sly', { serviceAccount: 'voice-gw-inner-istio' }) }); }, 'agent sly shares the ServiceAccount of the inner gateway of voice-gw'],
    ['an agent with the identity of a waypoint', (mesh) => { story(mesh); new Agent(mesh, 'sly', { workload: existing('sly', { serviceAccount: 'voice-waypoint' }) }); }, 'agent sly shares the ServiceAccount of waypoint voice-waypoint'],
    ['an agent with the default ServiceAccount', (mesh) => { new Agent(mesh, 'agent', { workload: existing('a', { serviceAccount: 'default' }) }); }, 'uses the ServiceAccount "default", which is shared by every pod'],
    ['versions of two identities', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('one'), v2: existing('two') } }); }, 'the versions of an agent have different identities; got "voice/two"; allowed: voice/one'],
    ['a workload in two places', (mesh) => { const workload = deploy(); new Agent(mesh, 'one', { workload }); new Agent(mesh, 'two', { workload }); }, 'app/mesh/two: the workload is already used by agent one; got "agent two"'],
    ['no ports of a tool server', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([]), { tools: ['t'] }) }); }, 'the tool server crm has no port that callers can use; got []; allowed: a TCP port in `ports`; add the port of its MCP endpoint to `ports`'],
    ['no ports of the servers of a pool', (mesh) => { gatewayIn(mesh).addPool('llm', { workload: deploy([]) }); }, 'no port can serve the pool: `ports` of servers of pool llm is empty; got []; allowed: a TCP port in `ports`; add the serving port to `ports`'],
    ['no ports of a version that would serve a pool', (mesh) => { gatewayIn(mesh).addPool('llm', { workload: new Agent(mesh, 'agent', { workload: deploy([]) }).version() }); }, 'no port can serve the pool: `ports` of agent agent is empty'],
    ['no ports of a picker', (mesh) => withPool({ picker: EndpointPicker.existing(existing('p', { ports: [], service: { name: 'p', port: 9002 } })) })(mesh, undefined!), 'the target port of the Service is not a port of the workload; got nothing'],
    ['a Service before what listens on nothing', (mesh) => { new Agent(mesh, 'agent', { workload: deploy([]), service: true }); }, 'a workload without a TCP port gets no Service, so these props have no effect; got {"service":true}; allowed: these props for versions with `ports`; add the port to `ports`, or remove these props'],
    ['a port of the Service before what listens on nothing', (mesh) => { new Agent(mesh, 'agent', { workload: deploy([]), servicePort: 80 }); }, 'a workload without a TCP port gets no Service, so these props have no effect'],
    ['a circuit breaker of a version that listens on nothing', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy([]) }, circuitBreaker: {} }); }, 'a workload without a TCP port gets no Service, so these props have no effect'],
    ['a waypoint before what listens on nothing', (mesh) => { new Agent(mesh, 'agent', { workload: deploy([]), waypoint: new Waypoint(mesh, 'way') }); }, 'a waypoint cannot inspect requests to agent agent: it has no Service; got "way"; allowed: a workload with a Service'],
    ['a waypoint before what has no Service', (mesh) => { new Agent(mesh, 'agent', { workload: deploy(), service: false, waypoint: new Waypoint(mesh, 'way') }); }, 'a waypoint cannot inspect requests to agent agent: it has no Service'],
    ['a token for what listens on nothing', withDeployment({ ports: [], jwt: { issuer: 'i', jwksUri: 'https://i.example.com/keys' } }), 'no proxy inspects the requests to agent agent: it has no port that callers use; got ["jwt"]'],
    ['an authorizer of what has ports of media alone', withDeployment({ ports: [], mediaPorts: [MediaPort.udp(3478)], externalAuthorizer: { provider: 'opa', serviceName: 'opa', serviceNamespace: 'opa' } }), 'no proxy inspects the requests to agent agent: it has no port that callers use; got ["externalAuthorizer"]'],
    ['the health of what listens on nothing', withDeployment({ ports: [], healthPath: '/healthz' }), '`healthPath` is set, but the workload has no port to probe; got "/healthz"; allowed: `healthPath` for a workload with a TCP port; remove `healthPath`, or add the port to `ports`'],
    ['a route to what listens on nothing', (mesh) => { gatewayIn(mesh).addRoute('r', { target: new Agent(mesh, 'agent', { workload: deploy([]) }).version() }); }, 'a route cannot send requests to agent agent: it is neither a pool nor a version of an agent with a Service'],
    ['a port twice', (mesh) => { new Agent(mesh, 'agent', { workload: deploy([80, 80]) }); }, 'got [80,80]'],
    ['a port out of range', (mesh) => { new Agent(mesh, 'agent', { workload: existing('a', { ports: [Port.http(70000)] }) }); }, 'got [70000]'],
    ['a Service port that is none', (mesh) => { new Agent(mesh, 'agent', { workload: deploy(), servicePort: 0 }); }, '`servicePort` is not a valid port; got 0'],
    ['a stated Service port that is none', (mesh) => { new Agent(mesh, 'agent', { workload: existing('a', { service: { name: 'a', port: 0 } }) }); }, 'the port of the Service is not a valid port; got 0'],
    ['a Service that leads to a port that is not served', (mesh) => { new Agent(mesh, 'agent', { workload: existing('a', { service: { name: 'a', port: 80, targetPort: 81 } }) }); }, 'the target port of the Service is not a port of the workload; got 81; allowed: 8000'],
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
    ['a secret in the manifest', withDeployment({ env: { OPENAI_API_KEY: 'sk-1' } }), 'an environment variable looks like a secret and would be written to the manifest; got "OPENAI_API_KEY"; allowed: references to Secrets; use `secretEnv`'],
    ['a secret in the manifest under another name', withDeployment({ env: { DATABASE: 'postgres://app:hunter2@db/app' } }), 'an environment variable looks like a secret (a URL with a password) and would be written to the manifest; got "DATABASE"; allowed: references to Secrets; use `secretEnv`'],
    ['a secret by its name and its value', withDeployment({ env: { 'db.password': '-----BEGIN PRIVATE KEY-----' } }), 'an environment variable looks like a secret (a private key) and would be written to the manifest; got "db.password"'],
    ['a secret among the arguments', withDeployment({ args: ['serve', '--token=abc'] }), 'an argument looks like a secret (a flag with the name of a secret) and would be written to the manifest; got "args[1]"; allowed: references to Secrets; use `secretEnv` and refer to the variable as in "$(NAME)"'],
    ['a secret in the command', withDeployment({ command: ['/bin/x', 'https://u:p@example.com'] }), 'an argument looks like a secret (a URL with a password) and would be written to the manifest; got "command[1]"'],
    ['a variable set twice', withDeployment({ env: { A: '1' }, secretEnv: { A: { secretName: 's', key: 'k' } } }), 'an environment variable is set twice; got "A"'],
    ['a variable that Kubernetes refuses', withDeployment({ env: { '1A': '1' } }), 'the name of an environment variable is not valid in Kubernetes; got "1A"'],
    ['a label that takes the pod out of the mesh', withDeployment({ podLabels: { 'istio.io/dataplane-mode': 'none' } }), 'a pod label is reserved for the mesh or for the library; got "istio.io/dataplane-mode"'],
    ['a label that puts the pod behind a gateway', withDeployment({ podLabels: { 'gateway.networking.k8s.io/gateway-name': 'voice-gw-inner' } }), 'a pod label is reserved for the mesh or for the library'],
    ['a label that is the library\'s', withDeployment({ podLabels: { 'app.kubernetes.io/name': 'crm' } }), 'a pod label is reserved for the mesh or for the library'],
    ['a label that Kubernetes refuses', withDeployment({ podLabels: { 'a b': 'c' } }), 'a label is not valid in Kubernetes'],
  ],
  'pools': [
    ['a port that the workload does not serve', withPool({ targetPorts: [9000] }), 'app/mesh/gw/llm: a port of the pool is not a port of servers of pool llm; got 9000; allowed: 8000; use a port of the workload, or add the port to its `ports`'],
    ['a metrics port that the workload does not serve', withPool({ metricsPort: 9100 }), 'a port of the pool is not a port of servers of pool llm; got 9100'],
    ['more than 8 ports', withPool({ targetPorts: [1, 2, 3, 4, 5, 6, 7, 8, 9] }, [1, 2, 3, 4, 5, 6, 7, 8, 9]), 'the pool has no target ports, too many, or a repeated one; got [1,2,3,4,5,6,7,8,9]; allowed: 1 to 8 different ports'],
    ['repeated ports', withPool({ targetPorts: [8000, 8000] }), 'the pool has no target ports, too many, or a repeated one; got [8000,8000]'],
    ['no ports', withPool({ targetPorts: [] }), 'the pool has no target ports, too many, or a repeated one; got []'],
    ['an inner port that needs privileges', withPool({ innerPort: 80 }), '`innerPort` is not a port on which a gateway can listen; got 80'],
    ['an inner port of the proxy itself', withPool({ innerPort: 15008 }), ['AM205', 'the inner port of pool llm is also a port of the proxy itself; got 15008']],
    ['an inner port that the servers listen on', withPool({ innerPort: 8000 }), 'the inner port of pool llm is also a port of servers of pool llm'],
    ['more pools than a Gateway can have listeners', (mesh) => {
      const gateway = gatewayIn(mesh);
      for (let i = 0; i < 65; i++) gateway.addPool(`p${i}`, { workload: deploy(), innerPort: 20_000 + i });
    }, 'gateway gw has more pools in namespace voice than a Gateway can have listeners; got 65; allowed: at most 64'],
    ['a picker that a pool of the team does not name', (mesh) => { InferencePool.fromPoolName(gatewayIn(mesh), 'llm', { poolName: 'llm', workload: existing('vllm'), picker: EndpointPicker.deploy() }); }, 'existing pool llm cannot use an endpoint picker that is deployed here'],
    ['a picker in another namespace than its pool', (mesh) => {
      const picker = EndpointPicker.existing(existing('picker', { namespace: 'far', ports: [Port.http(9002)], service: { name: 'picker', port: 9002 } }));
      gatewayIn(mesh).addPool('llm', { workload: deploy(), picker });
    }, 'the endpoint picker of pool llm is in another namespace, where gateways do not find it; got "far"', { existingNamespaces: ['far'] }],
    ['a pool of a tool server', (mesh) => {
      const server = deploy([8080]);
      new McpToolBoundary(mesh, 'crm', { server: McpServer.of(server, { tools: ['t'] }) });
      gatewayIn(mesh).addPool('llm', { workload: server });
    }, 'tool server crm cannot serve a pool: it can only be called by granted callers'],
    ['an inner port on which pickers serve metrics', withPool({ innerPort: 9090 }), 'the inner port of pool llm is also a port of picker of pool llm'],
    ['a picker whose Service goes through a waypoint', (mesh) => {
      const picker = EndpointPicker.existing(existing('picker', { ports: [Port.http(9002)], service: { name: 'picker', port: 9002, labels: { 'istio.io/use-waypoint': 'wp' } } }));
      gatewayIn(mesh).addPool('llm', { workload: deploy(), picker });
    }, 'the Service of picker of pool llm goes through waypoint wp, which would deny its callers'],
    ['a picker whose Service gateways reach through a waypoint', (mesh) => {
      const picker = EndpointPicker.existing(existing('picker', { ports: [Port.http(9002)], service: { name: 'picker', port: 9002, labels: { 'istio.io/ingress-use-waypoint': 'true' } } }));
      gatewayIn(mesh).addPool('llm', { workload: deploy(), picker });
    }, 'the Service of picker of pool llm goes through the waypoint of its namespace, which would deny its callers'],
    ['two pools of one inner port', (mesh) => {
      const gateway = gatewayIn(mesh);
      gateway.addPool('a', { workload: deploy(), innerPort: 20001 });
      gateway.addPool('b', { workload: deploy(), innerPort: 20001 });
    }, 'app/mesh/gw/b: the inner port of pool b is also a port of pool a; got 20001; allowed: a port that nothing else in the namespace listens on; set another `innerPort`'],
    ['a picker of the team that the library would deploy', (mesh) => withPool({ picker: EndpointPicker.existing(deploy([9002])) })(mesh, undefined!), 'the picker of pool llm is not an existing picker with a Service'],
    ['a picker of the team without a Service', (mesh) => withPool({ picker: EndpointPicker.existing(existing('p')) })(mesh, undefined!), 'the picker of pool llm is not an existing picker with a Service'],
    ['a picker that may not call the Kubernetes API', (mesh) => withPool({ picker: EndpointPicker.existing(existing('p', { ports: [Port.http(9002)], service: { name: 'p', port: 9002 }, egress: {} })) })(mesh, undefined!),
      'the picker of pool llm watches the pods of its pool at the Kubernetes API, but its `egress` does not allow that; got []; allowed: `kubernetesApiCidrs` in its `egress`'],
    ['a picker that speaks something else than HTTP', (mesh) => withPool({ picker: EndpointPicker.existing(existing('p', { ports: [Port.tcp(9002)], service: { name: 'p', port: 9002 } })) })(mesh, undefined!),
      'the picker of pool llm is called over gRPC, but its port does not speak HTTP: it is `Port.tcp(9002)`; got 9002; allowed: a port that speaks gRPC; declare the port as `Port.grpc(9002)`'],
    ['servers that speak something else than HTTP', (mesh) => withPool({ workload: Workload.deploy({ image: IMAGE, ports: [Port.tcp(8000), Port.tcp(9000)] }) })(mesh, undefined!),
      'a target port of the pool does not speak HTTP: it is `Port.tcp(8000)` in servers of pool llm; got [8000]; allowed: target ports that speak HTTP; declare the port as `Port.http(8000)` if it speaks HTTP, or choose other `targetPorts`'],
    ['a picker that scores nothing', withPool({ picker: EndpointPicker.deploy({ prefixCacheWeight: 0, kvCacheWeight: 0, queueDepthWeight: 0 }) }), 'the weights of the picker are all zero, or one is not a number from 0'],
    ['a picker with a negative weight', withPool({ picker: EndpointPicker.deploy({ kvCacheWeight: -1 }) }), 'the weights of the picker are all zero, or one is not a number from 0'],
    ['a picker without a tag', withPool({ picker: EndpointPicker.deploy({ image: 'epp' }) }), 'the image has no fixed version; got "epp"'],
    ['no picker at all', withPool({ picker: EndpointPicker.deploy({ replicas: 0 }) }), '`replicas` is out of range; got 0'],
    ['a picker without CPU', withPool({ picker: EndpointPicker.deploy({ cpuMillis: 0 }) }), '`cpuMillis` is out of range'],
    ['a picker without memory', withPool({ picker: EndpointPicker.deploy({ memoryMebibytes: 0 }) }), '`memoryMebibytes` is out of range'],
  ],
  'gateways': [
    ['a gateway that is enrolled while mTLS is STRICT', (mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, infrastructureLabels: { 'istio.io/dataplane-mode': 'ambient' } }); },
      'app/mesh/gw: the edge gateway is enrolled in ambient, where mTLS is STRICT: every client from outside would be denied; got {"istio.io/dataplane-mode":"ambient"}; allowed: an edge gateway that is not enrolled; remove the label; the inner gateway in front of the pools is enrolled automatically'],
    ['more infrastructure labels than the Gateway API takes', (mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, infrastructureLabels: Object.fromEntries('abcdefgh'.split('').map((key) => [key, 'x'])) }); }, 'the gateway has too many infrastructure labels'],
    ['an infrastructure label that Kubernetes refuses', (mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, infrastructureLabels: { 'a b': 'x' } }); }, 'a label is not valid in Kubernetes'],
    ['a gateway of a mode that Istio does not know', (mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, infrastructureLabels: { 'istio.io/dataplane-mode': 'on' } }); }, 'got {"istio.io/dataplane-mode":"on"}'],
    ['a host that is an address', (mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, hostnames: ['10.0.0.1'] }); }, 'a hostname is not valid for a Gateway; got "10.0.0.1"'],
    ['a brought gateway in a namespace that Kubernetes refuses', (mesh) => { InferenceGateway.fromGatewayName(mesh, 'gw', { gatewayName: 'gw', namespace: 'A', hostnames: ['a.example'] }); }, 'the namespace of the gateway is not a valid Kubernetes name'],
    ['an infrastructure label that is dropped', (mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, infrastructureLabels: { 'gateway.networking.k8s.io/x': 'y' } }); }, 'an infrastructure label uses a prefix of the Gateway API, which ignores such labels'],
    ['a brought gateway whose namespace the mesh closes later', (mesh) => {
      InferenceGateway.fromGatewayName(mesh, 'gw', { gatewayName: 'corp', namespace: 'ingress', hostnames: ['a.example'] });
      new Agent(mesh, 'agent', { workload: deploy(), namespace: 'ingress' });
    }, ['AM207', 'app/mesh/gw: gateway corp would be blocked by the deny-all policy of its namespace, which joined the mesh after the gateway was declared; got "ingress"']],
    ['more hosts than a route can name', (mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, hostnames: Array.from({ length: 17 }, (_, i) => `h${i}.example`) }); }, 'the gateway has more hosts than one HTTPRoute can name; got 17'],
    ['a host with a scheme', (mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, hostnames: ['https://a.example.com'] }); }, 'a hostname is not valid for a Gateway; got "https://a.example.com"'],
    ['no hosts', (mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, hostnames: [] }); }, 'the gateway has no hosts, or names one twice; got []'],
    ['a host twice', (mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, hostnames: ['a.example', 'a.example'] }); }, 'the gateway has no hosts, or names one twice'],
    ['a Secret that Kubernetes refuses', (mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, tls: { secretName: 'A' } }); }, 'the name of a Secret or ConfigMap of the gateway is not valid in Kubernetes; got "A"'],
    ['a Secret in a namespace that Kubernetes refuses', (mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, tls: { secretName: 'a', secretNamespace: 'A' } }); }, 'the namespace of the Secret is not a valid Kubernetes name'],
    ['client certificates on Istio 1.30', (mesh) => { new InferenceGateway(mesh, 'gw', { ...hosts, tls: { secretName: 'a', clientCaConfigMapName: 'ca' } }); },
      'client certificates cannot be verified: Istio 1.30 does not verify the certificates of a Gateway\'s clients; got "ca"; allowed: no `clientCaConfigMapName` with the stated release and provider, or IstioRelease.V1_31', { cluster: Cluster.of({ istioRelease: IstioRelease.V1_30 }) }],
    ['a brought gateway with the default ServiceAccount', (mesh) => { InferenceGateway.fromGatewayName(mesh, 'gw', { gatewayName: 'gw', namespace: 'edge', hostnames: ['a.example'], serviceAccount: 'default' }); }, 'uses the ServiceAccount "default", which is shared by every pod'],
  ],
  'tool servers and waypoints': [
    ['a waypoint of another mesh', (mesh, chart) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy(), { tools: ['a'] }), waypoint: new Waypoint(otherMesh(chart), 'wp') }); }, 'waypoint wp belongs to another mesh'],
    ['a waypoint before what has no Service that is known', (mesh) => { new Agent(mesh, 'agent', { workload: existing('a'), waypoint: new Waypoint(mesh, 'wp') }); }, 'a waypoint cannot inspect requests to agent agent: no Service of its existing pods is known'],
    ['a namespace bound that is not one of the mesh', (mesh) => { new Waypoint(mesh, 'wp').bindNamespace('voicee'); }, 'the namespace is not in the mesh; got "voicee"; allowed: voice'],
    ['a tool server that already is an agent', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(new Agent(mesh, 'agent', { workload: deploy() }).version(), { tools: ['a'] }) }); }, 'the workload is already used by agent agent; got "tool server crm"'],
    ['no tools', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy(), { tools: [] }) }); }, 'the boundary has no tools; got []'],
    ['a tool that would speak to the terminal', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy(), { tools: ['\u001b[2Jx'] }) }); }, 'the name of a tool is not valid in MCP; got "\\u001b[2Jx"'],
    ['a tool twice', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy(), { tools: ['a', 'a'] }) }); }, 'the name of a tool is ambiguous: it is listed twice; got "a"'],
    ['a path that a policy would read as a pattern', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy(), { tools: ['a'], path: '/mcp*' }) }); }, 'the path of the MCP endpoint is not a plain path; got "/mcp*"'],
    ['a path with a template', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy(), { tools: ['a'], path: '/{**}' }) }); }, 'the path of the MCP endpoint is not a plain path'],
    ['a Service port that is none', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy(), { tools: ['a'] }), servicePort: 1.5 }); }, '`servicePort` is not a valid port; got 1.5'],
    ['a Service of the team that is not said to be labelled', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(existing('crm', { service: { name: 'crm', port: 80 } }), { tools: ['a'] }) }); },
      'app/mesh/crm: requests to tool server crm would not go through waypoint voice-waypoint: the existing Service crm is not declared with its labels; got {}; allowed: {"istio.io/use-waypoint":"voice-waypoint"}; label the Service and declare the `labels` of the `service` in Workload.existing; or create a Waypoint, bind the namespace to it (bindNamespace) and pass it as `waypoint`'],
    ['a Service of the team labelled for another waypoint', (mesh) => {
      new McpToolBoundary(mesh, 'crm', { server: McpServer.of(existing('crm', { service: { name: 'crm', port: 80, labels: { 'istio.io/use-waypoint': 'other' } } }), { tools: ['a'] }) });
    }, 'got {"istio.io/use-waypoint":"other"}; allowed: {"istio.io/use-waypoint":"voice-waypoint"}'],
    ['a Service of the team labelled without the namespace of the waypoint', (mesh) => {
      const waypoint = new Waypoint(mesh, 'wp', { namespace: 'shared' });
      new McpToolBoundary(mesh, 'crm', { waypoint, server: McpServer.of(existing('crm', { service: { name: 'crm', port: 80, labels: { 'istio.io/use-waypoint': 'wp' } } }), { tools: ['a'] }) });
    }, 'allowed: {"istio.io/use-waypoint":"wp","istio.io/use-waypoint-namespace":"shared"}'],
    ['a Service of the team that a gateway would reach past its waypoint', (mesh) => {
      const waypoint = new Waypoint(mesh, 'wp');
      const agent = new Agent(mesh, 'agent', { waypoint, workload: existing('a', { service: { name: 'a', port: 80, labels: { 'istio.io/use-waypoint': 'wp' } } }) });
      gatewayIn(mesh).addRoute('r', { target: agent.version() });
    }, 'allowed: {"istio.io/ingress-use-waypoint":"true"}'],
    ['callers of what a bound namespace sends to a waypoint', (mesh) => {
      new Waypoint(mesh, 'wp').bindNamespace('voice');
      new Agent(mesh, 'agent', { workload: existing('a') }).grantCall(Identity.of({ namespace: 'n', serviceAccount: 's' }));
    }, 'the namespace of agent agent is bound to waypoint wp, which would deny its callers; got "no Service is known"'],
    ['a namespace bound twice', (mesh) => { new Waypoint(mesh, 'a').bindNamespace('voice'); new Waypoint(mesh, 'b').bindNamespace('voice'); }, 'the namespace is bound to two waypoints; got ["a","b"]'],
    ['a waypoint of the team that nobody closes', (mesh) => { Waypoint.fromGatewayName(mesh, 'wp', { gatewayName: 'shared', namespace: 'platform' }); }, ['AM302', 'waypoint shared is in a namespace outside the mesh, so the mesh does not deny requests to it by default; got "platform"']],
    ['a caller of another trust domain before a waypoint, which cannot tell it from a namesake', (mesh) => { boundaryIn(mesh).grantAllTools(Identity.of({ namespace: 'n', serviceAccount: 's', trustDomain: 'friend.example' })); },
      'app/mesh/crm: a waypoint cannot distinguish callers of friend.example from the same ServiceAccounts of cluster.local, and tool server crm is behind a waypoint', { trustedDomains: ['friend.example'] }],
    ['a path with an empty segment', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy(), { tools: ['a'], path: '//mcp' }) }); }, 'the path of the MCP endpoint is not a plain path; got "//mcp"'],
    ['a waypoint in a namespace that Kubernetes refuses', (mesh) => { Waypoint.fromGatewayName(mesh, 'wp', { gatewayName: 'wp', namespace: 'A', deniesByDefault: true }); }, 'the namespace of the waypoint is not a valid Kubernetes name'],
    ['a Service said to go through a waypoint that nobody told', (mesh) => { new Agent(mesh, 'agent', { workload: existing('a', { service: { name: 'a', port: 80, labels: { 'istio.io/use-waypoint': 'theirs' } } }) }); }, 'the Service of agent agent goes through waypoint theirs, which would deny its callers'],
    ['a brought waypoint with the default ServiceAccount', (mesh) => { Waypoint.fromGatewayName(mesh, 'wp', { gatewayName: 'wp', serviceAccount: 'default' }); }, 'uses the ServiceAccount "default", which is shared by every pod'],
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
  expect(problemsOf((mesh) => { new Agent(mesh, 'waypoint-voice', { workload: existing('a') }); boundaryIn(mesh); })).toEqual([]);
});

test('a construct outside a mesh gets an error with a fix', () => {
  const chart = new Chart(Testing.app(), 'lonely');
  expect(() => new Agent(chart, 'agent', { workload: deploy() })).toThrow('lonely/agent: not in the scope of an AgentMesh; define it under one, or pass one as `mesh`');
});

test('the whole story has no problems', () => {
  expect(problemsOf((mesh) => { story(mesh); existingPicker(); })).toEqual([]);
});
