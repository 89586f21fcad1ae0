import { AgentMesh, EndpointPicker, EndpointPickerConfig, GatewayExposure, InferenceGateway, InferenceTenant } from '../../src';
import { deploy, JWKS } from '../story';
import { problemsOf, synth } from '../synth';

const inside = (mesh: AgentMesh) => new InferenceGateway(mesh, 'models', { exposure: GatewayExposure.IN_MESH });

describe('session headers, which a picker takes for the tenant of a request without one', () => {
  const agents = EndpointPicker.deploy({ config: EndpointPickerConfig.agents() });
  const more = EndpointPicker.deploy({
    config: EndpointPickerConfig.custom({
      allowExperimental: true, schedulingProfiles: [{ name: 'default', plugins: [{ plugin: 'queue-scorer' }] }],
      plugins: [{ type: 'queue-scorer' }, { type: 'agent-identity', parameters: { additionalSessionHeaders: ['X-Chat'] } }],
    }),
  });
  const affine = (headerName?: string) => EndpointPicker.deploy({ config: EndpointPickerConfig.sessionAffinity({ headerName }) });
  const SESSIONS = ['session-id', 'session_id', 'x-claude-code-session-id', 'x-session-affinity'];
  const edgeWith = (...pickers: EndpointPicker[]) => (claimHeaders: { [header: string]: string }) => (mesh: AgentMesh) => {
    const gateway = new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' }, jwt: { issuer: 'https://id.example.com', jwks: JWKS, claimHeaders } });
    pickers.forEach((picker, index) => gateway.addPool(`llama${index}`, { workload: deploy(), picker }));
  };
  const NAMED = { 'x-llm-d-inference-fairness-id': 'org' };
  const removed = (build: (mesh: AgentMesh) => void, name = 'gw-inner') =>
    synth(build).get('RequestAuthentication', `${name}-picker-headers`).spec.jwtRules[0].outputClaimToHeaders.map(({ header }: { header: string }) => header);
  const sessionsOf = (headers: string[]) => headers.filter((header) => [...SESSIONS, 'x-chat'].includes(header));

  test('are removed where a claim names the tenant, with those that the plugin has in addition', () => {
    expect(sessionsOf(removed(edgeWith(agents)(NAMED)))).toEqual(SESSIONS);
    expect(sessionsOf(removed(edgeWith(EndpointPicker.deploy(), more)({ 'x-gateway-inference-fairness-id': 'org' })))).toEqual([...SESSIONS, 'x-chat'].sort());
  });
  test('are removed where tenants share the pool', () => {
    expect(sessionsOf(removed((mesh) => { new InferenceTenant(mesh, 'desk', { pool: inside(mesh).addPool('llama', { workload: deploy(), picker: agents }) }); }, 'models'))).toEqual(SESSIONS);
  });
  test('are kept where sessions are all that the picker knows, and where no picker reads them as tenants', () => {
    expect(sessionsOf(removed(edgeWith(agents)({ 'x-llm-d-inference-objective': 'tier' })))).toEqual([]);
    expect(sessionsOf(removed(edgeWith(affine())(NAMED)))).toEqual([]);
  });
  test('are no use for another picker at the same gateway', () => {
    const message = /plugin session-affinity-scorer of the endpoint picker of pool llama0 reads a session header that no request has: gateway gw names the tenant.*got "sessionIdConfig\.sources\.0\.header: Session-Id".*\[AM001\]/;
    expect(problemsOf(edgeWith(affine('Session-Id'), agents)(NAMED))).toEqual([expect.stringMatching(message)]);
    expect(problemsOf(edgeWith(affine(), agents)(NAMED))).toEqual([]);
    expect(problemsOf(edgeWith(affine('session-id'), agents)({ 'x-user': 'sub' }))).toEqual([]);
  });
  test.each(['', 'a b', 'x:y'])('have names that a request can have, unlike "%s"', (name) => {
    const picker = EndpointPicker.deploy({ config: EndpointPickerConfig.agents({ sessionHeaders: ['x-chat', name] }) });
    expect(problemsOf(edgeWith(picker)({}))).toEqual([expect.stringContaining(`plugin agent-identity of the endpoint picker reads a header whose name no request can have; got "additionalSessionHeaders.1: ${name}"`)]);
  });
  test('are no use beside tenants inside the mesh', () => {
    expect(problemsOf((mesh) => {
      const gateway = inside(mesh);
      gateway.addPool('other', { workload: deploy(), picker: affine('session-id') });
      new InferenceTenant(mesh, 'desk', { pool: gateway.addPool('llama', { workload: deploy(), picker: agents }) });
    })).toEqual([expect.stringContaining('of pool other reads a session header that no request has')]);
  });
});
