import { BY_HBONE, BY_LINKERD, onAgentgateway, Way } from './agentgateway';
import { Asks } from './boundary-table';
import { onIstioAmbient, onIstioSidecars, toExternalHost } from './istio';
import { onLinkerd } from './linkerd';
import { Attempt, completed, mcpProxyPod, Pod, podOf, Program, programOf, ProviderName, Verdict, workloadOf, World } from './program';
import { AgentMesh, Cluster, GatewayApiChannel, McpProvider } from '../../src';
import { TokenSaid } from '../../src/analysis/call';
import { decide } from '../../src/analysis/decision';
import { ITEM_METHODS } from '../../src/model/item-grants';
import { principalOf } from '../../src/model/principal';

/** A call of a tool: its caller and its token. */
export interface ToolCall {
  readonly caller: string;
  readonly server: string;
  readonly tool: string;
  readonly said?: TokenSaid;
}

/** Who enforces a boundary, and what judges it. */
export interface Provider {
  readonly mesh: ProviderName;
  readonly mcp?: McpProvider;
  readonly asks: Asks;
  readonly credentials: 'refused' | 'stripped';
  readonly judge: (program: Program, world: World, call: ToolCall) => Verdict;
}

const podNamed = ({ world }: Program, name: string): Pod => world.pods.find((pod) => `${pod.namespace}/${pod.name}` === name)!;

/** What a call says in headers, and what it is shown with. */
function attempted(program: Program, { caller, server, tool, said }: ToolCall, to: Pod, port: number): Attempt {
  return {
    from: podNamed(program, caller), to, service: server, port, path: '/mcp', method: 'POST', token: said,
    headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': tool, ...(server === 'weather' && { host: 'mcp.weather.example' }), ...(said && { authorization: 'Bearer it' }) },
  };
}

const byMesh = (judge: (world: World, attempt: Attempt) => Verdict) => (program: Program, world: World, call: ToolCall): Verdict => {
  if (call.server === 'weather') return toExternalHost(world, 'mcp.weather.example', attempted(program, call, podNamed(program, call.caller), 80));
  return judge(world, attempted(program, call, podOf(program.world, 'voice', { 'app.kubernetes.io/name': call.server }), 80));
};

const byAgentgateway = (way: Way) => (program: Program, world: World, call: ToolCall): Verdict => {
  const { service: _, ...attempt } = attempted(program, call, mcpProxyPod(program.world, call.server), 8080);
  return onAgentgateway(world, way, attempt, call.server, { kind: 'tool', name: call.tool });
};

export const ALL: Asks = { tokens: true, external: true };
export const PROVIDERS: Readonly<Record<string, Provider>> = {
  'a waypoint': { mesh: 'Istio ambient', asks: ALL, credentials: 'refused', judge: byMesh(onIstioAmbient) },
  'sidecars': { mesh: 'Istio sidecars', asks: { ...ALL, external: false }, credentials: 'refused', judge: byMesh(onIstioSidecars) },
  'Linkerd': { mesh: 'Linkerd', asks: { tokens: false, external: false }, credentials: 'stripped', judge: byMesh(onLinkerd) },
  'agentgateway in ambient': { mesh: 'Istio ambient', mcp: McpProvider.agentgateway(), asks: ALL, credentials: 'stripped', judge: byAgentgateway(BY_HBONE) },
  'agentgateway on Linkerd': { mesh: 'Linkerd', mcp: McpProvider.agentgateway(), asks: ALL, credentials: 'stripped', judge: byAgentgateway(BY_LINKERD) },
};

/** A program by a provider, and all who may try. */
export function programBy({ mesh, mcp }: Provider, build: (mesh: AgentMesh) => void): Program {
  const props = { mcp, cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) };
  return completed(programOf(mesh, build, props), { objects: [], pods: [] });
}

/** Whether the model allows a call. */
export function modelled(program: Program, { caller, server, tool, said }: ToolCall): boolean {
  const { trustDomain, namespace, serviceAccount } = podNamed(program, caller);
  const callee = workloadOf(program, `tool server ${server}`);
  return decide(program.model, {
    caller: trustDomain === undefined ? undefined : principalOf(trustDomain, namespace, serviceAccount), callee, port: callee.service!.port,
    path: '/mcp', method: 'POST', token: said, mcp: { method: ITEM_METHODS.tool.use, name: tool },
  }, program.gateways).allowed;
}
