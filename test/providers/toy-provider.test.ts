import { k8s } from 'cdk8s-plus-30';
import { Construct } from 'constructs';
import { Agent, ExternalHost, Identity, MeshEgress, MeshProvider, Waypoint } from '../../src';
import { ConnectionRule } from '../../src/model/connection-rule';
import { declaredRefusal, Feature, Refusal } from '../../src/model/feature';
import { MeshModel, NamespaceNode } from '../../src/model/mesh';
import { calledPorts, WorkloadNode } from '../../src/model/workload';
import { MeshBackend } from '../../src/providers/backend';
import { emit } from '../../src/providers/emit';
import { emitService } from '../../src/providers/workload/service';
import { deploy } from '../story';
import { problemsOf, synth } from '../synth';

/** The smallest mesh: a NetworkPolicy for each workload, which tells callers apart by their namespace. It has none of the optional parts. */
class NetworkPolicies implements MeshBackend {
  public readonly label = 'MeshProvider.networkPolicies';
  public readonly credentials = 'refused' as const;
  public readonly proxy = { ports: [], userIds: [] };
  public readonly gateways = { edge: {}, statusPorts: [], acceptedTransports: [], innerIn: () => undefined };
  public readonly limitations: MeshBackend['limitations'] = { allowsUnnamedHosts: () => true, outbound: 'NOT LIMITED', unchecked: [] };

  public refuses(feature: Feature): Refusal | undefined {
    return declaredRefusal({ label: this.label, supported: ['identity', 'waypoint'], unsupported: {} }, feature);
  }

  public dataPlaneIn(): string {
    return 'plain network';
  }

  public enroll(scope: Construct, _model: MeshModel, { name, existing }: NamespaceNode): void {
    if (!existing) emit(scope, 'namespace', k8s.KubeNamespace, { name }, {});
    emit(scope, 'deny-all', k8s.KubeNetworkPolicy, { name: 'deny-all', namespace: name }, { spec: () => ({ podSelector: {}, policyTypes: ['Ingress'] }) });
  }

  public podMetadata(): object {
    return {};
  }

  public createService(...[scope, model, workload, service]: Parameters<MeshBackend['createService']>): void {
    emitService(scope, model, workload, service, {});
  }

  public authorizePods(scope: Construct, _model: MeshModel, workload: WorkloadNode, rules: () => readonly ConnectionRule[]): void {
    emit(scope, 'workload-policy', k8s.KubeNetworkPolicy, { name: workload.name, namespace: workload.namespace }, {
      spec: () => ({
        podSelector: { matchLabels: { ...workload.labels } },
        ingress: rules().map(({ principals, ports }) => ({
          from: principals.map(({ namespace }) => ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } })),
          ports: ports.map((port) => ({ port: k8s.IntOrString.fromNumber(port) })),
        })),
      }),
    });
  }

  public connectionRules(_model: MeshModel, workload: WorkloadNode): readonly ConnectionRule[] {
    return [{ principals: workload.callers.principals, ports: calledPorts(workload) }];
  }

  public restrictEgress(): void {}

  public check(): [] {
    return [];
  }

  public checkForeign(): [] {
    return [];
  }
}

const mesh = MeshProvider._of('MeshProvider.networkPolicies', { options: {}, backendOn: () => new NetworkPolicies() });
const caller = Identity.of({ namespace: 'far', serviceAccount: 'caller' });

test('a provider that implements the core of the contract enforces what it declares', () => {
  const objects = synth((one) => new Agent(one, 'agent', { versions: { v1: deploy() } }).grantCall(caller), { mesh });
  expect(objects.names('NetworkPolicy')).toEqual(['NetworkPolicy/voice/deny-all', 'NetworkPolicy/voice/agent-v1']);
  expect(objects.get('NetworkPolicy', 'agent-v1').spec.ingress).toEqual([
    { from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'far' } } }], ports: [{ port: 8000 }] },
  ]);
});

test.each<[string, Parameters<typeof problemsOf>[0]]>([
  ['a feature that it does not name', (one) => { new MeshEgress(one, 'egress', { hosts: [ExternalHost.https('api.example.com')] }); }],
  ['a feature whose part it lacks, even if it names it', (one) => { new Waypoint(one, 'waypoint'); }],
])('%s is refused', (_, build) => {
  expect(problemsOf(build, { mesh })).toEqual([expect.stringContaining('MeshProvider.networkPolicies does not support this feature')]);
});
