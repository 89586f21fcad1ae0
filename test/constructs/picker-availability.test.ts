import { AgentMesh, AvailabilityMode, DeployPickerOptions, EndpointPicker, EndpointPickerConfig, InferenceGateway } from '../../src';
import { perReplicaPlugins } from '../../src/model/picker/per-replica';
import { deploy } from '../story';
import { Manifests, problemsOf, synth } from '../synth';

const pool = (options: DeployPickerOptions) => (mesh: AgentMesh) => {
  const gateway = new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
  gateway.addPool('llm', { workload: deploy(), picker: EndpointPicker.deploy(options) });
};
const built = (options: DeployPickerOptions) => synth(pool(options));
const { SINGLE, LEADER_ELECTED, ACTIVE_ACTIVE } = AvailabilityMode;
const stateless = { config: EndpointPickerConfig.loadOnly() };

/** What follows from the availability mode. */
function derived(objects: Manifests) {
  const { replicas, strategy, template } = objects.get('Deployment', 'llm-epp').spec;
  const [{ args, livenessProbe, readinessProbe, startupProbe }] = template.spec.containers;
  return {
    replicas, strategy: strategy?.type, election: args.includes('--ha-enable-leader-election=true'),
    spread: template.spec.topologySpreadConstraints?.length,
    probes: [startupProbe, livenessProbe, readinessProbe].map(({ grpc, tcpSocket }) => grpc?.service ?? `tcp ${tcpSocket.port}`),
    rights: objects.get('Role', 'llm-epp').rules.flatMap(({ resources }: { resources: string[] }) => resources).filter((one: string) => ['leases', 'events'].includes(one)),
    budget: objects.find('PodDisruptionBudget', 'llm-epp')?.spec.maxUnavailable,
    autoscaler: objects.find('HorizontalPodAutoscaler', 'llm-epp')?.spec.maxReplicas,
  };
}

const single = { replicas: 1, strategy: undefined, election: false, spread: undefined, probes: ['tcp 9003', 'tcp 9003', 'readiness'], rights: [], budget: undefined, autoscaler: undefined };
const elected = { ...single, replicas: 2, strategy: 'Recreate', election: true, spread: 2, probes: ['tcp 9003', 'liveness', 'readiness'], rights: ['leases', 'events'] };
const active = { ...single, replicas: 2, spread: 2, budget: 1 };

test.each<[string, DeployPickerOptions, object]>([
  ['by default', {}, single],
  ['single', { availability: SINGLE }, single],
  ['leader-elected', { availability: LEADER_ELECTED }, elected],
  ['leader-elected with three replicas', { availability: LEADER_ELECTED, replicas: 3 }, { ...elected, replicas: 3 }],
  ['active-active', { availability: ACTIVE_ACTIVE, ...stateless }, active],
  ['of several replicas', { replicas: 3, ...stateless }, { ...active, replicas: 3 }],
  ['active-active with an autoscaler', { availability: ACTIVE_ACTIVE, horizontalPodAutoscaler: { maxReplicas: 5 }, ...stateless }, { ...active, replicas: undefined, autoscaler: 5 }],
  ['active-active with a stated budget', { availability: ACTIVE_ACTIVE, replicas: 4, podDisruptionBudget: { maxUnavailable: 2 }, ...stateless }, { ...active, replicas: 4, budget: 2 }],
  ['single with a budget that lets it go', { podDisruptionBudget: { maxUnavailable: 1 } }, { ...single, budget: 1 }],
])('a picker %s', (_name, options, expected) => {
  expect(derived(built(options))).toEqual(expected);
});

test('leader election needs exactly these rights beside the read-only ones', () => {
  expect(built({ availability: LEADER_ELECTED }).get('Role', 'llm-epp').rules.slice(3)).toEqual([
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'] },
    { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
  ]);
});

test('the autoscaler follows the container of the picker', () => {
  const [metric] = built({ availability: ACTIVE_ACTIVE, horizontalPodAutoscaler: { maxReplicas: 5 }, ...stateless }).get('HorizontalPodAutoscaler', 'llm-epp').spec.metrics;
  expect(metric.containerResource.container).toBe('endpoint-picker');
});

test.each<[string, DeployPickerOptions, RegExp]>([
  ['three replicas with prefix scoring', { replicas: 3 }, /plugins that keep state in one replica.*"plugins":\["prefix-cache-scorer"\].*LEADER_ELECTED.*configuration without these plugins.*\[AM222\]/],
  ['active-active with prefix scoring', { availability: ACTIVE_ACTIVE }, /\[AM222\]/],
  ['an autoscaler of active-active with prefix scoring', { availability: ACTIVE_ACTIVE, horizontalPodAutoscaler: { maxReplicas: 3 } }, /\[AM222\]/],
  ['an autoscaler without active-active', { horizontalPodAutoscaler: { maxReplicas: 3 } }, /`horizontalPodAutoscaler` has no use.*Single/],
  ['an autoscaler with leader election', { availability: LEADER_ELECTED, horizontalPodAutoscaler: { maxReplicas: 3 } }, /`horizontalPodAutoscaler` has no use.*LeaderElected/],
  ['a budget with leader election', { availability: LEADER_ELECTED, podDisruptionBudget: { maxUnavailable: 1 } }, /only the leader of an endpoint picker is ready/],
  ['a budget that holds the only replica', { podDisruptionBudget: { minAvailable: 1 } }, /never lets a pod be evicted/],
  ['two replicas of a single picker', { availability: SINGLE, replicas: 2 }, /`availability` Single has one replica/],
  ['one replica with leader election', { availability: LEADER_ELECTED, replicas: 1 }, /`availability` LeaderElected has two replicas or more/],
  ['one active-active replica', { availability: ACTIVE_ACTIVE, replicas: 1, ...stateless }, /`availability` ActiveActive has two replicas or more/],
  ['replicas beside an autoscaler', { availability: ACTIVE_ACTIVE, replicas: 3, horizontalPodAutoscaler: { maxReplicas: 3 }, ...stateless }, /`replicas` has no effect/],
])('refuses %s', (_name, options, problem) => {
  expect(problemsOf(pool(options))).toEqual([expect.stringMatching(problem)]);
});

describe('plugins with state in one replica', () => {
  const of = (...plugins: (string | { readonly name?: string; readonly type: string; readonly parameters?: Record<string, unknown> })[]) =>
    perReplicaPlugins({ plugins: plugins.map((one) => (typeof one === 'string' ? { type: one } : one)), schedulingProfiles: [] });
  const reading = (type: string, producer: string) => ({ type, parameters: { prefixMatchInfoProducerName: producer } });

  test.each([
    'approx-prefix-cache-producer', 'burst-prefix-cache-producer', 'multicluster-approx-prefix-cache-producer', 'no-hit-lru-scorer', 'inflight-load-producer', 'token-load-scorer',
    'active-request-scorer', 'concurrency-detector', 'session-id-producer', 'prefix-cache-scorer', 'prefix-cache-affinity-filter',
  ])('%s', (type) => {
    expect(of(type, 'max-score-picker')).toEqual([type]);
  });
  test.each(['queue-scorer', 'kv-cache-utilization-scorer', 'lora-affinity-scorer', 'running-requests-size-scorer', 'load-aware-scorer', 'session-affinity-scorer', 'utilization-detector', 'toString', '__proto__'])('not %s', (type) => {
    expect(of(type)).toEqual([]);
  });
  test('not prefixes of the precise producer, if they are read from it by its name', () => {
    expect(of('precise-prefix-cache-producer', reading('prefix-cache-scorer', 'precise-prefix-cache-producer'))).toEqual([]);
    expect(of({ name: 'exact', type: 'precise-prefix-cache-producer' }, reading('prefix-cache-scorer', 'exact'))).toEqual([]);
    expect(of({ name: 'exact', type: 'precise-prefix-cache-producer' }, reading('prefix-cache-affinity-filter', 'exact'))).toEqual(['prefix-cache-affinity-filter']); // it counts requests in flight
    expect(of('precise-prefix-cache-producer', 'prefix-cache-scorer')).toEqual(['prefix-cache-scorer']);
  });
  test('sessions by id, and filters by active requests', () => {
    expect(of({ type: 'session-affinity-scorer', parameters: { strategy: 'session_id' } })).toEqual(['session-affinity-scorer']);
    expect(of({ type: 'utilization-filter', parameters: { conditions: [{ metric: 'active-requests', maxValue: 3 }] } })).toEqual(['utilization-filter']);
    expect(of({ type: 'utilization-filter', parameters: { conditions: [{ metric: 'waiting-queue', maxValue: 3 }] } })).toEqual([]);
  });
  test('the queues of flow control', () => {
    expect(perReplicaPlugins({ plugins: [], schedulingProfiles: [], featureGates: ['flowControl'] })).toEqual(['flowControl']);
    expect(perReplicaPlugins({ plugins: [], schedulingProfiles: [], featureGates: ['flowControl=false'] })).toEqual([]);
  });
});
