// The same mesh by three means: the library, the generated L1 classes, plain ApiObjects. Agents are workloads that already
// run, each with two callees; every means writes the same bytes.
'use strict';
const { App, ApiObject, Chart, YamlOutputType } = require('cdk8s');
const { k8s } = require('cdk8s-plus-30');
const root = process.env.AGENT_MESH ?? '..';

const NAMESPACE = 'voice';
const calleesOf = (i, count) => [(i + 1) % count, (i + 2) % count];
const callersOf = (i, count) => [(i + count - 1) % count, (i + count - 2) % count];
const chartOf = () => new Chart(new App({ yamlOutputType: YamlOutputType.FILE_PER_CHART }), 'bench');

function library(count, workload) {
  const { Agent, AgentMesh, MeshProvider, Port, Workload } = require(`${root}/lib/src`);
  const chart = chartOf();
  const mesh = new AgentMesh(chart, 'mesh', { namespace: NAMESPACE, mesh: MeshProvider.istioAmbient() });
  const make = workload ?? ((name) => Workload.existing({ labels: { app: name }, serviceAccount: name, ports: [Port.http(8080)] }));
  const agents = Array.from({ length: count }, (_, i) => new Agent(mesh, `agent-${i}`, { versions: { v1: make(`agent-${i}`) } }));
  agents.forEach((agent, i) => calleesOf(i, count).forEach((callee) => agents[callee].grantCall(agent)));
  return chart;
}

/** Agents that the library deploys through cdk8s-plus; without a budget. */
function deployed(count) {
  const { Port, Workload } = require(`${root}/lib/src`);
  return library(count, (name) => Workload.deploy({ image: `registry.example.com/${name}:1.0.0`, ports: [Port.http(8080)] }));
}

/** Every object of that mesh, given to whoever makes one. */
function objects(count, make) {
  make('Namespace', { name: NAMESPACE, labels: { 'istio.io/dataplane-mode': 'ambient' } });
  make('PeerAuthentication', { name: `${NAMESPACE}-strict-mtls`, namespace: NAMESPACE }, { mtls: { mode: 'STRICT' } });
  make('Telemetry', { name: `${NAMESPACE}-telemetry`, namespace: NAMESPACE }, { accessLogging: [{ providers: [{ name: 'envoy' }] }], metrics: [{ providers: [{ name: 'prometheus' }] }] });
  make('AuthorizationPolicy', { name: `${NAMESPACE}-deny-all`, namespace: NAMESPACE }, {});
  for (let i = 0; i < count; i++) {
    const serviceAccounts = callersOf(i, count).map((caller) => `${NAMESPACE}/agent-${caller}`).sort();
    make('AuthorizationPolicy', { name: `agent-${i}-workload`, namespace: NAMESPACE }, {
      selector: { matchLabels: { app: `agent-${i}` } },
      action: 'ALLOW',
      rules: [{ from: [{ source: { serviceAccounts } }], to: [{ operation: { ports: ['8080'] } }] }],
    });
  }
}

function l1(count) {
  const security = require(`${root}/lib/imports/security.istio.io`);
  const { Telemetry } = require(`${root}/lib/imports/telemetry.istio.io`);
  const classes = { Namespace: k8s.KubeNamespace, PeerAuthentication: security.PeerAuthentication, AuthorizationPolicy: security.AuthorizationPolicy, Telemetry };
  const chart = chartOf();
  let id = 0;
  objects(count, (kind, metadata, spec) => new classes[kind](chart, `${kind}-${id++}`, { metadata, ...(spec && { spec }) }));
  return chart;
}

function plain(count) {
  const versions = { Namespace: 'v1', PeerAuthentication: 'security.istio.io/v1', AuthorizationPolicy: 'security.istio.io/v1', Telemetry: 'telemetry.istio.io/v1' };
  const chart = chartOf();
  let id = 0;
  objects(count, (kind, metadata, spec) => new ApiObject(chart, `${kind}-${id++}`, { apiVersion: versions[kind], kind, metadata, ...(spec && { spec }) }));
  return chart;
}

const MEANS = { library, l1, plain, deployed };

/** Builds and synthesizes, and tells what it cost: user CPU in milliseconds, loading left out. */
function measure(means, count) {
  MEANS[means](10).node.root.synthYaml(); // loads what is loaded lazily
  const start = process.cpuUsage();
  const yaml = MEANS[means](count).node.root.synthYaml();
  const { user } = process.cpuUsage(start);
  return { milliseconds: user / 1000, yaml };
}

module.exports = { measure };
if (require.main === module) {
  const [means, count, show] = process.argv.slice(2);
  const { milliseconds, yaml } = measure(means, Number(count));
  process.stdout.write(show === 'yaml' ? yaml : String(milliseconds));
}
