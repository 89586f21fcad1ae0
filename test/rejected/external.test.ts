import { Refused, saidMoreThanOnce, testRefused } from './corpus';
import { sidecar, linkerd, agentgateway, moving, planner, jwt, running, restricted, crmOf, crm, external, calling } from './tool-programs';
import { Agent, ExternalHost, McpToolBoundary, MeshEgress, MeshProvider, TokenCaller, Waypoint } from '../../src';
import { deploy, existing } from '../story';

const refused: Record<string, Refused[]> = {
  'servers outside the cluster': [
    ...['*.example.com', 'localhost', 'mcp.tools.svc', 'mcp.tools.svc.cluster.local', 'mcp', '10.0.0.1', 'https://mcp.example.com', 'MCP.example.com', '', 'mcp.svc.example.com', 'a.cluster.local'].map((hostname): Refused =>
      [`what is no host outside (${hostname})`, crm(() => ({ servers: { far: external(hostname) } })),
        `server far is not a host outside the cluster; got ${JSON.stringify(hostname)}; allowed: a lower case DNS name with a dot, not in the cluster's domain; write it as in "mcp.example.com"; for pods of the mesh use \`McpServer.of\``]),
    ...[0, 65536, 1.5].map((port): Refused => [`a port that is none (${port})`, crm(() => ({ servers: { far: external('mcp.example.com', {}, port) } })), `the port of server far is not a valid port; got ${port}; allowed: whole numbers from 1 to 65535; correct the port`]),
    ['with sidecars', crm(() => ({ servers: { far: external('mcp.example.com') } })),
      'an MCP server outside the cluster is not supported by MeshProvider.istioSidecar: sidecars authorize requests at pods of the mesh, and an external server has no such pods; got ["mcp.example.com"]; allowed: MeshProvider.istioAmbient', sidecar],
    ['on Linkerd', crm(() => ({ servers: { far: external('mcp.example.com') } })),
      'an MCP server outside the cluster is not supported by MeshProvider.linkerd: Linkerd authorizes requests at pods of the mesh, and an external server has no such pods', linkerd],
    ['sessions of a host outside', crm(() => ({ servers: { far: external('mcp.example.com', { keepsSessions: true }) } })), '`keepsSessions` of crm has no effect: its server is external and routes its own sessions; got "mcp.example.com"'],
    ['a path of a host outside that a policy reads as a pattern', crm(() => ({ servers: { far: external('mcp.example.com', { path: '/a*' }) } })), 'the path of the MCP endpoint is not a plain path; got "/a*"'],
    ['callers of the mesh that nobody keeps from it', (mesh) => crmOf(mesh, { servers: { far: external('mcp.example.com') } }).grantAllTools(new Agent(mesh, 'free', { workload: deploy() }), restricted(mesh)),
      ['AM214', 'app/mesh/crm: callers of crm can call mcp.example.com directly and bypass the boundary; got ["agent free"]; allowed: callers of the mesh whose `egress` does not include the host, or a server with `credentials` that no caller has; set `egress` on each caller (an empty one allows no external host), or set `credentials` on the server']],
    ['callers that say that they call it', (mesh) => crmOf(mesh, { servers: { far: external('mcp.example.com') } }).grantAllTools(restricted(mesh, 'named', { hosts: [ExternalHost.https('mcp.example.com')] })),
      'callers of crm can call mcp.example.com directly and bypass the boundary; got ["agent named"]', agentgateway],
    ['callers that nobody describes', (mesh) => crmOf(mesh, { servers: { far: external('mcp.example.com') } }).grantTools(['find'], planner), 'directly and bypass the boundary; got ["identity ops/planner"]', agentgateway],
    ['whoever has a token', (mesh) => crmOf(mesh, { servers: { far: external('mcp.example.com') }, jwt }).grantAllTools(TokenCaller.of({ subject: 'alice' })),
      'directly and bypass the boundary; got ["any caller with a token from https://issuer.example.com (sub=alice)"]', agentgateway],
    ['one of two versions that is not kept from it', (mesh) => {
      const agent = new Agent(mesh, 'agent', { versions: { v1: running({ egress: {}, existingServiceAccount: 'both' }), v2: running({ existingServiceAccount: 'both' }) } });
      crmOf(mesh, { servers: { far: external('mcp.example.com') } }).grantAllTools(agent);
    }, 'directly and bypass the boundary; got ["agent agent"]', agentgateway],
  ],
  'what pods call outside': [
    ...['*.example.com', 'kubernetes.default.svc', 'api', '10.0.0.1', 'API.example.com', '', 'api.example.com:443'].map((host): Refused => [`what is no host (${host})`, calling({ hosts: [ExternalHost.https('ok.example.com'), ExternalHost.https(host)] }),
      `\`egress\` of agent caller has a hostname that is not an external DNS name; got ${JSON.stringify(host)}; allowed: lower case DNS names with a dot, without "*.", and not in the cluster's domain; write it as in "api.example.com"`]),
    ...[sidecar, linkerd].map((on): Refused => [`a host that everybody there may call (${on.mesh.label})`, (mesh) => {
      new MeshEgress(mesh, 'out', { hosts: [ExternalHost.https('a.example.com'), ExternalHost.https('b.example.com')] });
      calling({ hosts: [ExternalHost.https('b.example.com')] })(mesh, undefined!);
    }, 'app/mesh/caller: a host in the `egress` of agent caller is also allowed for its whole namespace; got ["b.example.com"]; allowed: the host either in `egress` of a workload or in a MeshEgress; remove it from one of the two (out)', on]),
    ...[sidecar, linkerd].map((on): Refused => [`a host that everybody there may call, said later (${on.mesh.label})`, (mesh) => {
      calling({ hosts: [ExternalHost.https('b.example.com')] })(mesh, undefined!);
      new MeshEgress(mesh, 'out', { hosts: [ExternalHost.https('a.example.com'), ExternalHost.https('b.example.com')] });
    }, ['AM213', 'app/mesh/caller: a host in the `egress` of agent caller is also allowed for its whole namespace; got ["b.example.com"]'], on]),
    ['a network that is none', calling({ kubernetesApiCidrs: ['10.0.0.1/32', '10.0.0.1'] }, { mountToken: true }), 'an entry of `kubernetesApiCidrs` is not a network; got "10.0.0.1"; allowed: CIDRs such as "10.0.0.1/32", without bits beyond the prefix and without IPv4 in IPv6; correct `kubernetesApiCidrs`'],
    ...[['10.0.0.1/24', '10.0.0.0/24'], ['fe80::1/64', 'fe80::/64'], ['::ffff:10.0.0.1/128', '10.0.0.1/32']].map(([network, meant]): Refused => [`a network that NetworkPolicies do not take (${network})`,
      calling({ kubernetesApiCidrs: [network] }, { mountToken: true }), `an entry of \`kubernetesApiCidrs\` is not a network; got "${network}"; allowed: CIDRs such as "10.0.0.1/32", without bits beyond the prefix and without IPv4 in IPv6; write it as "${meant}"`]),
    ...['10.0.0.0/23', '0.0.0.0/0', 'fd00::/63'].map((network): Refused => [`a network wider than an API server's (${network})`, calling({ kubernetesApiCidrs: ['10.0.0.1/32', network] }, { mountToken: true }),
      `an entry of \`kubernetesApiCidrs\` is wider than the network of an API server; got "${network}"; allowed: prefixes of 24 bits or more, for IPv6 64 or more; list the addresses of the API server`]),
    ['the Kubernetes API without a token for it', calling({ kubernetesApiCidrs: ['10.0.0.0/24'] }), 'agent caller may call the Kubernetes API, but has no token for it; got ["10.0.0.0/24"]; allowed: `kubernetesApiCidrs` together with `mountToken`; set `mountToken`, or remove `kubernetesApiCidrs`'],
    ['a host too long for an object to be named after', calling({ hosts: [ExternalHost.https(`${'a-a-a-a-a.'.repeat(20)}com`)] }), '`egress` of agent caller has a hostname that is not an external DNS name'],
    ['versions of one identity that call different hosts', (mesh) => {
      new Agent(mesh, 'agent', { versions: { v1: running({ existingServiceAccount: 'one', egress: { hosts: [ExternalHost.https('a.example.com')] } }), v2: running({ existingServiceAccount: 'one' }) } });
    }, ['AM304', 'app/mesh/agent: agent agent v2 has the ServiceAccount of agent agent v1, so it could call the same hosts; got [["a.example.com"],"no `egress`"]; allowed: the same `egress` for all workloads of one ServiceAccount; declare the same `egress` for each version, or make them two agents']],
    ...Object.entries({ 'in ambient': {}, 'beside a proxy that reads MCP': agentgateway, 'with sidecars': sidecar, 'on Linkerd': linkerd }).flatMap(([mesh, props]): Refused[] => [
      [`a host at another port, ${mesh}`, calling({ hosts: [ExternalHost.https('a.example.com'), ExternalHost.https('b.example.com', { port: 8443 }), ExternalHost.https('c.example.com', { port: 0 })] }),
        '`egress` of agent caller has a host at a port other than 443, but the NetworkPolicy and the mesh open only port 443 to a single workload; got ["b.example.com:8443","c.example.com:0"]; allowed: port 443, as in `ExternalHost.https("api.example.com")`; '
        + 'call the host at port 443; on sidecars and Linkerd you can instead remove `egress`, and allow the host to the whole namespace with MeshEgress', props],
      [`a host of a tool server at another port, ${mesh}`, (of) => { crmOf(of, { server: running({ egress: { hosts: [ExternalHost.https('b.example.com', { port: 8443 })] } }) }); },
        'of tool server crm has a host at a port other than 443', props],
    ]),
    ['a host at another port, between two data planes, where no host is named', calling({ hosts: [ExternalHost.https('b.example.com', { port: 8443 })] }),
      'egress to named hosts for agent caller alone is not supported by MeshProvider.istioAmbient', moving],
    ['hosts of everybody beside those of a workload on Linkerd', (mesh) => { new MeshEgress(mesh, 'out', { hosts: [ExternalHost.https('b.example.com')] }); calling({ hosts: [ExternalHost.https('a.example.com')] })(mesh, undefined!); },
      ['AM323', 'app/mesh/caller: agent caller could also call the hosts of out, because Linkerd allows them for every pod of the namespace; got ["b.example.com"]; allowed: per namespace, either workloads that name hosts or a MeshEgress; declare all hosts in one MeshEgress, or split the namespace'], linkerd],
    ['callers by name of a host outside, on Linkerd', (mesh) => crmOf(mesh, { servers: { far: external('mcp.example.com') } })
      .grantAllTools(new Agent(mesh, 'named', { namespace: 'far', workload: running({ egress: { hosts: [ExternalHost.https('a.example.com')] } }) })),
    'app/mesh/crm: Linkerd allows an external host for a whole namespace, and other workloads share the namespace of tool server crm; got "mcp.example.com"', { ...linkerd, ...agentgateway }],
    ['a token for the Kubernetes API without its networks', calling({}, { mountToken: true }), 'agent caller has a token for the Kubernetes API, but its `egress` does not allow calling it; got {"mountToken":true}; allowed: `kubernetesApiCidrs` in its `egress`; set `kubernetesApiCidrs` to the addresses of the API server, as `kubectl get endpoints kubernetes` lists them'],
    ['a tool server with a token for the Kubernetes API', crm(() => ({ server: running({ mountToken: true }) })), 'tool server crm has a token for the Kubernetes API, but its `egress` does not allow calling it'],
    ['named hosts in a mesh that moves', calling({ hosts: [ExternalHost.https('a.example.com')] }),
      'egress to named hosts for agent caller alone is not supported by MeshProvider.istioAmbient: a namespace between two data planes would allow an external host partly through a waypoint and partly through sidecars; got ["a.example.com"]; allowed: a mesh whose migration to ambient is complete', moving],
    ['named hosts on Linkerd without TLSRoutes', calling({ hosts: [ExternalHost.https('a.example.com')] }), 'egress to named hosts for agent caller alone is not supported by MeshProvider.linkerd: Linkerd uses TLSRoute v1alpha2', { mesh: MeshProvider.linkerd() }],
    ['a host that Linkerd would let out for others of the namespace', (mesh) => { restricted(mesh, 'named', { hosts: [ExternalHost.https('a.example.com')] }); restricted(mesh, 'kept'); new Agent(mesh, 'free', { workload: deploy() }); },
      'app/mesh/named: Linkerd allows an external host for a whole namespace, and other workloads share the namespace of agent named; got "a.example.com"; allowed: a namespace whose workloads all name the host or have an `egress` without hosts; or a MeshEgress, which allows it for the namespace; set an `egress` without hosts on agent free, or split the namespace', linkerd],
    ['a host that Linkerd would let out for others beside a proxy', (mesh) => {
      crmOf(mesh, { servers: { far: external('mcp.example.com') } }).grantAllTools(restricted(mesh, 'kept'));
      restricted(mesh, 'open', { hosts: [ExternalHost.https('a.example.com')] });
    }, 'app/mesh/crm: Linkerd allows an external host for a whole namespace, and other workloads share the namespace of the proxy of tool server crm; got "mcp.example.com"; allowed: a namespace whose workloads all name the host or have an `egress` without hosts; or a MeshEgress, which allows it for the namespace; set an `egress` without hosts on agent open, or split the namespace', { ...linkerd, ...agentgateway }],
    ['a host that two namespaces call through one waypoint', (mesh) => {
      const shared = new Waypoint(mesh, 'shared');
      for (const namespace of ['voice', 'far']) shared.bindNamespace(namespace);
      restricted(mesh, 'a', { hosts: [ExternalHost.https('a.example.com')] });
      new Agent(mesh, 'b', { namespace: 'far', workload: running({ egress: { hosts: [ExternalHost.https('a.example.com')] } }) });
    }, 'app/mesh/b: host a.example.com of agent b already has another egress path, for agent a; got ["namespace voice","namespace far"]; allowed: per namespace and per waypoint, either workloads that call the host or one McpToolBoundary in front of it; give each namespace its own waypoint',
    { existingNamespaces: ['far'] }],
    ['a namespace past the mesh that is none', calling({ namespaces: ['Data Base'] }), 'a namespace in the egress of agent caller is not a valid Kubernetes name; got "Data Base"'],
    ['a namesake elsewhere of who calls a host', calling({ hosts: [ExternalHost.https('a.example.com')] }), ['AM301', 'a waypoint cannot distinguish callers of other.example from the same ServiceAccounts of cluster.local, and agent caller is behind a waypoint'], { trustedDomains: ['other.example'] }],
    ['a server outside past which a network leads', (mesh) => crmOf(mesh, { servers: { far: external('mcp.example.com') } })
      .grantAllTools(new Agent(mesh, 'open', { workload: running({ mountToken: true, egress: { kubernetesApiCidrs: ['104.18.7.0/24'] } }) })),
    'callers of crm can call mcp.example.com directly and bypass the boundary; got ["agent open"]'],
    ...['172.35.0.1/32', '172.15.0.1/32', '11.0.0.1/32', '100.128.0.1/32', '2001:db8::1/128'].map((network): Refused => [`a server outside past which a network leads that only looks private (${network})`,
      (mesh) => crmOf(mesh, { servers: { far: external('mcp.example.com') } }).grantAllTools(new Agent(mesh, 'open', { workload: running({ mountToken: true, egress: { kubernetesApiCidrs: ['10.0.0.1/32', network] } }) })),
      'callers of crm can call mcp.example.com directly and bypass the boundary; got ["agent open"]']),
    ['a host that a workload calls, and a boundary stands before', (mesh) => { restricted(mesh, 'a', { hosts: [ExternalHost.https('mcp.example.com')] }); crmOf(mesh, { servers: { far: external('mcp.example.com') } }); },
      'app/mesh/crm: host mcp.example.com of tool server crm already has another egress path, for agent a; got ["namespace voice","tool server crm"]'],
    ['a host that two boundaries stand before', (mesh) => { for (const id of ['crm', 'desk']) new McpToolBoundary(mesh, id, { servers: { far: external('mcp.example.com') } }); },
      'app/mesh/desk: host mcp.example.com of tool server desk already has another egress path, for tool server crm; got ["tool server crm","tool server desk"]'],
    ['a host of a waypoint, whose first boundary there stands beside a workload that calls it too', (mesh) => {
      const waypoint = new Waypoint(mesh, 'shared', { namespace: 'far' });
      restricted(mesh, 'a', { hosts: [ExternalHost.https('mcp.example.com')] });
      for (const [id, namespace] of [['crm', 'voice'], ['desk', 'far']]) new McpToolBoundary(mesh, id, { namespace, waypoint, servers: { far: external('mcp.example.com') } });
    }, 'app/mesh/desk: host mcp.example.com of tool server desk already has another egress path, for tool server crm; got ["tool server crm","tool server desk"]'],
    ['hosts of what runs where the mesh was not told to', (mesh) => { new Agent(mesh, 'agent', { workload: existing('a', { namespace: 'theirs', egress: { hosts: [ExternalHost.https('a.example.com')] } }) }); },
      ['AM204', 'agent agent runs in a namespace that is not in the mesh; got "theirs"']],
  ],
};

testRefused(refused);

test('most programs report one problem, the others only its consequences', () => {
  expect(saidMoreThanOnce(refused)).toEqual({
    'a host of a waypoint, whose first boundary there stands beside a workload that calls it too': 2,
    'a host that everybody there may call (MeshProvider.linkerd)': 2,
    'a host that everybody there may call, said later (MeshProvider.linkerd)': 2,
    'a path of a host outside that a policy reads as a pattern': 2,
  });
});
