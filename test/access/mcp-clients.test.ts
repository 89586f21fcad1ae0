import { Asked, throughGateway } from './gateways';
import { ClientRow, clientRows, mcpClientsProgram, TOKEN_HOST } from './mcp-clients-table';
import { completed, Pod, Program, programOf, ProviderName } from './program';
import { AgentMeshProps, Cluster, GatewayApiChannel, GatewayProvider, McpProvider } from '../../src';
import { decideAtGateway } from '../../src/analysis/gateway-decision';
import { JWKS } from '../story';
import { Manifest } from '../synth';

/** Who enforces the boundaries, and who serves their clients. */
interface Stack {
  readonly mesh: ProviderName;
  readonly isProxied: boolean;
  readonly hasTokenGateway: boolean;
  readonly props: Partial<AgentMeshProps>;
}

const mcp = McpProvider.agentgateway();
const cluster = Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL });
const STACKS: Readonly<Record<string, Stack>> = {
  'a waypoint': { mesh: 'Istio ambient', isProxied: false, hasTokenGateway: true, props: {} },
  'sidecars': { mesh: 'Istio sidecars', isProxied: false, hasTokenGateway: true, props: {} },
  'an MCP proxy in ambient': { mesh: 'Istio ambient', isProxied: true, hasTokenGateway: true, props: { mcp } },
  'an MCP proxy in ambient behind an agentgateway': { mesh: 'Istio ambient', isProxied: true, hasTokenGateway: false, props: { mcp, gateway: GatewayProvider.istioAgentgateway() } },
  'an MCP proxy on Linkerd': { mesh: 'Linkerd', isProxied: true, hasTokenGateway: false, props: { mcp, cluster } },
};

function programBy(stack: Stack): Program {
  return completed(programOf(stack.mesh, (one) => mcpClientsProgram(one, { ...stack, jwks: JWKS }), stack.props), { objects: [], pods: [] });
}

function modelled({ model, gateways }: Program, { token, headers = {}, ...asked }: Asked): boolean {
  const gateway = model.gateways.find(({ hostnames }) => hostnames.includes(asked.host)) ?? model.gateways[0];
  const { 'mcp-method': method, 'mcp-name': name } = headers;
  const mcpSaid = method === undefined ? undefined : { method, name };
  return decideAtGateway(model, { ...asked, headers, gateway, tokenAt: () => token, mcp: mcpSaid }, gateways).allowed;
}

function judged({ world }: Program, { mesh }: Stack, row: ClientRow, client: Pod): ReturnType<typeof throughGateway> {
  return throughGateway(mesh, world, client, row.host === TOKEN_HOST ? 'mcp-tokens' : 'mcp-gw', row);
}

describe.each(Object.entries(STACKS))('clients of a boundary behind %s', (_, stack) => {
  const program = programBy(stack);
  const clients = ['outside/intruder', 'voice/operator'].map((name) => program.world.pods.find((pod) => `${pod.namespace}/${pod.name}` === name)!);

  test.each(clientRows(stack).map((row) => [row.title, row] as const))('%s', (__, row) => {
    const verdicts = clients.map((client) => judged(program, stack, row, client));
    expect({ model: modelled(program, row), objects: verdicts.map(({ allowed }) => allowed), status: verdicts[0].status })
      .toEqual({ model: row.allowed, objects: [row.allowed, row.allowed], status: expect.any(String) });
  });
});

describe('the judge sees a mutant of the objects', () => {
  const wrong = (stack: Stack, mutate: (objects: Manifest[]) => void): string[] => {
    const program = programBy(stack);
    const objects = structuredClone(program.world.objects) as Manifest[];
    mutate(objects);
    const [client] = program.world.pods;
    const mutant = { ...program, world: { ...program.world, objects } };
    return clientRows(stack).filter((row) => judged(mutant, stack, row, client).allowed !== row.allowed).map(({ title }) => title);
  };
  const spec = (objects: Manifest[], kind: string, name: string) => objects.find((one) => one.kind === kind && one.metadata.name === name)!.spec;
  test.each<[string, string, (objects: Manifest[]) => void, string]>([
    ['a path prefix', 'a waypoint', (objects) => { spec(objects, 'HTTPRoute', 'mcp-gw-crm').rules[0].matches[0].path = { type: 'Exact', value: '/other' }; }, 'a client of mcp.example.com with the token of alice may call a granted tool'],
    ['the gateway as a caller of every tool', 'a waypoint', (objects) => { spec(objects, 'AuthorizationPolicy', 'crm').rules.push({ from: [{ source: { serviceAccounts: ['voice-edge/mcp-gw-istio'] } }] }); }, 'a client of mcp.example.com with no token may not call a granted tool'],
    ['no metadata', 'sidecars', (objects) => { spec(objects, 'AuthorizationPolicy', 'crm-workload').rules = spec(objects, 'AuthorizationPolicy', 'crm-workload').rules.filter(({ to }: any) => !to[0].operation.paths[0].includes('well-known')); }, 'a client of mcp.example.com with no token may read the metadata'],
    ['preflights need a token', 'an MCP proxy in ambient', (objects) => { spec(objects, 'AuthorizationPolicy', 'mcp-tokens-hosts').rules = spec(objects, 'AuthorizationPolicy', 'mcp-tokens-hosts').rules.filter(({ to }: any) => to[0].operation.methods?.[0] !== 'OPTIONS'); }, 'a client of apps.example.com with no token may ask before a call from a page that may'],
    ['no metadata of the gateway', 'a waypoint', (objects) => { spec(objects, 'AuthorizationPolicy', 'mcp-tokens-hosts').rules = spec(objects, 'AuthorizationPolicy', 'mcp-tokens-hosts').rules.filter(({ to }: any) => to[0].operation.methods?.[0] !== 'GET'); }, 'a client of apps.example.com with no token may read the metadata'],
    ['the grants of another boundary', 'an MCP proxy on Linkerd', (objects) => { spec(objects, 'AgentgatewayPolicy', 'vault-callers').traffic.authorization.policy.matchExpressions = ['true']; spec(objects, 'AgentgatewayPolicy', 'vault').backend.mcp.authorization.policy.matchExpressions = ['true']; }, 'a client of mcp.example.com with no token may not call a tool of agents'],
  ])('%s, with %s', (_, name, mutate, seen) => {
    expect(wrong(STACKS[name], mutate)).toContain(seen);
  });
});
