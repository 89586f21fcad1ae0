import { mkdtempSync, readdirSync, readFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { Chart } from 'cdk8s';
import { parseAllDocuments } from 'yaml';
import {
  Agent, AgentMesh, AmbientMigration, IMeshProgram, InferenceGateway, McpServer, McpToolBoundary, MeshProvider, MigrationStage,
  Port, UnauthenticatedPort, Workload,
} from '../../src';
import { deploy, IMAGE } from '../story';
import { Manifest, Manifests, synth } from '../synth';

/** The story, with the tools in a namespace of their own. */
class Story implements IMeshProgram {
  public define(chart: Chart, provider: MeshProvider): void {
    const mesh = new AgentMesh(chart, 'mesh', { namespace: 'voice', mesh: provider });
    const assistant = new Agent(mesh, 'assistant', { versions: { v1: deploy() } });
    const gateway = new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } });
    gateway.addRoute('chat', { target: gateway.addPool('llm', { workload: assistant.version() }) });
    new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['t'] }), namespace: 'tools' }).grantAllTools(assistant);
  }
}

const outdir = () => mkdtempSync(join(tmpdir(), 'migration-'));
const read = (dir: string, file: string) => new Manifests(parseAllDocuments(readFileSync(join(dir, file), 'utf8')).map((document) => document.toJS() as Manifest));
const labels = (objects: Manifests, name: string) => objects.get('Namespace', name).metadata.labels;
const mode = (objects: Manifests, namespace: string) => objects.get('PeerAuthentication', `${namespace}-strict-mtls`, namespace).spec.mtls.mode;

describe('a migration of callers, then of what they call', () => {
  const dir = outdir();
  const files = AmbientMigration.write(new Story(), { namespaces: ['voice', 'tools'], outdir: dir });
  const step = (name: string) => read(dir, files.find((file) => file.includes(name))!);

  test('writes one file for each step, in order, and a plan', () => {
    expect(files).toEqual([
      '00-start.k8s.yaml', '01-voice-permissive.k8s.yaml', '02-voice-enrol.k8s.yaml', '03-voice-strict.k8s.yaml',
      '04-tools-permissive.k8s.yaml', '05-tools-enrol.k8s.yaml', '06-tools-strict.k8s.yaml', 'plan.txt',
    ]);
    expect(readdirSync(dir).sort()).toEqual(files);
  });

  test('moves one namespace at a time, never enrolled in both', () => {
    const metadataOf = (objects: Manifests, name: string) => Object.entries(labels(objects, name)!).map((pair) => pair.join('='));
    const metadata = files.slice(0, -1).map((file) => ['voice', 'tools'].map((name) => metadataOf(read(dir, file), name)));
    const [sidecar, ambient] = [['istio-injection=enabled'], ['istio.io/dataplane-mode=ambient']];
    expect(metadata).toEqual([
      [sidecar, sidecar], [sidecar, sidecar], [ambient, sidecar], [ambient, sidecar], [ambient, sidecar], [ambient, ambient], [ambient, ambient],
    ]);
  });

  test('requires mutual TLS except during the move', () => {
    expect(files.slice(0, -1).map((file) => ['voice', 'tools'].map((name) => mode(read(dir, file), name)))).toEqual([
      ['STRICT', 'STRICT'], ['PERMISSIVE', 'STRICT'], ['PERMISSIVE', 'STRICT'], ['STRICT', 'STRICT'], ['STRICT', 'PERMISSIVE'], ['STRICT', 'PERMISSIVE'], ['STRICT', 'STRICT'],
    ]);
  });

  test('has the policies of both data planes while pods of both exist', () => {
    const callers = { from: [{ source: { serviceAccounts: ['voice/assistant'] } }], to: [{ operation: { ports: ['8080'], paths: ['/mcp'], methods: ['DELETE', 'GET', 'POST'] } }] };
    const waypoint = { from: [{ source: { serviceAccounts: ['tools/tools-waypoint'] } }], to: [{ operation: { ports: ['8080'] } }] };
    expect(step('00').get('AuthorizationPolicy', 'crm-workload', 'tools').spec.rules).toEqual([callers]);
    for (const name of ['04', '05']) {
      const withoutCredentials = { ...callers, when: [{ key: 'request.headers[authorization]', notValues: ['*'] }] };
      expect(step(name).get('AuthorizationPolicy', 'crm-sidecars', 'tools').spec.rules).toEqual([withoutCredentials]);
      expect(step(name).find('AuthorizationPolicy', 'crm-pod-credentials', 'tools')).toBeUndefined();
      expect(step(name).get('AuthorizationPolicy', 'crm-workload', 'tools').spec.rules).toEqual([waypoint]);
    }
    expect(step('06').find('AuthorizationPolicy', 'crm-sidecars', 'tools')).toBeUndefined();
    expect(step('06').get('AuthorizationPolicy', 'crm-workload', 'tools').spec.rules).toEqual([waypoint]);
  });

  test('moves the inner gateway and the picker with the pods', () => {
    expect(step('01').get('Gateway', 'gw-inner').spec.listeners[0].protocol).toBe('HTTPS');
    expect(step('02').get('Gateway', 'gw-inner').spec.listeners[0].protocol).toBe('HTTP');
    expect(step('01').get('Deployment', 'llm-epp').spec.template.spec.containers[0].args).toContain('--secure-serving=false');
    expect(step('02').get('Deployment', 'llm-epp').spec.template.spec.containers[0].args).toContain('--secure-serving=true');
  });

  test('replaces the pods when their namespace is enrolled', () => {
    const template = (name: string) => JSON.stringify(step(name).get('Deployment', 'assistant-v1').spec.template);
    expect(template('01')).toBe(template('00'));
    expect(template('02')).not.toBe(template('01'));
    expect(template('03')).toBe(template('02'));
  });

  test('ends with the objects of a mesh that started in ambient', () => {
    const ambient = outdir();
    const [only] = AmbientMigration.write(new Story(), { namespaces: [], outdir: ambient });
    expect(step('06').all).toEqual(read(ambient, only).all);
  });

  test('lists objects to delete after each step', () => {
    const plan = readFileSync(join(dir, 'plan.txt'), 'utf8');
    expect(plan).toContain('# 6. tools: mutual TLS is required again\nkubectl apply -f 06-tools-strict.k8s.yaml\nkubectl rollout status deployment.apps/assistant-v1 -n voice\nkubectl rollout status deployment.apps/llm-epp -n voice\nkubectl rollout status deployment.apps/crm -n tools\nkubectl delete --ignore-not-found authorizationpolicy.security.istio.io/crm-sidecars -n tools\n');
    expect(plan).toContain('kubectl delete --ignore-not-found sidecar.networking.istio.io/voice-default -n voice');
    expect(plan).toContain('kubectl delete --ignore-not-found service/llm-pods -n voice');
  });
});

test('a Service is labelled for its waypoint before mutual TLS is required', () => {
  const objects = synth((mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['t'] }) }); }, { mesh: MeshProvider.istioAmbient({ migration: { voice: MigrationStage.PERMISSIVE } }) });
  expect(objects.get('Service', 'crm').metadata.labels).toEqual({ 'istio.io/use-waypoint': 'voice-waypoint' });
});

test('a migration of callees before their callers is refused, and nothing is written', () => {
  const dir = outdir();
  expect(() => AmbientMigration.write(new Story(), { namespaces: ['tools', 'voice'], outdir: dir })).toThrow('tool server crm is already in ambient and behind a waypoint; these callers still have sidecars, which bypass waypoints, so the pods would deny them');
  expect(readdirSync(dir)).toEqual([]);
});

test.each(Object.values(MigrationStage))('a split inside the mesh is written as in ambient at stage %s', (stage) => {
  const written = (migration: Record<string, MigrationStage>) => synth((mesh) => {
    new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() }, canary: { version: 'v2', percent: 5 } });
  }, { mesh: MeshProvider.istioAmbient({ migration }) }).get('HTTPRoute', 'agent-mesh');
  expect(written({ voice: stage })).toEqual(written({}));
});

test('a port for callers without an identity is open at every stage, and no other port', () => {
  const stages = [undefined, ...Object.values(MigrationStage)];
  const modes = stages.map((stage) => {
    const objects = synth((mesh) => {
      new Agent(mesh, 'agent', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000), Port.tcp(9443)], unauthenticatedPorts: [UnauthenticatedPort.of(9443)] }) } });
    }, { mesh: MeshProvider.istioAmbient({ migration: stage ? { voice: stage } : {} }) });
    expect(objects.get('AuthorizationPolicy', 'agent-v1-unauthenticated').spec.rules).toEqual([{ to: [{ operation: { ports: ['9443'] } }] }]);
    const own = objects.find('PeerAuthentication', 'agent-v1-unauthenticated');
    return [stage, own?.spec.mtls.mode ?? mode(objects, 'voice')];
  });
  expect(modes).toEqual([[undefined, 'STRICT'], [MigrationStage.SIDECAR, 'STRICT'], [MigrationStage.PERMISSIVE, 'PERMISSIVE'], [MigrationStage.ENROLLED, 'PERMISSIVE']]);
});
