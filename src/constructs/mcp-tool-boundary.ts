import { Construct } from 'constructs';
import { deployWorkload, authorizeService, authorizeWorkload } from './authorize';
import { calleeWorkloads } from './callee';
import { checkBoundary } from './mcp-checks';
import { grantEverything, GrantedServer, grantItems } from './mcp-grants';
import { layOut, SERVER_SUFFIX } from './mcp-layout';
import { grantGuardrailServices } from './mcp-proxy';
import { serversOf } from './mcp-servers';
import { McpToolBoundaryProps } from './mcp-tool-boundary-props';
import { freshId, Membership } from './membership';
import { toolServer } from './tool-server-facts';
import { nameProblem } from '../model/names';
import { ToolServerNode } from '../model/tool-server';
import { WorkloadNode } from '../model/workload';
import { ICallee } from '../values/call';
import { ICaller } from '../values/identity';

/**
 * One MCP server or several, their named tools, and who may call which. Emits a Service and the policy of the requests that it
 * takes: at a waypoint, at its pods, or at a proxy of agentgateway that has the boundary's name; and the floor: the pods admit
 * nobody who came around, and call nobody outside the cluster whom they do not name.
 */
export class McpToolBoundary extends Construct implements ICallee {
  /** What people call it in messages. */
  public readonly title: string;
  /** Names of the tools, as callers call them. */
  public readonly tools: string[];
  private readonly member: Membership;
  private readonly facts: ToolServerNode;
  private readonly granted: GrantedServer;

  public constructor(scope: Construct, id: string, props: McpToolBoundaryProps) {
    super(scope, freshId(scope, id, props.mesh));
    this.member = Membership.of(this, props);
    const { model, context } = this.member;
    const name = this.member.name('the name of the tool server', props.name ?? this.node.id, context.mcp?.proxies && SERVER_SUFFIX);
    const servers = serversOf(this.member, name, props);
    this.facts = layOut(this.member, name, props, servers);
    this.granted = { node: this.facts, isTokenRefused: props.jwt !== undefined && !this.facts.endpoint.jwt };
    this.title = this.facts.endpoint.title;
    this.tools = this.facts.items.filter(({ kind }) => kind === 'tool').map((item) => item.name);
    calleeWorkloads.give(this, () => [this.facts.endpoint]);
    toolServer.give(this, this.facts);
    model.toolServers.push(this.facts);
    checkBoundary(this.member, this.facts, props, servers);
    this.emit();
  }

  /**
   * Lets callers use one tool, and ask which tools there are. Refused where nothing in the path reads which tool is called: by
   * mirrored headers, on a server that enforces them, every mesh does.
   */
  public grantTool(tool: string, ...callers: ICaller[]): void {
    grantItems(this.member, this.granted, 'tool', [tool], callers);
  }

  /** Lets callers use some tools, as `grantTool` does. */
  public grantTools(tools: string[], ...callers: ICaller[]): void {
    grantItems(this.member, this.granted, 'tool', tools, callers);
  }

  /** Lets callers get some prompts of the server, and ask which there are, as `grantTool` does. */
  public grantPrompts(prompts: string[], ...callers: ICaller[]): void {
    grantItems(this.member, this.granted, 'prompt', prompts, callers);
  }

  /** Lets callers read some resources of the server, by URI, and ask which there are, as `grantTool` does. */
  public grantResources(uris: string[], ...callers: ICaller[]): void {
    grantItems(this.member, this.granted, 'resource', uris, callers);
  }

  /** Lets callers use every tool, prompt and resource of the server: its MCP endpoint, and no other path. */
  public grantAllTools(...callers: ICaller[]): void {
    grantEverything(this.member, this.granted, callers);
  }

  private emit(): void {
    const { context, model } = this.member;
    const { mcpProxy, targets, endpoint, waypoint } = this.facts;
    const pods = targets.flatMap(({ name, place }) => (place.kind === 'pods' ? [{ name, workload: place.workload }] : []));
    if (pods.some(({ name, workload: { service, ports } }) => nameProblem('', name) || !service || ports.length === 0)) return; // was reported
    // One server is the boundary itself; of several, each has a scope of its own.
    for (const { name, workload } of pods) this.emitServer(targets.length === 1 ? this : new Construct(this, `server-${name}`), workload);
    if (mcpProxy) {
      grantGuardrailServices(this.member, this.title, mcpProxy);
      context.mcp!.proxies!.createMcpProxy(this, model, this.facts);
    } else if (waypoint && endpoint.service?.hostname !== undefined) {
      context.mesh.waypoints?.registerExternalService(this, endpoint.service);
      authorizeService(this, 'Resource', this.member, endpoint, endpoint.service);
    }
  }

  private emitServer(scope: Construct, workload: WorkloadNode): void {
    const { context, model } = this.member;
    const { service, mcpProxy } = workload;
    deployWorkload(scope, this.member, workload);
    if (!service!.statedLabels) context.mesh.createService(scope, model, workload, service!);
    authorizeService(scope, 'Resource', this.member, workload, service!);
    authorizeWorkload(scope, service!.waypoint ?? mcpProxy ? 'workload-policy' : 'Resource', this.member, workload);
  }
}
