import { ApiObject, Chart } from 'cdk8s';
import { Agent, ExistingService, Port } from '../../src';
import { linkerd, sidecar } from '../rejected/tool-programs';
import { deploy, existing } from '../story';
import { Build, meshOf, problemsOf } from '../synth';

const vectors = (service: Partial<ExistingService> = {}) => existing('vectors', { ports: [Port.http(6333)], service: { name: 'vectors', port: 6333, ...service } });

describe('a headless Service', () => {
  const headless = { headless: true };
  test.each([['ambient', {}], ['sidecars', sidecar], ['Linkerd', linkerd]])('is called like any other without a waypoint or canary, on %s', (_, props) => {
    const build: Build = (mesh) => { new Agent(mesh, 'v', { versions: { v1: vectors(headless) } }).grantCall(new Agent(mesh, 'web', { versions: { v1: deploy() } })); };
    expect(problemsOf(build, props)).toEqual([]);
    const { mesh } = meshOf(build, props);
    expect(mesh.decide({ caller: mesh.node.findChild('web') as Agent, callee: mesh.node.findChild('v') as Agent }).allowed).toBe(true);
  });
});

describe('a Service that the app has', () => {
  const withService = (is: object, said: Partial<ExistingService>, labels: object = {}): Build => (mesh, chart) => {
    new Agent(mesh, 'v', { versions: { v1: vectors(said) } });
    new ApiObject(new Chart(chart, 'theirs'), 'service', {
      apiVersion: 'v1', kind: 'Service', metadata: { name: 'vectors', namespace: 'voice', labels }, spec: { ports: [{ port: 6333 }], ...is },
    } as never);
  };
  test.each<[string, object, Partial<ExistingService>, object]>([
    ['all of it', {}, {}, {}],
    ['a port by its name', { ports: [{ port: 6333, targetPort: 'http' }] }, {}, {}],
    ['that it is headless', { clusterIP: 'None' }, { headless: true }, {}],
    ['its labels', {}, { labels: { team: 'search' } }, { team: 'search', other: 'x' }],
  ])('matches the program: %s', (_, is, said, labels) => {
    expect(problemsOf(withService(is, said, labels))).toEqual([]);
  });
});
