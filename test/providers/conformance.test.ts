import { cases } from './cases';
import { declaredRefusal, GatewayName, GATEWAYS, MESHES, MeshName, meshOn, NEWEST, OLDEST, USUAL_GATEWAY } from './suite';
import { AgentMeshProps, Cluster } from '../../src';
import { providersOf } from '../../src/constructs/mesh/mesh-providers';
import { FEATURES, Feature } from '../../src/model/feature';
import { outcomeOf, problemsOf } from '../synth';

const props = (name: MeshName, feature: Feature, cluster: Cluster, by: GatewayName): Partial<AgentMeshProps> =>
  ({ ...meshOn(name, cluster, by), ...(feature === 'foreign-trust-domain' && { trustedDomains: ['friend.example'] }), ...(feature === 'closed-hosts' && { closesExternalHosts: true }), ...(feature === 'audit' && { auditOnlyNamespaces: ['voice'] }) });

test('every feature has a case', () => {
  expect(cases.map(({ feature }) => feature).sort()).toEqual(Object.keys(FEATURES).sort());
});

for (const [age, cluster] of Object.entries({ oldest: OLDEST, newest: NEWEST })) {
  describe.each(MESHES.flatMap((name) => GATEWAYS.map((by) => [name, by] as const)))(`%s behind %s on the ${age} cluster`, (name, by) => {
    test.each(cases.map((one) => [one.feature, one] as const))('%s is enforced or refused', (feature, { asks, shows }) => {
      const refusal = declaredRefusal(name, feature, cluster, by);
      if (refusal) {
        // A feature that one of them does not support: the program must fail, and say why and which provider supports it.
        const told = problemsOf(asks, props(name, feature, cluster, by));
        expect(told.filter((problem) => problem.includes(refusal.reason) && problem.includes(refusal.instead))).not.toEqual([]);
      } else {
        const { problems, objects } = outcomeOf(asks, props(name, feature, cluster, by));
        expect(problems).toEqual([]);
        expect(shows[name]).toBeDefined();
        shows[name]!(objects);
      }
    });
  });
}

test.each(cases.map((one) => [one.feature, one] as const))('%s is shown by exactly the meshes that support it', (feature, { shows }) => {
  expect(Object.keys(shows).sort()).toEqual(MESHES.filter((name) => !declaredRefusal(name, feature, NEWEST)).sort());
});

const proxied = cases.filter((one) => one.proxied !== undefined);

describe.each(['istioAmbient', 'linkerd'] as const)('with agentgateway as MCP proxy on %s', (name) => {
  test.each(proxied.map((one) => [one.feature, one] as const))('%s is enforced', (feature, one) => {
    const { problems, objects } = outcomeOf(one.asks, props(name, feature, NEWEST, 'agentgateway'));
    expect(problems).toEqual([]);
    one.proxied!(objects);
  });
});

test.each(MESHES)('%s with agentgateway lacks the same features as without, except those of MCP', (name) => {
  const unsupported = (by: GatewayName) => Object.keys(FEATURES).filter((feature) => declaredRefusal(name, feature as Feature, NEWEST, by));
  const read: readonly string[] = name === 'istioSidecar' ? [] : proxied.map(({ feature }) => feature);
  expect(unsupported('agentgateway')).toEqual(unsupported(USUAL_GATEWAY[name]).filter((feature) => !read.includes(feature)));
});

test('if agentgateway does not know the caller, grants of single tools are refused and a mesh is named', () => {
  const { asks } = cases.find(({ feature }) => feature === 'tool')!;
  expect(problemsOf(asks, meshOn('istioSidecar', NEWEST, 'agentgateway'))).toEqual([expect.stringContaining('MeshProvider.istioSidecar cannot pass caller identities to the proxies of agentgateway')]);
  for (const name of ['istioAmbient', 'linkerd'] as const) expect(problemsOf(asks, meshOn(name, NEWEST, 'agentgateway'))).toEqual([]);
});

test.each(MESHES.flatMap((name) => [...GATEWAYS, 'agentgateway' as const].map((by) => [name, by] as const)))('a feature that %s and %s do not name is refused by each of their providers', (name, by) => {
  const { mesh, gateway, mcp } = providersOf(meshOn(name, NEWEST, by));
  const unnamed = 'a feature to come' as Feature;
  expect([mesh, gateway, ...mcp ? [mcp] : []].filter((provider) => !provider.refuses(unnamed)).map(({ label }) => label)).toEqual([]);
});
