import { ApiObject, App, Chart, JsonPatch } from 'cdk8s';
import { Agent, AgentMesh, Cluster, GatewayApiChannel, GatewayProvider, McpServer, McpToolBoundary, MeshProvider, Port, Workload } from '../../src';
import { deploy, IMAGE } from '../story';

const MESHES = {
  ambient: { mesh: MeshProvider.istioAmbient() },
  sidecars: { mesh: MeshProvider.istioSidecar() },
  linkerd: { mesh: MeshProvider.linkerd(), cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) },
};
type On = keyof typeof MESHES;

/** The ids of what is said once the objects of a kind and name were changed; every name without one. */
function said(on: On, kind: string, name: string | undefined, change: (object: ApiObject) => void, labels?: Record<string, string>): string[] {
  const app = new App();
  const mesh = new AgentMesh(new Chart(app, 'app', { labels }), 'mesh', { namespace: 'voice', gateway: GatewayProvider.istio(), ...MESHES[on] });
  const agent = new Agent(mesh, 'agent', { versions: { v1: deploy() } });
  new McpToolBoundary(mesh, 'crm', { server: McpServer.of(Workload.deploy({ image: IMAGE, ports: [Port.http(8080)] }), { tools: ['t'] }) }).grantAllTools(agent);
  const all = mesh.node.findAll().filter((one): one is ApiObject => ApiObject.isApiObject(one));
  const objects = all.filter((one) => one.kind === kind && (name ?? one.name) === one.name);
  expect(objects).not.toEqual([]);
  objects.forEach(change);
  try {
    app.charts.forEach((chart) => chart.toJson());
    return [];
  } catch (error) {
    const lines = (error as Error).message.split('\n  ').slice(1);
    for (const line of lines) expect(line).toMatch(/^\[app\/mesh\] app\/mesh\//);
    return [...new Set(lines.map((line) => /\[(AM\d{3})\]$/.exec(line)![1]))];
  }
}

const label = (key: string, value: string) => (object: ApiObject) => { object.metadata.addLabel(key, value); };
const annotation = (key: string, value: string) => (object: ApiObject) => { object.metadata.addAnnotation(key, value); };
const patch = (path: string, value: unknown) => (object: ApiObject) => { object.addJsonPatch(JsonPatch.add(path, value)); };

test.each<[what: string, ids: string[], on: On, kind: string, name: string | undefined, change: (object: ApiObject) => void]>([
  ['a Namespace that opts out', ['AM101'], 'ambient', 'Namespace', 'voice', label('istio.io/dataplane-mode', 'none')],
  ['a Namespace that opts out by a patch', ['AM101'], 'ambient', 'Namespace', 'voice', patch('/metadata/labels/istio.io~1dataplane-mode', 'none')],
  ['a Namespace of a waypoint that nobody stated', ['AM101'], 'ambient', 'Namespace', 'voice', label('istio.io/use-waypoint', 'theirs')],
  ['a Namespace that opts out', ['AM101'], 'sidecars', 'Namespace', 'voice', label('istio-injection', 'disabled')],
  ['a Namespace that opts out', ['AM101'], 'linkerd', 'Namespace', 'voice', annotation('linkerd.io/inject', 'disabled')],
  ['plain text', ['AM104'], 'ambient', 'PeerAuthentication', undefined, patch('/spec/mtls/mode', 'PERMISSIVE')],
  ['plain text', ['AM104'], 'sidecars', 'PeerAuthentication', undefined, patch('/spec/mtls/mode', 'PERMISSIVE')],
  ['pods on the network of the node', ['AM102'], 'ambient', 'Deployment', 'agent-v1', patch('/spec/template/spec/hostNetwork', true)],
  ['pods on the network of the node', ['AM102'], 'linkerd', 'Deployment', 'agent-v1', patch('/spec/template/spec/hostNetwork', true)],
  ['pods that opt out', ['AM102'], 'ambient', 'Deployment', 'agent-v1', patch('/spec/template/metadata/labels/istio.io~1dataplane-mode', 'none')],
  ['pods of another identity', ['AM122'], 'ambient', 'Deployment', 'agent-v1', patch('/spec/template/spec/serviceAccountName', 'other')],
  ['policies that allow more and deny less', ['AM103', 'AM122'], 'ambient', 'AuthorizationPolicy', undefined, patch('/spec/rules', [{}])],
  ['a policy that allows more', ['AM103'], 'ambient', 'AuthorizationPolicy', 'crm', patch('/spec/rules', [{}])],
  ['a way out', ['AM107'], 'ambient', 'NetworkPolicy', undefined, patch('/spec/egress/-', {})],
  ['policies that are tried out', ['AM122'], 'ambient', 'AuthorizationPolicy', undefined, annotation('istio.io/dry-run', 'true')],
  ['policies that are tried out, by a patch', ['AM122'], 'sidecars', 'AuthorizationPolicy', undefined, patch('/metadata/annotations', { 'istio.io/dry-run': 'true' })],
  ['a Service past its waypoint', ['AM122'], 'ambient', 'Service', 'crm', label('istio.io/use-waypoint', 'none')],
  ['a Service of other pods', ['AM122'], 'linkerd', 'Service', 'crm', patch('/spec/selector', { app: 'other' })],
  ['labels and annotations of others', [], 'ambient', 'Namespace', 'voice', (object) => { label('team', 'x')(object); annotation('example.com/owner', 'x')(object); }],
  ['the same label once more', [], 'ambient', 'Namespace', 'voice', label('istio.io/dataplane-mode', 'ambient')],
  ['pods that are not selected', ['AM122'], 'ambient', 'Deployment', 'agent-v1', patch('/spec/template/metadata/labels/app.kubernetes.io~1version', 'v2')],
  ['pods that do not wait for their proxy', ['AM122'], 'sidecars', 'Deployment', 'agent-v1', patch('/spec/template/metadata/annotations', {})],
  ['a further container', [], 'linkerd', 'Deployment', 'agent-v1', patch('/spec/template/spec/containers/-', { name: 'more', image: 'registry.example.com/more:1.0.0' })],
  ['a label of a pod for its metrics', [], 'ambient', 'Deployment', 'agent-v1', patch('/spec/template/metadata/labels/metrics', 'yes')],
  ['a label of pods by which others find them', [], 'sidecars', 'Service', 'crm', label('monitoring', 'yes')],
  ['a policy that says the same', [], 'ambient', 'AuthorizationPolicy', undefined, annotation('istio.io/owner', 'x')],
  ['a timeout', [], 'ambient', 'Deployment', 'agent-v1', patch('/spec/minReadySeconds', 5)],
])('%s: %j on %s', (_, ids, on, kind, name, change) => {
  expect(said(on, kind, name, change)).toEqual(ids);
});

test('labels of a chart are applied to its objects', () => {
  expect(said('ambient', 'Namespace', 'voice', () => {}, { team: 'voice' })).toEqual([]);
  expect(said('sidecars', 'Namespace', 'voice', () => {}, { 'istio.io/use-waypoint': 'none' })).toContain('AM122');
});
