import { existsSync, readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import { parse } from 'yaml';
import { PickerCause, PickerFinding } from '../../src/model/picker/finding';
import { judgePickerFile, PickerFile } from '../../src/model/picker/judge';
import { perReplicaPlugins } from '../../src/model/picker/per-replica';
import { PLUGIN_TYPES, PluginRole, pluginType } from '../../src/model/picker/plugin-types';

/** Verdicts of the real picker (llm-d-router v0.10.0). They lie beside the repository, and not in it. */
const CASES = join(__dirname, '../../../shared/cases/picker-configs');
const where = existsSync(CASES) ? '' : ' (NOT TESTED: ../shared/cases/picker-configs is not there)';
const rows = (file: string): string[][] => (where ? [] : readFileSync(join(CASES, file), 'utf8').trim().split('\n').map((line) => line.split('\t')));
const rules = { apiVersion: 'llm-d.ai/v1alpha1', allowsExperimental: false };
const base = { apiVersion: rules.apiVersion, kind: 'EndpointPickerConfig' };

/** The cause of a verdict, by what the picker said. */
const SAID: readonly (readonly [RegExp, PickerCause])[] = [
  [/^stability:/, 'stability'], [/no kind "/, 'format'], [/strict decoding error: unknown field/, 'field'], [/json: unknown field/, 'parameter'],
  [/requires exactly one of|not found in engineConfigs|unsupported scheme/, 'parameter'], [/no default producer found/, 'producer'], [/already have a registered picker/, 'pickers'],
];

/** Why a plugin does not load without parameters. One row has no message: without parameters this plugin stops the picker. */
const WHY_NOT: readonly (readonly [RegExp, PickerCause | 'ok'])[] = [
  [/^ok$/, 'ok'], [/no default producer found/, 'producer'], [/unregistered plugin/, 'reference'], [/must be specified|is required|require|^$/, 'parameter'],
];

const judged = (file: string): PickerFinding[] => judgePickerFile(parse(readFileSync(join(CASES, file), 'utf8')) as PickerFile, rules);
const refused = (findings: readonly PickerFinding[]) => [...new Set(findings.filter(({ loads }) => !loads).map(({ cause }) => cause))];

/** Configurations with which the picker starts and does something else than they say. */
const SILENT: Readonly<Record<string, PickerCause>> = {
  'metrics-profile.yaml': 'ignored', 'named-metrics.yaml': 'ignored', 'named.yaml': 'ignored', 'toplevel-sat.yaml': 'deprecated', 'unknown-param.yaml': 'ignored',
  'weight0.yaml': 'ignored', 'wide-ep-old.yaml': 'deprecated',
};

describe(`the real picker agrees${where}`, () => {
  const verdicts = rows('verdicts.tsv').map(([file, verdict, said = '']) => [file, verdict, said] as const);
  test('every verdict is compared', () => {
    expect(verdicts).toHaveLength(where ? 0 : 33);
    if (!where) expect(verdicts.map(([file]) => file).sort()).toEqual(readdirSync(CASES).filter((file) => file.endsWith('.yaml')).sort());
  });
  (where ? test.skip : test).each(where ? [['', '', '']] : verdicts)('%s %s', (file, verdict, said) => {
    const findings = judged(file);
    const cause = SAID.find(([pattern]) => pattern.test(said))?.[1];
    if (verdict === 'loads') expect(findings.map((one) => [one.cause, one.loads])).toEqual(file in SILENT ? expect.arrayContaining([[SILENT[file], true]]) : []);
    if (verdict === 'loads') expect(refused(findings)).toEqual([]);
    else expect({ said, causes: refused(findings) }).toEqual({ said, causes: expect.arrayContaining([cause]) });
  });
  (where ? test.skip : test)('a configuration that is refused for one cause is refused for no other', () => {
    const causes = verdicts.filter(([, verdict]) => verdict === 'refused').map(([file]) => [file, refused(judged(file))] as const).filter(([, all]) => all.length !== 1);
    expect(causes).toEqual([['session.yaml', ['stability', 'parameter']]]);
  });
});

describe(`the table of plugin types is the one of the real picker${where}`, () => {
  const [, ...types] = where ? [[]] : rows('plugins.tsv');
  test('every type is compared', () => {
    if (!where) expect(types.map(([type]) => type).sort()).toEqual(Object.keys(PLUGIN_TYPES).sort());
    expect(Object.keys(PLUGIN_TYPES)).toHaveLength(96);
  });
  (where ? test.skip : test).each(where ? [['']] : types.map((row) => [row[0], row] as const))('%s', (_, row) => {
    const [type, stability, deprecated, removal, replacement, bare, parameters] = row as string[];
    const known = pluginType(type)!;
    expect([known.alpha ? 'Alpha' : 'Beta', String(known.replaced !== undefined), known.replaced?.removed ?? '', known.replaced?.by ?? '']).toEqual([stability, deprecated, removal, replacement]);
    const findings = judgePickerFile({ ...base, plugins: [{ type }], schedulingProfiles: [{ name: 'default', plugins: [] }] }, { ...rules, allowsExperimental: true });
    const why = WHY_NOT.find(([pattern]) => pattern.test(bare))![1];
    expect({ bare, causes: refused(findings) }).toEqual({ bare, causes: why === 'ok' ? [] : [why] });
    if (/^(refuses|ignores)$/.test(parameters)) expect(known.ignores ? 'ignores' : 'refuses').toBe(parameters); // two rows hold a cut message instead
  });
});

const withPlugins = (plugins: PickerFile['plugins'], more: Partial<PickerFile> = {}): PickerFinding[] => judgePickerFile({
  ...base, plugins, schedulingProfiles: [{ name: 'default', plugins: plugins.filter(({ type }) => /scorer|filter|picker$/.test(type)).map(({ name, type }) => ({ pluginRef: name ?? type })) }], ...more,
}, rules);
const scorer = { type: 'queue-scorer' };

/** Faults that no recorded configuration has. */
const FAULTS: readonly (readonly [what: string, findings: () => PickerFinding[], cause: PickerCause, message: string])[] = [
  ['an unknown type', () => withPlugins([{ type: 'queue-scoer' }]), 'type', 'the endpoint picker has no plugin of this type'],
  ['a name twice', () => withPlugins([scorer, scorer]), 'name', 'two plugins of the endpoint picker have the same name'],
  ['a profile twice', () => withPlugins([scorer], { schedulingProfiles: [{ name: 'a', plugins: [] }, { name: 'a', plugins: [] }] }), 'name', 'two scheduling profiles of the endpoint picker have the same name'],
  ['a reference to nothing', () => withPlugins([scorer], { schedulingProfiles: [{ name: 'default', plugins: [{ pluginRef: 'kv' }] }] }), 'reference', 'profile default of the endpoint picker refers to a plugin that the configuration does not have'],
  ['a detector that is a scorer', () => withPlugins([scorer], { flowControl: { saturationDetector: { pluginRef: 'queue-scorer' } } }), 'reference', '`saturationDetector` of the endpoint picker refers to a plugin of another kind'],
  ['a policy that is not there', () => withPlugins([scorer], { featureGates: ['flowControl'], flowControl: { defaultPriorityBand: { fairnessPolicyRef: 'fair' } } }), 'reference', 'a priority band of the endpoint picker refers to a plugin that the configuration does not have'],
  ['a decider that is not there', () => withPlugins([scorer, { type: 'disagg-profile-handler', parameters: { deciders: { prefill: 'mine' } } }]), 'reference', 'the parameter deciders.prefill of plugin disagg-profile-handler of the endpoint picker refers to a plugin that the configuration does not have'],
  ['a source that is a scorer', () => withPlugins([scorer], { dataLayer: { sources: [{ pluginRef: 'queue-scorer' }] } }), 'reference', '`dataLayer` of the endpoint picker refers to a plugin of another kind'],
  ['a priority twice', () => withPlugins([scorer], { featureGates: ['flowControl'], flowControl: { priorityBands: [{ priority: 1 }, { priority: 1 }] } }), 'name', 'two priority bands of the endpoint picker have the same priority'],
  ['two handlers', () => withPlugins([scorer, { type: 'single-profile-handler' }, { type: 'disagg-profile-handler' }]), 'handlers', 'the endpoint picker has several profile handlers'],
  ['profiles without a handler', () => withPlugins([scorer], { schedulingProfiles: [{ name: 'a', plugins: [] }, { name: 'b', plugins: [] }] }), 'handlers', 'the endpoint picker has several profiles, and no plugin that chooses among them'],
  ['an unknown gate', () => withPlugins([scorer], { featureGates: ['dataLayer'] }), 'gate', 'the endpoint picker does not know this feature gate'],
  ['queues without the gate', () => withPlugins([scorer], { flowControl: { maxRequests: '1k' } }), 'ignored', 'the endpoint picker ignores `flowControl` except its saturation detector, because the feature gate flowControl is off'],
  ['queues with the gate off', () => withPlugins([scorer], { featureGates: ['flowControl=false'], flowControl: { maxRequests: '1k' } }), 'ignored', 'the endpoint picker ignores `flowControl` except its saturation detector, because the feature gate flowControl is off'],
  ['an unknown strategy', () => withPlugins([scorer, { type: 'program-aware-fairness', parameters: { strategy: 'fifo' } }]), 'parameter', 'the endpoint picker refuses the parameter strategy of plugin program-aware-fairness'],
  ['a missing model', () => withPlugins([scorer, { type: 'token-producer', parameters: { vllm: { url: 'http://a' } } }]), 'parameter', 'the endpoint picker refuses the parameter modelName of plugin token-producer'],
  ['a nested parameter that nobody knows', () => withPlugins([scorer, { type: 'token-producer', parameters: { modelName: 'a', vllm: { uri: 'http://a' } } }]), 'parameter', 'plugin token-producer of the endpoint picker refuses an unknown parameter'],
  ['a producer by another name', () => withPlugins([{ type: 'prefix-cache-scorer', parameters: { prefixMatchInfoProducerName: 'mine' } }]), 'producer', 'plugin prefix-cache-scorer of the endpoint picker needs data that no plugin produces: prefix'],
  ['a producer that nobody names', () => withPlugins([{ type: 'prefix-cache-scorer' }, { type: 'approx-prefix-cache-producer', name: 'mine' }]), 'ignored', 'no plugin of the endpoint picker uses mine, because none names it'],
  ['KV events that nobody receives', () => withPlugins([{ type: 'prefix-cache-scorer', parameters: { prefixMatchInfoProducerName: 'precise-prefix-cache-producer' } }, { type: 'precise-prefix-cache-producer' }]), 'ignored', 'plugin precise-prefix-cache-producer of the endpoint picker receives no KV cache events, because no source in `dataLayer` announces the pods to it'],
  ['KV events that are compared with estimated tokens', () => withPlugins([{ type: 'prefix-cache-scorer', parameters: { prefixMatchInfoProducerName: 'precise-prefix-cache-producer' } }, { type: 'precise-prefix-cache-producer' }]), 'ignored', 'plugin precise-prefix-cache-producer of the endpoint picker would compare KV cache events with estimated tokens, which match no cache'],
  ['a profile that prefers nothing', () => withPlugins([{ type: 'max-score-picker' }]), 'ignored', 'profile default of the endpoint picker has no filter and no scorer with a weight above 0, so it picks any pod'],
];

test.each(FAULTS)('%s is found', (_, findings, cause, message) => {
  expect(findings().map((one) => [one.cause, one.message])).toContainEqual([cause, message]);
});

test('a plain configuration has no fault', () => {
  expect(withPlugins([scorer, { type: 'max-score-picker' }])).toEqual([]);
});

test('references between plugins expect a role that some type has', () => {
  const roles: readonly PluginRole[] = ['decider', 'source', 'discovery', 'usage-limit', 'detector', 'parser', 'fairness', 'ordering'];
  const had = new Set(Object.values(PLUGIN_TYPES).flatMap((type) => type.roles));
  expect(roles.filter((role) => !had.has(role))).toEqual([]);
});

test('state of each replica is known', () => {
  const own = ['approx-prefix-cache-producer', 'inflight-load-producer', 'active-request-scorer', 'token-load-scorer', 'concurrency-detector', 'session-id-producer', 'prefix-cache-affinity-filter', 'prefix-cache-scorer', 'mm-embeddings-cache-scorer'];
  const shared = ['queue-scorer', 'kv-cache-utilization-scorer', 'precise-prefix-cache-producer', 'lora-affinity-scorer', 'max-score-picker', 'session-affinity-scorer'];
  const isPerReplica = (type: string) => perReplicaPlugins({ plugins: [{ type }], schedulingProfiles: [] }).includes(type);
  expect([...own, ...shared].filter(isPerReplica)).toEqual(own);
  const of = (plugins: PickerFile['plugins'], featureGates: string[] = []) => perReplicaPlugins({ plugins, schedulingProfiles: [], featureGates });
  expect(of([{ type: 'prefix-cache-scorer' }, scorer])).toEqual(['prefix-cache-scorer']);
  const exact = { prefixMatchInfoProducerName: 'exact' };
  const producer = { type: 'precise-prefix-cache-producer', name: 'exact' };
  expect(of([{ type: 'prefix-cache-scorer', parameters: exact }, producer])).toEqual([]);
  expect(of([{ type: 'prefix-cache-affinity-filter', parameters: { ...exact, maxTTFTPenaltyMs: 0 } }, producer])).toEqual([]);
  expect(of([{ type: 'prefix-cache-affinity-filter', parameters: exact }, producer])).toEqual(['prefix-cache-affinity-filter']);
  expect(of([{ type: 'prefix-cache-scorer', parameters: exact }, { type: 'approx-prefix-cache-producer', name: 'exact' }])).toEqual(['prefix-cache-scorer', 'exact']);
  expect(of([scorer], ['flowControl'])).toEqual(['flowControl']);
  expect(of([scorer], ['flowControl', 'flowControl=false'])).toEqual([]);
  expect(of([{ type: 'session-affinity-scorer', parameters: { strategy: 'session_id' } }])).toEqual(['session-affinity-scorer']);
});
