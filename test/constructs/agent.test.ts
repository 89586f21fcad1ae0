import {
  Agent, Cluster, EndpointPicker, Identity, InferenceGateway, McpServer, McpToolBoundary, MeshProvider, Port, Waypoint, Workload,
} from '../../src';
import { deploy, existing, IMAGE } from '../story';
import { meshOf, synth } from '../synth';

const caller = Identity.of({ namespace: 'far', serviceAccount: 'caller' });

const deploymentOf = (options: object) =>
  synth((mesh) => { new Agent(mesh, 'agent', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], ...options }) } }); }).get('Deployment', 'agent-v1').spec;
const containerOf = (options: object) => deploymentOf(options).template.spec.containers[0];

describe('a deployed workload', () => {
  const objects = synth((mesh) => {
    new Agent(mesh, 'agent', {
      versions: {
        v1: Workload.deploy({
          image: IMAGE, ports: [Port.http(8000), Port.http(9000)], replicas: 0, command: ['run'], args: ['--fast'], env: { MODE: 'voice' }, podLabels: { team: 'a' },
          healthPath: '/health', writablePaths: ['/cache', '/tmp'], userId: 1000, cpuMillis: 1500, memoryMebibytes: 256,
        }),
      },
    });
  });
  const { spec } = objects.get('Deployment', 'agent-v1');
  const [container] = spec.template.spec.containers;

  test('runs as non-root, on a read-only root, without capabilities and without a token', () => {
    expect(container.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000, readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, privileged: false, capabilities: { drop: ['ALL'] } });
    expect(spec.template.spec).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false, hostNetwork: false, serviceAccountName: 'agent' });
    expect(spec.template.spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } });
    expect(objects.get('ServiceAccount', 'agent').automountServiceAccountToken).toBe(false);
  });
  test('has the stated settings', () => {
    expect(spec.replicas).toBe(0);
    expect(container).toMatchObject({ image: IMAGE, imagePullPolicy: 'IfNotPresent', command: ['run'], args: ['--fast'], env: [{ name: 'MODE', value: 'voice' }] });
    expect(container.ports).toEqual([{ containerPort: 8000, name: 'tcp-8000' }, { containerPort: 9000, name: 'tcp-9000' }]);
    expect(container.resources).toEqual({ requests: { cpu: '1500m', memory: '256Mi' }, limits: { memory: '256Mi' } });
    expect(container.volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath)).toEqual(['/cache', '/tmp']);
  });
  test('is probed on its first port', () => {
    for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe]) expect(probe.httpGet).toMatchObject({ path: '/health', port: 8000 });
    const { startupProbe, readinessProbe, livenessProbe } = containerOf({});
    for (const probe of [startupProbe, readinessProbe, livenessProbe]) expect(probe.tcpSocket).toEqual({ port: 8000 });
  });
  test.each<[string, object, number, number]>([
    ['ten minutes', {}, 300, 660], ['a day', { startupSeconds: 86_400 }, 43_200, 86_460], ['a second', { startupSeconds: 1 }, 1, 61], ['an odd number of seconds', { startupSeconds: 7 }, 4, 67],
  ])('may take %s to start, and its rollout longer', (_, options, failureThreshold, progressDeadlineSeconds) => {
    expect(containerOf(options).startupProbe).toMatchObject({ periodSeconds: 2, failureThreshold });
    expect(deploymentOf(options)).toMatchObject({ progressDeadlineSeconds });
  });
  test('with a health path is restarted only after 30 failures', () => {
    expect(containerOf({ healthPath: '/health' })).toMatchObject({ readinessProbe: { failureThreshold: 3 }, livenessProbe: { failureThreshold: 30 } });
    expect(containerOf({})).toMatchObject({ readinessProbe: { failureThreshold: 3 }, livenessProbe: { failureThreshold: 3 } });
  });
  test('is selected by its name, and also has the labels of the user', () => {
    expect(spec.selector.matchLabels).toEqual({ 'app.kubernetes.io/name': 'agent', 'app.kubernetes.io/version': 'v1' });
    expect(spec.template.metadata.labels).toEqual({ 'app.kubernetes.io/name': 'agent', 'app.kubernetes.io/version': 'v1', 'team': 'a' });
  });
  test('gets a token if asked for', () => {
    const workload = Workload.deploy({ image: IMAGE, ports: [Port.http(1)], mountToken: true });
    expect(synth((mesh) => { new Agent(mesh, 'a', { versions: { v1: workload } }); }).get('Deployment', 'a-v1').spec.template.spec.automountServiceAccountToken).toBe(true);
  });
  test('has a Service on port 80, or with the stated port and name', () => {
    expect(objects.get('Service', 'agent').spec).toEqual({ selector: { 'app.kubernetes.io/name': 'agent', 'app.kubernetes.io/version': 'v1' }, ports: [{ name: 'http', port: 80, targetPort: 8000, protocol: 'TCP', appProtocol: 'http' }] });
    const other = synth((mesh) => { new Agent(mesh, 'id', { versions: { v1: deploy() }, name: 'planner', servicePort: 8080, namespace: 'plan' }); });
    expect(other.get('Service', 'planner', 'plan').spec.ports[0]).toMatchObject({ port: 8080, targetPort: 8000 });
    expect(other.get('Deployment', 'planner-v1', 'plan').spec.template.spec.serviceAccountName).toBe('planner');
  });
});

describe('the versions of an agent', () => {
  test('are named after it, each with a workload policy and a Service, under one ServiceAccount', () => {
    const objects = synth((mesh) => {
      new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() }, stable: 'v1' }).grantCall(caller);
    });
    expect(objects.names('Deployment')).toEqual(['Deployment/voice/agent-v1', 'Deployment/voice/agent-v2']);
    expect(objects.names('Service')).toEqual(['Service/voice/agent', 'Service/voice/agent-v2']);
    expect(objects.names('ServiceAccount')).toEqual(['ServiceAccount/voice/agent']);
    for (const version of ['v1', 'v2']) {
      expect(objects.get('AuthorizationPolicy', `agent-${version}-workload`).spec.rules[0].from).toEqual([{ source: { serviceAccounts: ['far/caller'] } }]);
    }
  });
  test.each([
    ['ambient', MeshProvider.istioAmbient(), ['deployment', 'workload-policy']],
    // Tokens and authorizers are asked for at the pods there, which stay.
    ['sidecars', MeshProvider.istioSidecar(), ['deployment', 'egress', 'external-authorizer', 'jwt', 'workload-policy']],
  ])('served by a pool keep no objects for their Services, on %s', (_, provider, left) => {
    meshOf((mesh) => {
      const demanding = () => Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], jwt: { issuer: 'i', jwksUri: 'https://i/keys' }, externalAuthorizer: { provider: 'opa', serviceName: 'opa', serviceNamespace: 'opa' } });
      const agent = new Agent(mesh, 'agent', { versions: { v1: demanding(), v2: demanding() }, stable: 'v1', circuitBreaker: {} });
      new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addPool('llm', { workload: agent.version('v1') });
      const idsOf = (version: string) => agent.node.findChild(version).node.children.map(({ node }) => node.id).sort();
      expect(idsOf('v1')).toEqual(left);
      expect(idsOf('v2')).toEqual(expect.arrayContaining([...left, 'service', 'traffic']));
    }, { mesh: provider });
  });
  test('default to the single workload', () => {
    meshOf((mesh) => {
      const workload = deploy();
      expect(new Agent(mesh, 'agent', { versions: { v1: workload } }).version()).toBe(workload);
    });
  });
});

describe('a ServiceAccount of the team', () => {
  const own = () => Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], existingServiceAccount: 'theirs' });
  test('is used and granted to, and not created', () => {
    const objects = synth((mesh) => {
      const agent = new Agent(mesh, 'agent', { versions: { v1: own(), v2: deploy() }, stable: 'v1' });
      new Agent(mesh, 'other', { versions: { v1: deploy() } }).grantCall(agent);
    });
    expect(objects.names('ServiceAccount')).toEqual(['ServiceAccount/voice/other']);
    for (const version of ['v1', 'v2']) expect(objects.get('Deployment', `agent-${version}`).spec.template.spec.serviceAccountName).toBe('theirs');
    expect(objects.get('AuthorizationPolicy', 'other-v1-workload').spec.rules[0].from).toEqual([{ source: { serviceAccounts: ['voice/theirs'] } }]);
  });
  test('works for pools and tool servers', () => {
    const objects = synth((mesh) => {
      new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addPool('llm', { workload: own() });
      const tools = Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], existingServiceAccount: 'tools' });
      new McpToolBoundary(mesh, 'crm', { server: McpServer.of(tools, { tools: ['t'] }) });
    });
    expect(objects.names('ServiceAccount')).toEqual(['ServiceAccount/voice/llm-epp']);
    expect(objects.get('Deployment', 'crm').spec.template.spec.serviceAccountName).toBe('tools');
  });
  test('is kept for all versions if one already runs under it', () => {
    const objects = synth((mesh) => { new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: existing('a', { serviceAccount: 'theirs' }) }, stable: 'v1' }); });
    expect(objects.names('ServiceAccount')).toEqual([]);
    expect(objects.get('Deployment', 'agent-v1').spec.template.spec.serviceAccountName).toBe('theirs');
  });
});

describe('an existing workload', () => {
  test('gets policies and no other objects', () => {
    const objects = synth((mesh) => new Agent(mesh, 'agent', { versions: { v1: existing('a', { namespace: 'theirs', ports: [Port.http(8000), Port.http(9000)] }) } }).grantCall(caller), { existingNamespaces: ['theirs'] });
    expect(objects.names().filter((name) => name.includes('/theirs/'))).toEqual([
      'PeerAuthentication/theirs/theirs-strict-mtls', 'Telemetry/theirs/theirs-telemetry', 'AuthorizationPolicy/theirs/theirs-deny-all', 'AuthorizationPolicy/theirs/agent-v1-workload',
    ]);
    expect(objects.get('AuthorizationPolicy', 'agent-v1-workload', 'theirs').spec).toMatchObject({
      selector: { matchLabels: { app: 'a' } }, rules: [{ to: [{ operation: { ports: ['8000'] } }] }], // the first, while no Service says otherwise
    });
  });
  test('is called on the target port of its stated Service', () => {
    const workload = existing('a', { ports: [Port.http(8000), Port.http(9000)], service: { name: 'a', port: 80, targetPort: 9000 } });
    const objects = synth((mesh) => new Agent(mesh, 'agent', { versions: { v1: workload } }).grantCall(caller));
    expect(objects.get('AuthorizationPolicy', 'agent-v1-workload').spec.rules[0].to).toEqual([{ operation: { ports: ['9000'] } }]);
    expect(objects.names('Service')).toEqual([]);
  });
  test('calls with its stated identity', () => {
    const objects = synth((mesh) => {
      const planner = new Agent(mesh, 'planner', { versions: { v1: existing('p', { serviceAccount: 'plan', namespace: 'theirs' }) } });
      new Agent(mesh, 'writer', { versions: { v1: deploy() } }).grantCall(planner);
      expect(planner.identity.toString()).toBe('cluster.local:theirs/plan');
    }, { existingNamespaces: ['theirs'] });
    expect(objects.get('AuthorizationPolicy', 'writer-v1-workload').spec.rules[0].from).toEqual([{ source: { serviceAccounts: ['theirs/plan'] } }]);
  });
  test('behind a waypoint has its request rules there', () => {
    const workload = existing('a', { service: { name: 'theirs', port: 80, labels: { 'istio.io/use-waypoint': 'wp' } } });
    const objects = synth((mesh) => new Agent(mesh, 'agent', { versions: { v1: workload }, waypoint: new Waypoint(mesh, 'wp') }).grantCall(caller));
    expect(objects.get('AuthorizationPolicy', 'theirs').spec).toMatchObject({ targetRefs: [{ kind: 'Service', name: 'theirs' }], rules: [{ from: [{ source: { serviceAccounts: ['far/caller'] } }] }] });
    expect(objects.get('AuthorizationPolicy', 'agent-v1-workload').spec.rules[0].from).toEqual([{ source: { serviceAccounts: ['voice/wp'] } }]);
  });
});

test('an identity prints its trust domain if stated', () => {
  expect(`${caller}`).toBe('far/caller');
  expect(`${caller.asCaller}`).toBe('identity far/caller');
  expect(`${Identity.of({ namespace: 'n', serviceAccount: 's', trustDomain: 'td' })}`).toBe('td:n/s');
});

test('a workload is called by its image or its labels, before and after a construct uses it', () => {
  const workloads = [deploy(), existing('a', { labels: { app: 'a', tier: 'b' } })];
  const titles = () => workloads.map((workload) => [workload.title, `${workload}`]);
  const before = titles();
  expect(before).toEqual([[IMAGE, IMAGE], ['app=a,tier=b', 'app=a,tier=b']]);
  meshOf((mesh) => workloads.forEach((workload, i) => new Agent(mesh, `agent-${i}`, { versions: { v1: workload } })));
  expect(titles()).toEqual(before);
});

test('no value shows that a construct uses it', () => {
  const workload = deploy([8080]);
  const values = { workload, server: McpServer.of(workload, { tools: ['t'] }), picker: EndpointPicker.deploy(), cluster: Cluster.of(), identity: Identity.of({ namespace: 'n', serviceAccount: 's' }) };
  const shown = () => Object.values(values).map((value) => JSON.stringify([Object.entries(value), `${value}`]));
  const before = shown();
  meshOf((mesh) => {
    new McpToolBoundary(mesh, 'crm', { server: values.server }).grantAllTools(values.identity);
    new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addPool('llm', { workload: deploy(), picker: values.picker });
  }, { cluster: values.cluster });
  expect(shown()).toEqual(before);
});

test('a caller of a trusted domain is matched by whole principal', () => {
  const friend = Identity.of({ namespace: 'far', serviceAccount: 'caller', trustDomain: 'friend.example' });
  const objects = synth((mesh) => new Agent(mesh, 'agent', { versions: { v1: deploy() } }).grantCall(friend), { trustedDomains: ['friend.example'], cluster: Cluster.of({ trustDomain: 'own.example' }) });
  expect(objects.get('AuthorizationPolicy', 'agent-v1-workload').spec.rules[0].from).toEqual([{ source: { principals: ['friend.example/ns/far/sa/caller'] } }]);
});
