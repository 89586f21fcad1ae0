import { cases } from './cases';
import { Cluster, declaredRefusal, DOORS, GatewayName, meshOn, MeshName, MESHES, NEWEST, OLDEST, USUAL_DOOR } from './suite';
import { AgentMeshProps } from '../../src';
import { CAPABILITIES, Capability } from '../../src/model/capability';
import { problemsOf, synth } from '../synth';

const props = (name: MeshName, capability: Capability, cluster: Cluster, by: GatewayName): Partial<AgentMeshProps> =>
  ({ ...meshOn(name, cluster, by), ...(capability === 'foreign-trust-domain' && { trustedDomains: ['friend.example'] }) });

test('every capability has its case', () => {
  expect(cases.map(({ capability }) => capability).sort()).toEqual(Object.keys(CAPABILITIES).sort());
});

for (const [age, cluster] of Object.entries({ oldest: OLDEST, newest: NEWEST })) {
  describe.each(MESHES.flatMap((name) => DOORS.map((by) => [name, by] as const)))(`%s behind %s on the ${age} cluster`, (name, by) => {
    test.each(cases.map((one) => [one.capability, one] as const))('%s is there or refused', (capability, { asks, shows }) => {
      const refusal = declaredRefusal(name, capability, cluster, by);
      if (refusal) {
        // Left out by the name of the capability alone: so the program must fail, and say why and with whom it works.
        const told = problemsOf(asks, props(name, capability, cluster, by));
        expect(told.filter((problem) => problem.includes(refusal.reason) && problem.includes(refusal.instead))).not.toEqual([]);
      } else {
        expect(problemsOf(asks, props(name, capability, cluster, by))).toEqual([]);
        expect(shows[name]).toBeDefined();
        shows[name]!(synth(asks, props(name, capability, cluster, by)));
      }
    });
  });
}

test.each(cases.map((one) => [one.capability, one] as const))('what shows %s is said of exactly the meshes that have it', (capability, { shows }) => {
  expect(Object.keys(shows).sort()).toEqual(MESHES.filter((name) => !declaredRefusal(name, capability, NEWEST)).sort());
});

const proxied = cases.filter((one) => one.proxied !== undefined);

describe.each(['istioAmbient', 'linkerd'] as const)('agentgateway before tool servers on %s', (name) => {
  test.each(proxied.map((one) => [one.capability, one] as const))('%s is there', (capability, one) => {
    expect(problemsOf(one.asks, props(name, capability, NEWEST, 'agentgateway'))).toEqual([]);
    one.proxied!(synth(one.asks, props(name, capability, NEWEST, 'agentgateway')));
  });
});

test.each(MESHES)('what %s lacks with agentgateway before tool servers is what it lacks without, but what only agentgateway reads', (name) => {
  const lacking = (by: GatewayName) => Object.keys(CAPABILITIES).filter((capability) => declaredRefusal(name, capability as Capability, NEWEST, by));
  const read: readonly string[] = name === 'istioSidecar' ? [] : proxied.map(({ capability }) => capability);
  expect(lacking('agentgateway')).toEqual(lacking(USUAL_DOOR[name]).filter((capability) => !read.includes(capability)));
});

test('where agentgateway cannot be told who calls, single tools are refused, and the mesh that can is named', () => {
  const { asks } = cases.find(({ capability }) => capability === 'tool')!;
  expect(problemsOf(asks, meshOn('istioSidecar', NEWEST, 'agentgateway'))).toEqual([expect.stringContaining('MeshProvider.istioSidecar has no way to tell agentgateway\'s proxies who calls')]);
  for (const name of ['istioAmbient', 'linkerd'] as const) expect(problemsOf(asks, meshOn(name, NEWEST, 'agentgateway'))).toEqual([]);
});
