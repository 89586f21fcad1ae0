import {
  Affinity, Agent, DeployWorkloadOptions, McpServer, McpToolBoundary, McpTransport, Port, TaintEffect, Volume, WhenUnsatisfiable, Workload,
} from '../../src';
import { linkerd } from '../rejected/tool-programs';
import { IMAGE } from '../story';
import { Build, meshOf, problemsOf, synth } from '../synth';

type Options = Partial<DeployWorkloadOptions>;

const agent = (options: Options): Build => (mesh) => {
  new Agent(mesh, 'vllm', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000), Port.http(9090), Port.tcp(7000)], ...options }) } });
};
const deployment = (options: Options) => synth(agent(options)).get('Deployment', 'vllm-v1').spec;
const pod = (options: Options) => deployment(options).template.spec;
const main = (options: Options) => pod(options).containers[0];

const labels = { 'app.kubernetes.io/name': 'vllm', 'app.kubernetes.io/version': 'v1' };
const spread = (topologyKey: string, whenUnsatisfiable = 'ScheduleAnyway', maxSkew = 1) => ({ topologyKey, whenUnsatisfiable, maxSkew, labelSelector: { matchLabels: labels } });

describe('a deployed pod', () => {
  test.each<[string, Options, object[] | undefined]>([
    ['several replicas', {}, [spread('kubernetes.io/hostname'), spread('topology.kubernetes.io/zone')]],
    ['one replica', { replicas: 1 }, undefined],
    ['an autoscaler of one and more', { horizontalPodAutoscaler: { minReplicas: 1, maxReplicas: 3 } }, [spread('kubernetes.io/hostname'), spread('topology.kubernetes.io/zone')]],
    ['the cluster, if it is left to it', { topologySpreadConstraints: [] }, undefined],
    ['what is stated', { topologySpreadConstraints: [{ topologyKey: 'rack', maxSkew: 2, whenUnsatisfiable: WhenUnsatisfiable.DO_NOT_SCHEDULE }] }, [spread('rack', 'DoNotSchedule', 2)]],
  ])('is spread as %s wants it', (_, options, constraints) => {
    expect(pod(options).topologySpreadConstraints).toEqual(constraints);
  });

  test('runs where its rules of affinity say', () => {
    const own = { matchLabels: { app: 'cache' } };
    expect(pod({
      affinity: [
        Affinity.nodes({ zone: ['a', 'b'] }, { required: true }), Affinity.nodes({ disk: ['ssd'] }, { required: true }), Affinity.nodes({ cpu: ['new'] }),
        Affinity.pods({ app: 'cache' }), Affinity.awayFromPods({ app: 'cache' }, { required: true, topologyKey: 'topology.kubernetes.io/zone' }),
      ],
    }).affinity).toEqual({
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a', 'b'] }, { key: 'disk', operator: 'In', values: ['ssd'] }] }] },
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: { matchExpressions: [{ key: 'cpu', operator: 'In', values: ['new'] }] } }],
      },
      podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: own } }] },
      podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'topology.kubernetes.io/zone', labelSelector: own }] },
    });
    expect(pod({}).affinity).toBeUndefined();
    expect(pod({ affinity: [Affinity.pods({ app: 'cache' }, { required: true })] }).affinity).toEqual({
      podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector: own }] },
    });
  });

  test.each<[string, Affinity, RegExp]>([
    ['no labels', Affinity.pods({}), /a rule of `affinity` has no labels/], ['no node labels', Affinity.nodes({}), /a rule of `affinity` has no labels/],
    ['no values', Affinity.nodes({ zone: [] }), /no node has one of them/], ['an invalid value', Affinity.nodes({ zone: ['a b'] }), /a label is not valid/],
    ['an invalid label', Affinity.awayFromPods({ 'a b': 'c' }), /a label is not valid/],
    ['an invalid domain', Affinity.pods({ app: 'a' }, { topologyKey: '/' }), /`topologyKey` of a rule of `affinity`/],
  ])('has no rule of affinity with %s', (_, rule, problem) => {
    expect(problemsOf(agent({ affinity: [rule] }))).toEqual([expect.stringMatching(problem)]);
  });

  test('runs on the nodes that are stated', () => {
    const { priorityClassName, nodeSelector, tolerations, imagePullSecrets } = pod({
      priorityClassName: 'high', nodeSelector: { pool: 'gpu' }, imagePullSecrets: ['registry'],
      tolerations: [{ key: 'gpu', value: 'a100', effect: TaintEffect.NO_SCHEDULE }, { key: 'spot' }, { effect: TaintEffect.NO_EXECUTE, tolerationSeconds: 60 }],
    });
    expect({ priorityClassName, nodeSelector, tolerations, imagePullSecrets }).toEqual({
      priorityClassName: 'high', nodeSelector: { pool: 'gpu' }, imagePullSecrets: [{ name: 'registry' }],
      tolerations: [
        { key: 'gpu', value: 'a100', operator: 'Equal', effect: 'NoSchedule' }, { key: 'spot', operator: 'Exists' }, { operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 },
      ],
    });
  });

  test('mounts volumes', () => {
    const volumes = {
      '/etc/agent/': Volume.configMap('agent'), '/keys': Volume.secret('keys', { subPath: 'a' }), '/models': Volume.persistentVolumeClaim('models', { readOnly: true }), '/work': Volume.persistentVolumeClaim('work'),
      '/dev/shm': Volume.emptyDir({ inMemory: true, sizeMebibytes: 64 }), '/tmp': Volume.emptyDir(),
    };
    const { volumes: made, containers: [{ volumeMounts }] } = pod({ volumes });
    const byPath = Object.fromEntries((volumeMounts as { mountPath: string; name: string }[]).map(({ mountPath, name, ...mount }) => {
      const { name: _, ...source } = (made as { name: string }[]).find((one) => one.name === name)!;
      return [mountPath, { ...mount, ...source }];
    }));
    expect(byPath).toEqual({
      '/etc/agent': { readOnly: true, configMap: { name: 'agent' } }, '/keys': { readOnly: true, subPath: 'a', secret: { secretName: 'keys' } },
      '/models': { readOnly: true, persistentVolumeClaim: { claimName: 'models', readOnly: true } }, '/work': { persistentVolumeClaim: { claimName: 'work' } },
      '/dev/shm': { emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } }, '/tmp': { emptyDir: {} },
    });
  });

  test('keeps the name of a volume when others are added', () => {
    const nameOf = (volumes: NonNullable<Options['volumes']>) => main({ volumes }).volumeMounts.find(({ mountPath }: { mountPath: string }) => mountPath === '/b').name;
    expect(nameOf({ '/b': Volume.configMap('b') })).toBe(nameOf({ '/a': Volume.configMap('a'), '/b': Volume.configMap('b') }));
  });

  test('has extended resources beside CPU and memory', () => {
    expect(main({ extendedResources: { 'nvidia.com/gpu': 2 } }).resources).toEqual({
      requests: { 'cpu': '250m', 'memory': '512Mi', 'nvidia.com/gpu': 2 }, limits: { 'memory': '512Mi', 'nvidia.com/gpu': 2 },
    });
  });

  test.each<[string, Options, object]>([
    ['by TCP', {}, {
      startupProbe: { tcpSocket: { port: 8000 }, periodSeconds: 2, failureThreshold: 300 },
      readinessProbe: { tcpSocket: { port: 8000 }, failureThreshold: 3 }, livenessProbe: { tcpSocket: { port: 8000 }, failureThreshold: 3 },
    }],
    ['by HTTP', { healthPath: '/health' }, {
      startupProbe: { httpGet: { path: '/health', port: 8000, scheme: 'HTTP' }, periodSeconds: 2, failureThreshold: 300 }, readinessProbe: { httpGet: { path: '/health', port: 8000, scheme: 'HTTP' }, failureThreshold: 3 },
      livenessProbe: { httpGet: { path: '/health', port: 8000, scheme: 'HTTP' }, failureThreshold: 30 },
    }],
    ['each in its own way', {
      healthPath: '/health', startupSeconds: 60,
      startupProbe: { periodSeconds: 7, timeoutSeconds: 3 }, readinessProbe: { path: '/ready', port: 9090, periodSeconds: 5, failureThreshold: 2 }, livenessProbe: { command: ['check'], timeoutSeconds: 9 },
    }, {
      startupProbe: { httpGet: { path: '/health', port: 8000, scheme: 'HTTP' }, periodSeconds: 7, timeoutSeconds: 3, failureThreshold: 9 },
      readinessProbe: { httpGet: { path: '/ready', port: 9090, scheme: 'HTTP' }, periodSeconds: 5, failureThreshold: 2 }, livenessProbe: { exec: { command: ['check'] }, timeoutSeconds: 9, failureThreshold: 30 },
    }],
    ['by a command without ports', { ports: [], livenessProbe: { command: ['check'] } }, { livenessProbe: { exec: { command: ['check'] }, failureThreshold: 30 } }],
    ['not without ports', { ports: [] }, {}],
  ])('is probed %s', (_, options, expected) => {
    const { startupProbe, readinessProbe, livenessProbe } = main(options);
    expect({ ...startupProbe && { startupProbe }, ...readinessProbe && { readinessProbe }, ...livenessProbe && { livenessProbe } }).toEqual(expected);
  });

  test('may be probed at every path of the first port, and at no other', () => {
    const build = agent({ healthPath: '/health', rateLimit: undefined, livenessProbe: { path: '/live' }, readinessProbe: { path: '/ready', port: 9090 } });
    const { mesh } = meshOf(build, linkerd);
    const callee = mesh.node.findChild('vllm') as Agent;
    const isOpen = (path: string) => mesh.decide({ callee, path, method: 'GET' }).allowed;
    expect(['/health', '/live', '/ready', '/other'].map(isOpen)).toEqual([true, true, false, false]);
    expect(mesh.describeAccess()).toMatch(/agent vllm, GET \/live\n[^]*agent vllm, GET \/health\n/);
  });

  test('has a route on Linkerd for each path, where its requests are limited', () => {
    const all = synth((mesh) => {
      const server = Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], healthPath: '/health', livenessProbe: { path: '/live' } });
      new McpToolBoundary(mesh, 'tools', { server: McpServer.of(server, { tools: ['find'] }) });
    }, linkerd);
    const route = all.all.find(({ kind, metadata: { name } }) => kind === 'HTTPRoute' && name.endsWith('-probes'))!;
    expect(route.spec.rules[0].matches.map(({ path }: { path: { value: string } }) => path.value)).toEqual(['/live', '/health']);
  });
});

describe('scaling', () => {
  test('is off by default', () => {
    expect(synth(agent({})).all.filter(({ kind }) => /Autoscaler|Budget/.test(kind))).toEqual([]);
  });

  test.each<[string, Options['podDisruptionBudget'], object]>([
    ['minAvailable', { minAvailable: 1 }, { minAvailable: 1 }],
    ['maxUnavailable', { maxUnavailable: 1 }, { maxUnavailable: 1 }],
  ])('emits a PodDisruptionBudget of %s', (_, podDisruptionBudget, said) => {
    expect(synth(agent({ podDisruptionBudget })).get('PodDisruptionBudget', 'vllm-v1')).toEqual({
      apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'vllm-v1', namespace: 'voice' }, spec: { selector: { matchLabels: labels }, unhealthyPodEvictionPolicy: 'AlwaysAllow', ...said },
    });
  });

  test('emits a HorizontalPodAutoscaler, and leaves the replicas to it', () => {
    const options = { horizontalPodAutoscaler: { maxReplicas: 8 } };
    expect(synth(agent(options)).get('HorizontalPodAutoscaler', 'vllm-v1')).toEqual({
      apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'vllm-v1', namespace: 'voice' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'vllm-v1' }, minReplicas: 2, maxReplicas: 8,
        metrics: [{ type: 'ContainerResource', containerResource: { container: 'main', name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
      },
    });
    expect(deployment(options)).not.toHaveProperty('replicas');
  });
});

describe('synth fails', () => {
  test.each<[string, Options, RegExp]>([
    ['a bad node selector', { nodeSelector: { 'a b': 'c' } }, /a label is not valid in Kubernetes/],
    ['a toleration with a value alone', { tolerations: [{ value: 'x' }] }, /a toleration has a value without a key/],
    ['a bad key', { tolerations: [{ key: 'a b' }] }, /a toleration is not valid in Kubernetes/],
    ['a time where nothing is evicted', { tolerations: [{ key: 'a', effect: TaintEffect.NO_SCHEDULE, tolerationSeconds: 1 }] }, /`tolerationSeconds` has no effect/],
    ['a bad priority class', { priorityClassName: 'A B' }, /`priorityClassName` is not a valid Kubernetes name/],
    ['a Secret twice', { imagePullSecrets: ['a', 'a'] }, /`imagePullSecrets` has an invalid or repeated name/],
    ['a volume of a bad name', { volumes: { '/a': Volume.configMap('A') } }, /the name of the volume at \/a is not a valid Kubernetes name/],
    ['a path out of the volume', { volumes: { '/a': Volume.configMap('a', { subPath: '../b' }) } }, /`subPath` of the volume at \/a leads out of the volume/],
    ['an empty directory of no size', { volumes: { '/a': Volume.emptyDir({ sizeMebibytes: 0 }) } }, /sizeMebibytes/],
    ['one path twice', { volumes: { '/a': Volume.emptyDir() }, writablePaths: ['/a/'] }, /`writablePaths` or `volumes` has a path that cannot be mounted, or the same path twice/],
    ['a volume over the token', { volumes: { '/var/run/secrets/kubernetes.io/serviceaccount': Volume.secret('token') } }, /would hide the ServiceAccount token/],
    ['a relative path', { volumes: { a: Volume.emptyDir() } }, /a path in the container is not absolute/],
    ['a bad topology', { topologySpreadConstraints: [{ topologyKey: 'a b' }] }, /`topologyKey` is not a valid label key/],
    ['one topology twice', { topologySpreadConstraints: [{ topologyKey: 'a' }, { topologyKey: 'a', maxSkew: 2 }] }, /have the same `topologyKey`/],
    ['a skew of 0', { topologySpreadConstraints: [{ topologyKey: 'a', maxSkew: 0 }] }, /maxSkew/],
    ['a resource without a domain', { extendedResources: { gpu: 1 } }, /the name of an extended resource is not valid/],
    ['a resource of Kubernetes', { extendedResources: { 'kubernetes.io/x': 1 } }, /the name of an extended resource is not valid/],
    ['half a GPU', { extendedResources: { 'nvidia.com/gpu': 0.5 } }, /extendedResources\["nvidia.com\/gpu"\]/],
    ['a budget of neither', { podDisruptionBudget: {} }, /states neither or both/],
    ['a budget of both', { podDisruptionBudget: { minAvailable: 1, maxUnavailable: 1 } }, /states neither or both/],
    ['a budget that stops every drain', { podDisruptionBudget: { minAvailable: 2 } }, /never lets a pod be evicted/],
    ['the same below an autoscaler', { podDisruptionBudget: { minAvailable: 1 }, horizontalPodAutoscaler: { minReplicas: 1, maxReplicas: 5 } }, /never lets a pod be evicted/],
    ['an autoscaler upside down', { horizontalPodAutoscaler: { minReplicas: 3, maxReplicas: 2 } }, /`maxReplicas` is below `minReplicas`/],
    ['replicas that it overrides', { replicas: 3, horizontalPodAutoscaler: { maxReplicas: 4 } }, /`replicas` has no effect/],
    ['a probe of both kinds', { livenessProbe: { command: ['a'], path: '/a' } }, /`livenessProbe` has both a command and a path or port/],
    ['an empty command', { readinessProbe: { command: [] } }, /the command of `readinessProbe` is empty/],
    ['a path with a query', { readinessProbe: { path: '/a?b' } }, /the path of `readinessProbe` is not a plain path/],
    ['a port that is not its own', { livenessProbe: { port: 1 } }, /the port of `livenessProbe` is not a port of the workload/],
    ['a path at a port that speaks no HTTP', { livenessProbe: { path: '/a', port: 7000 } }, /over HTTP\/1.1, but this port is not an HTTP\/1.1 port/],
    ['a path without a port', { ports: [], livenessProbe: { path: '/a' } }, /`livenessProbe` has a path, but the workload has no port to probe/],
    ['a threshold of the start', { startupProbe: { failureThreshold: 3 } }, /`failureThreshold` of `startupProbe` has no effect/],
    ['a period of 0', { livenessProbe: { periodSeconds: 0 } }, /livenessProbe.periodSeconds/],
    ['a health path that no probe uses', { healthPath: '/a', livenessProbe: { path: '/b' }, readinessProbe: { path: '/b' }, startupProbe: { path: '/b' } }, /`healthPath` has no effect/],
  ])('for %s', (_, options, message) => {
    expect(problemsOf(agent(options)).filter((line) => message.test(line))).toHaveLength(1);
  });

  test('for HTTP probes that use up a rate limit, whichever states them', () => {
    expect(problemsOf(agent({ rateLimit: { requestsPerSecond: 5 }, readinessProbe: { path: '/ready' } }), linkerd).join()).toMatch(/AM324/);
    expect(problemsOf(agent({ rateLimit: { requestsPerSecond: 5 }, readinessProbe: { path: '/ready', port: 9090 } }), linkerd)).toEqual([]);
  });

  test('for a probe at the endpoint of an MCP server', () => {
    expect(problemsOf((mesh) => {
      const server = Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], livenessProbe: { path: '/mcp' } });
      new McpToolBoundary(mesh, 'tools', { server: McpServer.of(server, { tools: ['find'] }) });
    }).join()).toMatch(/`healthPath` is also the path of the MCP endpoint/);
  });

  test('for a server of streams that is scaled', () => {
    expect(problemsOf((mesh) => {
      const server = Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], horizontalPodAutoscaler: { minReplicas: 1, maxReplicas: 2 } });
      new McpToolBoundary(mesh, 'tools', { server: McpServer.of(server, { tools: ['find'], transport: McpTransport.SSE }) });
    }).join()).toMatch(/keeps each session in one pod, but the server runs in several pods; got 2/);
  });
});
