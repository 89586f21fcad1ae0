import { onIstioAmbient, onIstioSidecars } from './istio';
import { Attempt, callOf, completed, Pod, programOf, ProviderName, SCRAPER, Verdict, workloadOf, World } from './program';
import { Agent, AgentMesh, EndpointPicker, EndpointPickerConfig, Identity, InferenceGateway, InferencePoolOptions, Port, Workload } from '../../src';
import { IMAGE } from '../story';

type Judge = (world: World, attempt: Attempt) => Verdict;
const JUDGES = {
  'Istio ambient': onIstioAmbient, 'Istio sidecars': onIstioSidecars,
} satisfies Partial<Record<ProviderName, Judge>>;

const PORTS = [8000, 8001, 9100, 5557, 5558, 5600, 5601, 7000];
const HTTP = [8000, 8001, 9100];
const TITLE = 'servers of pool llama';

/** Two pools with pods of the same ports. The first one has the configuration; the other one never reads events. */
function pools(mesh: AgentMesh, config: EndpointPickerConfig, options: Pick<InferencePoolOptions, 'targetPorts' | 'metricsPort'> = {}): void {
  const gateway = new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
  const workload = () => Workload.deploy({ image: IMAGE, ports: PORTS.map((port) => (HTTP.includes(port) ? Port.http(port) : Port.tcp(port))) });
  gateway.addPool('llama', { workload: workload(), picker: EndpointPicker.deploy({ config }), ...options });
  gateway.addPool('other', { workload: workload() });
  const render = new Agent(mesh, 'render', { servicePort: 8000, versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)] }) } });
  render.grantCall(Identity.of({ namespace: 'voice', serviceAccount: 'llama-epp' }));
}

const precise = { modelName: 'llama', renderUrl: 'http://render:8000' };

/** The ports of the pods that the picker of the pool may use, by its configuration. */
type Case = readonly [name: string, config: () => EndpointPickerConfig, options: Parameters<typeof pools>[2], ports: readonly number[]];
const CASES: readonly Case[] = [
  ['approximatePrefix', () => EndpointPickerConfig.approximatePrefix(), {}, [8000]],
  ['approximatePrefix with a metrics port', () => EndpointPickerConfig.approximatePrefix(), { metricsPort: 9100 }, [9100]],
  ['optimizedBaseline', () => EndpointPickerConfig.optimizedBaseline(), {}, [8000]],
  ['precisePrefix', () => EndpointPickerConfig.precisePrefix(precise), {}, [8000, 5557]],
  ['precisePrefix with replay', () => EndpointPickerConfig.precisePrefix({ ...precise, replayPort: 5600 }), {}, [8000, 5557, 5600]],
  ['precisePrefix of two ranks with a metrics port', () => EndpointPickerConfig.precisePrefix({ ...precise, replayPort: 5600 }), { targetPorts: [8000, 8001], metricsPort: 9100 }, [9100, 5557, 5558, 5600, 5601]],
  ['wideExpertParallel', () => EndpointPickerConfig.wideExpertParallel(), { targetPorts: [8000, 8001] }, [8000, 8001]],
  ['payloadAgnostic', () => EndpointPickerConfig.payloadAgnostic(), {}, []],
  ['custom with events at another port', () => EndpointPickerConfig.custom({
    plugins: [
      { type: 'token-producer', parameters: { modelName: 'llama', vllm: { url: 'http://render:8000' } } }, { type: 'endpoint-notification-source' },
      { type: 'precise-prefix-cache-producer', name: 'exact', parameters: { kvEventsConfig: { podDiscoveryConfig: { socketPort: 5558 } } } }, { type: 'prefix-cache-scorer', parameters: { prefixMatchInfoProducerName: 'exact' } },
    ],
    dataLayer: { injectDefaults: false, sources: [{ plugin: 'endpoint-notification-source', extractors: ['exact'] }] }, schedulingProfiles: [{ name: 'default', plugins: [{ plugin: 'prefix-cache-scorer' }] }],
  }), {}, [5558]],
];

describe.each(Object.keys(JUDGES) as (keyof typeof JUDGES)[])('the ports of pods that a picker may use on %s', (provider) => {
  test.each(CASES)('%s', (_, config, options, ports) => {
    const program = programOf(provider, (mesh) => pools(mesh, config(), options), { metrics: { scraper: SCRAPER } });
    const all = completed(program, { objects: [], pods: [] });
    const callee = workloadOf(all, TITLE);
    const named = (name: string): Pod => all.world.pods.find((pod) => `${pod.namespace}/${pod.name}` === name)!;
    for (const caller of ['voice/llama-epp', 'voice/other-epp', 'voice/other', 'voice/intruder', 'outside/intruder']) {
      for (const port of PORTS) {
        const from = named(caller);
        const { decision, attempt } = callOf(all, from, callee, { port, atPods: true, path: '/metrics', method: 'GET' });
        const allowed = caller === 'voice/llama-epp' && ports.includes(port);
        const found = { model: decision.allowed, objects: JUDGES[provider](all.world, attempt).allowed };
        expect({ caller, port, ...found }).toEqual({ caller, port, model: allowed, objects: allowed });
      }
    }
  });
  test('the Service with which sidecars know the pods has exactly these ports', () => {
    for (const [name, config, options, ports] of CASES) {
      const { objects } = programOf(provider, (mesh) => pools(mesh, config(), options));
      const service = objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === 'llama-pods');
      expect([name, service?.spec.ports.map(({ port }: { port: number }) => port)]).toEqual([name, provider === 'Istio sidecars' && ports.length > 0 ? ports : undefined]);
    }
  });
});

/** vLLM servers of two ranks with events, in a pool whose picker reads them, and in one whose picker does not. */
function vllmPools(mesh: AgentMesh): void {
  const gateway = new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
  const workload = () => Workload.vllm({ image: IMAGE, model: 'llama', acceleratorCount: 2, dataParallelSize: 2, kvEvents: { replayPort: 5600 } });
  const config = EndpointPickerConfig.precisePrefix({ ...precise, replayPort: 5600 });
  gateway.addPool('llama', { workload: workload(), picker: EndpointPicker.deploy({ config }) });
  gateway.addPool('other', { workload: workload() });
  const render = new Agent(mesh, 'render', { servicePort: 8000, versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)] }) } });
  render.grantCall(Identity.of({ namespace: 'voice', serviceAccount: 'llama-epp' }));
}

test.each(Object.keys(JUDGES) as (keyof typeof JUDGES)[])('only its own picker reads the metrics and events of a vLLM server on %s, and nobody its health', (provider) => {
  const all = completed(programOf(provider, vllmPools), { objects: [], pods: [] });
  for (const caller of ['voice/llama-epp', 'voice/other-epp', 'voice/other', 'voice/render', 'voice/intruder', 'outside/intruder']) {
    const from = all.world.pods.find((pod) => `${pod.namespace}/${pod.name}` === caller)!;
    for (const port of [8000, 8001, 9256, 5557, 5558, 5600, 5601]) {
      const { decision, attempt } = callOf(all, from, workloadOf(all, TITLE), { port, atPods: true, path: '/metrics', method: 'GET' });
      const allowed = caller === 'voice/llama-epp' && port !== 9256;
      const found = { model: decision.allowed, objects: JUDGES[provider](all.world, attempt).allowed };
      expect({ caller, port, ...found }).toEqual({ caller, port, model: allowed, objects: allowed });
    }
  }
});

test('the report and decisions name what the picker reads', () => {
  const all = completed(programOf('Istio ambient', (mesh) => pools(mesh, EndpointPickerConfig.precisePrefix(precise))), { objects: [], pods: [] });
  const from = all.world.pods.find(({ name }) => name === 'llama-epp')!;
  const reason = (port: number) => callOf(all, from, workloadOf(all, TITLE), { port, atPods: true, path: '/', method: 'GET' }).decision.reason;
  expect([reason(8000), reason(5557), reason(7000)]).toEqual([
    `picker of pool llama scrapes the metrics of ${TITLE}`, `picker of pool llama reads the KV cache events of ${TITLE}`,
    `picker of pool llama may call ${TITLE} on port 8000, 5557, not on port 7000`,
  ]);
});
