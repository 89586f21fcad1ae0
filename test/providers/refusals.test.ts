import { ApiObject } from 'cdk8s';
import { cases } from './cases';
import { Case, GatewayName, GATEWAYS as CLIENT_GATEWAYS, MESHES, meshOn, NEWEST, OLDEST, On } from './suite';
import { McpServer, McpToolBoundary, MeshProvider, MigrationStage } from '../../src';
import { toolServer } from '../../src/constructs/mcp/tool-server-facts';
import { providersOf } from '../../src/constructs/mesh/mesh-providers';
import { FEATURES, Feature } from '../../src/model/feature';
import { refusalOf } from '../../src/providers/refusals';
import { deploy } from '../story';
import { meshOf } from '../synth';

const GATEWAYS: readonly GatewayName[] = [...CLIENT_GATEWAYS, 'agentgateway'];

/** Every mesh, and every stage of its way from sidecars to ambient, behind every gateway, on the least and the most that a cluster has. */
const PROVIDERS: readonly (readonly [name: string, on: On])[] = [OLDEST, NEWEST].flatMap((cluster, age) => GATEWAYS.flatMap((by) => {
  const named = (mesh: string) => `${mesh} behind ${by} on the ${['oldest', 'newest'][age]} cluster`;
  return [
    ...MESHES.map((name) => [named(name), meshOn(name, cluster, by)] as const),
    ...Object.values(MigrationStage).map((stage) => [
      named(`a mesh that moves (${stage})`), { ...meshOn('istioAmbient', cluster, by), mesh: MeshProvider.istioAmbient({ migration: { voice: stage } }) },
    ] as const),
  ];
}));

/** What stands in the objects where a feature is enforced, and nowhere else in those of its case. */
const MARKS: Readonly<Partial<Record<Feature, RegExp>>> = {
  'tool': /voice\/planner|sa\/planner|planner\.voice\.serviceaccount|== \\"planner/,
  'waypoint': /istio-waypoint/,
  'pool': /InferencePool/,
  'gateway-route': /"HTTPS"|"HTTPRoute"/,
  'gateway-canary': /"HTTPS"|"HTTPRoute"/,
  'gateway-retries': /"retry"/,
  'gateway-timeouts': /"timeouts"/,
  'gateway-jwt': /RequestAuthentication/,
  'gateway-cors': /"CORS"/,
  'client-certificates': /caCertificateRefs/,
  'trusted-proxies': /numTrustedProxies/,
  'mesh-retries': /"retry"|retry\.linkerd\.io/,
  'mesh-mirror': /RequestMirror/,
  'fault-injection': /"fault"/,
  'connection-pool': /"connectionPool"/,
  'jwt': /RequestAuthentication/,
  'external-authorization': /"opa"|opa-system/,
  'rate-limit': /HTTPLocalRateLimitPolicy/,
  'origin-check': /desk\.example\.com/,
  'tool-federation': /"crm-two"/,
  'external-tools': /mcp\.search\.example/,
  'upstream-credentials': /crm-token/,
  'guardrails': /guardrails/,
  'mcp-oauth': /resourceMetadata/,
  'mcp-proxy': /"Stateless"/,
  'tool-tokens': /issuer\.example\.com|alice/,
  'tool-rate-limit': /HTTPLocalRateLimitPolicy|"rateLimit"/,
  'named-hosts': /api\.example\.com/,
  'tcp-hosts': /db\.example\.com/,
  'wildcard-hosts': /s3\.example\.com/,
  'private-hosts': /private\.example\.com/,
  'external-networks': /203\.0\.113\.0/,
  'audit': /istio\.io\/dry-run|"accessPolicy":"audit"/,
  'closed-hosts': /"ports":\["443"\]\}\}\]\}\],"targetRefs"/,
  'session-affinity': /mcp-session-id/,
  'egress': /api\.example\.com/,
  'federation': /mirror\.linkerd\.io|cluster-credentials/,
  'foreign-trust-domain': /friend\.example/,
  'tcp-media': /40001/,
};

function refusalBy(on: On, feature: Feature) {
  return refusalOf(providersOf(on), feature);
}

/** The lines of the report, and the objects as they would be written whatever it says. */
function made(feature: Feature, asks: Case['asks'], on: On): { readonly told: string[]; readonly objects: string } {
  const { chart, mesh } = meshOf(asks, { ...on, ...(feature === 'foreign-trust-domain' && { trustedDomains: ['friend.example'] }), ...(feature === 'closed-hosts' && { closesExternalHosts: true }), ...(feature === 'audit' && { auditOnlyNamespaces: ['voice'] }) });
  const objects = chart.node.findAll().filter((one): one is ApiObject => ApiObject.isApiObject(one)).map((object) => object.toJson());
  return { told: mesh.node.validate(), objects: JSON.stringify(objects) };
}

/** What depends on more than the feature: a proxy that has no place, or none to go to. */
const isOfProxies = (line: string) => /cannot be behind agentgateway|could not call external hosts/.test(line);

/** agentgateway keeps sessions itself, so that the mesh is not asked. */
const isSeenTo = (feature: Feature, objects: string) => feature === 'session-affinity' && objects.includes('"AgentgatewayBackend"');

describe.each(PROVIDERS)('%s', (_, on) => {
  test.each(cases.map((one) => [one.feature, one] as const))('%s is enforced, or refused in one line and not written', (feature, { asks }) => {
    const { told, objects } = made(feature, asks, on);
    const refusal = refusalBy(on, feature);
    const mark = MARKS[feature] ?? /^/;
    if (refusal && !isSeenTo(feature, objects)) {
      expect(told.filter((line) => line.includes(refusal.reason))).not.toEqual([]);
      expect(told.filter((line) => !line.includes('[AM002]'))).toEqual([]);
      expect([feature, mark.exec(objects)?.[0]]).toEqual([feature, undefined]);
    } else {
      expect(told.filter((line) => !isOfProxies(line))).toEqual([]);
      expect([feature, isSeenTo(feature, objects) || told.length > 0 || mark.test(objects)]).toEqual([feature, true]);
    }
  });
});

test('a refused value is not in the model either', () => {
  const { mesh } = meshOf((of) => {
    const options = { tools: ['find'], keepsSessions: true, credentials: { secretName: 'crm-token', key: 'token' } };
    new McpToolBoundary(of, 'crm', { server: McpServer.of(deploy([8080]), options) });
  }, meshOn('linkerd', NEWEST));
  const { endpoint, targets } = toolServer.of(mesh.node.findChild('crm'));
  expect([endpoint.service?.affinityHeader, targets.map(({ credentials }) => credentials)]).toEqual([undefined, [undefined]]);
});

test('a feature without a mark is refused by no provider', () => {
  const refused = (Object.keys(FEATURES) as Feature[]).filter((feature) => PROVIDERS.some(([, on]) => refusalBy(on, feature)));
  expect(refused.filter((feature) => !MARKS[feature])).toEqual([]);
});
