import { mkdtempSync, readdirSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { ApiObject, App, Chart, JsonPatch, Lazy, Testing, YamlOutputType } from 'cdk8s';
import {
  Agent, AgentMesh, Cluster, ExternalHost, GatewayProvider, Identity, InferenceGateway, MeshProvider, Port, Workload,
} from '../../src';
import { deploy, existing, IMAGE, story } from '../story';
import { meshOf } from '../synth';

const mesh = (chart: Chart, namespace: string, clusterName?: string) =>
  new AgentMesh(chart, 'mesh', { namespace, cluster: Cluster.of({ name: clusterName }), mesh: MeshProvider.istioAmbient(), gateway: GatewayProvider.istio() });

const folder = () => mkdtempSync(join(tmpdir(), 'app-'));

/** The message with which an app fails; empty where it does not. */
function failure(app: App): string {
  try {
    app.synthYaml();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('the tree is read once for a synth', () => {
  test('for any number of charts, and again for the next synth', () => {
    const app = new App({ outdir: folder() });
    let rendered = 0;
    mesh(new Chart(app, 'one'), 'one');
    mesh(new Chart(app, 'two'), 'two');
    new ApiObject(new Chart(app, 'three'), 'theirs', {
      apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'theirs', labels: { a: Lazy.any({ produce: () => { rendered++; return 'b'; } }) as string } },
    });
    app.synth();
    const once = rendered;
    expect(once).toBe(2); // by the checks, and by the writer
    app.synth();
    expect(rendered).toBe(2 * once);
  });

  test('so that changes between two synths of one app are seen', () => {
    const { app, chart, mesh: own } = meshOf((it) => { story(it); });
    expect(failure(app)).toBe('');
    const policy = new ApiObject(chart, 'theirs', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'free' } });
    expect(failure(app)).toBe('');
    policy.addJsonPatch(JsonPatch.replace('/apiVersion', 'v1'), JsonPatch.replace('/metadata/name', 'voice-gw-inner'), JsonPatch.add('/metadata/namespace', 'voice'));
    expect(failure(app)).toContain('this object has the same API group, kind, namespace and name as ');
    policy.addJsonPatch(JsonPatch.replace('/metadata/name', 'free'));
    expect(failure(app)).toBe('');
    new Agent(own, 'Bad', { versions: { v1: existing('bad') } });
    expect(failure(app)).toContain('the name of the agent');
  });

  test('also of a single chart, and of a mesh that was validated before', () => {
    const { chart, mesh: own } = meshOf((it) => { story(it); });
    expect(own.node.validate()).toEqual([]);
    new Agent(own, 'Bad', { versions: { v1: existing('bad') } });
    expect(own.node.validate().join()).toContain('the name of the agent');
    expect(() => Testing.synth(chart)).toThrow('the name of the agent');
  });
});

describe('a chart for each cluster', () => {
  const twins = (clusters: readonly (string | undefined)[]): App => {
    const app = new App();
    clusters.forEach((cluster, i) => {
      const chart = new Chart(app, `chart-${i}`);
      const own = mesh(chart, 'desk', cluster);
      const mcpProxy = new Agent(own, 'frontend', { versions: { v1: deploy() } });
      new Agent(chart, 'beside', { mesh: own, versions: { v1: deploy() } }).grantCall(mcpProxy); // in the scope of no mesh
    });
    return app;
  };
  test('has the same names in each, and every object is written', () => {
    expect(failure(twins(['staging', 'prod']))).toBe('');
    const [one, two] = twins(['staging', 'prod']).charts.map((chart) => Testing.synth(chart));
    expect(one.length).toBeGreaterThan(8);
    expect(two).toEqual(one);
  });
  test('is refused if clusters have no names, or equal names', () => {
    expect(failure(twins([undefined, undefined]))).toContain('this object has the same API group, kind, namespace and name as ');
    expect(failure(twins(['prod', 'prod']))).toContain('give each mesh a `Cluster` with a `name`');
  });
  test('an object outside any mesh belongs to every cluster', () => {
    const app = twins(['staging', 'prod']);
    new ApiObject(new Chart(app, 'shared'), 'theirs', { apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication', metadata: { name: 'desk-strict-mtls', namespace: 'desk' } });
    expect(failure(app)).toContain('shared/theirs');
  });
});

describe('a file for each object', () => {
  const written = (type: YamlOutputType, build: (app: App) => void) => {
    const app = new App({ outdir: folder(), yamlOutputType: type });
    build(app);
    app.synth();
    return readdirSync(app.outdir, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml')).length;
  };
  const story2 = (app: App) => {
    const chart = new Chart(app, 'desk');
    const own = mesh(chart, 'desk');
    const { crm } = story(own);
    const far = new Agent(own, 'far', { namespace: 'desk-data', versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], egress: { hosts: [ExternalHost.https('api.example.com')] } }) } });
    new Agent(own, 'near', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], egress: { hosts: [ExternalHost.https('api.example.com')] } }) } }).grantCall(far);
    crm.grantAllTools(far);
    const gateway = new InferenceGateway(own, 'gw', { hostnames: ['b.example.com'], tls: { secretName: 'tls', secretNamespace: 'certs' } });
    for (const namespace of ['desk', 'desk-data']) {
      const agent = new Agent(own, `model-${namespace}`, { namespace, versions: { v1: deploy() } });
      gateway.addRoute(`to-${namespace}`, { pathPrefix: `/${namespace}`, target: gateway.addPool(`pool-${namespace}`, { workload: agent.version() }) });
    }
    gateway.addCanary('both', { pathPrefix: '/both', stable: new Agent(own, 'a', { versions: { v1: deploy() } }).version(), canary: new Agent(own, 'b', { namespace: 'desk-data', versions: { v1: deploy() } }).version(), percent: 5 });
  };
  const objects = (() => {
    const app = new App();
    story2(app);
    return app.charts.flatMap((chart) => Testing.synth(chart)).length;
  })();

  test.each([['FILE_PER_RESOURCE', YamlOutputType.FILE_PER_RESOURCE], ['FOLDER_PER_CHART_FILE_PER_RESOURCE', YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE]])('%s: no file overwrites another, since each name that the library chooses has its namespace', (_, type) => {
    expect(written(type, story2)).toBe(objects);
  });

  test('equal names of existing objects in two namespaces are refused, with both objects', () => {
    const twice = (app: App) => {
      const own = mesh(new Chart(app, 'desk'), 'desk');
      new Agent(own, 'one', { name: 'frontend', versions: { v1: deploy() } });
      new Agent(own, 'two', { name: 'frontend', namespace: 'other', versions: { v1: deploy() } });
    };
    expect(() => written(YamlOutputType.FILE_PER_RESOURCE, twice)).toThrow(/this object is written to the same file as desk\/mesh\/one\/v1\/deployment, so one of the two objects is lost; got \["Deployment desk\/frontend-v1","Deployment other\/frontend-v1"\].+\[AM111\]/);
    expect(written(YamlOutputType.FILE_PER_CHART, twice)).toBe(1);
  });

  test('equal names of foreign objects are refused, except in separate chart folders', () => {
    const theirs = (charts: readonly string[]) => (app: App) => {
      mesh(new Chart(app, 'desk'), 'desk');
      charts.forEach((id, i) => new ApiObject(app.node.tryFindChild(id) as Chart ?? new Chart(app, id), `quota-${i}`, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'quota', namespace: `n${i}` } }));
    };
    expect(() => written(YamlOutputType.FILE_PER_RESOURCE, theirs(['a', 'b']))).toThrow('this object is written to the same file as');
    expect(() => written(YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE, theirs(['a', 'a']))).toThrow('this object is written to the same file as');
    expect(written(YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE, theirs(['a', 'b']))).toBeGreaterThan(2);
  });
});

describe('an acknowledgment', () => {
  const opened = (chart: Chart) => new ApiObject(chart, 'allow', {
    apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', metadata: { name: 'allow-all', namespace: 'voice' }, spec: { rules: [{}] },
  } as never);
  test('names the id of a check, and is in the access report with its reason', () => {
    const { app, chart, mesh: own } = meshOf((it) => { story(it); });
    opened(chart);
    expect(failure(app)).toContain('[AM103]');
    own.acknowledge('AM103', 'the smoke test\nof the platform');
    expect(failure(app)).toBe('');
    expect(own.describeAccess()).toContain('ACKNOWLEDGED, "the smoke test\\nof the platform": app/allow: AuthorizationPolicy voice/allow-all allows requests for which the program has no grant (a request is allowed if any one ALLOW policy matches it)');
  });
  test('applies to one construct and its children only', () => {
    const { app, chart, mesh: own } = meshOf((it) => { story(it); });
    own.acknowledge('AM103', 'known', opened(chart));
    expect(failure(app)).toBe('');
    new ApiObject(chart, 'allow-2', { apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', metadata: { name: 'more', namespace: 'voice' }, spec: { rules: [{}] } } as never);
    expect(failure(app)).toContain('app/allow-2: ');
  });
  test('is in the access report for each object, also for later ones', () => {
    const { app, chart, mesh: own } = meshOf((it) => { story(it); });
    own.acknowledge('AM103', 'known');
    opened(chart);
    expect(failure(app)).toBe('');
    new ApiObject(chart, 'allow-2', { apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', metadata: { name: 'more', namespace: 'voice' }, spec: { rules: [{}] } } as never);
    const lines = own.describeAccess().split('\n').filter((line) => line.startsWith('ACKNOWLEDGED'));
    expect(lines).toEqual([expect.stringContaining('"known": app/allow: '), expect.stringContaining('"known": app/allow-2: ')]);
  });
  test('is mentioned by a denied decision that it may affect', () => {
    const caller = Identity.of({ namespace: 'far', serviceAccount: 'caller' });
    const { chart, mesh: own } = meshOf(() => {});
    const callee = new Agent(own, 'agent', { versions: { v1: deploy() } });
    const far = new Agent(own, 'far', { versions: { v1: existing('far', { namespace: 'crm' }) } });
    const pool = new InferenceGateway(own, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addPool('llm', { workload: deploy() });
    opened(chart);
    expect(own.decide({ callee, caller }).reason).not.toContain('acknowledged');
    own.acknowledge('AM103', 'known');
    expect(own.decide({ callee, caller })).toMatchObject({ allowed: false, reason: expect.stringMatching(/; the acknowledged problem AM103 of app\/allow may also allow the call$/) });
    expect(own.decide({ callee: far, caller }).reason).not.toContain('acknowledged');
    for (const port of [undefined, 8000]) {
      expect(own.decide({ callee: pool, caller, port })).toMatchObject({ allowed: false, reason: expect.stringMatching(/targets the pool; the acknowledged problem AM103 of app\/allow may also allow the call$/) });
    }
  });
  test('is a finding if its check found nothing', () => {
    const { chart, mesh: own } = meshOf((it) => { story(it); });
    own.acknowledge('AM103', 'known', opened(chart));
    own.acknowledge('AM106', 'gone');
    expect(own.findings()).toMatchObject([{ id: 'AM403', path: 'app/mesh', text: expect.stringContaining('the acknowledgement of AM106 matches no problem; got "gone"') }]);
  });
  test.each([
    ['a check that nobody can acknowledge', 'AM110', 'because', 'a problem of this check cannot be acknowledged; got "AM110"; allowed: AM101'],
    ['no check', 'constructor', 'because', 'a problem of this check cannot be acknowledged; got "constructor"'],
    ['no reason', 'AM103', ' ', 'the acknowledgement gives no reason'],
  ])('is refused for %s', (_, id, reason, message) => {
    const { app, mesh: own } = meshOf(() => {});
    own.acknowledge(id, reason);
    expect(failure(app)).toContain(message);
  });
});

describe('findings', () => {
  const caller = Identity.of({ namespace: 'far', serviceAccount: 'caller' });
  const twoPorts = (granted: boolean) => meshOf((own) => {
    const agent = new Agent(own, 'agent', { versions: { v1: deploy([8000, 9090]) } });
    if (granted) agent.grantCall(caller);
  });
  test('name the ports that a grant leaves closed, do not fail synth, and are in the access report', () => {
    const { app, mesh: own } = twoPorts(true);
    expect(failure(app)).toBe('');
    expect(own.findings()).toMatchObject([{ id: 'AM401', path: 'app/mesh/agent', text: expect.stringContaining('the grants of agent agent open only port 8000 of its pods; its other ports stay closed to every caller; got [9090]') }]);
    expect(own.describeAccess()).toContain('FINDING app/mesh/agent: the grants of agent agent open only port 8000');
  });
  test('are empty without a grant, and after an acknowledgment', () => {
    expect(twoPorts(false).mesh.findings()).toEqual([]);
    const { mesh: own } = twoPorts(true);
    own.acknowledge('AM401', 'metrics are scraped by a sidecar');
    expect(own.findings()).toEqual([]);
    expect(own.describeAccess()).toContain('ACKNOWLEDGED, "metrics are scraped by a sidecar": app/mesh/agent');
  });
});
