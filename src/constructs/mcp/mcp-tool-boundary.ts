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
import { CalleeReference } from '../../values/references';
import { calleeReference } from '../grants/callee';
import { setMainObject } from '../membership/main-object';
import { freshId, Membership } from '../membership/membership';
import { deployWorkload, authorizeService, authorizeWorkload } from '../workload/authorize';

/**
 * One or several MCP servers, their named tools, and the callers that may use each tool. Emits a Service, and the policy that authorizes
 * requests at a waypoint, at the pods, or at an agentgateway MCP proxy that has the name of the boundary.
 *
 * It also emits the workload policy of the servers, as bypass protection: the pods accept connections only from that waypoint or proxy,
 * or from granted callers where there is neither. The pods can call only those hosts outside the cluster that their workload names in
 * `egress`.
 *
 * @example
 * const desk = new McpToolBoundary(mesh, 'desk', {
 *   server: McpServer.of(workload, { tools: ['find_ticket', 'close_ticket'], enforcesMirroredHeaders: true }),
 * });
 * desk.grantTools(['find_ticket'], planner);
 */
export class McpToolBoundary extends Construct implements ICallee {
  /** Display name in messages, such as "tool server crm". */
  public readonly title: string;
  /** Reference to the boundary as a callee. */
  public readonly asCallee: CalleeReference;
  /** Names of the tools, as callers use them. */
  public readonly tools: string[];
  /** Name of the Service that callers use, or of the boundary if its server is external. */
  public readonly serviceName: string;
  /** URL of the MCP endpoint that callers use, such as "http://crm.voice.svc.cluster.local/mcp". */
  public readonly url: string;
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
    toolServer.give(this, this.facts);
    const { service, requests } = this.facts.endpoint;
    this.serviceName = service?.name ?? name;
    this.url = service ? serviceUrl(service, requests?.endpoints?.[0].path ?? '/') : '';
    model.toolServers.push(this.facts);
    checkBoundary(this.member, this.facts, props, servers);
    this.emit();
  }

  /**
   * Allows callers to call some tools and to list the tools. Synth fails if no component in the path can tell which tool is called. Every
   * mesh can, by the mirrored headers, if the server enforces them (`enforcesMirroredHeaders`).
   */
  public grantTools(tools: string[], ...callers: ICaller[]): Grant {
    [tools, ...callers] = accepted('McpToolBoundary#grantTools', [tools, ...callers], this);
    return grantItems(this.member, this.granted, 'tool', tools, callers);
  }

  /** Allows callers to get some prompts of the server and to list the prompts, with the same requirements as `grantTools`. */
  public grantPrompts(prompts: string[], ...callers: ICaller[]): Grant {
    [prompts, ...callers] = accepted('McpToolBoundary#grantPrompts', [prompts, ...callers], this);
    return grantItems(this.member, this.granted, 'prompt', prompts, callers);
  }

  /** Allows callers to read some resources of the server, by URI, and to list the resources, with the same requirements as `grantTools`. */
  public grantResources(uris: string[], ...callers: ICaller[]): Grant {
    [uris, ...callers] = accepted('McpToolBoundary#grantResources', [uris, ...callers], this);
    return grantItems(this.member, this.granted, 'resource', uris, callers);
  }

  /** Allows callers to use every tool, prompt and resource of the server. They reach its MCP endpoint and no other path. */
  public grantAllTools(...callers: ICaller[]): Grant {
    callers = accepted('McpToolBoundary#grantAllTools', callers, this);
    return grantEverything(this.member, this.granted, callers);
  }

  private emit(): void {
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
      context.mesh.waypoints?.registerExternalService(this, endpoint.service);
      authorizeService(this, this.member, endpoint, endpoint.service);
    }
    if (pods.length !== 1 || targets.length !== 1) setMainObject(this, 'request-policy'); // no pods have their workload policy here
  }

  private emitServer(scope: Construct, workload: WorkloadNode): void {
    const { context, model } = this.member;
    const { service } = workload;
    deployWorkload(scope, this.member, workload);
    if (!service!.statedLabels) context.mesh.createService(scope, model, workload, service!);
    authorizeService(scope, this.member, workload, service!);
    authorizeWorkload(scope, this.member, workload);
  }
}
