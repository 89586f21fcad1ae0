import { Case } from './suite';
import { toolCases } from './tool-cases';
import {
  Agent, AgentMesh, ClusterLink, ExternalHost, Fault, Identity, InferenceGateway, McpServer, McpToolBoundary, MediaPort, MeshEgress, Port,
  UnauthenticatedPort, Waypoint, Workload,
} from '../../src';
import { deploy, IMAGE } from '../story';
import { Manifests } from '../synth';

const OPA = { provider: 'opa', serviceName: 'opa', serviceNamespace: 'opa-system' };
const HOSTS = { hostnames: ['a.example.com'], tls: { secretName: 'tls' } };
const agentOf = (options: object) => (mesh: AgentMesh) => new Agent(mesh, 'agent', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], ...options }) } });
const planner = (mesh: AgentMesh) => new Agent(mesh, 'planner', { versions: { v1: deploy() } });
const versions = (mesh: AgentMesh, options: object = {}) => new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() }, stable: 'v1', ...options });
const boundary = (mesh: AgentMesh) => new McpToolBoundary(mesh, 'crm', { server: McpServer.of(Workload.deploy({ image: IMAGE, ports: [Port.http(8080)], healthPath: '/healthz' }), { tools: ['find'] }) });
const gateway = (mesh: AgentMesh, options: object = {}) => new InferenceGateway(mesh, 'gw', { ...HOSTS, ...options });
const split = (mesh: AgentMesh, options: object = {}) => versions(mesh, { canary: { version: 'v2', percent: 10 }, ...options });
const meshCanary = (options: object = {}) => (mesh: AgentMesh) => void split(mesh, options);

const spec = (kind: string, name: string, expected: object, namespace?: string) => (objects: Manifests) =>
  expect(objects.get(kind, name, namespace).spec).toMatchObject(expected);
const annotated = (kind: string, name: string, annotations: object) => (objects: Manifests) =>
  expect(objects.get(kind, name).metadata.annotations).toMatchObject(annotations);
const onPods = (annotations: object) => (objects: Manifests) =>
  expect(objects.get('Deployment', 'agent-v1').spec.template.metadata.annotations).toMatchObject(annotations);
const everywhere = (shows: (objects: Manifests) => void) => ({ istioAmbient: shows, istioSidecar: shows, linkerd: shows });
const onIstio = (shows: (objects: Manifests) => void) => ({ istioAmbient: shows, istioSidecar: shows });

const accounts = (...serviceAccounts: string[]) => ({ from: [{ source: { serviceAccounts } }] });
const identity = (account: string) => `${account}.voice.serviceaccount.identity.linkerd.cluster.local`;
const meshSplit = {
  rules: [
    { matches: [{ headers: [{ type: 'Exact', name: 'x-canary', value: 'true' }] }], backendRefs: [{ name: 'agent-v2', port: 80, weight: 100 }] },
    { backendRefs: [{ name: 'agent', port: 80, weight: 90 }, { name: 'agent-v2', port: 80, weight: 10 }] },
  ],
};

/** One case for each feature. Each runs on every mesh behind every edge gateway, and is refused where these do not support it. */
export const cases: readonly Case[] = [
  {
    feature: 'identity',
    asks: (mesh) => agentOf({})(mesh).grantCall(planner(mesh)),
    shows: {
      ...onIstio(spec('AuthorizationPolicy', 'agent-v1-workload', { rules: [{ ...accounts('voice/planner'), to: [{ operation: { ports: ['8000'] } }] }] })),
      linkerd: spec('MeshTLSAuthentication', 'agent-v1-8000', { identities: [identity('planner')] }),
    },
  },
  {
    feature: 'path',
    asks: (mesh) => boundary(mesh).grantAllTools(planner(mesh)),
    shows: {
      istioAmbient: spec('AuthorizationPolicy', 'crm', { rules: [{ ...accounts('voice/planner'), to: [{ operation: { paths: ['/mcp'] } }] }] }),
      istioSidecar: spec('AuthorizationPolicy', 'crm-workload', { rules: [{ ...accounts('voice/planner'), to: [{ operation: { paths: ['/mcp'], ports: ['8080'] } }] }] }),
      linkerd: (objects) => {
        spec('HTTPRoute', 'crm-8080', { parentRefs: [{ kind: 'Server', name: 'crm-8080' }] })(objects);
        const targets = objects.all.filter(({ apiVersion, kind }) => kind === 'AuthorizationPolicy' && apiVersion.startsWith('policy.linkerd.io')).map(({ spec: { targetRef } }) => `${targetRef.kind} ${targetRef.name}`);
        expect(targets).toEqual(expect.arrayContaining(['HTTPRoute crm-8080', 'HTTPRoute crm-8080-probes']));
        expect(targets).not.toContain('Server crm-8080');
      },
    },
  },
  {
    feature: 'tool',
    asks: (mesh) => boundary(mesh).grantTools(['find'], planner(mesh)),
    shows: {},
    proxied: (objects) => expect(objects.get('AgentgatewayPolicy', 'crm').spec.backend.mcp.authorization.policy.matchExpressions[0]).toMatch(/has\(mcp\.tool\) && mcp\.tool\.target == "crm" && mcp\.tool\.name in \["find"\]/),
  },
  {
    feature: 'item',
    asks: (mesh) => new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find', 'Close.It'], enforcesMirroredHeaders: true }) }).grantTools(['find'], planner(mesh)),
    shows: {
      istioAmbient: spec('AuthorizationPolicy', 'crm', {
        rules: [{}, {}, {
          ...accounts('voice/planner'), when: [
            { key: 'request.headers[mcp-protocol-version]', values: ['2026-07-28'] }, { key: 'request.headers[mcp-method]', values: ['tools/call'] }, { key: 'request.headers[mcp-name]', values: ['find'] },
          ],
        }],
      }),
      istioSidecar: (objects) => expect(JSON.stringify(objects.get('AuthorizationPolicy', 'crm-workload').spec.rules)).toContain('"request.headers[mcp-name]","values":["find"]'),
      linkerd: (objects) => {
        spec('MeshTLSAuthentication', 'crm-8080-tool-find', { identities: [identity('planner')] })(objects);
        spec('MeshTLSAuthentication', 'crm-8080-tool-close-it-54c29807', { identities: ['nobody.invalid'] })(objects);
        spec('AuthorizationPolicy', 'crm-8080-tool-find', { targetRef: { kind: 'HTTPRoute', name: 'crm-8080-tool-find' } })(objects);
      },
    },
  },
  {
    feature: 'waypoint',
    asks: (mesh) => void new Waypoint(mesh, 'way'),
    shows: { istioAmbient: spec('Gateway', 'way', { gatewayClassName: 'istio-waypoint' }) },
  },
  {
    feature: 'pool',
    asks: (mesh) => void gateway(mesh).addPool('llm', { workload: deploy() }),
    shows: {
      istioAmbient: (objects) => {
        spec('Gateway', 'gw-inner', { infrastructure: { labels: { 'istio.io/dataplane-mode': 'ambient' } } })(objects);
        spec('DestinationRule', 'llm-epp', { trafficPolicy: { portLevelSettings: [{ port: { number: 9002 }, tls: { mode: 'SIMPLE' } }] } })(objects);
      },
      istioSidecar: (objects) => {
        spec('Gateway', 'gw-inner', { listeners: [{ protocol: 'HTTPS', tls: { options: { 'gateway.istio.io/tls-terminate-mode': 'ISTIO_MUTUAL' } } }] })(objects);
        spec('DestinationRule', 'gw-inner-istio', { trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } } })(objects);
        expect(objects.find('DestinationRule', 'llm-epp')).toBeUndefined();
        expect(objects.get('Deployment', 'llm-epp').spec.template.spec.containers[0].args).toContain('--secure-serving=false');
        spec('Service', 'llm-pods', { clusterIP: 'None', ports: [{ port: 8000, appProtocol: 'tcp' }] })(objects);
      },
    },
  },
  {
    feature: 'gateway-route',
    asks: (mesh) => void gateway(mesh).addRoute('r', { target: agentOf({})(mesh).version() }),
    shows: everywhere((objects) => {
      spec('Gateway', 'gw', { listeners: [{ hostname: 'a.example.com', protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'tls' }] } }] }, 'voice-edge')(objects);
      spec('HTTPRoute', 'r', { hostnames: ['a.example.com'], parentRefs: [{ name: 'gw', namespace: 'voice-edge', port: 443 }], rules: [{ backendRefs: [{ name: 'agent', port: 80 }] }] })(objects);
    }),
  },
  {
    feature: 'gateway-canary',
    asks: (mesh) => {
      const agent = versions(mesh);
      gateway(mesh).addCanary('canary', { stable: agent.version('v1'), canary: agent.version('v2'), percent: 10 });
    },
    shows: everywhere(spec('HTTPRoute', 'canary', { parentRefs: [{ name: 'gw', namespace: 'voice-edge', port: 443 }], ...meshSplit })),
  },
  {
    feature: 'gateway-retries',
    asks: (mesh) => void gateway(mesh).addRoute('r', { target: agentOf({})(mesh).version(), retries: { attempts: 2 } }),
    shows: everywhere(spec('HTTPRoute', 'r', { rules: [{ retry: { attempts: 2 } }] })),
  },
  {
    feature: 'gateway-timeouts',
    asks: (mesh) => void gateway(mesh).addRoute('r', { target: agentOf({})(mesh).version(), requestTimeoutSeconds: 30 }),
    shows: onIstio(spec('HTTPRoute', 'r', { rules: [{ timeouts: { request: '30s' } }] })),
  },
  {
    feature: 'gateway-jwt',
    asks: (mesh) => void gateway(mesh, { jwt: { issuer: 'https://login.example.com', jwksUri: 'https://login.example.com/keys', exemptPaths: ['/healthz'] } }),
    shows: onIstio((objects) => {
      spec('RequestAuthentication', 'gw-jwt', { targetRefs: [{ kind: 'Gateway', name: 'gw' }], jwtRules: [{ issuer: 'https://login.example.com' }] }, 'voice-edge')(objects);
      spec('AuthorizationPolicy', 'gw-hosts', {
        targetRefs: [{ kind: 'Gateway', name: 'gw' }], rules: [{ when: [{ key: 'request.auth.claims[iss]', values: ['https://login.example.com'] }] }, { to: [{ operation: { paths: ['/healthz'] } }] }],
      }, 'voice-edge')(objects);
    }),
  },
  {
    feature: 'gateway-cors',
    asks: (mesh) => void gateway(mesh).addRoute('r', { target: planner(mesh).version(), cors: { allowedOrigins: ['https://desk.example.com'] } }),
    shows: onIstio(spec('HTTPRoute', 'r', { rules: [{ filters: [{ type: 'CORS', cors: { allowOrigins: ['https://desk.example.com'] } }] }] })),
  },
  {
    feature: 'client-certificates',
    asks: (mesh) => void gateway(mesh, { tls: { secretName: 'tls', clientCaConfigMapName: 'clients' } }),
    shows: onIstio(spec('Gateway', 'gw', { tls: { frontend: { default: { validation: { caCertificateRefs: [{ name: 'clients' }] } } } } }, 'voice-edge')),
  },
  {
    feature: 'trusted-proxies',
    asks: (mesh) => void gateway(mesh, { trustedProxies: 2 }),
    shows: onIstio(spec('Gateway', 'gw', { infrastructure: { annotations: { 'proxy.istio.io/config': '{"gatewayTopology":{"numTrustedProxies":2}}' } } }, 'voice-edge')),
  },
  {
    feature: 'mesh-canary',
    asks: meshCanary(),
    shows: {
      istioAmbient: (objects) => {
        spec('HTTPRoute', 'agent-mesh', { parentRefs: [{ kind: 'Service', name: 'agent', port: 80 }], ...meshSplit })(objects);
        expect(objects.get('Service', 'agent').metadata.labels).toMatchObject({ 'istio.io/use-waypoint': 'voice-waypoint' });
        spec('AuthorizationPolicy', 'agent', { targetRefs: [{ kind: 'Service', name: 'agent' }] })(objects);
      },
      istioSidecar: spec('HTTPRoute', 'agent-mesh', { parentRefs: [{ kind: 'Service', name: 'agent', port: 80 }], ...meshSplit }),
      linkerd: spec('HTTPRoute', 'agent-mesh', { parentRefs: [{ kind: 'Service', name: 'agent', port: 80 }], ...meshSplit }),
    },
  },
  {
    feature: 'mesh-mirror',
    asks: (mesh) => void new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() }, mirror: { version: 'v2', percent: 10 } }),
    shows: onIstio(spec('HTTPRoute', 'agent-mesh', {
      rules: [{ filters: [{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'agent-v2', port: 80 }, percent: 10 } }], backendRefs: [{ name: 'agent' }] }],
    })),
  },
  {
    feature: 'mesh-timeouts',
    asks: meshCanary({ requestTimeoutSeconds: 30 }),
    shows: {
      ...onIstio(spec('HTTPRoute', 'agent-mesh', { rules: [{ timeouts: { request: '30s' } }, { timeouts: { request: '30s' } }] })),
      linkerd: annotated('HTTPRoute', 'agent-mesh', { 'timeout.linkerd.io/request': '30s' }),
    },
  },
  {
    feature: 'mesh-retries',
    asks: meshCanary({ retries: { attempts: 2, codes: [503] } }),
    shows: {
      ...onIstio(spec('HTTPRoute', 'agent-mesh', { rules: [{ retry: { attempts: 2, codes: [503] } }, { retry: { attempts: 2 } }] })),
      linkerd: annotated('HTTPRoute', 'agent-mesh', { 'retry.linkerd.io/limit': '2', 'retry.linkerd.io/http': '503' }),
    },
  },
  {
    feature: 'fault-injection',
    asks: meshCanary({ faults: [Fault.delay(1500, { percent: 10 })] }),
    shows: onIstio((objects) => {
      spec('VirtualService', 'agent-mesh', { hosts: ['agent.voice.svc.cluster.local'], http: Array(2).fill({ fault: { delay: { fixedDelay: '1.5s', percentage: { value: 10 } } } }) })(objects);
      expect(objects.find('HTTPRoute', 'agent-mesh')).toBeUndefined();
    }),
  },
  {
    feature: 'connection-pool',
    asks: (mesh) => void new Agent(mesh, 'agent', { versions: { v1: deploy() }, connectionPool: { maxConnections: 100, maxPendingRequests: 50 } }),
    shows: onIstio(spec('DestinationRule', 'agent', {
      host: 'agent.voice.svc.cluster.local', trafficPolicy: { connectionPool: { tcp: { maxConnections: 100 }, http: { http1MaxPendingRequests: 50 } } },
    })),
  },
  {
    feature: 'jwt',
    asks: agentOf({ jwt: { issuer: 'https://issuer.example.com', jwksUri: 'https://issuer.example.com/keys', audiences: ['agents'] } }),
    shows: {
      istioAmbient: spec('RequestAuthentication', 'agent', { targetRefs: [{ kind: 'Service', name: 'agent' }], jwtRules: [{ issuer: 'https://issuer.example.com', audiences: ['agents'] }] }),
      istioSidecar: spec('RequestAuthentication', 'agent-v1', { selector: { matchLabels: { 'app.kubernetes.io/name': 'agent' } }, jwtRules: [{ jwks_uri: 'https://issuer.example.com/keys' }] }),
    },
  },
  {
    feature: 'external-authorization',
    asks: agentOf({ externalAuthorizer: OPA }),
    shows: {
      istioAmbient: spec('AuthorizationPolicy', 'agent-external', { targetRefs: [{ kind: 'Service', name: 'agent' }], action: 'CUSTOM', provider: { name: 'opa' }, rules: [{}] }),
      istioSidecar: spec('AuthorizationPolicy', 'agent-v1-external', { selector: { matchLabels: { 'app.kubernetes.io/name': 'agent' } }, action: 'CUSTOM', provider: { name: 'opa' }, rules: [{}] }),
    },
  },
  {
    feature: 'rate-limit',
    asks: (mesh) => void agentOf({ rateLimit: { requestsPerSecond: 100, requestsPerSecondOfCaller: 10 } })(mesh),
    shows: { linkerd: spec('HTTPLocalRateLimitPolicy', 'agent-v1-8000', { targetRef: { kind: 'Server', name: 'agent-v1-8000' }, total: { requestsPerSecond: 100 }, identity: { requestsPerSecond: 10 } }) },
  },
  {
    feature: 'circuit-breaking',
    asks: (mesh) => void new Agent(mesh, 'agent', {
      versions: { v1: deploy() }, circuitBreaker: { consecutiveFailures: 3, pauseSeconds: 5 },
    }),
    shows: {
      ...onIstio(spec('DestinationRule', 'agent', { host: 'agent.voice.svc.cluster.local', trafficPolicy: { outlierDetection: { consecutive5xxErrors: 3, baseEjectionTime: '5s' } } })),
      linkerd: annotated('Service', 'agent', {
        'balancer.linkerd.io/failure-accrual': 'consecutive', 'balancer.linkerd.io/failure-accrual-consecutive-max-failures': '3',
        'balancer.linkerd.io/failure-accrual-consecutive-min-penalty': '5s', 'balancer.linkerd.io/failure-accrual-consecutive-max-penalty': '60s',
      }),
    },
  },
  {
    feature: 'origin-check',
    asks: (mesh) => new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find'] }), allowedOrigins: ['https://desk.example.com'] }).grantAllTools(planner(mesh)),
    shows: onIstio(spec('AuthorizationPolicy', 'crm-origins', { action: 'DENY', rules: [{ when: [{ key: 'request.headers[origin]', values: ['*'], notValues: ['https://desk.example.com'] }] }] })),
    proxied: (objects) => expect(objects.get('AgentgatewayPolicy', 'crm-callers').spec.traffic.authorization.policy.matchExpressions[0]).toContain('request.headers["origin"] in ["https://desk.example.com"]'),
  },
  {
    feature: 'session-affinity',
    asks: (mesh) => new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find'], keepsSessions: true }) }).grantAllTools(planner(mesh)),
    shows: onIstio(spec('DestinationRule', 'crm', { host: 'crm.voice.svc.cluster.local', trafficPolicy: { loadBalancer: { consistentHash: { httpHeaderName: 'mcp-session-id' } } } })),
  },
  {
    feature: 'egress',
    asks: (mesh) => {
      agentOf({})(mesh);
      new MeshEgress(mesh, 'models', { hosts: [ExternalHost.https('api.example.com')] });
    },
    shows: {
      istioSidecar: (objects) => {
        spec('ServiceEntry', 'models', { hosts: ['api.example.com'], exportTo: ['.'], resolution: 'DNS', ports: [{ number: 443, protocol: 'TLS' }] })(objects);
        spec('Sidecar', 'agent-v1', { egress: [{ hosts: ['./api.example.com'] }], outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } })(objects);
      },
      linkerd: (objects) => {
        const network = { group: 'policy.linkerd.io', kind: 'EgressNetwork', name: 'voice-egress', port: 443 };
        expect(objects.get('TLSRoute', 'models').apiVersion).toBe('gateway.networking.k8s.io/v1alpha2');
        spec('TLSRoute', 'models', { hostnames: ['api.example.com'], parentRefs: [network], rules: [{ backendRefs: [network] }] })(objects);
        spec('EgressNetwork', 'voice-egress', { trafficPolicy: 'Deny' })(objects);
      },
    },
  },
  {
    feature: 'federation',
    asks: (mesh) => {
      new Agent(mesh, 'agent', { versions: { v1: deploy() }, federated: true });
      new ClusterLink(mesh, 'west');
    },
    shows: {
      linkerd: (objects) => {
        expect(objects.get('Service', 'agent').metadata.labels).toEqual({ 'mirror.linkerd.io/federated': 'member' });
        spec('Link', 'west', { targetClusterName: 'west', clusterCredentialsSecret: 'cluster-credentials-west', federatedServiceSelector: { matchLabels: { 'mirror.linkerd.io/federated': 'member' } } }, 'linkerd-multicluster')(objects);
      },
    },
  },
  {
    feature: 'foreign-trust-domain',
    asks: (mesh) => agentOf({})(mesh).grantCall(Identity.of({ namespace: 'far', serviceAccount: 'friend', trustDomain: 'friend.example' })),
    shows: {
      istioAmbient: spec('AuthorizationPolicy', 'agent-v1-workload', { rules: [{ from: [{ source: { principals: ['friend.example/ns/far/sa/friend'] } }] }] }),
      linkerd: spec('MeshTLSAuthentication', 'agent-v1-8000', { identities: ['friend.far.serviceaccount.identity.linkerd.friend.example'] }),
    },
  },
  {
    feature: 'udp-media',
    asks: (mesh) => void agentOf({ mediaPorts: [MediaPort.udp(40000)] })(mesh),
    shows: everywhere((objects) => expect(objects.get('Deployment', 'agent-v1').spec.template.spec.containers[0].ports).toContainEqual({ containerPort: 40000, name: 'udp-40000', protocol: 'UDP' })),
  },
  {
    feature: 'tcp-media',
    asks: (mesh) => void agentOf({ mediaPorts: [MediaPort.tcp(40001), MediaPort.tcp(40002)] })(mesh),
    shows: {
      istioSidecar: onPods({ 'traffic.sidecar.istio.io/excludeInboundPorts': '40001,40002' }),
      linkerd: onPods({ 'config.linkerd.io/skip-inbound-ports': '40001,40002' }),
    },
  },
  {
    feature: 'unauthenticated-ports',
    asks: (mesh) => void agentOf({ ports: [Port.http(8000), Port.tcp(9443), Port.http(8081)], unauthenticatedPorts: [UnauthenticatedPort.of(9443, { networks: ['10.0.0.0/28'] }), UnauthenticatedPort.of(8081)] })(mesh),
    shows: {
      ...onIstio((objects) => {
        const selector = { matchLabels: { 'app.kubernetes.io/name': 'agent', 'app.kubernetes.io/version': 'v1' } };
        expect(objects.get('PeerAuthentication', 'agent-v1-unauthenticated').spec).toEqual({ selector, mtls: { mode: 'STRICT' }, portLevelMtls: { 8081: { mode: 'PERMISSIVE' }, 9443: { mode: 'PERMISSIVE' } } });
        expect(objects.get('AuthorizationPolicy', 'agent-v1-unauthenticated').spec).toEqual({
          selector, action: 'ALLOW', rules: [{ from: [{ source: { ipBlocks: ['10.0.0.0/28'] } }], to: [{ operation: { ports: ['9443'] } }] }, { to: [{ operation: { ports: ['8081'] } }] }],
        });
      }),
      linkerd: (objects) => {
        spec('NetworkAuthentication', 'agent-v1-9443-unauthenticated', { networks: [{ cidr: '10.0.0.0/28' }] })(objects);
        spec('NetworkAuthentication', 'agent-v1-8081-unauthenticated', { networks: [{ cidr: '0.0.0.0/0' }, { cidr: '::/0' }] })(objects);
        spec('AuthorizationPolicy', 'agent-v1-9443-unauthenticated', { targetRef: { kind: 'Server', name: 'agent-v1-9443' }, requiredAuthenticationRefs: [{ kind: 'NetworkAuthentication', name: 'agent-v1-9443-unauthenticated' }] })(objects);
        spec('Server', 'agent-v1-9443', { proxyProtocol: 'opaque', accessPolicy: 'deny' })(objects);
      },
    },
  },
  ...toolCases,
];
