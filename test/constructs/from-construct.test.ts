import { ApiObject, ApiObjectMetadata, Chart, Cron, JsonPatch, Testing } from 'cdk8s';
import * as plus30 from 'cdk8s-plus-30';
// eslint-disable-next-line import/no-extraneous-dependencies -- cdk8s-cli brings a newer version
import * as plus33 from 'cdk8s-plus-33';
import { Construct } from 'constructs';
import { Agent, AgentMesh, AgentMeshProps, ConstructWorkloadOptions, Identity, McpServer, McpToolBoundary, MediaPort, Port, Workload } from '../../src';
import { workloadDescription } from '../../src/values/workload';
import { linkerd, sidecar } from '../rejected/tool-programs';
import { IMAGE } from '../story';
import { Build, Manifest, Manifests, meshOf, problemsOf } from '../synth';

const VERSIONS = [['cdk8s-plus-30', plus30], ['cdk8s-plus-33', plus33 as unknown as typeof plus30]] as const;

const SIDECAR_MARKS = { 'proxy.istio.io/config': '{"holdApplicationUntilProxyStarts":true}' };
const LINKERD_MARKS = { 'config.linkerd.io/default-inbound-policy': 'deny', 'config.linkerd.io/proxy-enable-native-sidecar': 'true', 'linkerd.io/inject': 'enabled' };

/** The objects of all charts. */
function synth(build: Build, props: Partial<AgentMeshProps> = {}): Manifests {
  const { app } = meshOf(build, props);
  return new Manifests(app.node.findAll().filter((one): one is Chart => Chart.isChart(one)).flatMap((chart) => Testing.synth(chart) as Manifest[]));
}

/** A chart of another team, in the namespace of the mesh. */
const theirs = (chart: Construct): Chart => new Chart(chart, 'theirs', { namespace: 'voice' });

interface Plain {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly metadata?: ApiObjectMetadata;
  /** Metadata of the pod template. */
  readonly template?: object | null;
  readonly pods?: object;
  readonly container?: object;
  readonly spec?: object;
}

const podsOf = ({ template = { labels: { app: 'billing' } }, pods, container }: Plain) => ({
  ...template && { metadata: template },
  spec: { serviceAccountName: 'billing', containers: [{ name: 'main', image: IMAGE, ports: [{ containerPort: 8080, name: 'http' }], ...container }], ...pods },
});

/** A plain object with a pod template. */
function plain(scope: Construct, of: Plain = {}): ApiObject {
  const { kind = 'Deployment', apiVersion = 'apps/v1', metadata = { name: 'billing' }, spec = { selector: { matchLabels: { app: 'billing' } }, template: podsOf(of) } } = of;
  return new ApiObject(scope, 'billing', { apiVersion, kind, metadata, spec });
}

const service = (scope: Construct, name: string, spec: object = { ports: [{ port: 80, targetPort: 8080 }] }, labels: object = {}) =>
  new ApiObject(scope, `service-${name}`, { apiVersion: 'v1', kind: 'Service', metadata: { name, labels } as ApiObjectMetadata, spec: { selector: { app: 'billing' }, ...spec } });

const agentOf = (mesh: AgentMesh, construct: Construct, options?: ConstructWorkloadOptions) => new Agent(mesh, 'billing', { versions: { v1: Workload.fromConstruct(construct, options) } });

/** What the program read of a construct. */
function read(build: (scope: Chart) => Construct, options?: ConstructWorkloadOptions) {
  let workload!: Workload;
  meshOf((_, chart) => { workload = Workload.fromConstruct(build(theirs(chart)), options); });
  const description = workloadDescription.of(workload);
  if (description.kind !== 'existing') throw new Error(description.kind);
  const { ports, opaquePorts, tlsPorts = [], grpcPorts, service: found, labels, serviceAccount, namespace, healthPath } = description;
  return { ports: ports.map((port) => `${tlsPorts.includes(port) ? 'tls' : opaquePorts.includes(port) ? 'tcp' : grpcPorts.includes(port) ? 'grpc' : 'http'} ${port}`), service: found, labels, serviceAccount, namespace, healthPath };
}

describe.each(VERSIONS)('pods of %s', (_, kplus) => {
  const props = (scope: Construct, name: string) => ({
    metadata: { name }, containers: [{ image: IMAGE, ports: [{ number: 8080, name: 'grpc-api' }] }], serviceAccount: new kplus.ServiceAccount(scope, `${name}-account`, { metadata: { name } }),
  });
  const KINDS: Readonly<Record<string, (scope: Construct) => Construct>> = {
    Deployment: (scope) => new kplus.Deployment(scope, 'x', props(scope, 'x')),
    StatefulSet: (scope) => new kplus.StatefulSet(scope, 'x', { ...props(scope, 'x'), service: new kplus.Service(scope, 'svc', { metadata: { name: 'svc' }, ports: [{ port: 80, targetPort: 8080 }] }) }),
    DaemonSet: (scope) => new kplus.DaemonSet(scope, 'x', props(scope, 'x')),
    Job: (scope) => new kplus.Job(scope, 'x', props(scope, 'x')),
    CronJob: (scope) => new kplus.CronJob(scope, 'x', { ...props(scope, 'x'), schedule: Cron.daily() }),
    Pod: (scope) => new kplus.Pod(scope, 'x', props(scope, 'x')),
  };
  const isBatch = (kind: string) => kind === 'Job' || kind === 'CronJob';

  describe.each(Object.keys(KINDS))('%s', (kind) => {
    const build: Build = (mesh, chart) => {
      new Agent(mesh, 'x', { versions: { v1: Workload.fromConstruct(KINDS[kind](theirs(chart))) } });
    };
    const templateIn = (all: ReturnType<typeof synth>) => {
      const object = all.get(kind, 'x');
      return kind === 'Pod' ? object : (kind === 'CronJob' ? object.spec.jobTemplate : object).spec.template;
    };

    test('is selected by its own label, on ambient', () => {
      const all = synth(build);
      const labels = { 'cdk8s.io/metadata.addr': templateIn(all).metadata.labels['cdk8s.io/metadata.addr'] as string };
      expect(all.get('AuthorizationPolicy', 'x-v1-workload').spec.selector.matchLabels).toEqual(labels);
      expect(templateIn(all).metadata.annotations).toBeUndefined();
    });

    test('has the marks of a sidecar', () => {
      expect(templateIn(synth(build, sidecar)).metadata.annotations).toEqual({ ...SIDECAR_MARKS, ...isBatch(kind) && { 'sidecar.istio.io/nativeSidecar': 'true' } });
    });

    test('has the marks of Linkerd, and its API token stays hidden', () => {
      const { metadata, spec } = templateIn(synth(build, linkerd));
      expect(metadata.annotations).toEqual(LINKERD_MARKS);
      expect([spec.automountServiceAccountToken, spec.volumes, spec.containers[0].volumeMounts]).toEqual([
        true, [{ name: 'no-token', emptyDir: {} }], [{ name: 'no-token', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true }],
      ]);
    });

    test('listens on its container ports, and in a batch on nothing', () => {
      expect(read(KINDS[kind])).toMatchObject({ ports: isBatch(kind) ? [] : ['grpc 8080'], serviceAccount: 'x', namespace: 'voice' });
    });
  });

  test('a Service of the workload is read, and callers use it', () => {
    const build: Build = (mesh, chart) => {
      const scope = theirs(chart);
      const deployment = new kplus.Deployment(scope, 'x', props(scope, 'x'));
      deployment.exposeViaService({ name: 'frontend', ports: [{ port: 81, targetPort: 8080 }] });
      const agent = agentOf(mesh, deployment);
      agent.grantCall(Identity.of({ namespace: 'voice', serviceAccount: 'web' }));
      expect(agent.url).toBe('http://frontend.voice.svc.cluster.local:81');
    };
    expect(synth(build).get('AuthorizationPolicy', 'billing-v1-workload').spec.rules).toEqual([
      { from: [{ source: { serviceAccounts: ['voice/web'] } }], to: [{ operation: { ports: ['8080'] } }] },
    ]);
  });

  test('the object within the construct is the same', () => {
    const build: Build = (mesh, chart) => {
      const scope = theirs(chart);
      agentOf(mesh, ApiObject.of(new kplus.Deployment(scope, 'x', props(scope, 'x'))));
    };
    expect(synth(build, sidecar).all.find(({ kind }) => kind === 'Deployment')!.spec.template.metadata.annotations).toEqual(SIDECAR_MARKS);
  });
});

describe('a plain object', () => {
  test.each<[string, Plain, object]>([
    ['without annotations', {}, SIDECAR_MARKS],
    ['with others', { template: { labels: { app: 'billing' }, annotations: { a: 'b' } } }, { a: 'b', ...SIDECAR_MARKS }],
    ['with other settings of the proxy', { template: { labels: { app: 'billing' }, annotations: { 'proxy.istio.io/config': '{"concurrency":2}' } } }, { 'proxy.istio.io/config': '{"concurrency":2,"holdApplicationUntilProxyStarts":true}' }],
    ['with the same', { template: { labels: { app: 'billing' }, annotations: SIDECAR_MARKS } }, SIDECAR_MARKS],
    ['of another group', { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' }, SIDECAR_MARKS],
  ])('%s gets the marks by patches', (_, of, annotations) => {
    const { all } = synth((mesh, chart) => { agentOf(mesh, plain(theirs(chart), of)); }, sidecar);
    expect(all.find(({ metadata: { name }, spec }) => name === 'billing' && spec?.template)!.spec.template.metadata.annotations).toEqual(annotations);
  });

  test('keeps the volumes and mounts that it has where the token is hidden', () => {
    const of = { pods: { automountServiceAccountToken: false, volumes: [{ name: 'data', emptyDir: {} }], initContainers: [{ name: 'init', image: IMAGE }] }, container: { volumeMounts: [{ name: 'data', mountPath: '/data' }] } };
    const { spec } = synth((mesh, chart) => { agentOf(mesh, plain(theirs(chart), of)); }, linkerd).get('Deployment', 'billing').spec.template;
    const hidden = { name: 'no-token', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true };
    expect([spec.volumes, spec.containers[0].volumeMounts, spec.initContainers[0].volumeMounts]).toEqual([
      [{ name: 'data', emptyDir: {} }, { name: 'no-token', emptyDir: {} }], [{ name: 'data', mountPath: '/data' }, hidden], [hidden],
    ]);
  });

  test('keeps a token that it mounts', () => {
    const { spec } = synth((mesh, chart) => { agentOf(mesh, plain(theirs(chart), { pods: { automountServiceAccountToken: true } })); }, linkerd).get('Deployment', 'billing').spec.template;
    expect([spec.volumes, spec.automountServiceAccountToken]).toEqual([undefined, true]);
  });

  test('may have media ports, whose marks are the library\'s own', () => {
    const build: Build = (mesh, chart) => { agentOf(mesh, plain(theirs(chart)), { mediaPorts: [MediaPort.tcp(7881)] }); };
    expect(problemsOf(build, sidecar)).toEqual([]);
    expect(problemsOf(build, linkerd)).toEqual([]);
  });

  test('is a tool server as well, with the Service that it has', () => {
    const build: Build = (mesh, chart) => {
      const scope = theirs(chart);
      service(scope, 'billing', undefined, { 'istio.io/use-waypoint': 'voice-waypoint' });
      new McpToolBoundary(mesh, 'tools', { server: McpServer.of(Workload.fromConstruct(plain(scope)), { tools: ['find'] }) });
    };
    expect(problemsOf(build)).toEqual([]);
    expect(synth(build).get('AuthorizationPolicy', 'billing').spec.targetRefs).toEqual([{ group: '', kind: 'Service', name: 'billing' }]);
  });

  test('has the namespace of the object before that of its chart', () => {
    expect(read((scope) => plain(scope, { metadata: { name: 'billing', namespace: 'legacy' } })).namespace).toBe('legacy');
    expect(read((scope) => plain(scope)).namespace).toBe('voice');
  });
});

describe('what is read', () => {
  const named = (name?: string) => ({ container: { ports: [{ containerPort: 8080, name }] } });
  test.each<[string, Plain, readonly object[], string[]]>([
    ['no name', named(), [], ['http 8080']],
    ['http', named('http'), [], ['http 8080']],
    ['http-web', named('http-web'), [], ['http 8080']],
    ['grpc-api', named('grpc-api'), [], ['grpc 8080']],
    ['http2', named('http2'), [], ['grpc 8080']],
    ['grpc-web', named('grpc-web'), [], ['http 8080']],
    ['tcp-x', named('tcp-x'), [], ['tcp 8080']],
    ['redis', named('redis'), [], ['tcp 8080']],
    ['https', named('https'), [], ['tls 8080']],
    ['tls-api', named('tls-api'), [], ['tls 8080']],
    ['appProtocol tls', named('http'), [{ ports: [{ port: 443, targetPort: 8080, appProtocol: 'tls' }] }], ['tls 8080']],
    ['metrics', named('metrics'), [], ['http 8080']],
    ['UDP', { container: { ports: [{ containerPort: 5000, protocol: 'UDP' }, { containerPort: 8080 }] } }, [], ['http 8080']],
    ['twice', { container: { ports: [{ containerPort: 8080 }, { containerPort: 8080, name: 'again' }] } }, [], ['http 8080']],
    ['an init container that ends', { pods: { initContainers: [{ name: 'i', ports: [{ containerPort: 1 }] }] } }, [], ['http 8080']],
    ['one that goes on', { pods: { initContainers: [{ name: 'i', restartPolicy: 'Always', ports: [{ containerPort: 81 }] }] } }, [], ['http 8080', 'http 81']],
    ['appProtocol of the Service', named('http'), [{ ports: [{ port: 80, targetPort: 8080, appProtocol: 'kubernetes.io/h2c' }] }], ['grpc 8080']],
    ['the name of its port', named('http'), [{ ports: [{ port: 80, targetPort: 'http', name: 'tcp-db' }] }], ['tcp 8080']],
    ['appProtocol before the name', named(), [{ ports: [{ port: 80, targetPort: 8080, name: 'http', appProtocol: 'tcp' }] }], ['tcp 8080']],
    ['a Service of other pods', named('http'), [{ selector: { app: 'other' }, ports: [{ port: 80, targetPort: 8080, name: 'tcp-db' }] }], ['http 8080']],
    ['a target that no container states', named('http'), [{ ports: [{ port: 80, targetPort: 9000, name: 'grpc' }] }], ['grpc 9000', 'http 8080']],
    ['a UDP port of the Service', named('http'), [{ ports: [{ port: 53, protocol: 'UDP' }, { port: 80, targetPort: 8080 }] }], ['http 8080']],
  ])('of ports: %s', (_, of, services, ports) => {
    expect(read((scope) => {
      services.forEach((spec, i) => service(scope, `s${i}`, spec));
      return plain(scope, of);
    }).ports).toEqual(ports);
  });

  test.each<[string, readonly (readonly [name: string, spec: object, labels?: object])[], object | undefined]>([
    ['none', [], undefined],
    ['one', [['a', { ports: [{ port: 81, targetPort: 8080 }] }]], { name: 'a', port: 81, targetPort: 8080, headless: false, labels: {} }],
    ['a headless one', [['a', { clusterIP: 'None', ports: [{ port: 8080 }] }]], { name: 'a', port: 8080, targetPort: 8080, headless: true, labels: {} }],
    ['one that is not headless', [['a', { clusterIP: 'None', ports: [{ port: 8080 }] }], ['b', { ports: [{ port: 80, targetPort: 'http' }] }]], { name: 'b', port: 80, targetPort: 8080, headless: false, labels: {} }],
    ['the port that leads to the first port', [['a', { ports: [{ port: 80, targetPort: 8080, name: 'x' }, { port: 90, targetPort: 9090, name: 'y' }] }]], { name: 'a', port: 80, targetPort: 8080, headless: false, labels: {} }],
    ['labels that proxies read', [['a', { ports: [{ port: 8080 }] }, { 'team': 'x', 'istio.io/use-waypoint': 'w' }]], { name: 'a', port: 8080, targetPort: 8080, headless: false, labels: { 'istio.io/use-waypoint': 'w' } }],
    ['none of other labels', [['a', { selector: { app: 'billing', tier: 'x' }, ports: [{ port: 8080 }] }]], undefined],
    ['none without a selector', [['a', { selector: {}, ports: [{ port: 8080 }] }]], undefined],
    ['none of another kind', [['a', { type: 'ExternalName', externalName: 'x.example.com', ports: [{ port: 8080 }] }]], undefined],
  ])('of Services: %s', (_, services, found) => {
    expect(read((scope) => {
      services.forEach(([name, spec, labels]) => service(scope, name, spec, labels));
      return plain(scope);
    }).service).toEqual(found);
  });

  test.each<[string, object, string | undefined]>([
    ['no probe', {}, undefined],
    ['one path', { livenessProbe: { httpGet: { path: '/up', port: 8080 } }, readinessProbe: { httpGet: { path: '/up', port: 'http' } } }, '/up'],
    ['two paths', { livenessProbe: { httpGet: { path: '/up', port: 8080 } }, readinessProbe: { httpGet: { path: '/ready', port: 8080 } } }, undefined],
    ['another port', { livenessProbe: { httpGet: { path: '/up', port: 9090 } } }, undefined],
    ['over TLS', { livenessProbe: { httpGet: { path: '/up', port: 8080, scheme: 'HTTPS' } } }, undefined],
    ['no path', { livenessProbe: { httpGet: { port: 8080 } } }, '/'],
    ['with a query', { livenessProbe: { httpGet: { path: '/up?a=b', port: 8080 } } }, undefined],
  ])('of probes: %s', (_, container, path) => {
    expect(read((scope) => plain(scope, { container })).healthPath).toBe(path);
  });

  test.each<[string, Plain, object]>([
    ['those of the controller', { spec: { selector: { matchLabels: { app: 'billing' } }, template: podsOf({ template: { labels: { app: 'billing', tier: 'x' } } }) } }, { app: 'billing' }],
    ['those of the template, where it chooses its own', { apiVersion: 'batch/v1', kind: 'Job', spec: { template: podsOf({ template: { labels: { app: 'billing', tier: 'x' } } }) } }, { app: 'billing', tier: 'x' }],
    ['none of a mesh', { apiVersion: 'batch/v1', kind: 'Job', spec: { template: podsOf({ template: { labels: { 'app': 'billing', 'sidecar.istio.io/inject': 'true', 'batch.kubernetes.io/job-name': 'x' } } }) } }, { app: 'billing' }],
  ])('of labels: %s', (_, of, labels) => {
    expect(read((scope) => plain(scope, of)).labels).toEqual(labels);
  });

  test('options win over what is read', () => {
    const options = { ports: [Port.grpc(9000)], healthPath: '/other', service: { name: 'other', port: 9000 } };
    expect(read((scope) => plain(scope, { container: { livenessProbe: { httpGet: { path: '/up', port: 8080 } } } }), options))
      .toMatchObject({ ports: ['grpc 9000'], healthPath: '/other', service: { name: 'other', port: 9000, labels: {} } });
  });
});

describe('a call fails', () => {
  const failure = (build: (scope: Chart, mesh: AgentMesh) => Construct): string => {
    let message = 'accepted';
    meshOf((mesh, chart) => {
      try {
        Workload.fromConstruct(build(theirs(chart), mesh));
      } catch (error) {
        message = (error as Error).message;
      }
    });
    return message;
  };
  test.each<[string, (scope: Chart, mesh: AgentMesh) => Construct, RegExp]>([
    ['a construct without an object', (scope) => new Construct(scope, 'x'), /app\/theirs\/x: the construct that Workload.fromConstruct got contains no Kubernetes object; .*\[AM003\]/],
    ['an object without pods', (scope) => service(scope, 'x'), /Service voice\/x defines no pods; got \[\]; .*describe the pods with Workload.existing/],
    ['several templates', (scope) => plain(scope, { kind: 'Group', apiVersion: 'x.example.com/v1', spec: { a: { template: podsOf({}) }, b: { template: podsOf({}) } } }), /Group voice\/billing has several pod templates; got \["\/spec\/a\/template","\/spec\/b\/template"\]/],
    ['containers that are added later', (scope) => new plus30.Deployment(scope, 'x', {}), /Deployment .* cannot be rendered yet; .*add the containers before the call of Workload.fromConstruct/],
    ['an object of the library', (_, mesh) => new Agent(mesh, 'own', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)] }) } }).node.findChild('v1').node.findChild('deployment') as ApiObject, /the construct that Workload.fromConstruct got is an object that the library itself emits/],
  ])('for %s', (_, build, message) => {
    expect(failure(build)).toMatch(message);
  });
});

describe('synth fails', () => {
  const problem = (build: (mesh: AgentMesh, scope: Chart) => void, props: Partial<AgentMeshProps> = {}) =>
    problemsOf((mesh, chart) => build(mesh, theirs(chart)), props);
  test.each<[string, Plain, RegExp, Partial<AgentMeshProps>?]>([
    ['pods without a ServiceAccount', { pods: { serviceAccountName: undefined } }, /run as the ServiceAccount "default".*got nothing.*set `serviceAccount` of the cdk8s-plus workload/],
    ['pods that state "default"', { pods: { serviceAccountName: 'default' } }, /run as the ServiceAccount "default".*got "default"/],
    ['pods without labels', { apiVersion: 'batch/v1', kind: 'Job', template: null, spec: { template: podsOf({ template: null }) } }, /the selector is empty/],
    ['pods that opt out', { template: { labels: { app: 'billing' }, annotations: { 'linkerd.io/inject': 'disabled' } } }, /has another value for a label, annotation or field that the mesh needs; got \{"linkerd.io\/inject":"disabled"\}; allowed: enabled/, linkerd],
    ['pods that start before the proxy', { template: { labels: { app: 'billing' }, annotations: { 'proxy.istio.io/config': '{"holdApplicationUntilProxyStarts":false}' } } }, /has another value for a label, annotation or field/, sidecar],
    ['settings of the proxy in YAML', { template: { labels: { app: 'billing' }, annotations: { 'proxy.istio.io/config': 'concurrency: 2' } } }, /has another value for a label, annotation or field/, sidecar],
    ['settings of the proxy that let traffic pass', { template: { labels: { app: 'billing' }, annotations: { 'proxy.istio.io/config': '{"interceptionMode":"NONE"}' } } }, /AM102/, sidecar],
    ['a namespace that is not of the mesh', { metadata: { name: 'billing', namespace: 'elsewhere' } }, /AM204/],
  ])('for %s', (...[, of, message, props]) => {
    expect(problem((mesh, scope) => agentOf(mesh, plain(scope, of)), props).filter((line) => message.test(line))).toHaveLength(1);
  });

  test('for an object without a namespace', () => {
    expect(problemsOf((mesh, chart) => { agentOf(mesh, plain(chart)); }).join('\n')).toMatch(/Deployment billing states no namespace, so the namespace of kubectl decides where its pods run; got nothing; .*set `namespace` on its Chart/);
  });

  test('for several Services, unless one is stated', () => {
    const build = (options?: ConstructWorkloadOptions) => problem((mesh, scope) => {
      ['a', 'b'].forEach((name) => service(scope, name));
      agentOf(mesh, plain(scope), options);
    });
    expect(build()).toEqual([expect.stringMatching(/several Services of the app select the pods of Deployment voice\/billing, and the library cannot know which of them callers use; got \["a","b"\]; .*state this Service as `service`/)]);
    expect(build({ service: { name: 'b', port: 80 } })).toEqual([]);
  });

  test('for a workload that two constructs use', () => {
    expect(problem((mesh, scope) => {
      const workload = Workload.fromConstruct(plain(scope));
      new Agent(mesh, 'a', { versions: { v1: workload } });
      new Agent(mesh, 'b', { versions: { v1: workload } });
    }).join('\n')).toMatch(/agent a already uses this workload/);
  });
});

describe('a change after the call', () => {
  type Change = (object: ApiObject, scope: Chart) => void;
  const patched = (...ops: JsonPatch[]): Change => (object) => object.addJsonPatch(...ops);
  test.each<[string, Change, RegExp, Partial<AgentMeshProps>?]>([
    ['of labels', patched(JsonPatch.add('/spec/selector/matchLabels/app', 'other'), JsonPatch.add('/spec/template/metadata/labels/app', 'other')), /changed after Workload.fromConstruct read it: labels; got \{"labels":\{"app":"other"\}\}; allowed: \{"labels":\{"app":"billing"\}\}/],
    ['of the ServiceAccount', patched(JsonPatch.add('/spec/template/spec/serviceAccountName', 'other')), /read it: serviceAccount; got \{"serviceAccount":"other"\}; allowed: \{"serviceAccount":"billing"\}/],
    ['of ports', patched(JsonPatch.add('/spec/template/spec/containers/0/ports/0/containerPort', 81)), /read it: ports; got \{"ports":\["http 81"\]\}; allowed: \{"ports":\["http 8080"\]\}/],
    ['of a protocol', patched(JsonPatch.add('/spec/template/spec/containers/0/ports/0/name', 'tcp')), /"opaque 8080".*"http 8080"/],
    ['of the namespace', patched(JsonPatch.add('/metadata/namespace', 'other')), /read it: namespace; got \{"namespace":"other"\}; allowed: \{"namespace":"voice"\}/],
    ['that adds a Service', (_, scope) => service(scope, 'late'), /read it: Services; got \{"Services":\["late"\]\}; allowed: \{"Services":\[\]\}/],
    ['that removes a mark', patched(JsonPatch.remove('/spec/template/metadata/annotations')), /read it: proxy.istio.io\/config; got \{"proxy.istio.io\/config":null\}/, sidecar],
    ['that changes a mark', patched(JsonPatch.add('/spec/template/metadata/annotations/linkerd.io~1inject', 'disabled')), /read it: linkerd.io\/inject; got/, linkerd],
    ['that removes the pods', patched(JsonPatch.remove('/spec/template')), /defines no pods/],
  ])('%s fails the synth with both values', (...[, change, message, props]) => {
    expect(problemsOf((mesh, chart) => {
      const scope = theirs(chart);
      const object = plain(scope);
      agentOf(mesh, object);
      change(object, scope);
    }, props).filter((line) => line.includes('[AM117]') && message.test(line))).toHaveLength(1);
  });

  test.each(VERSIONS)('that mounts more where the token is hidden fails the synth: %s', (_, kplus) => {
    const build = (late: boolean): Build => (mesh, chart) => {
      const scope = theirs(chart);
      const deployment = new kplus.Deployment(scope, 'x', { containers: [{ image: IMAGE, portNumber: 8080 }], serviceAccount: new kplus.ServiceAccount(scope, 'account') });
      const mount = () => deployment.containers[0].mount('/data', kplus.Volume.fromEmptyDir(scope, 'data', 'data'));
      if (!late) mount();
      agentOf(mesh, deployment);
      if (late) mount();
    };
    expect(problemsOf(build(false), linkerd)).toEqual([]);
    expect(problemsOf(build(true), linkerd).join('\n')).toMatch(/volumes and mounts.*AM117/);
    expect(problemsOf(build(true), sidecar)).toEqual([]);
  });

  test('of what the program states itself is none', () => {
    expect(problemsOf((mesh, chart) => {
      const scope = theirs(chart);
      const object = plain(scope);
      agentOf(mesh, object, { ports: [Port.http(8080)], service: { name: 'late', port: 80 } });
      object.addJsonPatch(JsonPatch.add('/spec/template/spec/containers/0/ports', []), JsonPatch.add('/spec/template/metadata/labels/more', 'x'));
      service(scope, 'late');
    })).toEqual([]);
  });
});
