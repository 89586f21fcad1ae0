import { ApiObject, App, Chart } from 'cdk8s';
import {
  Agent, AgentMesh, AgentMeshProps, Cluster, ExternalHost, GatewayApiChannel, GatewayProvider, InferenceGateway, MeshProvider, MigrationStage, Port,
  Workload,
} from '../../src';
import { KINDS, ODD_METADATA, ODD_SPECS } from '../random/draws/team-objects';
import { deploy, existing, IMAGE } from '../story';

const MESHES: Readonly<Record<string, Partial<AgentMeshProps>>> = {
  'ambient': { mesh: MeshProvider.istioAmbient() },
  'sidecars': { mesh: MeshProvider.istioSidecar() },
  'Linkerd': { mesh: MeshProvider.linkerd(), cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) },
  'a migration': { mesh: MeshProvider.istioAmbient({ migration: { voice: MigrationStage.SIDECAR } }) },
};

/** Objects as no API server takes them, each with every odd spec. */
const OBJECTS = KINDS.flatMap(([apiVersion, kind]) =>
  ODD_SPECS.flatMap((spec) => ODD_METADATA.map((metadata) => ({ apiVersion, kind, ...spec !== undefined && { spec }, metadata }))));

function check(props: Partial<AgentMeshProps>, objects: readonly (typeof OBJECTS)[number][]): void {
  const app = new App();
  const mesh = new AgentMesh(new Chart(app, 'app'), 'mesh', { namespace: 'voice', gateway: GatewayProvider.istio(), ...props } as AgentMeshProps);
  new Agent(mesh, 'agent', { versions: { v1: deploy() } });
  new Agent(mesh, 'limited', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], egress: { hosts: [ExternalHost.https('a.example.com')] }, rateLimit: { requestsPerSecond: 5 } }) } });
  const chart = new Chart(app, 'theirs');
  objects.forEach((object, i) => new ApiObject(chart, `theirs-${i}`, { ...object, metadata: { ...object.metadata as object, name: `theirs-${i}`, namespace: 'voice' } }));
  mesh.acknowledge('AM401', 'the tree is read only where something is acknowledged');
  mesh.findings();
}

test.each(Object.entries(MESHES))('on %s every check handles invalid objects', (_, props) => {
  try {
    check(props, OBJECTS);
  } catch (first) {
    OBJECTS.forEach((object) => { // which one it is
      try {
        check(props, [object]);
      } catch (error) {
        throw new Error(`${JSON.stringify(object)}: ${(error as Error).stack}`);
      }
    });
    throw first;
  }
});

test.each(ODD_SPECS.map((spec) => [JSON.stringify(spec), spec] as const))('a Service and a Gateway are compared with the program, also with the spec %s', (_, spec) => {
  const app = new App();
  const mesh = new AgentMesh(new Chart(app, 'app'), 'mesh', { namespace: 'voice', mesh: MeshProvider.istioAmbient() });
  new Agent(mesh, 'agent', { versions: { v1: existing('agent', { service: { name: 'theirs', port: 80 } }) } });
  InferenceGateway.fromGatewayName(mesh, 'gateway', { gatewayName: 'theirs', namespace: 'ingress', hostnames: ['a.example.com'] });
  const chart = new Chart(app, 'theirs');
  new ApiObject(chart, 'service', { apiVersion: 'v1', kind: 'Service', metadata: { name: 'theirs', namespace: 'voice' }, ...spec !== undefined && { spec } });
  new ApiObject(chart, 'gateway', { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', metadata: { name: 'theirs', namespace: 'ingress' }, ...spec !== undefined && { spec } });
  expect(() => app.synthYaml()).toThrow(/^Validation failed(?!.*undefined)/s);
});
