// The layouts of large teams, by the library and by plain ApiObjects: those that the library writes, each in the same chart.
'use strict';
const { readFileSync, writeFileSync } = require('node:fs');
const { ApiObject, App, Chart } = require('cdk8s');
const root = process.env.AGENT_MESH ?? '..';
const { Agent, AgentMesh, Cluster, ExternalHost, GatewayApiChannel, McpProvider, McpServer, McpToolBoundary, MeshEgress, MeshProvider, Port, Workload } = require(`${root}/lib/src`);

const AMBIENT = () => ({ mesh: MeshProvider.istioAmbient() });
const AGENTGATEWAY = () => ({ mesh: MeshProvider.istioAmbient(), mcp: McpProvider.agentgateway() });
const SIDECARS = () => ({ mesh: MeshProvider.istioSidecar() });
const LINKERD = () => ({ mesh: MeshProvider.linkerd(), cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) });

const times = (count, make) => Array.from({ length: count }, (_, i) => make(i));

/** What already runs, with a Service unless told otherwise. */
const running = (name, options) =>
  Workload.existing({ labels: { app: name }, serviceAccount: name, ports: [Port.http(8080)], service: { name, port: 80 }, ...options });

const agentOf = (scope, name, { mesh, ...options } = {}) => new Agent(scope, name, { mesh, versions: { v1: running(name, options) } });

const onlyMesh = (app, providers) => new AgentMesh(new Chart(app, 'chart'), 'mesh', { ...providers(), namespace: 'voice' });

/** Each may call the next two. */
function granted(agents) {
  agents.forEach((agent, i) => [1, 2].forEach((step) => agents[(i + step) % agents.length].grantCall(agent)));
}

function smallMesh(chart, i) {
  const mesh = new AgentMesh(chart, `mesh-${i}`, { ...AMBIENT(), namespace: `team-${i}` });
  granted(times(10, (k) => agentOf(mesh, `agent-${k}`)));
}

/** Each names a host of its own, and one that others name too. */
function naming(mesh, n) {
  granted(times(n, (i) => agentOf(mesh, `agent-${i}`, { egress: { hosts: [ExternalHost.https(`own-${i}.example.com`), ExternalHost.https(`shared-${i % 10}.example.com`)] } })));
}

/** An agent for each, which uses all of its tools and one of the next. */
function boundaries(mesh, n, options) {
  const callers = times(n, (i) => agentOf(mesh, `agent-${i}`));
  const tools = ['find', 'refund', 'close'];
  times(n, (i) => {
    const boundary = new McpToolBoundary(mesh, `crm-${i}`, { server: McpServer.of(running(`pods-${i}`, { service: undefined }), { tools, ...options }) });
    for (const tool of tools) boundary.grantTools([tool], callers[i]);
    boundary.grantTools(['find'], callers[(i + 1) % n]);
  });
}

/** By name: the smaller number of what grows, and who makes an app of so many. */
const LAYOUTS = {
  'meshes in one chart': [80, (app, n) => {
    const chart = new Chart(app, 'chart');
    times(n, (i) => smallMesh(chart, i));
  }],
  'a chart for each mesh': [30, (app, n) => times(n, (i) => smallMesh(new Chart(app, `chart-${i}`), i))],
  'one mesh over many charts': [1250, (app, n) => {
    const mesh = onlyMesh(app, AMBIENT);
    const charts = times(n / 10, (i) => new Chart(app, `part-${i}`));
    granted(times(n, (i) => agentOf(charts[Math.floor(i / 10)], `agent-${i}`, { mesh })));
  }],
  'tools granted one by one on ambient': [1000, (app, n) => {
    const mesh = onlyMesh(app, AMBIENT);
    const agents = times(8, (i) => agentOf(mesh, `agent-${i}`));
    const tools = times(n, (i) => `tool_${i}`);
    const boundary = new McpToolBoundary(mesh, 'crm', { server: McpServer.of(running('pods', { service: undefined }), { tools, enforcesMirroredHeaders: true }) });
    tools.forEach((tool, i) => agents.filter((_, k) => (i + k) % 3 > 0).forEach((agent) => boundary.grantTools([tool], agent)));
  }],
  'boundaries on ambient': [120, (app, n) => boundaries(onlyMesh(app, AMBIENT), n, { enforcesMirroredHeaders: true })],
  'boundaries with agentgateway': [120, (app, n) => boundaries(onlyMesh(app, AGENTGATEWAY), n, {})],
  'hosts by `egress` on ambient': [300, (app, n) => naming(onlyMesh(app, AMBIENT), n)],
  'hosts by `egress` on sidecars': [300, (app, n) => naming(onlyMesh(app, SIDECARS), n)],
  'hosts by MeshEgress on sidecars': [400, (app, n) => {
    const teams = times(n / 10, (i) => `team-${i}`);
    const mesh = new AgentMesh(new Chart(app, 'chart'), 'mesh', { ...SIDECARS(), namespace: 'voice', existingNamespaces: teams });
    granted(times(n, (i) => agentOf(mesh, `agent-${i}`, { namespace: teams[i % teams.length] })));
    times(n / 2, (i) => new MeshEgress(mesh, `host-${i}`, { namespace: teams[i % teams.length], hosts: [ExternalHost.https(`host-${i}.example.com`)] }));
  }],
  'agents with grants on sidecars': [800, (app, n) => granted(times(n, agentsOf(onlyMesh(app, SIDECARS))))],
  'agents with grants on Linkerd': [800, (app, n) => granted(times(n, agentsOf(onlyMesh(app, LINKERD))))],
};

function agentsOf(mesh) {
  return (i) => agentOf(mesh, `agent-${i}`);
}

function library(layout, n) {
  const app = new App();
  LAYOUTS[layout][1](app, n);
  return app;
}

function plain(charts) {
  const app = new App();
  for (const [id, objects] of charts) {
    const chart = new Chart(app, id);
    objects.forEach((object, i) => new ApiObject(chart, `object-${i}`, object));
  }
  return app;
}

/** What the library writes, by chart. */
function written(app) {
  const charts = [];
  const { toJson } = Chart.prototype;
  Chart.prototype.toJson = function () {
    charts.push([this.node.id, toJson.call(this)]);
    return charts.at(-1)[1];
  };
  const yaml = app.synthYaml();
  Chart.prototype.toJson = toJson;
  if (plain(charts).synthYaml() !== yaml) throw new Error('plain objects do not write the same bytes');
  return charts;
}

/** User CPU of building and synthesizing in milliseconds, loading left out. */
function cost(build) {
  const start = process.cpuUsage();
  build().synthYaml();
  return process.cpuUsage(start).user / 1000;
}

module.exports = { LAYOUTS };
if (require.main === module) {
  const [means, layout, size, file] = process.argv.slice(2);
  const n = Number(size);
  if (means === 'write') {
    writeFileSync(file, JSON.stringify(written(library(layout, n))));
  } else {
    const charts = means === 'plain' ? JSON.parse(readFileSync(file, 'utf8')) : [];
    // Loads what is loaded lazily.
    (means === 'plain' ? plain(charts.slice(0, 10).map(([id, objects]) => [id, objects.slice(0, 20)])) : library(layout, 10)).synthYaml();
    process.stdout.write(String(cost(() => (means === 'plain' ? plain(charts) : library(layout, n)))));
  }
}
