import { parse } from 'yaml';
import {
  AgentMesh, AvailabilityMode, DeployPickerOptions, EndpointPicker, EndpointPickerConfig, GatewayExposure, InferenceGateway, InferenceObjective,
  InferenceTenant, PickerFairness, Port, PresetFlowControl, Workload,
} from '../../src';
import { IMAGE, JWKS } from '../story';
import { Build, problemsOf, synth } from '../synth';

const TENANTS = { 'x-llm-d-inference-fairness-id': 'org' };

function poolOf(mesh: AgentMesh, config: EndpointPickerConfig, options: DeployPickerOptions = {}, claimHeaders?: Record<string, string>) {
  const gateway = claimHeaders
    ? new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' }, jwt: { issuer: 'https://id.example.com', jwks: JWKS, claimHeaders } })
    : new InferenceGateway(mesh, 'gw', { exposure: GatewayExposure.IN_MESH });
  return gateway.addPool('llm', {
    workload: Workload.deploy({ image: IMAGE, ports: [Port.http(8000), Port.http(8001), Port.tcp(5557), Port.tcp(5558)] }), targetPorts: [8000, 8001],
    picker: EndpointPicker.deploy({ config, ...options }),
  });
}

const pool = (...args: Parameters<typeof poolOf> extends [AgentMesh, ...infer Rest] ? Rest : never): Build => (mesh) => { poolOf(mesh, ...args); };
const queueing = (flowControl: PresetFlowControl) => EndpointPickerConfig.loadOnly({ flowControl });
const fileOf = (build: Build) => parse(synth(build).get('ConfigMap', 'llm-epp').data['endpoint-picker.yaml']);

const precise = { modelName: 'org/model', renderUrl: 'http://render:8000' };
const PRESETS: Readonly<Record<string, (flowControl: PresetFlowControl) => EndpointPickerConfig>> = {
  approximatePrefix: (flowControl) => EndpointPickerConfig.approximatePrefix({ flowControl }),
  optimizedBaseline: (flowControl) => EndpointPickerConfig.optimizedBaseline({ flowControl }),
  precisePrefix: (flowControl) => EndpointPickerConfig.precisePrefix({ ...precise, flowControl }),
  tieredCache: (flowControl) => EndpointPickerConfig.tieredCache({ flowControl }),
  loadOnly: queueing,
  loraAffinity: (flowControl) => EndpointPickerConfig.loraAffinity({ flowControl }),
  sessionAffinity: (flowControl) => EndpointPickerConfig.sessionAffinity({ flowControl }),
  wideExpertParallel: (flowControl) => EndpointPickerConfig.wideExpertParallel({ flowControl }),
  payloadAgnostic: (flowControl) => EndpointPickerConfig.payloadAgnostic({ flowControl }),
};

test.each(Object.entries(PRESETS))('%s takes flow control, and keeps its plugins', (name, preset) => {
  const file = fileOf(pool(preset({})));
  expect(file.featureGates).toEqual(['flowControl']);
  expect(file.flowControl).toEqual({
    maxBytes: '1024Mi', defaultRequestTTL: '60s', ...name === 'payloadAgnostic' && { saturationDetector: { pluginRef: 'concurrency-detector' } },
  });
  expect(file.plugins.map(({ type }: { type: string }) => type)).toContain('max-score-picker');
});

test('every limit is written, and tenants take turns where claims name them', () => {
  const config = queueing({
    maxMebibytes: 512, maxRequests: 1000, maxWaitSeconds: 600, fairness: PickerFairness.ROUND_ROBIN,
    priorityBands: [{ priority: 100, maxMebibytes: 256, maxRequests: 500 }, { priority: -1, fairness: PickerFairness.GLOBAL_STRICT }],
  });
  const file = fileOf(pool(config, {}, TENANTS));
  const turns = { fairnessPolicyRef: 'round-robin-fairness-policy' };
  expect(file.flowControl).toEqual({
    maxBytes: '512Mi', maxRequests: '1000', defaultRequestTTL: '600s', defaultPriorityBand: turns, defaultNegativePriorityBand: turns,
    priorityBands: [{ priority: 100, maxBytes: '256Mi', maxRequests: '500', ...turns }, { priority: -1 }],
  });
  expect(file.plugins).toContainEqual({ type: 'round-robin-fairness-policy' });
});

test('the policy of one band alone adds its plugin', () => {
  const config = queueing({ priorityBands: [{ priority: 1, fairness: PickerFairness.ROUND_ROBIN }] });
  expect(fileOf(pool(config, {}, TENANTS)).plugins).toContainEqual({ type: 'round-robin-fairness-policy' });
});

test('an objective above 0 has an effect with the flow control of a preset', () => {
  const objective = (config: EndpointPickerConfig): Build => (mesh) => {
    new InferenceObjective(mesh, 'gold', { pool: poolOf(mesh, config, {}, { 'x-llm-d-inference-objective': 'tier' }), priority: 10 });
  };
  expect(problemsOf(objective(queueing({})))).toEqual([]);
  expect(problemsOf(objective(EndpointPickerConfig.loadOnly()))).toEqual([expect.stringContaining('set `flowControl` in the `config` of the picker')]);
});

const NO_TENANTS = /tenants cannot take turns at pool llm, because all requests have one tenant; got "no tenants"; allowed: an InferenceTenant of the pool for each tenant.*\[AM001\]/;
const NO_CLAIM = /tenants cannot take turns at pool llm, because all requests have one tenant.*got \["x-org"\]; allowed: `claimHeaders` of `jwt` of gateway gw with "x-llm-d-inference-fairness-id".*\[AM001\]/;
const custom = (...plugins: string[]) => EndpointPickerConfig.custom({
  plugins: ['queue-scorer', 'round-robin-fairness-policy', ...plugins].map((type) => ({ type })), schedulingProfiles: [{ name: 'default', plugins: [{ plugin: 'queue-scorer' }] }],
  featureGates: ['flowControl'], flowControl: { maxMebibytes: 10, defaultPriorityBand: { fairnessPolicy: 'round-robin-fairness-policy' } }, allowExperimental: true,
});

test.each<[string, Build, RegExp]>([
  ['several active replicas', pool(queueing({}), { availability: AvailabilityMode.ACTIVE_ACTIVE }), /plugins that keep state in one replica.*"plugins":\["flowControl"\].*\[AM222\]/],
  ['as much memory as the picker has', pool(queueing({}), { memoryMebibytes: 1024 }), /could need all of its memory; got "1024Mi"; allowed: a limit above 0 and below its `memoryMebibytes`, 1024/],
  ['no memory', pool(queueing({ maxMebibytes: 0 })), /could need all of its memory; got "0Mi"/],
  ['no time to wait', pool(queueing({ maxWaitSeconds: 0 })), /`maxWaitSeconds` of the flow control of the endpoint picker is out of range; got 0; allowed: whole numbers from 1 to 86400/],
  ['no requests', pool(queueing({ maxRequests: 0 })), /`maxRequests` of the flow control of the endpoint picker is out of range; got 0/],
  ['a negative time', pool(queueing({ maxWaitSeconds: -5 })), /the time that requests may wait in `flowControl` is not a number that the endpoint picker accepts; got "-5s"/],
  ['a part of a MiB', pool(queueing({ maxMebibytes: 0.5 })), /`maxMebibytes` of the flow control of the endpoint picker is out of range; got 0.5/],
  ['no memory of a band', pool(queueing({ priorityBands: [{ priority: 1, maxMebibytes: -1 }] })), /`maxMebibytes` of the flow control of the endpoint picker is out of range; got -1/],
  ['no requests of a band', pool(queueing({ priorityBands: [{ priority: 1, maxRequests: 0 }] })), /`maxRequests` of the flow control of the endpoint picker is out of range; got 0/],
  ['a band above the memory of all', pool(queueing({ maxMebibytes: 100, priorityBands: [{ priority: 1, maxMebibytes: 101 }] })), /`maxMebibytes` of a priority band of the endpoint picker has no effect, because it is above that of all waiting requests; got 101; allowed: at most 100/],
  ['a band above the number of all', pool(queueing({ maxRequests: 10, priorityBands: [{ priority: 1, maxRequests: 11 }] })), /`maxRequests` of a priority band of the endpoint picker has no effect.*got 11; allowed: at most 10/],
  ['two bands of one priority', pool(queueing({ priorityBands: [{ priority: 1 }, { priority: 1 }] })), /two priority bands of the endpoint picker have the same priority; got 1/],
  ['a priority that no objective can have', pool(queueing({ priorityBands: [{ priority: 2 ** 31 }] })), /`priority` of a band of the endpoint picker is out of range/],
  ['turns of tenants whose calls are from the mesh', pool(queueing({ fairness: PickerFairness.ROUND_ROBIN })), NO_TENANTS],
  ['turns of tenants in a band', pool(queueing({ priorityBands: [{ priority: 1, fairness: PickerFairness.ROUND_ROBIN }] })), NO_TENANTS],
  ['turns of tenants in a configuration of its own', pool(custom()), NO_TENANTS],
  ['turns of tenants that no claim names', pool(queueing({ fairness: PickerFairness.ROUND_ROBIN }), {}, { 'x-org': 'org' }), NO_CLAIM],
])('flow control is refused with %s', (_what, build, expected) => {
  expect(problemsOf(build)).toEqual([expect.stringMatching(expected)]);
});

test('turns are taken by tenants inside the mesh', () => {
  expect(problemsOf((mesh) => { new InferenceTenant(mesh, 'desk', { pool: poolOf(mesh, queueing({ fairness: PickerFairness.ROUND_ROBIN })) }); })).toEqual([]);
});

test('sessions are not tenants, because clients choose them', () => {
  const because = /^.*tenants cannot take turns at pool llm, because plugin agent-identity takes sessions for tenants: each client chooses its sessions, and with more of them it gets more turns/;
  expect(problemsOf(pool(custom('agent-identity')))).toEqual([expect.stringMatching(because)]);
  expect(problemsOf(pool(custom('agent-identity'), {}, { 'x-org': 'org' }))).toEqual([expect.stringMatching(because)]);
  expect(problemsOf(pool(custom('agent-identity'), {}, TENANTS))).toEqual([]);
});

test('turns are taken by the older name of the header', () => {
  expect(problemsOf(pool(custom(), {}, { 'X-Gateway-Inference-Fairness-Id': 'org' })).join()).not.toContain('tenants cannot take turns');
});
