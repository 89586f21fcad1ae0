import { Construct } from 'constructs';
import { checkBoundary } from './mcp-checks';
import { grantEverything, GrantedServer, grantItems } from './mcp-grants';
import { bindServers, SERVER_SUFFIX } from './mcp-layout';
import { grantGuardrailServices } from './mcp-proxy';
import { serversOf } from './mcp-servers';
import { McpToolBoundaryProps } from './mcp-tool-boundary-props';
import { toolServer } from './tool-server-facts';
import { accepted } from '../../input/guard';
import { nameProblem } from '../../model/names';
import { serviceUrl } from '../../model/service';
import { ToolServerNode } from '../../model/tool-server';
import { WorkloadNode } from '../../model/workload';
import { ICallee } from '../../values/call';
import { Grant } from '../../values/grant';
import { ICaller } from '../../values/identity';
import { CalleeReference, RouteTargetReference } from '../../values/references';
import { IRouteTarget } from '../../values/route-target';
import { calleeReference } from '../grants/callee';
import { setMainObject } from '../membership/main-object';
import { freshId, Membership } from '../membership/membership';
import { problemError } from '../membership/problem-error';
import { addFaultRoute } from '../routing/mesh-faults';
import { deployWorkload, authorizeService, authorizeWorkload } from '../workload/authorize';

/**
 * One or more MCP servers, their tools, and the callers that may use each tool.
 *
 * With `McpProvider.agentgateway`, the library emits an MCP proxy with the name of the boundary, and this proxy authorizes requests.
 * Without it, a waypoint (Istio ambient) or the proxies in the pods of the server (Istio sidecars, Linkerd) authorize them.
 *
 * Emits the policy that authorizes requests. On Istio without an MCP proxy, it also emits a policy that denies requests with an
 * `Authorization` header, except bearer tokens if `jwt` is set. It emits none if `unsafePassTokens` is true. On Istio ambient without an
 * MCP proxy, it also emits a waypoint, if the namespace has none.
 *
 * For each `Workload.deploy` it emits a ServiceAccount, a Deployment and a Service. The pods of each server, deployed or existing, get a
 * workload policy (an AuthorizationPolicy for the pods, on Linkerd also Servers), so that no caller bypasses the waypoint or MCP proxy: the
 * pods accept connections only from the waypoint or MCP proxy, or, if there is neither, from granted callers. The NetworkPolicy
 * `<name>-outbound` restricts egress of the pods to the `egress` of their workload, by default no external host.
 *
 * @example
 * // workload: a Workload with the pods of the server; planner: an Agent
 * const desk = new McpToolBoundary(mesh, 'desk', {
 *   server: McpServer.of(workload, { tools: ['find_ticket', 'close_ticket'], enforcesMirroredHeaders: true }),
 * });
 * desk.grantTools(['find_ticket'], planner);
 */
export class McpToolBoundary extends Construct implements ICallee, IRouteTarget {
  /** Display name in messages, such as "tool server crm". */
  public readonly title: string;
  /** Reference to the boundary as a callee. */
  public readonly asCallee: CalleeReference;
  /** Reference to the boundary as the target of a route. */
  public readonly asRouteTarget: RouteTargetReference;
  /** Names of the tools, as callers use them. */
  public readonly tools: string[];
  /** Name of the Service that callers use. If the server is external, it is the name of the boundary. */
  public readonly serviceName: string;
  private readonly member: Membership;
  private readonly facts: ToolServerNode;
  private readonly granted: GrantedServer;

  public constructor(scope: Construct, id: string, props: McpToolBoundaryProps) {
    [scope, id, props] = accepted('new McpToolBoundary', [scope, id, props]);
    super(scope, freshId(scope, id, props.mesh));
    this.member = Membership.of(this, props);
    const { model, context } = this.member;
    const name = this.member.name('the name of the tool server', props.name ?? this.node.id, context.mcp?.proxies && SERVER_SUFFIX);
    const servers = serversOf(this.member, name, props);
    this.facts = bindServers(this.member, name, props, servers);
    this.granted = { node: this.facts, isTokenRefused: props.jwt !== undefined && !this.facts.endpoint.jwt };
    this.title = this.facts.endpoint.title;
    this.tools = this.facts.items.filter(({ kind }) => kind === 'tool').map((item) => item.name);
    this.asCallee = calleeReference(this.title, () => [this.facts.endpoint]);
    this.asRouteTarget = RouteTargetReference._of(this.title);
    for (const one of [this, this.asRouteTarget]) toolServer.give(one, this.facts);
    const { service } = this.facts.endpoint;
    this.serviceName = service?.name ?? name;
    model.toolServers.push(this.facts);
    checkBoundary(this.member, this.facts, props, servers);
    this.emit(props);
  }

  /** URL of the MCP endpoint that callers use, such as "http://crm.voice.svc.cluster.local/mcp". Throws if the server has no port. */
  public get url(): string {
    const { service, requests } = this.facts.endpoint;
    if (service) return serviceUrl(service, requests?.endpoints?.[0].path ?? '/');
    throw problemError(this, { message: `${this.title} has no Service, so it has no URL`, actual: this.facts.name, expected: 'a server with a port', fix: 'set `ports` of the server' });
  }

  /**
   * Allows callers to call the listed tools, and to list tools. Synth fails if no component in the path can authorize single tools. An MCP
   * proxy (McpProvider.agentgateway) can authorize them. Without an MCP proxy, the server must have `enforcesMirroredHeaders`.
   */
  public grantTools(tools: string[], ...callers: ICaller[]): Grant {
    [tools, ...callers] = accepted('McpToolBoundary#grantTools', [tools, ...callers], this);
    return grantItems(this.member, this.granted, 'tool', tools, callers);
  }

  /** Allows callers to get the listed prompts, and to list prompts. Synth fails as with `grantTools`. */
  public grantPrompts(prompts: string[], ...callers: ICaller[]): Grant {
    [prompts, ...callers] = accepted('McpToolBoundary#grantPrompts', [prompts, ...callers], this);
    return grantItems(this.member, this.granted, 'prompt', prompts, callers);
  }

  /** Allows callers to read the resources with the listed URIs, and to list resources. Synth fails as with `grantTools`. */
  public grantResources(uris: string[], ...callers: ICaller[]): Grant {
    [uris, ...callers] = accepted('McpToolBoundary#grantResources', [uris, ...callers], this);
    return grantItems(this.member, this.granted, 'resource', uris, callers);
  }

  /** Allows callers to use every tool, prompt and resource of the server. They can call its MCP endpoint and no other path. */
  public grantAllTools(...callers: ICaller[]): Grant {
    callers = accepted('McpToolBoundary#grantAllTools', callers, this);
    return grantEverything(this.member, this.granted, callers);
  }

  private emit({ faults }: McpToolBoundaryProps): void {
    const { context, model } = this.member;
    const { mcpProxy, targets, endpoint, waypoint } = this.facts;
    const pods = targets.flatMap(({ name, place }) => (place.kind === 'pods' ? [{ name, workload: place.workload }] : []));
    if (pods.some(({ name, workload: { service, ports } }) => nameProblem('', name) || !service || ports.length === 0)) return; // already reported
    // A single server uses the scope of the boundary. Each of several servers has a scope of its own.
    for (const { name, workload } of pods) this.emitServer(targets.length === 1 ? this : new Construct(this, `server-${name}`), workload);
    if (mcpProxy) {
      grantGuardrailServices(this.member, this.title, mcpProxy);
      context.mcp!.proxies!.createMcpProxy(this, model, this.facts);
    } else if (waypoint && endpoint.service?.hostname !== undefined) {
      context.mesh.waypoints?.registerExternalService(this, model, endpoint.service);
      authorizeService(this, this.member, endpoint, endpoint.service);
    }
    if (!mcpProxy && pods.length === 1) addFaultRoute(this, this.member, endpoint, faults);
    if (pods.length !== 1 || targets.length !== 1) setMainObject(this, 'request-policy'); // then no workload policy has the boundary itself as its scope
  }

  private emitServer(scope: Construct, workload: WorkloadNode): void {
    const { context, model } = this.member;
    const { service } = workload;
    deployWorkload(scope, this.member, workload);
    if (!service!.statedLabels) context.mesh.createService(scope, model, workload, service!);
    else context.mesh.routes?.limit?.(scope, service!);
    authorizeService(scope, this.member, workload, service!);
    authorizeWorkload(scope, this.member, workload);
  }
}
