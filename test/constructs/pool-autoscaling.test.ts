import { ApiObject, JsonPatch } from 'cdk8s';
import {
  Agent, AgentMesh, AgentMeshProps, EndpointPicker, EndpointPickerConfig, GatewayExposure, Identity, InferenceGateway, InferencePoolOptions,
  MeshProvider, PoolAutoscaling, Port, Workload,
} from '../../src';
import { deploy, existing, existingPicker, IMAGE } from '../story';
import { Build, Manifests, problemsOf, synth } from '../synth';

const METRICS: Partial<AgentMeshProps> = { metrics: { scraper: Identity.of({ namespace: 'monitoring', serviceAccount: 'prometheus' }) } };
const AUTOSCALING: PoolAutoscaling = { serverAddress: 'http://prometheus.monitoring:9090', maxReplicas: 8 };
const QUEUES = EndpointPicker.deploy({ config: EndpointPickerConfig.agents() });

const gatewayOf = (mesh: AgentMesh) => new InferenceGateway(mesh, 'gw', { exposure: GatewayExposure.IN_MESH });
const pool = (autoscaling: Partial<PoolAutoscaling> = {}, more: Partial<InferencePoolOptions> = {}): Build => (mesh) => {
  gatewayOf(mesh).addPool('llm', { workload: deploy(), autoscaling: { ...AUTOSCALING, ...autoscaling }, ...more });
};
const scaled = (objects: Manifests, name = 'llm') => objects.get('ScaledObject', name).spec;
const built = (...args: Parameters<typeof pool>) => scaled(synth(pool(...args), METRICS));
const refused = (build: Build, props = METRICS) => problemsOf(build, props).join('\n');

const SELECTOR = 'namespace="voice",pod=~"(llm-epp)-[a-z0-9]+(-[a-z0-9]+)?"';
const query = (gauge: string, selector = SELECTOR) => `sum(${gauge}{${selector}}) or sum(0 * llm_d_epp_info{${selector}})`;

test('the replicas of the Deployment follow the running requests of the picker', () => {
  const objects = synth(pool(), METRICS);
  expect(objects.get('ScaledObject', 'llm').apiVersion).toBe('keda.sh/v1alpha1');
  expect(scaled(objects)).toEqual({
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'llm' },
    minReplicaCount: 1, maxReplicaCount: 8, pollingInterval: 15,
    advanced: { horizontalPodAutoscalerConfig: { behavior: { scaleDown: { stabilizationWindowSeconds: 300 } } } },
    triggers: [{
      type: 'prometheus', name: 'running', metricType: 'AverageValue',
      metadata: { serverAddress: 'http://prometheus.monitoring:9090', query: query('llm_d_epp_request_running'), threshold: '16', activationThreshold: '0', ignoreNullValues: 'false' },
    }],
  });
});

test('the Deployment of scaled pods states no number of replicas, which each apply would reset', () => {
  const replicas = (build: Build) => synth(build, METRICS).get('Deployment', 'llm').spec.replicas;
  expect(replicas(pool())).toBeUndefined();
  expect(replicas((mesh) => { gatewayOf(mesh).addPool('llm', { workload: deploy() }); })).toBe(2);
});

test('with flow control the requests that wait count too', () => {
  const { triggers } = built({ runningRequestsPerReplica: 8, queuedRequestsPerReplica: 3 }, { picker: QUEUES });
  expect(triggers.map(({ name, metadata }: any) => [name, metadata.query, metadata.threshold])).toEqual([
    ['running', query('llm_d_epp_request_running'), '8'], ['queued', query('llm_d_epp_flow_control_queue_size'), '3'],
  ]);
});

test('the last pod goes only with flow control, and after the same time as others', () => {
  const { minReplicaCount, cooldownPeriod, advanced } = built({ minReplicas: 0, cooldownSeconds: 900 }, { picker: QUEUES });
  expect([minReplicaCount, cooldownPeriod]).toEqual([0, 900]);
  expect(advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.stabilizationWindowSeconds).toBe(900);
  expect(refused(pool({ minReplicas: 0 }))).toMatch(/with `minReplicas` 0 pool llm can be without pods.*no flow control; got 0; allowed: `minReplicas` of 1 or more, or flow control.*\[AM239\]/);
});

test('labels of the series are escaped in the query', () => {
  const { triggers: [{ metadata }] } = built({ seriesLabels: { tenant: 'a"} or vector(9) #\\', cluster: 'eu-1' } });
  expect(metadata.query).toBe(query('llm_d_epp_request_running', `${SELECTOR},cluster="eu-1",tenant="a\\"} or vector(9) #\\\\"`));
});

test('a slash at the end of the address is left out, because KEDA appends a path', () => {
  expect(built({ serverAddress: 'https://metrics.example.com/select/0/prometheus/' }).triggers[0].metadata.serverAddress).toBe('https://metrics.example.com/select/0/prometheus');
});

test('the requests of every pool with the same pods count', () => {
  const objects = synth((mesh) => {
    const [gateway, workload] = [gatewayOf(mesh), deploy()];
    gateway.addPool('llm', { workload, autoscaling: AUTOSCALING });
    gateway.addPool('support', { workload, picker: QUEUES });
  }, METRICS);
  const { scaleTargetRef, triggers } = scaled(objects);
  const both = 'namespace="voice",pod=~"(llm-epp|support-epp)-[a-z0-9]+(-[a-z0-9]+)?"';
  expect(scaleTargetRef.name).toBe('llm');
  expect(triggers.map(({ metadata }: any) => metadata.query)).toEqual([query('llm_d_epp_request_running', both), query('llm_d_epp_flow_control_queue_size', both)]);
});

test.each([
  ['of one part', 'llm-epp-6c9f8d7b5-x2x4z', true],
  ['of a long name, whose hash is left out', 'llm-epp-x2x4z', true],
  ['of the picker of another pool', 'llm-epp-b-epp-6c9f8d7b5-x2x4z', false],
  ['of another Deployment', 'other-llm-epp-6c9f8d7b5-x2x4z', false],
])('the query matches pods by name: %s', (_what, name, matches) => {
  const pattern = /pod=~"([^"]+)"/.exec(built().triggers[0].metadata.query)![1];
  expect(new RegExp(`^(?:${pattern})$`).test(name)).toBe(matches);
});

test('an existing Deployment is named', () => {
  const { scaleTargetRef } = built({ deploymentName: 'their-llm' }, { workload: existing('llm') });
  expect(scaleTargetRef.name).toBe('their-llm');
  expect(refused(pool({}, { workload: existing('llm') }))).toContain('`autoscaling` needs the name of the Deployment of servers of pool llm, because the library does not emit it; got nothing; allowed: the name of a Deployment in `deploymentName`');
  expect(refused(pool({ deploymentName: 'llm' }))).toContain('`deploymentName` has no use, because the library knows the Deployment of servers of pool llm; got "llm"');
});

/** A pool of pods that an object of the app makes. */
function ofApp(kind: string, replicas: number | undefined, autoscaling: Partial<PoolAutoscaling> = {}): Build {
  return (mesh, chart) => {
    const template = { metadata: { labels: { app: 'llm' } }, spec: { serviceAccountName: 'llm', containers: [{ name: 'main', image: IMAGE, ports: [{ containerPort: 8000, name: 'http' }] }] } };
    const object = new ApiObject(chart, 'theirs', {
      apiVersion: 'apps/v1', kind, metadata: { name: 'their-llm', namespace: 'voice' }, spec: { replicas, selector: { matchLabels: { app: 'llm' } }, template },
    });
    const workload = Workload.fromConstruct(object);
    gatewayOf(mesh).addPool('llm', { workload, autoscaling: { ...AUTOSCALING, ...autoscaling } });
    if (replicas === 3) object.addJsonPatch(JsonPatch.remove('/spec/replicas'));
  };
}

test.each([
  ['a HorizontalPodAutoscaler', 'autoscaling/v2', 'HorizontalPodAutoscaler', { kind: 'Deployment', name: 'llm' }, 'voice', true],
  ['a ScaledObject', 'keda.sh/v1alpha1', 'ScaledObject', { name: 'llm' }, 'voice', true],
  ['one of another Deployment', 'autoscaling/v2', 'HorizontalPodAutoscaler', { kind: 'Deployment', name: 'other' }, 'voice', false],
  ['one of a StatefulSet', 'autoscaling/v2', 'HorizontalPodAutoscaler', { kind: 'StatefulSet', name: 'llm' }, 'voice', false],
  ['one in another namespace', 'autoscaling/v2', 'HorizontalPodAutoscaler', { kind: 'Deployment', name: 'llm' }, 'desk', false],
])('of the autoscalers of the app, %s is refused or not', (_what, apiVersion, kind, scaleTargetRef, namespace, isRefused) => {
  const report = refused((mesh, chart) => {
    pool()(mesh, chart);
    new ApiObject(chart, 'theirs', { apiVersion, kind, metadata: { name: 'theirs', namespace }, spec: { scaleTargetRef } });
  });
  expect(report.split('\n').filter(Boolean)).toEqual(isRefused ? [expect.stringMatching(new RegExp(`would have two autoscalers: ${kind} theirs of the app and .autoscaling. of the pool.*\\[AM238\\]`))] : []);
});

test('the Deployment of the app is known, and must state no replicas when it is written', () => {
  expect(scaled(synth(ofApp('Deployment', undefined), METRICS)).scaleTargetRef.name).toBe('their-llm');
  expect(refused(ofApp('Deployment', 2))).toMatch(/Deployment their-llm of servers of pool llm states `replicas`, so each apply would reset.*; got 2;.*\[AM238\]/);
  expect(refused(ofApp('Deployment', 3))).toBe('');
  expect(refused(ofApp('StatefulSet', undefined))).toContain('the pods of servers of pool llm are of another kind; got "StatefulSet their-llm"');
  expect(refused(ofApp('Deployment', undefined, { deploymentName: 'llm' }))).toContain('`deploymentName` has no use');
});

const server = (more: object) => Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], ...more });

test.each<[string, Build, RegExp]>([
  ['an autoscaler of the workload', pool({}, { workload: server({ horizontalPodAutoscaler: { maxReplicas: 4 } }) }), /servers of pool llm would have two autoscalers: `horizontalPodAutoscaler` of the workload and `autoscaling` of the pool.*\[AM238\]/],
  ['replicas of the workload', pool({}, { workload: server({ replicas: 2 }) }), /`replicas` of servers of pool llm has no effect, because `autoscaling` of the pool sets the number of replicas; got 2.*\[AM238\]/],
  ['a budget that lets no pod go', pool({}, { workload: server({ podDisruptionBudget: { minAvailable: 1 } }) }), /`podDisruptionBudget` of servers of pool llm never lets a pod be evicted while.*\[AM238\]/],
  ['a second pool of the pods with autoscaling', (mesh) => {
    const [gateway, workload] = [gatewayOf(mesh), deploy()];
    for (const id of ['llm', 'support']) gateway.addPool(id, { workload, autoscaling: AUTOSCALING });
  }, /app\/mesh\/gw\/support: the replicas of servers of pool llm would have two autoscalers, because another pool with the same `workload` has `autoscaling` too; got "pool llm".*\[AM238\]/],
  ['a picker of the team', pool({}, { picker: existingPicker() }), /`autoscaling` of pool llm needs the metrics of its endpoint picker, and the library does not know.*\[AM239\]/],
  ['a picker of the team for the same pods, that comes later', (mesh) => {
    const [gateway, workload] = [gatewayOf(mesh), deploy()];
    gateway.addPool('llm', { workload, autoscaling: AUTOSCALING });
    gateway.addPool('support', { workload, picker: existingPicker() });
  }, /app\/mesh\/gw\/llm: `autoscaling` of pool llm would not see the requests at pool support.*\[AM239\]/],
  ['zero pods, and another pool of them where no request waits', (mesh) => {
    const [gateway, workload] = [gatewayOf(mesh), deploy()];
    gateway.addPool('llm', { workload, autoscaling: { ...AUTOSCALING, minReplicas: 0 }, picker: QUEUES });
    gateway.addPool('support', { workload });
  }, /app\/mesh\/gw\/llm: with `minReplicas` 0 pool support can be without pods.*\[AM239\]/],
  ['requests that never wait', pool({ queuedRequestsPerReplica: 2 }), /`queuedRequestsPerReplica` has no effect, because requests never wait at the endpoint picker of pool llm.*got 2.*\[AM001\]/],
  ['fewer replicas at most than at least', pool({ minReplicas: 9 }), /`maxReplicas` of `autoscaling` is below `minReplicas`.*"minReplicas":9,"maxReplicas":8.*\[AM001\]/],
  ['numbers out of range', pool({ minReplicas: -1, runningRequestsPerReplica: 0, queuedRequestsPerReplica: 0.5, cooldownSeconds: 3601 }, { picker: QUEUES }), /`minReplicas` is out of range.*\n.*`runningRequestsPerReplica` is out of range.*\n.*`queuedRequestsPerReplica` is out of range.*\n.*`cooldownSeconds` is out of range; got 3601/],
  ['no replicas at all', pool({ minReplicas: 0, maxReplicas: 0 }, { picker: QUEUES }), /`maxReplicas` is out of range; got 0/],
  ['an address without a scheme', pool({ serverAddress: 'prometheus:9090' }), /`serverAddress` of `autoscaling` is not the URL of a Prometheus; got "prometheus:9090"/],
  ['a label that the library states', pool({ seriesLabels: { pod: 'x' } }), /`seriesLabels` of `autoscaling` has a label that the library states itself; got "pod"/],
  ['a label that would change the query', pool({ seriesLabels: { 'a="b",c': 'x' } }), /`seriesLabels` of `autoscaling` has a name that no label of Prometheus has/],
])('autoscaling is refused with %s', (_what, build, expected) => {
  expect(refused(build)).toMatch(expected);
});

test('a password in the address is refused, and not in the report', () => {
  const report = refused(pool({ serverAddress: 'http://admin:hunter2@prometheus:9090' }));
  expect(report).toContain('`serverAddress` of `autoscaling` is not the URL of a Prometheus; got "http://...@prometheus:9090"');
  expect(report).not.toContain('hunter2');
});

test('on Linkerd the pool itself is refused', () => {
  expect(refused(pool(), { ...METRICS, mesh: MeshProvider.linkerd() })).toMatch(/pool llm cannot have an endpoint picker: .*\[AM002\]/);
});

test('autoscaling is refused where nobody may scrape the picker', () => {
  expect(refused(pool(), {})).toMatch(/`autoscaling` of pool llm needs the metrics of its endpoint picker, and nobody may scrape it, because the mesh has no `metrics`; got nothing; allowed: `metrics` of the AgentMesh.*\[AM239\]/);
});

describe('the Deployment of an autoscaler', () => {
  const autoscaling = (deploymentName: string) => ({ autoscaling: { ...AUTOSCALING, deploymentName } });
  const gateway = (mesh: AgentMesh, name: string) => new InferenceGateway(mesh, name, { exposure: GatewayExposure.IN_MESH });
  test('is that of one pool', () => {
    const build: Build = (mesh) => { for (const name of ['a', 'b']) gateway(mesh, `gw-${name}`).addPool(name, { workload: existing(name), ...autoscaling('same') }); };
    expect(problemsOf(build, METRICS).join()).toMatch(/would have two autoscalers: ScaledObject .* \[AM238\]/);
  });
  test('is scaled once, if two pools have its pods', () => {
    const build: Build = (mesh) => {
      const workload = deploy();
      for (const name of ['a', 'b']) gateway(mesh, `gw-${name}`).addPool(name, { workload, autoscaling: AUTOSCALING });
    };
    expect(problemsOf(build, METRICS)).toEqual([expect.stringMatching(/because another pool with the same `workload` has `autoscaling` too.*\[AM238\]/)]);
  });
  test('is none of other pods', () => {
    const build: Build = (mesh) => {
      new Agent(mesh, 'b', { versions: { v1: Workload.deploy({ image: 'registry.example.com/b:1', ports: [Port.http(8000)] }) } });
      gateway(mesh, 'gw').addPool('a', { workload: existing('a'), ...autoscaling('b-v1') });
    };
    expect(problemsOf(build, METRICS)).toEqual([expect.stringMatching(/`deploymentName` of `autoscaling` is a Deployment of other pods than servers of pool a.*\[AM238\]/)]);
  });
  test('needs a Prometheus at a port that exists', () => {
    const build: Build = (mesh) => { gateway(mesh, 'gw').addPool('a', { workload: deploy(), autoscaling: { serverAddress: 'http://p.m:99999', maxReplicas: 4 } }); };
    expect(problemsOf(build, METRICS)).toEqual([expect.stringContaining('`serverAddress` of `autoscaling` is not the URL of a Prometheus; got "http://p.m:99999"')]);
  });
});
