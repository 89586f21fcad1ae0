import {
  Agent, AgentMeshProps, Cluster, ExternalHost, GatewayApiChannel, McpServer, McpToolBoundary, MeshProvider, Port, Workload, WorkloadEgress,
} from '../../src';
import { deploy, existing, IMAGE } from '../story';
import { Manifests, synth } from '../synth';

const MESHES = {
  ambient: { mesh: MeshProvider.istioAmbient() },
  sidecar: { mesh: MeshProvider.istioSidecar() },
  linkerd: { mesh: MeshProvider.linkerd(), cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) },
} satisfies Record<string, Partial<AgentMeshProps>>;

const PODS = { to: [{ namespaceSelector: {} }] };
const PODS_BY_HBONE = { ...PODS, ports: [{ port: 15008, protocol: 'TCP' }] };
const NAMES = {
  to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }, { ipBlock: { cidr: '169.254.20.10/32' } }],
  ports: [{ port: 53, protocol: 'TCP' }, { port: 53, protocol: 'UDP' }],
};
const HOSTS = {
  to: [
    { ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'] } },
    { ipBlock: { cidr: '::/0', except: ['::1/128', 'fc00::/7', 'fe80::/10'] } },
  ],
  ports: [{ port: 443, protocol: 'TCP' }],
};
const KUBERNETES = {
  to: [{ ipBlock: { cidr: '10.0.0.1/32' } }, { ipBlock: { cidr: 'fd00::1/128' } }], ports: [{ port: 443, protocol: 'TCP' }, { port: 6443, protocol: 'TCP' }],
};

function egressPath(egress: WorkloadEgress | undefined, props: Partial<AgentMeshProps>): Manifests {
  return synth((mesh) => { new Agent(mesh, 'agent', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [Port.http(8000)], egress, mountToken: (egress?.kubernetesApiCidrs ?? []).length > 0 }) } }); }, props);
}

describe.each(Object.entries(MESHES))('a NetworkPolicy on %s', (name, props) => {
  const toPods = name === 'ambient' ? PODS_BY_HBONE : PODS;
  const toHosts = name === 'ambient' ? [] : [HOSTS];
  test.each<[string, WorkloadEgress, object[]]>([
    ['pods and names alone, where nothing outside is named', {}, []],
    ['pods and names alone, where what is named is nothing', { hosts: [], kubernetesApiCidrs: [] }, []],
    ['hosts where one is named, unless who reads what goes there is a pod', { hosts: [ExternalHost.https('api.example.com')] }, toHosts],
    ['hosts at the ports that are stated', { hosts: [ExternalHost.tls('b.example.com', 8443), ExternalHost.https('a.example.com'), ExternalHost.tls('c.example.com', 8443)] }, toHosts.map((rule) => ({ ...rule, ports: [443, 8443].map((port) => ({ port, protocol: 'TCP' })) }))],
    ['the networks of a host', { hosts: [ExternalHost.tls('db.example.com', 5432, { cidrs: ['203.0.114.0/24', '203.0.113.0/24'] })] },
      toHosts.map(() => ({ to: [{ ipBlock: { cidr: '203.0.113.0/24' } }, { ipBlock: { cidr: '203.0.114.0/24' } }], ports: [{ port: 5432, protocol: 'TCP' }] }))],
    ['networks at their ports', { networks: [{ cidr: '169.254.170.23/32', ports: [80] }, { cidr: 'FD00:ec2::23/128', ports: [80, 80, 81] }] },
      ([['169.254.170.23/32', 80], ['fd00:ec2::23/128', 80], ['fd00:ec2::23/128', 81]] as const).map(([cidr, port]) => ({ to: [{ ipBlock: { cidr } }], ports: [{ port, protocol: 'TCP' }] }))],
    ['the pods of namespaces that are named, past the mesh', { namespaces: ['db', 'dns'] }, [{ to: ['db', 'dns'].map((one) => ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': one } } })) }]],
    ['the Kubernetes API by its networks, written as Kubernetes writes them', { kubernetesApiCidrs: ['10.0.0.1/32', 'FD00:0::1/128'] }, [KUBERNETES]],
    ['both, hosts first', { hosts: [ExternalHost.https('api.example.com')], kubernetesApiCidrs: ['10.0.0.1/32', 'fd00::1/128'] }, [...toHosts, KUBERNETES]],
  ])('allows egress to %s', (_, egress, more) => {
    expect(egressPath(egress, props).get('NetworkPolicy', 'agent-v1-outbound').spec).toEqual({
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'agent', 'app.kubernetes.io/version': 'v1' } }, policyTypes: ['Egress'], egress: [toPods, NAMES, ...more],
    });
  });
  test('is not created for a workload without stated egress', () => {
    expect(egressPath(undefined, props).names('NetworkPolicy')).toEqual([]);
  });
  test('selects each tool server by its labels and allows the stated egress', () => {
    const objects = synth((mesh) => {
      new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find'] }) });
      new McpToolBoundary(mesh, 'old', { server: McpServer.of(existing('old', { egress: { kubernetesApiCidrs: ['10.0.0.1/32', 'fd00::1/128'] } }), { tools: ['find'] }) });
    }, props);
    expect(objects.get('NetworkPolicy', 'crm-outbound').spec.egress).toEqual([toPods, NAMES]);
    expect(objects.get('NetworkPolicy', 'old-outbound').spec).toEqual({ podSelector: { matchLabels: { app: 'old' } }, policyTypes: ['Egress'], egress: [toPods, NAMES, KUBERNETES] });
  });
});
