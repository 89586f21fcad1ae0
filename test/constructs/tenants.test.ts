import {
  AgentMesh, EndpointPicker, EndpointPickerConfig, GatewayExposure, Identity, InferenceGateway, InferenceTenant, MeshProvider, Port,
} from '../../src';
import { deploy, existing } from '../story';
import { Build, Manifest, problemsOf, synth } from '../synth';

const fair = () => ({ picker: EndpointPicker.deploy({ config: EndpointPickerConfig.agents() }) });
const gateway = (mesh: AgentMesh, name: string, poolShards?: number) =>
  new InferenceGateway(mesh, name, { exposure: GatewayExposure.IN_MESH, poolShards });
const caller = Identity.of({ namespace: 'ops', serviceAccount: 'console' });

/** Routes whose parent is no Gateway of their namespace with such a listener. */
function orphans(all: readonly Manifest[]): string[] {
  return all.filter(({ kind }) => kind === 'HTTPRoute').flatMap(({ metadata, spec }) => spec.parentRefs.filter((parent: any) => !all.some((one) =>
    one.kind === 'Gateway' && one.metadata.namespace === metadata.namespace && one.metadata.name === parent.name
    && one.spec.listeners.some((listener: any) => listener.name === parent.sectionName))).map((parent: any) => `${metadata.namespace}/${metadata.name} at ${parent.name}`));
}

describe('gateways of pools and tenants in several namespaces', () => {
  const sharded: Build = (mesh) => {
    const shared = gateway(mesh, 'shared', 2);
    for (const namespace of ['models', 'models-1']) {
      for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) shared.addPool(`${namespace}-${name}`, { workload: existing(`${namespace}-${name}`, { namespace }) }).grantInfer(caller);
    }
  };
  test('with shards are all emitted, also if two have one name', () => {
    expect(orphans(synth(sharded, { existingNamespaces: ['models', 'models-1'] }).all)).toEqual([]);
  });
  test.each([['first', 0], ['last', 1]])('are all emitted if a namespace has the name of the gateway of tenants, and comes %s', (_, position) => {
    const build: Build = (mesh) => {
      const shared = gateway(mesh, 'shared');
      const other = () => new InferenceTenant(mesh, 'far', { pool: shared.addPool('far', { ...fair(), workload: existing('far', { namespace: 'tenants' }) }) });
      if (position === 0) other();
      new InferenceTenant(mesh, 'near', { pool: shared.addPool('near', { ...fair(), workload: deploy() }) });
      if (position === 1) other();
    };
    const { all } = synth(build, { existingNamespaces: ['tenants'] });
    expect(orphans(all)).toEqual([]);
    expect(all.filter(({ kind }) => kind === 'Gateway').map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).sort()).toEqual(['tenants/shared-tenants', 'tenants/shared-tenants-tenants', 'voice/shared', 'voice/shared-tenants']);
  });
});

test('a gateway has at most 64 tenants', () => {
  const tenants = (count: number): Build => (mesh) => {
    const pool = gateway(mesh, 'shared').addPool('llm', { ...fair(), workload: deploy() });
    for (let i = 0; i < count; i++) new InferenceTenant(mesh, `t${i}`, { pool, innerPort: 21_000 + i });
  };
  expect(problemsOf(tenants(64))).toEqual([]);
  expect(problemsOf(tenants(65))).toEqual([expect.stringMatching(/gateway shared has more tenants in namespace voice than the gateway before an inner gateway can have listeners; got \[65\].*\[AM206\]/)]);
});

test('requests of gRPC reach the inner gateway over HTTP/2 with sidecars too', () => {
  const objects = synth((mesh) => {
    const picker = EndpointPicker.existing(existing('picker', { ports: [Port.grpc(9002)], service: { name: 'picker', port: 9002 } }), { selfSignedTls: false });
    const pool = gateway(mesh, 'shared').addPool('llm', { workload: existing('vllm', { ports: [Port.grpc(8000)] }), picker, innerPort: 21_000 });
    new InferenceTenant(mesh, 'desk', { pool });
  }, { mesh: MeshProvider.istioSidecar() });
  expect(objects.get('DestinationRule', 'shared-istio').spec.trafficPolicy).toEqual({
    tls: { mode: 'ISTIO_MUTUAL' }, portLevelSettings: [{ port: { number: 21_000 }, connectionPool: { http: { h2UpgradePolicy: 'UPGRADE' } }, tls: { mode: 'ISTIO_MUTUAL' } }],
  });
});

describe('the gateway of the tenants', () => {
  const objects = (mesh: MeshProvider) => synth((one) => {
    const pool = gateway(one, 'shared').addPool('llm', { ...fair(), workload: deploy(), innerPort: 21_000 });
    new InferenceTenant(one, 'desk', { pool, innerPort: 21_001 }).grantInfer(caller);
  }, { mesh });
  const HOSTS = ['llm-desk-tenant', 'llm-desk-tenant.voice', 'llm-desk-tenant.voice.svc', 'llm-desk-tenant.voice.svc.cluster.local'].flatMap((host) => [host, `${host}:*`]);
  const headersAt = (name: string) => objects(MeshProvider.istioAmbient()).get('RequestAuthentication', `${name}-picker-headers`).spec.jwtRules[0].outputClaimToHeaders.map(({ header }: any) => header);

  test('may connect to the pools of its tenants at the inner gateway, for their hosts, and nowhere else', () => {
    const all = objects(MeshProvider.istioAmbient());
    expect(all.get('AuthorizationPolicy', 'shared-tenants').spec).toEqual({
      action: 'ALLOW', rules: [{ from: [{ source: { serviceAccounts: ['voice/shared-tenants-istio'] } }], to: [{ operation: { ports: ['21000'] } }] }],
    });
    expect(all.get('AuthorizationPolicy', 'shared-tenants-hosts').spec.rules).toEqual([{ to: [{ operation: { hosts: HOSTS } }] }]);
    expect(objects(MeshProvider.istioSidecar()).get('AuthorizationPolicy', 'shared-tenants').spec.rules).toEqual([
      { from: [{ source: { serviceAccounts: ['voice/shared-tenants-istio'] } }], to: [{ operation: { hosts: HOSTS } }] },
    ]);
  });
  test('removes every header that it does not set, and the inner gateway keeps only what it sets', () => {
    const set = ['x-llm-d-inference-fairness-id', 'x-llm-d-inference-objective'];
    expect(headersAt('shared-tenants')).toEqual(expect.arrayContaining([...set, 'x-gateway-inference-fairness-id', 'x-gateway-inference-objective', 'x-prefiller-host-port']));
    const inner = headersAt('shared');
    expect(headersAt('shared-tenants').filter((header: string) => !inner.includes(header))).toEqual(set);
  });
});
