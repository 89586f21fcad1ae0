import {
  Affinity, Agent, AgentMesh, DeployPickerOptions, EndpointPicker, ImagePullPolicy, InferenceGateway, InferencePool, PickerRelease, Port, TaintEffect,
  Volume, Workload,
} from '../../src';
import { deploy } from '../story';
import { problemsOf, synth } from '../synth';

const pool = (options: DeployPickerOptions) => (mesh: AgentMesh) => {
  const gateway = new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
  gateway.addPool('llm', { workload: deploy(), picker: EndpointPicker.deploy(options) });
};
const podOf = (options: DeployPickerOptions) => synth(pool(options)).get('Deployment', 'llm-epp').spec.template;
const containerOf = (options: DeployPickerOptions) => podOf(options).spec.containers[0];

test('settings of the container', () => {
  const container = containerOf({
    imagePullPolicy: ImagePullPolicy.ALWAYS, maxReceiveMebibytes: 16,
    cpuMillis: 500, cpuLimitMillis: 2000, memoryMebibytes: 1024, memoryLimitMebibytes: 4096,
    flags: { 'v': '4', 'drain-timeout': '1m30s' }, env: { LEVEL: '$(MODE)', MODE: 'fast' }, secretEnv: { HF_TOKEN: { secretName: 'hf', key: 'token' } },
    volumes: { '/certs/': Volume.secret('certs'), '/cache': Volume.emptyDir({ sizeMebibytes: 64 }) },
  });
  expect(container.imagePullPolicy).toBe('Always');
  expect(container.resources).toEqual({ requests: { cpu: '500m', memory: '1024Mi' }, limits: { cpu: '2000m', memory: '4096Mi' } });
  expect(container.args.slice(-3)).toEqual(['--grpc-max-recv-msg-size=16MiB', '--drain-timeout=1m30s', '--v=4']);
  expect(container.env.map(({ name }: { name: string }) => name)).toEqual(['NAMESPACE', 'POD_NAME', 'HF_TOKEN', 'MODE', 'LEVEL']);
  expect(container.env[2]).toEqual({ name: 'HF_TOKEN', valueFrom: { secretKeyRef: { key: 'token', name: 'hf' } } });
  expect(container.volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath)).toEqual(['/config', '/cache', '/certs']);
});

test('settings of the pod', () => {
  const { metadata, spec } = podOf({
    podLabels: { team: 'voice' }, podAnnotations: { 'example.com/owner': 'voice' }, imagePullSecrets: ['registry'], priorityClassName: 'high', nodeSelector: { pool: 'cpu' },
    affinity: [Affinity.nodes({ zone: ['a'] })], tolerations: [{ key: 'cpu', effect: TaintEffect.NO_SCHEDULE }], topologySpreadConstraints: [{ topologyKey: 'kubernetes.io/hostname' }],
    volumes: { '/cache': Volume.emptyDir({ sizeMebibytes: 64 }) },
  });
  expect(metadata.labels).toMatchObject({ 'team': 'voice', 'app.kubernetes.io/name': 'llm-epp' });
  expect(metadata.annotations).toMatchObject({ 'example.com/owner': 'voice', 'checksum/config': expect.any(String) });
  expect(spec).toMatchObject({
    imagePullSecrets: [{ name: 'registry' }], priorityClassName: 'high', nodeSelector: { pool: 'cpu' }, tolerations: [{ key: 'cpu', operator: 'Exists', effect: 'NoSchedule' }],
    topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'llm-epp' } } }],
  });
  expect(spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution).toHaveLength(1);
  expect(spec.securityContext).toEqual({ fsGroup: 65532, runAsGroup: 65532, runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } });
  expect(spec.volumes[1].emptyDir).toEqual({ sizeLimit: '64Mi' });
});

test('traces go to the stated collector', () => {
  const container = containerOf({ tracing: { endpoint: 'http://collector.observability:4317' } });
  expect(container.args).toContain('--tracing=true');
  expect(container.env.slice(2)).toEqual([
    { name: 'OTEL_SERVICE_NAME', value: 'llm-epp' },
    { name: 'OTEL_TRACES_EXPORTER', value: 'otlp' },
    { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: 'http://collector.observability:4317' },
    { name: 'OTEL_RESOURCE_ATTRIBUTES', value: 'k8s.namespace.name=$(NAMESPACE),k8s.pod.name=$(POD_NAME)' },
    { name: 'OTEL_TRACES_SAMPLER', value: 'parentbased_traceidratio' },
    { name: 'OTEL_TRACES_SAMPLER_ARG', value: '0.1' },
  ]);
  expect(containerOf({ tracing: { endpoint: 'http://a:1', samplingRatio: 0 } }).env[7].value).toBe('0');
  expect(containerOf({}).args).toContain('--tracing=false');
});

test('the flag that demands tokens of scrapers comes with the rights to review them, and only then', () => {
  const objects = synth(pool({ metricsAuthentication: true }));
  expect(objects.get('Deployment', 'llm-epp').spec.template.spec.containers[0].args).toContain('--metrics-endpoint-auth=true');
  expect(objects.get('ClusterRole', 'endpoint-picker:voice:llm-epp').rules).toEqual([
    { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
    { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
  ]);
  const binding = objects.get('ClusterRoleBinding', 'endpoint-picker:voice:llm-epp');
  expect(binding).toMatchObject({ roleRef: { kind: 'ClusterRole', name: 'endpoint-picker:voice:llm-epp' }, subjects: [{ kind: 'ServiceAccount', name: 'llm-epp', namespace: 'voice' }] });
  expect(binding.metadata.namespace).toBeUndefined();
  const plain = synth(pool({}));
  expect(plain.names('ClusterRole')).toEqual([]);
  expect(plain.get('Deployment', 'llm-epp').spec.template.spec.containers[0].args).toContain('--metrics-endpoint-auth=false');
});

test.each<[string, DeployPickerOptions, RegExp]>([
  ['an unknown flag', { flags: { verbose: 'true' } }, /has a flag that release 0\.10 of the picker does not know/],
  ['a flag with dashes', { flags: { '--v': '4' } }, /without dashes/],
  ['a flag that stops the picker at start', { flags: { 'lora-info-metric': 'vllm:lora' } }, /with which release 0\.10 of the picker does not start/],
  ['a flag that is gone', { flags: { 'grpc-enable-compression': 'true' } }, /no longer has the flag/],
  ['a flag of the library', { flags: { 'pool-name': 'other' } }, /has a flag that the library sets itself/],
  ['leader election as a flag', { flags: { 'ha-enable-leader-election': 'true' } }, /set `availability`/],
  ['metrics authentication as a flag', { flags: { 'metrics-endpoint-auth': 'true' } }, /set `metricsAuthentication`/],
  ['experimental plugins as a flag', { flags: { 'allow-experimental-plugins': 'true' } }, /has a flag that the library sets itself/],
  ['plain text as a flag', { flags: { 'secure-serving': 'false' } }, /as the mesh requires/],
  ['profiles', { flags: { 'enable-pprof': 'true' } }, /everyone who may scrape/],
  ['a flag with another flag in its value', { flags: { v: '4 --pool-name=x' } }, /has a value that the flag v does not accept/],
  ['a variable in a flag', { flags: { v: '$(POD_NAME)' } }, /has a value that the flag v does not accept/],
  ['a duration of 0', { flags: { 'refresh-metrics-interval': '0s' } }, /durations above 0/],
  ['a longer duration than Go knows', { flags: { 'refresh-metrics-interval': '9999999999h' } }, /durations above 0/],
  ['a size of an unknown unit', { flags: { 'grpc-max-send-msg-size': '10K' } }, /sizes such as/],
  ['a port of the collector beyond the last', { tracing: { endpoint: 'http://collector:99999' } }, /`endpoint` of `tracing`/],
  ['the AppArmor profile', { podAnnotations: { 'container.apparmor.security.beta.kubernetes.io/endpoint-picker': 'unconfined' } }, /would change the security of the pods/],
  ['annotations longer than Kubernetes allows', { podAnnotations: { a: 'x'.repeat(300_000) } }, /longer than Kubernetes allows/],
  ['credentials for the collector', { env: { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer abcdef' } }, /an Authorization header/],
  ['a duration without unit', { flags: { 'drain-timeout': '30' } }, /durations above 0, such as/],
  ['a drain beyond the life of the pod', { flags: { 'drain-timeout': '2m1s' } }, /drain longer than Kubernetes lets/],
  ['an image of another release', { image: 'ghcr.io/llm-d/llm-d-router-endpoint-picker:v0.9.1' }, /the image is another release than `release`/],
  ['an image of the next release', { image: 'ghcr.io/llm-d/llm-d-router-endpoint-picker:v0.11.0' }, /the image is another release than `release`.*got "ghcr\.io\/llm-d\/llm-d-router-endpoint-picker:v0\.11\.0"; allowed: llm-d-router-endpoint-picker of release 0\.10/],
  ['an image of the next release and a stated release', { image: 'mirror.example.com/llm-d-router-endpoint-picker:v0.11.0', release: PickerRelease.V0_10 }, /the image is another release than `release`/],
  ['an image of the next release with its digest', { image: `ghcr.io/llm-d/llm-d-router-endpoint-picker:v0.11.0-rc.1@sha256:${'a'.repeat(64)}` }, /the image is another release than `release`/],
  ['an image of the former picker', { image: 'registry.k8s.io/gateway-api-inference-extension/epp:v1.5.0' }, /the image is not the picker of release 0\.10/],
  ['an image under its former name', { image: 'ghcr.io/llm-d/llm-d-inference-scheduler:v0.6.0' }, /the image is not the picker of release 0\.10/],
  ['a variable of the library', { env: { POD_NAME: 'x' } }, /is one that the library sets/],
  ['a tracing variable beside `tracing`', { tracing: { endpoint: 'http://a:1' }, env: { OTEL_TRACES_SAMPLER: 'always_on' } }, /remove the variable, or `tracing`/],
  ['a secret in a variable', { env: { HF_TOKEN: 'abc' } }, /looks like a secret/],
  ['an invalid variable', { secretEnv: { 'A B': { secretName: 'a', key: 'b' } } }, /the name of an environment variable/],
  ['a label of the mesh', { podLabels: { 'istio.io/dataplane-mode': 'none' } }, /`podLabels` has a label that is reserved/],
  ['an annotation of the mesh', { podAnnotations: { 'sidecar.istio.io/inject': 'false' } }, /`podAnnotations` has an annotation that is reserved/],
  ['the annotation of the library', { podAnnotations: { 'checksum/config': 'x' } }, /`podAnnotations` has an annotation that is reserved/],
  ['an invalid annotation', { podAnnotations: { 'a b': 'x' } }, /a key of `podAnnotations` is not valid/],
  ['a CPU limit below the request', { cpuMillis: 1000, cpuLimitMillis: 500 }, /`cpuLimitMillis` is out of range/],
  ['a memory limit below the request', { memoryMebibytes: 1000, memoryLimitMebibytes: 500 }, /`memoryLimitMebibytes` is out of range/],
  ['a message size of nothing', { maxReceiveMebibytes: 0 }, /`maxReceiveMebibytes` is out of range/],
  ['a volume over the configuration', { volumes: { '/config/': Volume.configMap('mine') } }, /would hide its configuration/],
  ['a volume in the configuration', { volumes: { '/config/more': Volume.configMap('mine') } }, /would hide its configuration/],
  ['a volume over the token', { volumes: { '/var/run/secrets/kubernetes.io/serviceaccount': Volume.emptyDir() } }, /would hide the ServiceAccount token/],
  ['an invalid toleration', { tolerations: [{ value: 'x' }] }, /a toleration has a value without a key/],
  ['an endpoint without scheme', { tracing: { endpoint: 'collector:4317' } }, /is not the URL of an OTLP endpoint/],
  ['an endpoint with a password', { tracing: { endpoint: 'http://a:b@collector:4317' } }, /is not the URL of an OTLP endpoint/],
  ['a ratio above 1', { tracing: { endpoint: 'http://a:1', samplingRatio: 2 } }, /`samplingRatio` of `tracing` is out of range/],
])('refuses %s', (_name, options, problem) => {
  expect(problemsOf(pool(options))).toEqual([expect.stringMatching(problem)]);
});

test.each([
  ['the same release', 'ghcr.io/llm-d/llm-d-router-endpoint-picker:v0.10.3'], ['a mirror', 'registry.example.com/mirror/llm-d-router-endpoint-picker:0.10.0-patch1'],
  ['a digest', `ghcr.io/llm-d/llm-d-router-endpoint-picker@sha256:${'0'.repeat(64)}`], ['a tag that is no release', 'ghcr.io/llm-d/llm-d-router-endpoint-picker:main'], ['a name of the team\'s own', 'registry.example.com/picker:7'],
])('accepts an image of %s', (_name, image) => {
  expect(containerOf({ image, release: PickerRelease.V0_10 }).image).toBe(image);
});

test('no other workload may select the pods of a picker by their further labels', () => {
  expect(problemsOf((mesh) => {
    pool({ podLabels: { app: 'tools' } })(mesh);
    new Agent(mesh, 'tools', { versions: { v1: Workload.existing({ labels: { app: 'tools' }, serviceAccount: 'tools', ports: [Port.http(8000)] }) } });
  })).toEqual([expect.stringMatching(/also matches the pods of picker of pool llm.*\[AM203\]/)]);
});

test('two pickers of an app have settings of their own', () => {
  const objects = synth((mesh) => {
    const gateway = new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
    for (const name of ['one', 'two']) new InferencePool(mesh, name, { gateway, workload: deploy(), picker: EndpointPicker.deploy({ metricsAuthentication: true, podAnnotations: { pool: name } }) });
  });
  expect(objects.names('ClusterRole')).toEqual(['ClusterRole/endpoint-picker:voice:one-epp', 'ClusterRole/endpoint-picker:voice:two-epp']);
  expect(['one', 'two'].map((name) => objects.get('Deployment', `${name}-epp`).spec.template.metadata.annotations.pool)).toEqual(['one', 'two']);
});
