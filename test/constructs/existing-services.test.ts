import { ApiObject, Chart } from 'cdk8s';
import { Agent, AgentMesh, ExistingServiceOptions, InferenceGateway, McpToolBoundary, Waypoint } from '../../src';
import { linkerd, sidecar } from '../rejected/tool-programs';
import { deploy, existing } from '../story';
import { Build, meshOf, problemsOf } from '../synth';

const vectors = (service: Partial<ExistingServiceOptions> = {}) => existing('vectors', { ports: [6333], service: { name: 'vectors', port: 6333, ...service } });
const USE = { 'istio.io/use-waypoint': 'wp' };
const gateway = (mesh: AgentMesh) => new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });

describe('a headless Service', () => {
  const headless = { headless: true };
  test.each<[string, Build]>([
    ['of an agent', (mesh) => { new Agent(mesh, 'vectors', { waypoint: new Waypoint(mesh, 'wp'), workload: vectors({ ...headless, labels: USE }) }); }],
    ['of a tool server', (mesh) => { new McpToolBoundary(mesh, 'vectors', { waypoint: new Waypoint(mesh, 'wp'), server: vectors({ ...headless, labels: USE }), tools: ['t'] }); }],
    ['of a tool server without a waypoint of its own', (mesh) => { new McpToolBoundary(mesh, 'vectors', { server: vectors({ ...headless, labels: { 'istio.io/use-waypoint': 'voice-waypoint' } }), tools: ['t'] }); }],
  ])('is refused before a waypoint: %s', (_, build) => {
    expect(problemsOf(build)).toEqual([expect.stringMatching(/would not go through waypoint (wp|voice-waypoint): the Service vectors is headless, so that callers go to its pods.*AM303/)]);
  });
  test.each<[string, Build, object]>([
    ['a route', (mesh) => { gateway(mesh).addRoute('r', { target: new Agent(mesh, 'v', { workload: vectors(headless) }).version() }); }, {}],
    ['a canary of a gateway', (mesh) => {
      gateway(mesh).addCanary('c', { stable: new Agent(mesh, 'v', { workload: vectors(headless) }).version(), canary: new Agent(mesh, 'w', { workload: deploy() }).version(), canaryPercent: 5 });
    }, {}],
    ['a canary of an agent', (mesh) => {
      const agent = new Agent(mesh, 'v', { versions: { v1: vectors(headless), v2: deploy() } });
      agent.addCanary('c', { stable: agent.version('v2'), canary: agent.version('v1'), canaryPercent: 5 });
    }, linkerd],
  ])('is refused behind %s', (_, build, props) => {
    expect(problemsOf(build, props)).toEqual([expect.stringContaining('its Service vectors is headless, and has no address to which requests are sent; got {"headless":true}')]);
  });
  test.each([['ambient', {}], ['sidecars', sidecar], ['Linkerd', linkerd]])('is called as any other without either, on %s', (_, props) => {
    const build: Build = (mesh) => { new Agent(mesh, 'v', { workload: vectors(headless) }).grantCall(new Agent(mesh, 'web', { workload: deploy() })); };
    expect(problemsOf(build, props)).toEqual([]);
    const { mesh } = meshOf(build, props);
    expect(mesh.decide({ caller: mesh.node.findChild('web') as Agent, callee: mesh.node.findChild('v') as Agent }).allowed).toBe(true);
  });
});

describe('a Service that the app has', () => {
  const withService = (is: object, said: Partial<ExistingServiceOptions>, labels: object = {}): Build => (mesh, chart) => {
    new Agent(mesh, 'v', { workload: vectors(said) });
    new ApiObject(new Chart(chart, 'theirs'), 'service', {
      apiVersion: 'v1', kind: 'Service', metadata: { name: 'vectors', namespace: 'voice', labels }, spec: { ports: [{ port: 6333 }], ...is },
    } as never);
  };
  test.each<[string, object, Partial<ExistingServiceOptions>, object]>([
    ['all of it', {}, {}, {}],
    ['a port by its name', { ports: [{ port: 6333, targetPort: 'http' }] }, {}, {}],
    ['that it is headless', { clusterIP: 'None' }, { headless: true }, {}],
    ['its labels', {}, { labels: { team: 'search' } }, { team: 'search', other: 'x' }],
  ])('is as the program says: %s', (_, is, said, labels) => {
    expect(problemsOf(withService(is, said, labels))).toEqual([]);
  });
  test.each<[string, object, Partial<ExistingServiceOptions>, object, string]>([
    ['that it is headless', { clusterIP: 'None' }, {}, {}, 'got {"headless":true}; allowed: {"headless":false}'],
    ['that it is not', {}, { headless: true }, {}, 'got {"headless":false}; allowed: {"headless":true}'],
    ['another port', { ports: [{ port: 80 }] }, {}, {}, 'got {"port":[80]}; allowed: {"port":6333}'],
    ['a port to another of the pods', { ports: [{ port: 6333, targetPort: 6334 }] }, {}, {}, 'got {"targetPort":6334}; allowed: {"targetPort":6333}'],
    ['another label', {}, { labels: { team: 'search' } }, {}, 'got {"label team":null}; allowed: {"label team":"search"}'],
    ['a waypoint that nobody told of', {}, {}, USE, 'got {"label istio.io/use-waypoint":"wp"}; allowed: {"label istio.io/use-waypoint":null}'],
  ])('is refused where it is not: %s', (_, is, said, labels, message) => {
    expect(problemsOf(withService(is, said, labels))).toEqual([expect.stringMatching(/Service voice\/vectors of the app is not what the program says of it for agent v.*AM114/)]);
    expect(problemsOf(withService(is, said, labels))[0]).toContain(message);
  });
});
