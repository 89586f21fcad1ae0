import { Refused, saidMoreThanOnce, testRefused } from './corpus';
import { sidecar, linkerd, agentgateway, moving, planner, jwt, running, restricted, crmOf, crm, external, calling } from './tool-programs';
import { Agent, ExternalHost, McpServer, McpToolBoundary, MeshEgress, MeshProvider, TokenCaller, Waypoint } from '../../src';
import { deploy, existing } from '../story';

const refused: Record<string, Refused[]> = {
  'servers outside the cluster': [
    ...['*.example.com', 'localhost', 'mcp.tools.svc', 'mcp.tools.svc.cluster.local', 'mcp', '10.0.0.1', 'https://mcp.example.com', 'MCP.example.com', '', 'mcp.svc.example.com', 'a.cluster.local'].map((hostname): Refused =>
      [`what is no host outside (${hostname})`, crm(() => ({ servers: { far: external(hostname) } })),
        `the host of external server far is not an external DNS name; got ${JSON.stringify(hostname)}; allowed: a lower case DNS name with a dot, not in the cluster's domain; write it as in "mcp.example.com"; for pods of the mesh use \`McpServer.of\``]),
    ...[0, 65536, 1.5].map((port): Refused => [`a port that is none (${port})`, crm(() => ({ servers: { far: external('mcp.example.com', {}, port) } })), `the port of server far is not a valid port; got ${port}; allowed: whole numbers from 1 to 65535; correct the port`]),
    ['with sidecars', crm(() => ({ servers: { far: external('mcp.example.com') } })),
      'an MCP server outside the cluster is not supported by MeshProvider.istioSidecar: sidecars authorize requests at pods of the mesh, and an external server has no such pods; got ["mcp.example.com"]; allowed: MeshProvider.istioAmbient', sidecar],
    ['on Linkerd', crm(() => ({ servers: { far: external('mcp.example.com') } })),
      'an MCP server outside the cluster is not supported by MeshProvider.linkerd: Linkerd authorizes requests at pods of the mesh, and an external server has no such pods', linkerd],
    ['sessions of a host outside', crm(() => ({ servers: { far: external('mcp.example.com', { keepsSessions: true }) } })), '`keepsSessions` of crm has no effect, because its MCP server is external and routes its sessions itself; got "mcp.example.com"'],
    ['a path of a host outside that a policy reads as a pattern', crm(() => ({ servers: { far: external('mcp.example.com', { path: '/a*' }) } })), 'the path of the MCP endpoint is not a plain path; got "/a*"'],
    ['callers of the mesh that nobody keeps from it', (mesh) => crmOf(mesh, { servers: { far: external('mcp.example.com') } }).grantAllTools(new Agent(mesh, 'free', { versions: { v1: deploy() } }), restricted(mesh)),
      ['AM214', 'app/mesh/crm: callers of tool server crm can also call its external MCP server mcp.example.com directly, and so bypass the boundary; got ["agent free"]; allowed: callers of this mesh whose `egress` allows neither the host, nor a hostname with "*.", nor a public network; or a server with `credentials` that no caller has; set `egress` on the workload of each caller (an empty `egress` allows no external host), or set `credentials` on the server']],
    ['callers that say that they call it', (mesh) => crmOf(mesh, { servers: { far: external('mcp.example.com') } }).grantAllTools(restricted(mesh, 'named', { hosts: [ExternalHost.https('mcp.example.com')] })),
      'callers of tool server crm can also call its external MCP server mcp.example.com directly, and so bypass the boundary; got ["agent named"]', agentgateway],
    ['callers that nobody describes', (mesh) => crmOf(mesh, { servers: { far: external('mcp.example.com') } }).grantTools(['find'], planner), 'callers of tool server crm can also call its external MCP server mcp.example.com directly, and so bypass the boundary; got ["identity ops/planner"]', agentgateway],
    ['any caller with a token', (mesh) => crmOf(mesh, { servers: { far: external('mcp.example.com') }, jwt }).grantAllTools(TokenCaller.of({ subject: 'alice' })),
      'callers of tool server crm can also call its external MCP server mcp.example.com directly, and so bypass the boundary; got ["any caller with a token from https://issuer.example.com (sub=alice)"]', agentgateway],
    ['one of two versions that is not kept from it', (mesh) => {
      const agent = new Agent(mesh, 'agent', { versions: { v1: running({ egress: {}, existingServiceAccount: 'both' }), v2: running({ existingServiceAccount: 'both' }) }, stable: 'v1' });
      crmOf(mesh, { servers: { far: external('mcp.example.com') } }).grantAllTools(agent);
    }, 'callers of tool server crm can also call its external MCP server mcp.example.com directly, and so bypass the boundary; got ["agent agent"]', agentgateway],
  ],
  'what pods call outside': [
    ...['*.com', '*', 'a.*.example.com', '*.svc.cluster.local', 'kubernetes.default.svc', 'api', '10.0.0.1', 'API.example.com', '', 'api.example.com:443'].map((host): Refused => [`what is no host (${host})`, calling({ hosts: [ExternalHost.https('ok.example.com'), ExternalHost.https(host)] }),
      `\`egress\` of agent caller has a hostname that is not an external DNS name; got ${JSON.stringify(host)}; allowed: lower case DNS names with a dot, and not in the cluster's domain; write it as in "api.example.com"`, sidecar]),
    ...[sidecar, linkerd].map((on): Refused => [`a host that everybody there may call (${on.mesh.label})`, (mesh) => {
      new MeshEgress(mesh, 'out', { hosts: [ExternalHost.https('a.example.com'), ExternalHost.https('b.example.com')] });
      calling({ hosts: [ExternalHost.https('b.example.com')] })(mesh, undefined!);
    }, 'app/mesh/caller: a host in the `egress` of agent caller is also allowed for its whole namespace; got ["b.example.com"]; allowed: the host either in `egress` of a workload or in a MeshEgress; remove the host from `egress` of the workload or from MeshEgress out', on]),
    ...[sidecar, linkerd].map((on): Refused => [`a host that everybody there may call, said later (${on.mesh.label})`, (mesh) => {
      calling({ hosts: [ExternalHost.https('b.example.com')] })(mesh, undefined!);
      new MeshEgress(mesh, 'out', { hosts: [ExternalHost.https('a.example.com'), ExternalHost.https('b.example.com')] });
    }, ['AM213', 'app/mesh/caller: a host in the `egress` of agent caller is also allowed for its whole namespace; got ["b.example.com"]'], on]),
    ['a network that is none', calling({ kubernetesApiCidrs: ['10.0.0.1/32', '10.0.0.1'] }, { mountToken: true }), 'an entry of `kubernetesApiCidrs` is not a CIDR; got "10.0.0.1"; allowed: CIDRs such as "10.0.0.0/24", without host bits and without IPv4-mapped IPv6 addresses; correct `kubernetesApiCidrs`'],
    ...[['10.0.0.1/24', '10.0.0.0/24'], ['fe80::1/64', 'fe80::/64'], ['::ffff:10.0.0.1/128', '10.0.0.1/32']].map(([network, meant]): Refused => [`a network that NetworkPolicies do not take (${network})`,
      calling({ kubernetesApiCidrs: [network] }, { mountToken: true }), `an entry of \`kubernetesApiCidrs\` is not a CIDR; got "${network}"; allowed: CIDRs such as "10.0.0.0/24", without host bits and without IPv4-mapped IPv6 addresses; write it as "${meant}"`]),
    ...['10.0.0.0/23', '0.0.0.0/0', 'fd00::/63'].map((network): Refused => [`a network wider than an API server's (${network})`, calling({ kubernetesApiCidrs: ['10.0.0.1/32', network] }, { mountToken: true }),
      `an entry of \`kubernetesApiCidrs\` is larger than the network of an API server; got "${network}"; allowed: CIDRs with a prefix of at least /24, for IPv6 at least /64; list the addresses of the API server`]),
    ['the Kubernetes API without a token for it', calling({ kubernetesApiCidrs: ['10.0.0.0/24'] }), 'agent caller may connect to the Kubernetes API, but its pods have no ServiceAccount token for it; got ["10.0.0.0/24"]; allowed: `kubernetesApiCidrs` together with `mountToken`; set `mountToken`, or remove `kubernetesApiCidrs`'],
    ['a host too long for an object to be named after', calling({ hosts: [ExternalHost.https(`${'a-a-a-a-a.'.repeat(20)}com`)] }), '`egress` of agent caller has a hostname that is not an external DNS name'],
    ['versions of one identity that call different hosts', (mesh) => {
      new Agent(mesh, 'agent', { versions: { v1: running({ existingServiceAccount: 'one', egress: { hosts: [ExternalHost.https('a.example.com')] } }), v2: running({ existingServiceAccount: 'one' }) }, stable: 'v1' });
    }, ['AM304', 'app/mesh/agent: agent agent v2 and agent agent v1 have the same ServiceAccount but different `egress`, so each could call the hosts of the other; got [["a.example.com"],"no `egress`"]; allowed: the same `egress` for all workloads of one ServiceAccount; set the same `egress` on each version, or define two agents']],
    ['a host at a port that is none', calling({ hosts: [ExternalHost.https('c.example.com', { port: 0 })] }), 'the port of an external host is not a valid port; got 0'],
    ['a network of a host that is none', calling({ hosts: [ExternalHost.tcp('c.example.com', 5432, { cidrs: ['10.0.0.1/24'] })] }),
      'an entry of `cidrs` of an external host is not a CIDR; got "10.0.0.1/24"; allowed: CIDRs such as "10.0.0.0/24", without host bits and without IPv4-mapped IPv6 addresses; write it as "10.0.0.0/24"'],
    ['all hosts below a domain over TCP', calling({ hosts: [ExternalHost.tcp('*.example.com', 5432)] }),
      '`egress` of agent caller has an `ExternalHost.tcp` with "*.", but without TLS the proxies of the mesh do not see which name is called; got "*.example.com:5432"; allowed: an exact host name; list each host with its exact name, or use `ExternalHost.tls`', sidecar],
    ['a host over TCP on Linkerd', calling({ hosts: [ExternalHost.tcp('db.example.com', 5432)] }),
      ['AM002', 'a host of `ExternalHost.tcp` in the `egress` of agent caller is not supported by MeshProvider.linkerd: without TLS Linkerd does not see which host name is called, and it does not resolve names itself; got ["db.example.com:5432"]; allowed: the network of the host in `networks` of `egress`, MeshProvider.istioAmbient or MeshProvider.istioSidecar'], linkerd],
    ['a host with private addresses on Linkerd', calling({ hosts: [ExternalHost.tls('db.example.com', 5432, { cidrs: ['203.0.113.0/24', '10.30.0.0/24'] })] }),
      ['AM002', 'a host with private `cidrs` in the `egress` of agent caller is not supported by MeshProvider.linkerd: Linkerd treats private addresses as part of the cluster and does not check host names there'], linkerd],
    ['all hosts below a domain in ambient', calling({ hosts: [ExternalHost.https('*.s3.eu-west-1.amazonaws.com')] }),
      ['AM002', 'a host name with "*." in the `egress` of agent caller is not supported by MeshProvider.istioAmbient: a waypoint forwards TLS to wildcard hosts only if istiod has the experimental setting ENABLE_WILDCARD_HOST_SERVICE_ENTRIES_FOR_TLS; got ["*.s3.eu-west-1.amazonaws.com"]; allowed: exact names, MeshProvider.istioSidecar or MeshProvider.linkerd']],
    ['an MCP server over TCP', crm(() => ({ servers: { far: McpServer.external({ host: ExternalHost.tcp('mcp.example.com', 8443), tools: ['find'] }) } })),
      'server far is called over TCP, but MCP servers outside the cluster are called over TLS; got "mcp.example.com:8443"; allowed: a host over TLS; use `ExternalHost.tls("mcp.example.com", 8443)`'],
    ['callers that may call every host below a domain', (mesh) => crmOf(mesh, { servers: { far: external('mcp.example.com') } }).grantAllTools(restricted(mesh, 'wide', { hosts: [ExternalHost.https('*.other.example.com')] })),
      ['AM214', 'directly, and so bypass the boundary; got ["agent wide"]'], { ...linkerd, ...agentgateway }],
    ['callers that may call a public network', (mesh) => crmOf(mesh, { servers: { far: external('mcp.example.com') } }).grantAllTools(restricted(mesh, 'wide', { networks: [{ cidr: '203.0.113.0/24', ports: [443] }] })),
      ['AM214', 'directly, and so bypass the boundary; got ["agent wide"]']],
    ['a network outside that is none', calling({ networks: [{ cidr: '169.254.170.23', ports: [80] }] }), '`cidr` of an ExternalNetwork is not a CIDR; got "169.254.170.23"'],
    ...['0.0.0.0/0', '128.0.0.0/7', '2000::/3'].map((cidr): Refused => [`most of the internet (${cidr})`, calling({ networks: [{ cidr, ports: [443] }] }),
      `a network in the \`egress\` of agent caller is so large that it restricts nothing; got "${cidr}"; allowed: CIDRs with a prefix of at least /8, for IPv6 at least /16; list the networks that the workload calls, or remove its \`egress\``]),
    ['a network without ports', calling({ networks: [{ cidr: '169.254.170.23/32', ports: [] }] }), 'a network in the `egress` of agent caller has no ports; got "169.254.170.23/32"; allowed: one port or more; list the TCP ports that the workload calls'],
    ['a network at a port that is none', calling({ networks: [{ cidr: '169.254.170.23/32', ports: [0] }] }), 'a port of a network is not a valid port; got 0'],
    ['a network on Linkerd without TCPRoutes', calling({ networks: [{ cidr: '169.254.170.23/32', ports: [80] }] }), 'a network in the `egress` of agent caller is not supported by MeshProvider.linkerd: Linkerd uses TCPRoute v1alpha2', { mesh: MeshProvider.linkerd() }],
    ['a network that Linkerd would open to others of the namespace', (mesh) => { restricted(mesh, 'named', { networks: [{ cidr: '169.254.170.23/32', ports: [80] }] }); restricted(mesh, 'kept'); new Agent(mesh, 'free', { versions: { v1: deploy() } }); },
      ['AM323', 'app/mesh/named: Linkerd would allow a network of the `egress` of agent named for every workload of its namespace; got "169.254.170.23/32, port 80"; allowed: a namespace in which every other workload states the same network, or has an `egress` without hosts at this port; on agent free, set an `egress` with the same network or without hosts at this port; or move agent named to another namespace'], linkerd],
    ['a network that callers of hosts at its port could call', (mesh) => { restricted(mesh, 'named', { networks: [{ cidr: '203.0.113.0/24', ports: [443] }] }); restricted(mesh, 'other', { hosts: [ExternalHost.https('a.example.com')] }); },
      'Linkerd would allow a network of the `egress` of agent named for every workload of its namespace; got "203.0.113.0/24, port 443"', linkerd],
    ['a network with private and public addresses on Linkerd', calling({ networks: [{ cidr: '172.0.0.0/8', ports: [80] }] }),
      ['AM323', 'a network in the `egress` of agent caller includes both private and public addresses, and Linkerd treats private addresses as part of the cluster; got "172.0.0.0/8"; allowed: networks with only private or only public addresses; split the network into several'], linkerd],
    ['a host that Linkerd would open to others at the port', (mesh) => { restricted(mesh, 'named', { hosts: [ExternalHost.tls('a.example.com', 8443)] }); restricted(mesh, 'other', { hosts: [ExternalHost.https('a.example.com'), ExternalHost.tls('b.example.com', 8443)] }); },
      ['AM323', 'app/mesh/named: Linkerd would allow an external host of agent named for every workload of its namespace; got "a.example.com:8443"'], linkerd],
    ['a host at a port of another workload, with sidecars', (mesh) => {
      restricted(mesh, 'one', { hosts: [ExternalHost.https('a.example.com'), ExternalHost.tls('b.example.com', 8443)] });
      restricted(mesh, 'two', { hosts: [ExternalHost.tls('a.example.com', 8443)] });
    }, ['AM314', 'app/mesh/one: agent one could also call a host at a port that only another workload of its namespace states, because a sidecar reaches a host at all its ports; got ["a.example.com:8443"]; allowed: the same ports of a host for all workloads of a namespace; state the port in `egress` of this workload too, or move the workload to another namespace'], sidecar],
    ['a host below a domain that another workload names, with sidecars', (mesh) => {
      restricted(mesh, 'one', { hosts: [ExternalHost.https('*.example.com'), ExternalHost.tls('b.example.org', 8443)] });
      restricted(mesh, 'two', { hosts: [ExternalHost.tls('a.example.com', 8443)] });
    }, ['AM314', 'app/mesh/one: agent one could also call a host at a port that only another workload of its namespace states, because a sidecar reaches a host at all its ports; got ["a.example.com:8443"]'], sidecar],
    ['a port of a host that a workload without egress would get, with sidecars', (mesh) => {
      new MeshEgress(mesh, 'out', { hosts: [ExternalHost.https('a.example.com')] });
      new Agent(mesh, 'free', { versions: { v1: deploy() } });
      restricted(mesh, 'two', { hosts: [ExternalHost.tls('a.example.com', 8443)] });
    }, ['AM314', 'app/mesh/free: agent free could also call a host at a port that only another workload of its namespace states, because a sidecar reaches a host at all its ports; got ["a.example.com:8443"]'], sidecar],
    ['two hosts over TCP at one port, with sidecars', calling({ hosts: [ExternalHost.tcp('a.example.com', 5432), ExternalHost.tcp('b.example.com', 5432)] }),
      ['AM314', 'app/mesh/caller: the sidecar of agent caller cannot distinguish two TCP hosts that have the same port; got ["a.example.com:5432","b.example.com:5432"]; allowed: a different port for each `ExternalHost.tcp`; or MeshProvider.istioAmbient, which gives each host an address of its own; call one of the hosts from another workload, or state its addresses in `networks` of `egress`'], sidecar],
    ['a host over TCP at the port of a Service, with sidecars', (mesh) => {
      new Agent(mesh, 'callee', { versions: { v1: deploy() }, servicePort: 5432 }).grantCall(restricted(mesh, 'caller', { hosts: [ExternalHost.tcp('db.example.com', 5432)] }));
    }, ['AM314', 'app/mesh/caller: the sidecar of agent caller cannot distinguish a TCP host from an HTTP Service that has the same port; got ["voice/callee:5432"]; allowed: an `ExternalHost.tcp` with a port that no Service granted to this workload has; or MeshProvider.istioAmbient; use another port for the Service (`servicePort`), or call the host from another workload'], sidecar],
    ['a host at another port, between two data planes, where no host is named', calling({ hosts: [ExternalHost.https('b.example.com', { port: 8443 })] }),
      'egress to named hosts of the single workload agent caller is not supported by MeshProvider.istioAmbient', moving],
    ['hosts of everybody beside those of a workload on Linkerd', (mesh) => { new MeshEgress(mesh, 'out', { hosts: [ExternalHost.https('b.example.com')] }); calling({ hosts: [ExternalHost.https('a.example.com')] })(mesh, undefined!); },
      ['AM323', 'app/mesh/caller: agent caller has hosts in its `egress`, but could also call the hosts of MeshEgress out, because Linkerd allows external hosts for a whole namespace; got ["b.example.com"]; allowed: in each namespace, either workloads with hosts in `egress` or a MeshEgress; state all hosts in one MeshEgress, or move the workload to another namespace'], linkerd],
    ['callers by name of a host outside, on Linkerd', (mesh) => crmOf(mesh, { servers: { far: external('mcp.example.com') } })
      .grantAllTools(new Agent(mesh, 'named', { namespace: 'far', versions: { v1: running({ egress: { hosts: [ExternalHost.https('a.example.com')] } }) } })),
    'app/mesh/crm: Linkerd would allow an external host of tool server crm for every workload of its namespace; got "mcp.example.com"', { ...linkerd, ...agentgateway }],
    ['a token for the Kubernetes API without its networks', calling({}, { mountToken: true }), 'the pods of agent caller have a ServiceAccount token for the Kubernetes API, but `egress` does not allow them to connect to the API; got {"mountToken":true}; allowed: `kubernetesApiCidrs` in its `egress`; set `kubernetesApiCidrs` to the addresses of the API server, as `kubectl get endpointslices -l kubernetes.io/service-name=kubernetes` lists them'],
    ['a tool server with a token for the Kubernetes API', crm(() => ({ server: running({ mountToken: true }) })), 'the pods of tool server crm have a ServiceAccount token for the Kubernetes API, but `egress` does not allow them to connect to the API'],
    ['named hosts in a mesh that moves', calling({ hosts: [ExternalHost.https('a.example.com')] }),
      'egress to named hosts of the single workload agent caller is not supported by MeshProvider.istioAmbient: during a migration, some pods would call an external host through a waypoint and others through their sidecars; got ["a.example.com"]; allowed: a mesh whose migration to ambient is complete', moving],
    ['named hosts on Linkerd without TLSRoutes', calling({ hosts: [ExternalHost.https('a.example.com')] }), 'egress to named hosts of the single workload agent caller is not supported by MeshProvider.linkerd: Linkerd uses TLSRoute v1alpha2', { mesh: MeshProvider.linkerd() }],
    ['a host that Linkerd would open to others of the namespace', (mesh) => { restricted(mesh, 'named', { hosts: [ExternalHost.https('a.example.com')] }); restricted(mesh, 'kept'); new Agent(mesh, 'free', { versions: { v1: deploy() } }); },
      'app/mesh/named: Linkerd would allow an external host of agent named for every workload of its namespace; got "a.example.com"; allowed: a namespace in which every other workload states the same host, or has an `egress` without hosts; or a MeshEgress, which allows the host for the whole namespace; set an `egress` without hosts on agent free, or move agent named to another namespace', linkerd],
    ['a host that Linkerd would open to others beside a proxy', (mesh) => {
      crmOf(mesh, { servers: { far: external('mcp.example.com') } }).grantAllTools(restricted(mesh, 'kept'));
      restricted(mesh, 'open', { hosts: [ExternalHost.https('a.example.com')] });
    }, 'app/mesh/crm: Linkerd would allow an external host of the proxy of tool server crm for every workload of its namespace; got "mcp.example.com"; allowed: a namespace in which every other workload states the same host, or has an `egress` without hosts; or a MeshEgress, which allows the host for the whole namespace; set an `egress` without hosts on agent open, or move the proxy of tool server crm to another namespace', { ...linkerd, ...agentgateway }],
    ['a host that two namespaces call through one waypoint', (mesh) => {
      const shared = new Waypoint(mesh, 'shared');
      for (const namespace of ['voice', 'far']) shared.bindNamespace(namespace);
      restricted(mesh, 'a', { hosts: [ExternalHost.https('a.example.com')] });
      new Agent(mesh, 'b', { namespace: 'far', versions: { v1: running({ egress: { hosts: [ExternalHost.https('a.example.com')] } }) } });
    }, 'app/mesh/b: agent b and agent a would reach external host a.example.com over two egress paths, but a namespace and a waypoint can have only one egress path to a host; got ["namespace voice","namespace far"]; allowed: for each namespace and each waypoint, either workloads that call the host or one McpToolBoundary in front of the host; give each namespace its own waypoint',
    { existingNamespaces: ['far'] }],
    ['a namespace past the mesh that is none', calling({ namespaces: ['Data Base'] }), 'a namespace in the egress of agent caller is not a valid Kubernetes name; got "Data Base"'],
    ['a namesake elsewhere of who calls a host', calling({ hosts: [ExternalHost.https('a.example.com')] }), ['AM301', 'agent caller is behind a waypoint, and a waypoint cannot distinguish callers of trust domain other.example from callers of cluster.local with the same namespace and ServiceAccount'], { trustedDomains: ['other.example'] }],
    ['a server outside past which a network leads', (mesh) => crmOf(mesh, { servers: { far: external('mcp.example.com') } })
      .grantAllTools(new Agent(mesh, 'open', { versions: { v1: running({ mountToken: true, egress: { kubernetesApiCidrs: ['104.18.7.0/24'] } }) } })),
    'callers of tool server crm can also call its external MCP server mcp.example.com directly, and so bypass the boundary; got ["agent open"]'],
    ...['172.35.0.1/32', '172.15.0.1/32', '11.0.0.1/32', '100.128.0.1/32', '2001:db8::1/128'].map((network): Refused => [`a server outside past which a network leads that only looks private (${network})`,
      (mesh) => crmOf(mesh, { servers: { far: external('mcp.example.com') } }).grantAllTools(new Agent(mesh, 'open', { versions: { v1: running({ mountToken: true, egress: { kubernetesApiCidrs: ['10.0.0.1/32', network] } }) } })),
      'callers of tool server crm can also call its external MCP server mcp.example.com directly, and so bypass the boundary; got ["agent open"]']),
    ['a host that a workload calls, and a boundary stands before', (mesh) => { restricted(mesh, 'a', { hosts: [ExternalHost.https('mcp.example.com')] }); crmOf(mesh, { servers: { far: external('mcp.example.com') } }); },
      'app/mesh/crm: tool server crm and agent a would reach external host mcp.example.com over two egress paths, but a namespace and a waypoint can have only one egress path to a host; got ["namespace voice","tool server crm"]'],
    ['a host that two boundaries stand before', (mesh) => { for (const id of ['crm', 'desk']) new McpToolBoundary(mesh, id, { servers: { far: external('mcp.example.com') } }); },
      'app/mesh/desk: tool server desk and tool server crm would reach external host mcp.example.com over two egress paths, but a namespace and a waypoint can have only one egress path to a host; got ["tool server crm","tool server desk"]'],
    ['a host of a waypoint, whose first boundary there stands beside a workload that calls it too', (mesh) => {
      const waypoint = new Waypoint(mesh, 'shared', { namespace: 'far' });
      restricted(mesh, 'a', { hosts: [ExternalHost.https('mcp.example.com')] });
      for (const [id, namespace] of [['crm', 'voice'], ['desk', 'far']]) new McpToolBoundary(mesh, id, { namespace, waypoint, servers: { far: external('mcp.example.com') } });
    }, 'app/mesh/desk: tool server desk and tool server crm would reach external host mcp.example.com over two egress paths, but a namespace and a waypoint can have only one egress path to a host; got ["tool server crm","tool server desk"]'],
    ['hosts of what runs where the mesh was not told to', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('a', { namespace: 'theirs', egress: { hosts: [ExternalHost.https('a.example.com')] } }) } }); },
      ['AM204', 'agent agent runs in a namespace that is not in the mesh; got "theirs"']],
  ],
};

testRefused(refused);

test('most programs report one problem, the others only its consequences', () => {
  expect(saidMoreThanOnce(refused)).toEqual({
    'a host of a waypoint, whose first boundary there stands beside a workload that calls it too': 2,
    'a host that everybody there may call (MeshProvider.linkerd)': 2,
    'a host that everybody there may call, said later (MeshProvider.linkerd)': 2,
    'a host that Linkerd would open to others at the port': 2,
    'a path of a host outside that a policy reads as a pattern': 2,
    'callers that may call every host below a domain': 3,
  });
});
