import { Case } from './suite';
import {
  Agent, AgentMesh, ExternalHost, GuardrailPhase, McpPrefix, McpServer, McpSessionRouting, McpToolBoundary, Port, TokenCaller,
  Workload, WorkloadEgress,
} from '../../src';
import { BoundaryOptions, boundaryProps, deploy, IMAGE, JWKS } from '../story';
import { Manifests } from '../synth';

const agentTo = (egress: WorkloadEgress) => (mesh: AgentMesh) => void new Agent(mesh, 'planner', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], egress }) } });
const restricted = (mesh: AgentMesh) => new Agent(mesh, 'planner', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], egress: {} }) } });
const asks = (props: BoundaryOptions) => (mesh: AgentMesh): void => {
  new McpToolBoundary(mesh, 'crm', boundaryProps(props)).grantAllTools(restricted(mesh));
};
const spec = (kind: string, name: string, expected: object) => (objects: Manifests) => expect(objects.get(kind, name).spec).toMatchObject(expected);
const isDryRun = (objects: Manifests) => {
  expect(objects.get('AuthorizationPolicy', 'planner-v1-workload').metadata.annotations).toEqual({ 'istio.io/dry-run': 'true' });
  expect(objects.get('PeerAuthentication', 'voice-strict-mtls').spec.mtls.mode).toBe('PERMISSIVE');
  expect(objects.all.map(({ kind }) => kind)).not.toContain('NetworkPolicy');
};
const all = (...shows: ((objects: Manifests) => void)[]) => (objects: Manifests) => shows.forEach((show) => show(objects));
const policy = (name: string, expected: object) => spec('AgentgatewayPolicy', name, expected);
const gatewayRef = { targetRefs: [{ kind: 'Gateway', name: 'crm' }] };
const held = { strategy: { inheritance: 'Override' }, ...gatewayRef };
const jwt = { issuer: 'https://issuer.example.com', audiences: ['crm'], jwks: JWKS };
const search = McpServer.external({ host: ExternalHost.https('mcp.search.example'), tools: ['find'] });

const WHEN_ALICE = [
  { key: 'request.auth.claims[iss]', values: ['https://issuer.example.com'] }, { key: 'request.auth.claims[sub]', values: ['alice'] },
  { key: 'request.auth.claims[tier]', values: ['gold'] },
];

/** What is asked of tool servers alone. */
export const toolCases: readonly Case[] = [
  {
    feature: 'tool-federation',
    asks: (mesh) => asks({
      servers: { one: McpServer.of(deploy([8080]), { tools: ['find'] }), two: McpServer.of(deploy([8081]), { tools: ['find'], path: '/v2/mcp' }) },
    })(mesh),
    shows: {},
    proxied: all(
      spec('AgentgatewayBackend', 'crm', {
        mcp: {
          prefixMode: 'Conditional', failureMode: 'FailClosed', targets: [
            { name: 'one', static: { backendRef: { name: 'crm-one' }, port: 80, path: '/mcp' } }, { name: 'two', static: { backendRef: { name: 'crm-two' }, path: '/v2/mcp' } },
          ],
        },
      }),
      (objects) => expect(objects.get('Deployment', 'crm-two')).toBeDefined(),
    ),
  },
  {
    feature: 'external-tools',
    asks: asks({ servers: { search } }),
    shows: {
      istioAmbient: all(
        spec('ServiceEntry', 'crm', { hosts: ['mcp.search.example'], resolution: 'DNS', ports: [{ number: 80, protocol: 'HTTP', targetPort: 443 }, { number: 443, protocol: 'TLS' }] }),
        spec('DestinationRule', 'crm', { host: 'mcp.search.example', trafficPolicy: { portLevelSettings: [{ port: { number: 80 }, tls: { mode: 'SIMPLE', sni: 'mcp.search.example', subjectAltNames: ['mcp.search.example'] } }] } }),
        spec('AuthorizationPolicy', 'crm', { targetRefs: [{ group: 'networking.istio.io', kind: 'ServiceEntry', name: 'crm' }], rules: [{ from: [{ source: { serviceAccounts: ['voice/planner'] } }], to: [{ operation: { hosts: ['mcp.search.example', 'mcp.search.example:*'], paths: ['/mcp'] } }] }, {}] }),
        (objects) => expect(objects.get('ServiceEntry', 'crm').metadata.labels).toMatchObject({ 'istio.io/use-waypoint': 'voice-waypoint' }),
      ),
    },
    proxied: spec('AgentgatewayBackend', 'crm', { mcp: { targets: [{ name: 'search', static: { host: 'mcp.search.example', port: 443, path: '/mcp', policies: { tls: {} } } }] } }),
  },
  {
    feature: 'upstream-credentials',
    asks: asks({ credentials: { secretName: 'crm-token', key: 'token' } }),
    shows: {},
    proxied: policy('crm-credentials-crm', {
      targetRefs: [{ kind: 'AgentgatewayBackend', name: 'crm', sectionName: 'crm' }], backend: { auth: { secretRef: { name: 'crm-token', key: 'token' } } },
    }),
  },
  {
    feature: 'guardrails',
    asks: (mesh) => asks({ guardrails: [{ service: new Agent(mesh, 'judge', { versions: { v1: deploy() } }), methods: { 'tools/call': GuardrailPhase.FULL } }] })(mesh),
    shows: {},
    proxied: policy('crm', {
      backend: {
        mcp: {
          guardrails: {
            processors: [{
              methods: { 'tools/call': 'Full' },
              remote: { backendRef: { kind: 'Service', name: 'judge', namespace: 'voice', port: 80 }, failureMode: 'FailClosed', disallowedRequestHeaders: ['authorization', 'cookie'] },
            }],
          },
        },
      },
    }),
  },
  {
    feature: 'mcp-oauth',
    asks: asks({ jwt, oauth: { resource: 'https://crm.example.com/mcp', scopes: ['tools'] } }),
    shows: {},
    proxied: all(
      policy('crm-tokens', { traffic: { jwtAuthentication: { mode: 'Strict', mcp: { resourceMetadata: { resource: 'https://crm.example.com/mcp', scopesSupported: ['tools'] } } } } }),
      spec('HTTPRoute', 'crm', { rules: [{ matches: [{}, { path: { type: 'Exact', value: '/.well-known/oauth-protected-resource' } }, { path: { value: '/.well-known/oauth-protected-resource/mcp' } }, { path: { value: '/.well-known/oauth-authorization-server' } }, {}] }] }),
    ),
  },
  {
    feature: 'mcp-proxy',
    asks: asks({ prefix: McpPrefix.ALWAYS, sessionRouting: McpSessionRouting.STATELESS }),
    shows: {},
    proxied: spec('AgentgatewayBackend', 'crm', { mcp: { prefixMode: 'Always', sessionRouting: 'Stateless' } }),
  },
  {
    feature: 'tool-tokens',
    asks: (mesh) => new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find'] }), jwt: { ...jwt, required: false } })
      .grantAllTools(TokenCaller.of({ subject: 'alice', claims: { tier: 'gold' } })),
    shows: {
      istioAmbient: all(
        spec('AuthorizationPolicy', 'crm', {
          rules: [{ from: [{ source: { principals: ['*'] } }], when: WHEN_ALICE }],
        }),
        spec('RequestAuthentication', 'crm', { targetRefs: [{ kind: 'Service', name: 'crm' }], jwtRules: [{ audiences: ['crm'], fromHeaders: [{ name: 'authorization', prefix: 'Bearer ' }] }] }),
      ),
      istioSidecar: spec('AuthorizationPolicy', 'crm-workload', {
        rules: [{ from: [{ source: { principals: ['*'] } }], when: WHEN_ALICE }],
      }),
    },
    proxied: all(
      policy('crm-tokens', { ...held, traffic: { jwtAuthentication: { mode: 'Optional', providers: [{ issuer: 'https://issuer.example.com', audiences: ['crm'], jwks: { inline: JWKS } }] } } }),
      (objects) => expect(objects.get('AgentgatewayPolicy', 'crm').spec.backend.mcp.authorization.policy.matchExpressions).toEqual([
        expect.stringContaining(' != "" && jwt["iss"] == "https://issuer.example.com" && jwt["sub"] == "alice" && (jwt["tier"] == "gold" || (type(jwt["tier"]) == list && jwt["tier"].exists(one, one == "gold"))))'),
      ]),
    ),
  },
  {
    feature: 'tool-rate-limit',
    asks: asks({ rateLimit: { requestsPerSecondOfCaller: 5 } }),
    shows: { linkerd: spec('HTTPLocalRateLimitPolicy', 'crm-8080', { targetRef: { kind: 'Server', name: 'crm-8080' }, identity: { requestsPerSecond: 5 } }) },
    proxied: policy('crm-limits', { ...held, traffic: { rateLimit: { conditional: [{ policy: { local: [{ requests: 5, unit: 'Seconds' }] } }] } } }),
  },
  {
    feature: 'named-hosts',
    asks: (mesh) => void new Agent(mesh, 'planner', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], egress: { hosts: [ExternalHost.https('api.example.com')] } }) } }),
    shows: {
      istioAmbient: all(
        spec('NetworkPolicy', 'planner-v1-outbound', { policyTypes: ['Egress'], egress: [{ to: [{ namespaceSelector: {} }], ports: [{ port: 15008 }] }, { ports: [{ port: 53 }, { port: 53, protocol: 'UDP' }] }] }),
        spec('ServiceEntry', 'voice-external-api-example-com', { hosts: ['api.example.com'], ports: [{ number: 80, protocol: 'HTTP' }, { number: 443, protocol: 'TLS' }] }),
        spec('AuthorizationPolicy', 'voice-external-api-example-com', { targetRefs: [{ kind: 'ServiceEntry', name: 'voice-external-api-example-com' }], rules: [{ from: [{ source: { serviceAccounts: ['voice/planner'] } }] }, {}] }),
      ),
      istioSidecar: all(
        spec('NetworkPolicy', 'planner-v1-outbound', { egress: [{ to: [{ namespaceSelector: {} }] }, {}, { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '::/0' } }], ports: [{ port: 443 }] }] }),
        spec('Sidecar', 'planner-v1', { egress: [{ hosts: ['./api.example.com'] }] }),
        spec('ServiceEntry', 'voice-external-api-example-com', { hosts: ['api.example.com'], exportTo: ['.'] }),
      ),
      linkerd: all(
        spec('NetworkPolicy', 'planner-v1-outbound', { egress: [{ to: [{ namespaceSelector: {} }] }, {}, { ports: [{ port: 443 }] }] }),
        spec('TLSRoute', 'voice-external-api-example-com', { hostnames: ['api.example.com'] }),
      ),
    },
  },
  {
    feature: 'tcp-hosts',
    asks: agentTo({ hosts: [ExternalHost.tcp('db.example.com', 5432)] }),
    shows: {
      istioAmbient: spec('AuthorizationPolicy', 'voice-external-db-example-com', { rules: [{ from: [{ source: { serviceAccounts: ['voice/planner'] } }], to: [{ operation: { ports: ['5432'] } }] }, {}] }),
      istioSidecar: spec('ServiceEntry', 'voice-external-db-example-com', { ports: [{ number: 5432, protocol: 'TCP' }] }),
    },
  },
  {
    feature: 'wildcard-hosts',
    asks: agentTo({ hosts: [ExternalHost.https('*.s3.example.com')] }),
    shows: {
      istioSidecar: spec('ServiceEntry', 'voice-external--s3-example-com', { hosts: ['*.s3.example.com'], resolution: 'NONE' }),
      linkerd: spec('TLSRoute', 'voice-external--s3-example-com', { hostnames: ['*.s3.example.com'] }),
    },
  },
  {
    feature: 'private-hosts',
    asks: agentTo({ hosts: [ExternalHost.https('private.example.com', { cidrs: ['10.30.0.0/24'] })] }),
    shows: {
      istioAmbient: spec('ServiceEntry', 'voice-external-private-example-com', { hosts: ['private.example.com'] }),
      istioSidecar: spec('NetworkPolicy', 'planner-v1-outbound', { egress: [{}, {}, { to: [{ ipBlock: { cidr: '10.30.0.0/24' } }], ports: [{ port: 443 }] }] }),
    },
  },
  {
    feature: 'external-networks',
    asks: agentTo({ networks: [{ cidr: '203.0.113.0/24', ports: [9000] }] }),
    shows: {
      istioAmbient: spec('NetworkPolicy', 'planner-v1-outbound', { egress: [{}, {}, { to: [{ ipBlock: { cidr: '203.0.113.0/24' } }], ports: [{ port: 9000 }] }] }),
      istioSidecar: spec('ServiceEntry', 'voice-network-203-0-113-0-24-9000', { addresses: ['203.0.113.0/24'] }),
      linkerd: spec('TCPRoute', 'voice-network-203-0-113-0-24-9000', { parentRefs: [{ kind: 'EgressNetwork', name: 'voice-network-203-0-113-0-24', port: 9000 }] }),
    },
  },
  {
    feature: 'closed-hosts',
    asks: agentTo({ hosts: [ExternalHost.https('api.example.com')] }),
    shows: {
      istioAmbient: (objects) => expect(objects.get('AuthorizationPolicy', 'voice-external-api-example-com').spec.rules).toHaveLength(1),
    },
  },
  {
    feature: 'audit',
    asks: agentTo({ hosts: [] }),
    shows: {
      istioAmbient: isDryRun, istioSidecar: isDryRun,
      linkerd: (objects) => {
        expect(objects.get('Server', 'planner-v1-8000').spec.accessPolicy).toBe('audit');
        expect(objects.all.map(({ kind }) => kind)).not.toContain('EgressNetwork');
      },
    },
  },
];
