import { parse } from 'yaml';
import { EndpointPicker, InferenceGateway, ModelServer } from '../../src';
import { compilePickerConfig } from '../../src/providers/inference-extension/picker-config';
import { deploy } from '../story';
import { synth } from '../synth';

/**
 * What llm-d-router v0.10.0 knows, so that a file it would refuse at start is refused here: plugin types by what they
 * are, their parameters (pkg/epp/framework/plugins), and the fields of the file (apix/config/v1alpha1). Decoding is strict.
 */
const FIELDS = ['apiVersion', 'kind', 'featureGates', 'plugins', 'schedulingProfiles', 'dataLayer', 'flowControl', 'requestHandler'];
const ENGINES = ['vllm', 'sglang', 'trtllm-serve', 'triton-tensorrt-llm', 'triton'];
type Area = 'scorer' | 'picker' | 'handler' | 'filter' | 'data';
type Check = (value: unknown) => boolean;
const isString: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number';
const isBoolean: Check = (value) => typeof value === 'boolean';
const PLUGINS: Record<string, { area: Area; parameters: Record<string, Check> }> = {
  'queue-scorer': { area: 'scorer', parameters: {} },
  'kv-cache-utilization-scorer': { area: 'scorer', parameters: {} },
  'running-requests-size-scorer': { area: 'scorer', parameters: {} },
  'prefix-cache-scorer': { area: 'scorer', parameters: { matchLengthWeight: isNumber, matchLengthScaleTokens: isNumber, prefixMatchInfoProducerName: isString } },
  'lora-affinity-scorer': { area: 'scorer', parameters: {} },
  'load-aware-scorer': { area: 'scorer', parameters: { threshold: isNumber } },
  'decode-filter': { area: 'filter', parameters: {} },
  'prefill-filter': { area: 'filter', parameters: {} },
  'max-score-picker': { area: 'picker', parameters: { maxNumOfEndpoints: isNumber } },
  'random-picker': { area: 'picker', parameters: { maxNumOfEndpoints: isNumber } },
  'weighted-random-picker': { area: 'picker', parameters: { maxNumOfEndpoints: isNumber } },
  'single-profile-handler': { area: 'handler', parameters: {} },
  'metrics-data-source': {
    area: 'data',
    parameters: { scheme: (value) => ['http', 'https'].includes(value as string), path: isString, insecureSkipVerify: isBoolean, caCertPath: isString, clientCertPath: isString, clientKeyPath: isString, interval: isString, port: isNumber },
  },
  'core-metrics-extractor': { area: 'data', parameters: { engineLabelKey: isString, defaultEngine: (value) => ENGINES.includes(value as string), engineConfigs: Array.isArray } },
};

/** The complaints that the picker would have of a file. */
function decode(text: string): string[] {
  const config = parse(text);
  const complaints: string[] = [];
  const known = (object: object, fields: readonly string[], where: string) =>
    Object.keys(object).filter((key) => !fields.includes(key)).forEach((key) => complaints.push(`${where}: unknown field ${key}`));
  known(config, FIELDS, 'file');
  if (config.apiVersion !== 'llm-d.ai/v1alpha1' || config.kind !== 'EndpointPickerConfig') complaints.push(`file: ${config.apiVersion} ${config.kind}`);
  const names = new Map<string, string>();
  for (const plugin of config.plugins) {
    known(plugin, ['name', 'type', 'parameters'], `plugin ${plugin.type}`);
    const type = PLUGINS[plugin.type];
    if (!type) complaints.push(`unknown plugin ${plugin.type}`);
    for (const [key, value] of Object.entries(plugin.parameters ?? {})) {
      if (!type?.parameters[key]) complaints.push(`plugin ${plugin.type}: unknown parameter ${key}`);
      else if (!type.parameters[key](value)) complaints.push(`plugin ${plugin.type}: ${key} cannot be ${JSON.stringify(value)}`);
    }
    const name = plugin.name ?? plugin.type;
    if (names.has(name)) complaints.push(`plugin ${name} twice`);
    names.set(name, plugin.type);
  }
  for (const profile of config.schedulingProfiles) {
    known(profile, ['name', 'plugins'], `profile ${profile.name}`);
    for (const reference of profile.plugins) {
      known(reference, ['pluginRef', 'weight'], `profile ${profile.name}`);
      const area = PLUGINS[names.get(reference.pluginRef) ?? '']?.area;
      if (!area) complaints.push(`profile ${profile.name}: ${reference.pluginRef} does not resolve`);
      if (area === 'handler' || area === 'data') complaints.push(`profile ${profile.name}: ${reference.pluginRef} is no part of a profile`);
      if (area === 'scorer' ? !isNumber(reference.weight) : reference.weight !== undefined) complaints.push(`profile ${profile.name}: weight of ${reference.pluginRef}`);
    }
    const pickers = profile.plugins.filter(({ pluginRef }: { pluginRef: string }) => PLUGINS[names.get(pluginRef) ?? '']?.area === 'picker');
    if (pickers.length > 1) complaints.push(`profile ${profile.name}: ${pickers.length} pickers`);
  }
  return complaints;
}

function configOf(picker: EndpointPicker, options: { ports?: number[]; targetPorts?: number[]; metricsPort?: number } = {}): string {
  const objects = synth((mesh) => {
    const gateway = new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
    gateway.addPool('llm', { workload: deploy(options.ports), picker, targetPorts: options.targetPorts, metricsPort: options.metricsPort });
  });
  return objects.get('ConfigMap', 'llm-epp').data['endpoint-picker.yaml'];
}

test('the test\'s decoder rejects what the picker rejects', () => {
  expect(decode(`
apiVersion: llm-d.ai/v1alpha1
kind: EndpointPickerConfig
saturationDetector: {}
plugins: [{type: no-such-scorer}, {type: queue-scorer, parameters: {threshold: 1}}, {type: metrics-data-source, parameters: {scheme: ftp}}]
schedulingProfiles: [{name: default, plugins: [{pluginRef: prefix-cache-scorer, weight: 1}, {pluginRef: metrics-data-source}]}]
`)).toEqual([
    'file: unknown field saturationDetector', 'unknown plugin no-such-scorer', 'plugin queue-scorer: unknown parameter threshold',
    'plugin metrics-data-source: scheme cannot be "ftp"', 'profile default: prefix-cache-scorer does not resolve',
    'profile default: weight of prefix-cache-scorer', 'profile default: metrics-data-source is no part of a profile',
  ]);
});

describe('the picker accepts the configuration', () => {
  test.each([
    ['by default', EndpointPicker.deploy(), {}],
    ...Object.values(ModelServer).map((modelServer) => [`of ${modelServer}`, EndpointPicker.deploy({ modelServer }), {}] as const),
    ['of prefixes alone', EndpointPicker.deploy({ kvCacheWeight: 0, queueDepthWeight: 0 }), {}],
    ['with a metrics port of its own', EndpointPicker.deploy(), { ports: [8000, 9100], targetPorts: [8000], metricsPort: 9100 }],
  ] as const)('%s', (_name, picker, options) => {
    expect(decode(configOf(picker, options as never))).toEqual([]);
  });
});

test('prefix cache, KV cache and queue depth are scored, the prefix most', () => {
  const [profile] = parse(configOf(EndpointPicker.deploy())).schedulingProfiles;
  expect(profile.plugins).toEqual([
    { pluginRef: 'prefix-cache-scorer', weight: 3 }, { pluginRef: 'kv-cache-utilization-scorer', weight: 2 }, { pluginRef: 'queue-scorer', weight: 2 },
    { pluginRef: 'max-score-picker' },
  ]);
});

test('a signal of weight 0 is left out', () => {
  const config = parse(configOf(EndpointPicker.deploy({ queueDepthWeight: 0, prefixCacheWeight: 1.5 })));
  expect(config.schedulingProfiles[0].plugins.map(({ pluginRef }: { pluginRef: string }) => pluginRef)).not.toContain('queue-scorer');
  expect(config.plugins.map(({ type }: { type: string }) => type)).not.toContain('queue-scorer');
  expect(config.schedulingProfiles[0].plugins[0].weight).toBe(1.5);
});

test('metrics are read at the serving port, or at the stated port', () => {
  const source = (text: string) => parse(text).plugins.find(({ type }: { type: string }) => type === 'metrics-data-source').parameters;
  expect(source(configOf(EndpointPicker.deploy()))).toEqual({ scheme: 'http', path: '/metrics' });
  expect(source(configOf(EndpointPicker.deploy(), { ports: [8000, 9100], metricsPort: 9100 }))).toEqual({ scheme: 'http', path: '/metrics', port: 9100 });
});

test('the model server is stated, so that the metrics have the right names', () => {
  const config = compilePickerConfig({ targetPorts: [1], metricsPort: 1, picker: { deployment: { engine: 'sglang', weights: { prefixCache: 1, kvCache: 1, queueDepth: 1 } } } } as never);
  expect(config.plugins.at(-1)).toEqual({ type: 'core-metrics-extractor', parameters: { defaultEngine: 'sglang' } });
});
