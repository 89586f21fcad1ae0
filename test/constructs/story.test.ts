import { readFileSync } from 'fs';
import { join } from 'path';
import { Testing } from 'cdk8s';
import { parse } from 'yaml';
import { story } from '../story';
import { meshOf, synth } from '../synth';

const objects = synth((mesh) => { story(mesh); });

test('namespaces come first, so that objects applied in order find them', () => {
  const kinds = objects.all.map(({ kind }) => kind);
  const firstOther = objects.all.findIndex(({ metadata }) => metadata.namespace !== undefined && !objects.all.slice(0, objects.all.findIndex((one) => one.metadata.namespace === metadata.namespace)).some((one) => one.kind === 'Namespace' && one.metadata.name === metadata.namespace));
  expect(kinds[0]).toBe('Namespace');
  expect(firstOther).toBe(-1);
});

test.each(['voice', 'voice-edge'])('namespace %s is enrolled, speaks mutual TLS only, denies everything, logs and counts', (name) => {
  expect(objects.get('Namespace', name).metadata.labels).toEqual({ 'istio.io/dataplane-mode': 'ambient' });
  expect(objects.get('PeerAuthentication', `${name}-strict-mtls`, name).spec).toEqual({ mtls: { mode: 'STRICT' } });
  expect(objects.get('AuthorizationPolicy', `${name}-deny-all`, name).spec).toEqual({});
  expect(objects.get('Telemetry', `${name}-telemetry`, name).spec).toEqual({ accessLogging: [{ providers: [{ name: 'envoy' }] }], metrics: [{ providers: [{ name: 'prometheus' }] }] });
});

test('the waypoint has its own deny-all, since that of the namespace does not apply to it', () => {
  expect(objects.get('Gateway', 'voice-waypoint').spec).toMatchObject({ gatewayClassName: 'istio-waypoint', listeners: [{ name: 'mesh', port: 15008, protocol: 'HBONE' }] });
  expect(objects.get('AuthorizationPolicy', 'voice-waypoint-deny-all').spec).toEqual({ targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'voice-waypoint' }] });
});

test('exactly the Services that need the waypoint are labelled for it', () => {
  const labelled = objects.all.filter(({ kind, metadata }) => kind === 'Service' && metadata.labels?.['istio.io/use-waypoint']);
  expect(labelled.map(({ metadata }) => metadata)).toEqual([{ name: 'crm', namespace: 'voice', labels: { 'istio.io/use-waypoint': 'voice-waypoint' } }]);
});

test('the versions share one identity, and have no Service beside their pools', () => {
  expect(objects.names('ServiceAccount').sort()).toEqual(['ServiceAccount/voice/assistant', 'ServiceAccount/voice/assistant-v1-epp', 'ServiceAccount/voice/assistant-v2-epp', 'ServiceAccount/voice/crm']);
  for (const version of ['v1', 'v2']) expect(objects.get('Deployment', `assistant-${version}`).spec.template.spec.serviceAccountName).toBe('assistant');
  expect(objects.names('Service').sort()).toEqual(['Service/voice/assistant-v1-epp', 'Service/voice/assistant-v2-epp', 'Service/voice/crm']);
});

test('the workload policy of a version allows the inner gateway and its own picker, on the port that serves', () => {
  expect(objects.get('AuthorizationPolicy', 'assistant-v2-workload').spec).toEqual({
    action: 'ALLOW',
    selector: { matchLabels: { 'app.kubernetes.io/name': 'assistant', 'app.kubernetes.io/version': 'v2' } },
    rules: [{ from: [{ source: { serviceAccounts: ['voice/assistant-v2-epp', 'voice/voice-gw-inner-istio'] } }], to: [{ operation: { ports: ['8000'] } }] }],
  });
});

test('the workload policy of a picker allows only the inner gateway', () => {
  expect(objects.get('AuthorizationPolicy', 'assistant-v1-epp-workload').spec.rules).toEqual([
    { from: [{ source: { serviceAccounts: ['voice/voice-gw-inner-istio'] } }], to: [{ operation: { ports: ['9002'] } }] },
  ]);
});

test('the tool server allows the granted identity at its endpoint, and its pods only the waypoint', () => {
  expect(objects.get('AuthorizationPolicy', 'crm').spec).toEqual({
    action: 'ALLOW',
    targetRefs: [{ group: '', kind: 'Service', name: 'crm' }],
    rules: [{ from: [{ source: { serviceAccounts: ['voice/assistant'] } }], to: [{ operation: { methods: ['DELETE', 'GET', 'POST'], paths: ['/mcp'] } }] }],
  });
  expect(objects.get('AuthorizationPolicy', 'crm-workload').spec.rules).toEqual([
    { from: [{ source: { serviceAccounts: ['voice/voice-waypoint'] } }], to: [{ operation: { ports: ['8080'] } }] },
  ]);
});

test('no route has a timeout, which would cut streams', () => {
  expect(JSON.stringify(objects.all.filter(({ kind }) => kind === 'HTTPRoute'))).not.toContain('timeouts');
});

test('the edge gateway serves HTTPS for its host, accepts routes of the pools\' namespace, and is not enrolled', () => {
  expect(objects.get('Gateway', 'voice-gw', 'voice-edge').spec).toEqual({
    gatewayClassName: 'istio',
    infrastructure: { labels: { 'istio.io/dataplane-mode': 'none' } },
    listeners: [{
      name: 'https-voice-example-com', hostname: 'voice.example.com', port: 443, protocol: 'HTTPS',
      allowedRoutes: { namespaces: { from: 'Selector', selector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['voice'] }] } } },
      tls: { mode: 'Terminate', certificateRefs: [{ name: 'voice-tls' }] },
    }],
  });
  expect(objects.get('AuthorizationPolicy', 'voice-gw-hosts', 'voice-edge').spec).toMatchObject({ rules: [{ to: [{ operation: { hosts: ['voice.example.com', 'voice.example.com:*'] } }] }] });
  expect(objects.names('ReferenceGrant')).toEqual([]);
});

test('the inner gateway is enrolled, sends no HBONE itself, and has a port for each pool', () => {
  const inner = objects.get('Gateway', 'voice-gw-inner');
  expect(inner.metadata.annotations).toEqual({ 'networking.istio.io/service-type': 'ClusterIP' });
  expect(inner.spec.infrastructure).toEqual({ labels: { 'istio.io/dataplane-mode': 'ambient' }, parametersRef: { group: '', kind: 'ConfigMap', name: 'voice-gw-inner' } });
  expect(inner.spec.listeners.map(({ name, port }: { name: string; port: number }) => [name, port])).toEqual([['assistant-v1', 24747], ['assistant-v2', 22366]]);
  expect(parse(objects.get('ConfigMap', 'voice-gw-inner').data.deployment)).toEqual({
    spec: { template: { spec: { containers: [{ name: 'istio-proxy', env: [{ name: 'ISTIO_META_DISABLE_HBONE_SEND', value: 'true' }] }] } } },
  });
});

test('only the edge gateway may call the inner gateway, on the ports of the pools and by HBONE', () => {
  expect(objects.get('AuthorizationPolicy', 'voice-gw-inner-edge').spec).toEqual({
    action: 'ALLOW', rules: [{ from: [{ source: { serviceAccounts: ['voice-edge/voice-gw-istio'] } }], to: [{ operation: { ports: ['22366', '24747'] } }] }],
  });
  expect(objects.get('AuthorizationPolicy', 'voice-gw-inner-hosts').spec.rules).toEqual([{ to: [{ operation: { hosts: ['voice.example.com', 'voice.example.com:*'] } }] }]);
  expect(objects.get('NetworkPolicy', 'voice-gw-inner').spec).toEqual({
    podSelector: { matchLabels: { 'gateway.networking.k8s.io/gateway-name': 'voice-gw-inner' } }, policyTypes: ['Ingress'],
    ingress: [{ ports: [{ port: 15008, protocol: 'TCP' }] }, { from: [{ ipBlock: { cidr: '169.254.7.127/32' } }] }],
  });
});

test('the header forces the canary, other requests are split over the ports of the inner gateway', () => {
  expect(objects.get('HTTPRoute', 'chat').spec).toEqual({
    hostnames: ['voice.example.com'],
    parentRefs: [{ name: 'voice-gw', namespace: 'voice-edge', port: 443 }],
    rules: [
      { matches: [{ headers: [{ type: 'Exact', name: 'x-canary', value: 'true' }] }], backendRefs: [{ name: 'voice-gw-inner-istio', port: 22366, weight: 100 }] },
      { backendRefs: [{ name: 'voice-gw-inner-istio', port: 24747, weight: 95 }, { name: 'voice-gw-inner-istio', port: 22366, weight: 5 }] },
    ],
  });
});

test('each pool has a rule of its own, on its own port', () => {
  for (const name of ['assistant-v1', 'assistant-v2']) {
    expect(objects.get('HTTPRoute', name).spec).toMatchObject({
      parentRefs: [{ name: 'voice-gw-inner', sectionName: name }],
      rules: [{ backendRefs: [{ group: 'inference.networking.k8s.io', kind: 'InferencePool', name }] }],
    });
  }
});

test('a picker has the permissions it needs, and no more', () => {
  expect(objects.get('InferencePool', 'assistant-v1').spec.endpointPickerRef).toEqual({ name: 'assistant-v1-epp', port: { number: 9002 }, failureMode: 'FailClose' });
  expect(objects.get('Service', 'assistant-v1-epp').spec.ports[0]).toEqual({ name: 'grpc-ext-proc', port: 9002, targetPort: 9002, protocol: 'TCP', appProtocol: 'kubernetes.io/h2c' });
  expect(new Set(objects.get('Role', 'assistant-v1-epp').rules.flatMap(({ verbs }: { verbs: string[] }) => verbs))).toEqual(new Set(['get', 'list', 'watch']));
  expect(objects.get('RoleBinding', 'assistant-v1-epp').subjects).toEqual([{ kind: 'ServiceAccount', name: 'assistant-v1-epp', namespace: 'voice' }]);
  expect(objects.get('DestinationRule', 'assistant-v1-epp').spec).toEqual({
    host: 'assistant-v1-epp.voice.svc.cluster.local', trafficPolicy: { portLevelSettings: [{ port: { number: 9002 }, tls: { mode: 'SIMPLE', insecureSkipVerify: true } }] },
  });
  const { spec } = objects.get('Deployment', 'assistant-v1-epp').spec.template;
  expect(spec.containers[0].args).toEqual(expect.arrayContaining(['--pool-name=assistant-v1', '--pool-namespace=voice', '--config-file=/config/endpoint-picker.yaml', '--enable-pprof=false']));
  expect(spec.containers[0].readinessProbe.grpc).toEqual({ port: 9003, service: 'readiness' });
  expect(spec.securityContext).toMatchObject({ runAsNonRoot: true });
});

test('the access report comes from the model', () => {
  const { mesh, chart } = meshOf((it) => { story(it); });
  Testing.synth(chart);
  expect(mesh.describeAccess()).toBe(readFileSync(join(__dirname, '../golden/voice-agents/istio-ambient.access.txt'), 'utf8').trimEnd());
});
