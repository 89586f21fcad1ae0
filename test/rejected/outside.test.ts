import { Refused, saidMoreThanOnce, testRefused } from './corpus';
import { sidecar, linkerd, agentgateway, moving, planner, jwt, running, confined, crmOf, crm, outside, calling } from './tool-programs';
import { Agent, McpToolBoundary, MeshEgress, MeshProvider, TokenCaller, Waypoint } from '../../src';
import { deploy, existing } from '../story';

const refused: Record<string, Refused[]> = {
  'servers outside the cluster': [
    ...['*.example.com', 'localhost', 'mcp.tools.svc', 'mcp.tools.svc.cluster.local', 'mcp', '10.0.0.1', 'https://mcp.example.com', 'MCP.example.com', '', 'mcp.svc.example.com', 'a.cluster.local'].map((hostname): Refused =>
      [`what is no host outside (${hostname})`, crm(() => ({ servers: { far: outside(hostname) } })),
        `server far is no host outside the cluster; got ${JSON.stringify(hostname)}; allowed: a lower case DNS name with a dot, none of the cluster's own; write it as in "mcp.example.com"; pods of the mesh are \`McpServer.of\``]),
    ...[0, 65536, 1.5].map((port): Refused => [`a port that is none (${port})`, crm(() => ({ servers: { far: outside('mcp.example.com', { port }) } })), `the port of server far is none; got ${port}; allowed: whole numbers from 1 to 65535; correct it`]),
    ['with sidecars', crm(() => ({ servers: { far: outside('mcp.example.com') } })),
      'an MCP server outside the cluster is not to be had with MeshProvider.istioSidecar and GatewayProvider.istio: sidecars judge requests at pods of the mesh, and outside there is none; got ["mcp.example.com"]; allowed: MeshProvider.istioAmbient', sidecar],
    ['on Linkerd', crm(() => ({ servers: { far: outside('mcp.example.com') } })),
      'an MCP server outside the cluster is not to be had with MeshProvider.linkerd and GatewayProvider.istio: Linkerd judges requests at pods of the mesh, and outside there is none', linkerd],
    ['sessions of a host outside', crm(() => ({ servers: { far: outside('mcp.example.com') }, keepsSessions: true })), 'the sessions of crm are those of a host outside, which keeps them together itself; got "mcp.example.com"'],
    ['a path of a host outside that a policy reads as a pattern', crm(() => ({ servers: { far: outside('mcp.example.com', { path: '/a*' }) } })), 'the path of the MCP endpoint is not a plain path; got "/a*"'],
    ['callers of the mesh that nobody keeps from it', (mesh) => crmOf(mesh, { servers: { far: outside('mcp.example.com') } }).grantAllTools(new Agent(mesh, 'free', { workload: deploy() }), confined(mesh)),
      'app/mesh/crm: callers of crm could call mcp.example.com themselves, past what they were granted; got ["agent free"]; allowed: callers of the mesh whose pods have an `egress` without it; or a server that is shown `credentials` which no caller has; state `egress` of each caller (an empty one lets nothing out), or `credentials` of the server'],
    ['callers that say that they call it', (mesh) => crmOf(mesh, { servers: { far: outside('mcp.example.com') } }).grantAllTools(confined(mesh, 'named', { hostnames: ['mcp.example.com'] })),
      'callers of crm could call mcp.example.com themselves, past what they were granted; got ["agent named"]', agentgateway],
    ['callers that nobody describes', (mesh) => crmOf(mesh, { servers: { far: outside('mcp.example.com') } }).grantTool('find', planner), 'past what they were granted; got ["identity ops/planner"]', agentgateway],
    ['whoever has a token', (mesh) => crmOf(mesh, { servers: { far: outside('mcp.example.com') }, jwt }).grantAllTools(TokenCaller.of({ subject: 'alice' })),
      'past what they were granted; got ["whoever has a token of https://issuer.example.com for alice"]', agentgateway],
    ['one of two versions that is not kept from it', (mesh) => {
      const agent = new Agent(mesh, 'agent', { versions: { v1: running({ egress: {}, existingServiceAccount: 'both' }), v2: running({ existingServiceAccount: 'both' }) } });
      crmOf(mesh, { servers: { far: outside('mcp.example.com') } }).grantAllTools(agent);
    }, 'past what they were granted; got ["agent agent"]', agentgateway],
  ],
  'what pods call outside': [
    ...['*.example.com', 'kubernetes.default.svc', 'api', '10.0.0.1', 'API.example.com', '', 'api.example.com:443'].map((host): Refused => [`what is no host (${host})`, calling({ hostnames: ['ok.example.com', host] }),
      `a host that agent caller calls is no exact DNS name of a host outside; got ${JSON.stringify(host)}; allowed: lower case DNS names with a dot, without "*.", and none of the cluster's own; write it as in "api.example.com"`]),
    ...[sidecar, linkerd].map((on): Refused => [`a host that everybody there may call (${on.provider.label})`, (mesh) => {
      new MeshEgress(mesh, 'out', { hostnames: ['a.example.com', 'b.example.com'] });
      calling({ hostnames: ['b.example.com'] })(mesh, undefined!);
    }, 'app/mesh/caller: a host that agent caller calls is let out of the namespace for everybody there already; got ["b.example.com"]; allowed: `egress` of a workload, or a MeshEgress; drop it from one of the two (out)', on]),
    ...[sidecar, linkerd].map((on): Refused => [`a host that everybody there may call, said later (${on.provider.label})`, (mesh) => {
      calling({ hostnames: ['b.example.com'] })(mesh, undefined!);
      new MeshEgress(mesh, 'out', { hostnames: ['a.example.com', 'b.example.com'] });
    }, 'app/mesh/caller: a host that agent caller calls is let out of the namespace for everybody there already; got ["b.example.com"]', on]),
    ['a network that is none', calling({ kubernetesApiCidrs: ['10.0.0.1/32', '10.0.0.1'] }, { mountToken: true }), 'a network of the Kubernetes API is none; got "10.0.0.1"; allowed: CIDRs such as "10.0.0.1/32", without bits beyond the prefix and without IPv4 in IPv6; correct `kubernetesApiCidrs`'],
    ...[['10.0.0.1/24', '10.0.0.0/24'], ['fe80::1/64', 'fe80::/64'], ['::ffff:10.0.0.1/128', '10.0.0.1/32']].map(([network, meant]): Refused => [`a network that NetworkPolicies do not take (${network})`,
      calling({ kubernetesApiCidrs: [network] }, { mountToken: true }), `a network of the Kubernetes API is none; got "${network}"; allowed: CIDRs such as "10.0.0.1/32", without bits beyond the prefix and without IPv4 in IPv6; write it as "${meant}"`]),
    ...['10.0.0.0/23', '0.0.0.0/0', 'fd00::/63'].map((network): Refused => [`a network wider than an API server's (${network})`, calling({ kubernetesApiCidrs: ['10.0.0.1/32', network] }, { mountToken: true }),
      `a network of the Kubernetes API is wider than that of an API server; got "${network}"; allowed: prefixes of 24 bits or more, 64 of IPv6; name the addresses of the API server`]),
    ['the Kubernetes API without a token for it', calling({ kubernetesApiCidrs: ['10.0.0.0/24'] }), 'agent caller has no token for the Kubernetes API, and is let call it; got ["10.0.0.0/24"]; allowed: `kubernetesApiCidrs` beside `mountToken`; drop one, or state `mountToken`'],
    ['a host too long for an object to be named after', calling({ hostnames: [`${'a-a-a-a-a.'.repeat(20)}com`] }), 'a host that agent caller calls is no exact DNS name of a host outside'],
    ['versions of one identity that call different hosts', (mesh) => {
      new Agent(mesh, 'agent', { versions: { v1: running({ existingServiceAccount: 'one', egress: { hostnames: ['a.example.com'] } }), v2: running({ existingServiceAccount: 'one' }) } });
    }, 'app/mesh/agent: agent agent v2 has the identity of agent agent v1, and would be let call the same hosts; got [["a.example.com"],"no `egress`"]; allowed: one `egress` for all that have one ServiceAccount; state the same of each version, or make them two agents'],
    ['hosts of everybody beside those of a workload on Linkerd', (mesh) => { new MeshEgress(mesh, 'out', { hostnames: ['b.example.com'] }); calling({ hostnames: ['a.example.com'] })(mesh, undefined!); },
      'app/mesh/caller: agent caller would also be let out to the hosts of out, which Linkerd lets everybody of the namespace call; got ["b.example.com"]; allowed: either hosts of workloads or a MeshEgress in a namespace; name the hosts of both in one MeshEgress, or part the namespace', linkerd],
    ['callers by name of a host outside, on Linkerd', (mesh) => crmOf(mesh, { servers: { far: outside('mcp.example.com') } })
      .grantAllTools(new Agent(mesh, 'named', { namespace: 'far', workload: running({ egress: { hostnames: ['a.example.com'] } }) })),
    'app/mesh/crm: Linkerd lets a host out of a namespace, and others are in that of tool server crm; got "mcp.example.com"', { ...linkerd, ...agentgateway }],
    ['a token for the Kubernetes API without its networks', calling({}, { mountToken: true }), 'agent caller has a token for the Kubernetes API, and may not call it; got {"mountToken":true}; allowed: `kubernetesApiCidrs` of its `egress`; name the networks of the API server, as `kubectl get endpoints kubernetes` tells them'],
    ['a tool server with a token for the Kubernetes API', crm(() => ({ server: running({ mountToken: true }) })), 'tool server crm has a token for the Kubernetes API, and may not call it'],
    ['named hosts in a mesh that moves', calling({ hostnames: ['a.example.com'] }),
      'a way out of the cluster for agent caller alone is not to be had with MeshProvider.istioAmbient: a namespace that is between two data planes would let a host out by a waypoint and by sidecars, of which neither is all of it; got ["a.example.com"]; allowed: a mesh that has arrived in ambient', moving],
    ['named hosts on Linkerd without TLSRoutes', calling({ hostnames: ['a.example.com'] }), 'a way out of the cluster for agent caller alone is not to be had with MeshProvider.linkerd: Linkerd reads TLSRoute v1alpha2', { provider: MeshProvider.linkerd() }],
    ['a host that Linkerd would let out for others of the namespace', (mesh) => { confined(mesh, 'named', { hostnames: ['a.example.com'] }); confined(mesh, 'kept'); new Agent(mesh, 'free', { workload: deploy() }); },
      'app/mesh/named: Linkerd lets a host out of a namespace, and others are in that of agent named; got "a.example.com"; allowed: a namespace whose workloads name the host, or have an `egress` without hosts; or a MeshEgress, which says so; state an `egress` without hosts of agent free, or part the namespace', linkerd],
    ['a host that Linkerd would let out for others beside a proxy', (mesh) => {
      crmOf(mesh, { servers: { far: outside('mcp.example.com') } }).grantAllTools(confined(mesh, 'kept'));
      confined(mesh, 'open', { hostnames: ['a.example.com'] });
    }, 'app/mesh/crm: Linkerd lets a host out of a namespace, and others are in that of the proxy of tool server crm; got "mcp.example.com"; allowed: a namespace whose workloads name the host, or have an `egress` without hosts; or a MeshEgress, which says so; state an `egress` without hosts of agent open, or part the namespace', { ...linkerd, ...agentgateway }],
    ['a host that two namespaces call through one waypoint', (mesh) => {
      const shared = new Waypoint(mesh, 'shared');
      for (const namespace of ['voice', 'far']) shared.bindNamespace(namespace);
      confined(mesh, 'a', { hostnames: ['a.example.com'] });
      new Agent(mesh, 'b', { namespace: 'far', workload: running({ egress: { hostnames: ['a.example.com'] } }) });
    }, 'app/mesh/b: host a.example.com of agent b goes another way already, for agent a; got ["namespace voice","namespace far"]; allowed: in a namespace, and at a waypoint, either workloads that call a host or one boundary before it; give each namespace a waypoint of its own',
    { existingNamespaces: ['far'] }],
    ['a namespace past the mesh that is none', calling({ namespaces: ['Data Base'] }), 'a namespace that agent caller calls is not a name that Kubernetes takes; got "Data Base"'],
    ['a namesake elsewhere of who calls a host', calling({ hostnames: ['a.example.com'] }), 'a waypoint cannot tell callers of other.example from their namesakes of cluster.local, and agent caller is behind one', { trustedDomains: ['other.example'] }],
    ['a server outside past which a network leads', (mesh) => crmOf(mesh, { servers: { far: outside('mcp.example.com') } })
      .grantAllTools(new Agent(mesh, 'open', { workload: running({ mountToken: true, egress: { kubernetesApiCidrs: ['104.18.7.0/24'] } }) })),
    'callers of crm could call mcp.example.com themselves, past what they were granted; got ["agent open"]'],
    ...['172.35.0.1/32', '172.15.0.1/32', '11.0.0.1/32', '100.128.0.1/32', '2001:db8::1/128'].map((network): Refused => [`a server outside past which a network leads that only looks private (${network})`,
      (mesh) => crmOf(mesh, { servers: { far: outside('mcp.example.com') } }).grantAllTools(new Agent(mesh, 'open', { workload: running({ mountToken: true, egress: { kubernetesApiCidrs: ['10.0.0.1/32', network] } }) })),
      'callers of crm could call mcp.example.com themselves, past what they were granted; got ["agent open"]']),
    ['a host that a workload calls, and a boundary stands before', (mesh) => { confined(mesh, 'a', { hostnames: ['mcp.example.com'] }); crmOf(mesh, { servers: { far: outside('mcp.example.com') } }); },
      'app/mesh/crm: host mcp.example.com of tool server crm goes another way already, for agent a; got ["namespace voice","tool server crm"]'],
    ['a host that two boundaries stand before', (mesh) => { for (const id of ['crm', 'desk']) new McpToolBoundary(mesh, id, { servers: { far: outside('mcp.example.com') } }); },
      'app/mesh/desk: host mcp.example.com of tool server desk goes another way already, for tool server crm; got ["tool server crm","tool server desk"]'],
    ['a host of a waypoint, whose first boundary there stands beside a workload that calls it too', (mesh) => {
      const waypoint = new Waypoint(mesh, 'shared', { namespace: 'far' });
      confined(mesh, 'a', { hostnames: ['mcp.example.com'] });
      for (const [id, namespace] of [['crm', 'voice'], ['desk', 'far']]) new McpToolBoundary(mesh, id, { namespace, waypoint, servers: { far: outside('mcp.example.com') } });
    }, 'app/mesh/desk: host mcp.example.com of tool server desk goes another way already, for tool server crm; got ["tool server crm","tool server desk"]'],
    ['hosts of what runs where the mesh was not told to', (mesh) => { new Agent(mesh, 'agent', { workload: existing('a', { namespace: 'theirs', egress: { hostnames: ['a.example.com'] } }) }); },
      'agent agent runs in a namespace that is not one of the mesh; got "theirs"'],
  ],
};

testRefused(refused);

test('most refusals say one thing, and no more than what follows from it', () => {
  expect(saidMoreThanOnce(refused)).toEqual({
    'a host of a waypoint, whose first boundary there stands beside a workload that calls it too': 2,
    'a host that everybody there may call (MeshProvider.linkerd)': 2,
    'a host that everybody there may call, said later (MeshProvider.linkerd)': 2,
    'a path of a host outside that a policy reads as a pattern': 2,
  });
});
