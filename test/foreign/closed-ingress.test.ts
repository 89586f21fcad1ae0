import { ApiObject, App, Chart } from 'cdk8s';
import {
  Agent, AgentMesh, Cluster, GatewayApiChannel, GatewayProvider, Identity, InferenceGateway, MeshProvider, Port, UnauthenticatedPort,
} from '../../src';
import { disaggregated } from '../disaggregated';
import { deploy, existing } from '../story';

const MESHES = {
  ambient: { mesh: MeshProvider.istioAmbient() },
  sidecars: { mesh: MeshProvider.istioSidecar() },
  linkerd: { mesh: MeshProvider.linkerd(), cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) },
};

/** Two agents that are called, a deployed one and an existing one, and one that nobody can call. */
const agents = (mesh: AgentMesh) => {
  new Agent(mesh, 'agent', { versions: { v1: deploy() } }).grantCall(Identity.of({ namespace: 'far', serviceAccount: 'caller' }));
  new Agent(mesh, 'desk', { versions: { v1: existing('desk') } });
  new Agent(mesh, 'caller', { versions: { v1: deploy([]) } });
};

const pool = (mesh: AgentMesh) => {
  const gateway = new InferenceGateway(mesh, 'edge', { hostnames: ['voice.example.com'], tls: { secretName: 'tls' } });
  gateway.addRoute('completions', { target: gateway.addPool('pool', { workload: new Agent(mesh, 'model', { versions: { v1: deploy() } }).version() }) });
};

/** What is found of NetworkPolicies beside a program. */
function found(on: keyof typeof MESHES, specs: readonly object[], define = agents): string[] {
  const app = new App();
  const mesh = new AgentMesh(new Chart(app, 'app'), 'mesh', { namespace: 'voice', gateway: GatewayProvider.istio(), ...MESHES[on] });
  define(mesh);
  const chart = new Chart(app, 'theirs');
  specs.forEach((spec, i) => new ApiObject(chart, `p${i}`, { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: `p${i}`, namespace: 'voice' }, spec } as never));
  expect(app.synthYaml()).toContain('NetworkPolicy');
  return mesh.findings().map(({ id, path, text }) => `${id} ${text.replace(`${path}: `, `${path} `)}`);
}

const ports = (...all: object[]) => ({ ingress: [{ ports: all }] });
const DESK = { podSelector: { matchLabels: { app: 'desk' } } };

test.each<[what: string, on: keyof typeof MESHES, port: number, specs: object[]]>([
  ['the port of the container alone', 'ambient', 15008, [{ ...DESK, ...ports({ port: 8000 }) }]],
  ['the port of the container alone', 'linkerd', 4143, [{ ...DESK, ...ports({ port: 8000 }) }]],
  ['nobody', 'ambient', 15008, [{ podSelector: {}, policyTypes: ['Ingress'] }]],
  ['the port for UDP', 'ambient', 15008, [{ ...DESK, ...ports({ port: 15008, protocol: 'UDP' }) }]],
  ['a range above it', 'ambient', 15008, [{ ...DESK, ...ports({ port: 15009, endPort: 15100 }) }]],
  ['other ports, by two policies', 'ambient', 15008, [{ ...DESK, ...ports({ port: 8000 }) }, { ...DESK, ...ports({ port: 15000, endPort: 15007 }) }]],
])('a policy that lets in %s on %s keeps the mesh from pods', (_, on, port, specs) => {
  expect(found(on, specs)).toEqual([expect.stringMatching(new RegExp(`^AM402 theirs/p0 NetworkPolicy voice/p0 blocks all traffic of the mesh to .*agent desk.*ingress at port ${port}`))]);
});

test('a policy that lets in nobody keeps the mesh from pods of a pool', () => {
  const specs = [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'model' } }, policyTypes: ['Ingress'] }];
  expect(found('ambient', specs, pool)).toEqual([expect.stringMatching(/^AM402 theirs\/p0 NetworkPolicy voice\/p0 blocks all traffic of the mesh to agent model/)]);
});

test('a policy that lets in nobody keeps decode pods from prefill pods', () => {
  const specs = [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'llama-prefill' } }, policyTypes: ['Ingress'] }];
  expect(found('ambient', specs, (mesh) => { disaggregated(mesh); })).toEqual([expect.stringMatching(/^AM402 theirs\/p0 NetworkPolicy voice\/p0 blocks all traffic of the mesh to prefill servers of pool llama/)]);
});

test.each<[what: string, on: keyof typeof MESHES, specs: object[]]>([
  ['the port of the mesh', 'ambient', [{ ...DESK, ...ports({ port: 8000 }, { port: 15008 }) }]],
  ['a range with it', 'ambient', [{ ...DESK, ...ports({ port: 15000, endPort: 15010 }) }]],
  ['every port', 'linkerd', [{ ...DESK, ingress: [{ from: [{ podSelector: {} }] }] }]],
  ['it by another policy', 'ambient', [{ podSelector: {}, policyTypes: ['Ingress'] }, { podSelector: {}, ...ports({ port: 15008 }) }]],
  ['it at other pods', 'ambient', [{ podSelector: { matchLabels: { app: 'postgres' } }, ...ports({ port: 5432 }) }]],
  ['nobody at pods that nobody calls', 'ambient', [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'caller' } }, policyTypes: ['Ingress'] }]],
  ['the port of the container where sidecars take it', 'sidecars', [{ ...DESK, ...ports({ port: 8000 }) }]],
  ['no egress, and every ingress', 'ambient', [{ podSelector: {}, policyTypes: ['Egress'] }]],
])('a policy that lets in %s on %s keeps nothing from them', (_, on, specs) => {
  expect(found(on, specs)).toEqual([]);
});

const webhook = (mesh: AgentMesh) => {
  const unauthenticatedPorts = [UnauthenticatedPort.of(9443, { networks: ['10.0.0.0/28'] })];
  new Agent(mesh, 'desk', { versions: { v1: existing('desk', { ports: [Port.http(8000), Port.tcp(9443)], unauthenticatedPorts }) } });
};

test.each<[on: keyof typeof MESHES, specs: object[], isBlocked: boolean]>([
  ['ambient', [{ ...DESK, ...ports({ port: 15008 }) }], true],
  ['linkerd', [{ ...DESK, ...ports({ port: 4143 }) }], true],
  ['ambient', [{ ...DESK, ...ports({ port: 15008 }, { port: 9443 }) }], false],
  ['linkerd', [{ ...DESK, ...ports({ port: 4143 }) }, { ...DESK, ...ports({ port: 9000, endPort: 9999 }) }], false],
])('callers without an identity connect to their port itself on %s, which a policy must let in: %j', (on, specs, isBlocked) => {
  expect(found(on, specs, webhook)).toEqual(isBlocked ? [
    'AM402 theirs/p0 NetworkPolicy voice/p0 blocks callers without an identity at port 9443 of agent desk, which `unauthenticatedPorts` opens to them; '
    + `got [${on === 'ambient' ? 15008 : 4143}]; allowed: ingress at port 9443; allow ingress at port 9443 from 10.0.0.0/28, or remove the port from \`unauthenticatedPorts\` [AM402]`,
  ] : []);
});
