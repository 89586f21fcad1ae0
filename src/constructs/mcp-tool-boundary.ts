import { Construct } from 'constructs';
import { bindWorkload } from './bind-workload';
import { calleeWorkloads } from './callee';
import { grantTo } from './callers';
import { checkPort } from './deployment-checks';
import { freshId, Membership, MeshMemberProps } from './membership';
import { deployWorkload, guardService, protectWorkload } from './protect';
import { namespaceWaypoint, ownWaypoint, Waypoint } from './waypoint';
import { Callers } from '../model/callers';
import { isPath } from '../model/names';
import { listed } from '../model/problem';
import { ToolServerNode } from '../model/tool-server';
import { ICallee } from '../values/call';
import { ICaller } from '../values/identity';
import { Workload, workloadDescription } from '../values/workload';

/** Props of `McpToolBoundary`. */
export interface McpToolBoundaryProps extends MeshMemberProps {
  /** The MCP server: deployed here or the team's own. */
  readonly server: Workload;
  /** Names of the tools that the server offers, as MCP's `tools/list` gives them. */
  readonly tools: string[];
  /**
   * Name of the Service and stem of the other names.
   *
   * @default - the id
   */
  readonly name?: string;
  /**
   * Namespace of what is made here.
   *
   * @default - the mesh's
   */
  readonly namespace?: string;
  /**
   * Port of the Service that is made here.
   *
   * @default 80
   */
  readonly servicePort?: number;
  /**
   * Path of the MCP endpoint (streamable HTTP); no other path is reached.
   *
   * @default '/mcp'
   */
  readonly path?: string;
  /**
   * Who reads the requests to the server.
   *
   * @default - on a mesh with waypoints the one that the namespace is bound to, or the only one there; one is made where there is none
   */
  readonly waypoint?: Waypoint;
}

/** Names of tools (MCP 2025-11-25, Tools). */
const TOOL_NAME = /^[A-Za-z0-9_./-]{1,128}$/;

/** Methods of MCP's streamable HTTP transport (MCP 2025-06-18, Transports). */
const METHODS = ['DELETE', 'GET', 'POST'];

/**
 * An MCP server, its named tools, and who may call which. Emits a Service behind a waypoint, the policy of the requests
 * that it takes, and the floor: the pods admit the waypoint and nobody else.
 */
export class McpToolBoundary extends Construct implements ICallee {
  /** What people call it in messages. */
  public readonly title: string;
  /** Names of the server's tools. */
  public readonly tools: string[];
  private readonly member: Membership;
  private readonly facts: ToolServerNode;

  public constructor(scope: Construct, id: string, props: McpToolBoundaryProps) {
    super(scope, freshId(scope, id, props.mesh));
    this.member = Membership.of(this, props.mesh);
    const { model, context } = this.member;
    const name = this.member.name('the name of the tool server', props.name ?? this.node.id);
    const description = workloadDescription.of(props.server);
    const namespace = (description.kind === 'existing' ? description.namespace : undefined) ?? props.namespace ?? model.facts.namespace;
    const waypoint = props.waypoint ? ownWaypoint(this.member, props.waypoint) : namespaceWaypoint(this.member, props.mesh, this.claimed(description.kind === 'deploy', namespace));
    const endpointPath = props.path ?? '/mcp';
    const workload = bindWorkload(this.member, props.server, {
      title: `tool server ${name}`, name, namespace, serviceAccount: name, callers: new Callers(), routable: false, waypoint,
      labels: { 'app.kubernetes.io/name': name }, service: { name, port: props.servicePort ?? 80 }, requests: { paths: [endpointPath], methods: METHODS },
    });
    this.title = workload.title;
    calleeWorkloads.give(this, () => [workload]);
    this.tools = [...props.tools];
    this.facts = { origin: this.member, name, workload, tools: this.tools, endpointPath, waypoint };
    model.toolServers.push(this.facts);
    this.checkProps(props);
    deployWorkload(this, this.member, workload);
    const { service } = workload;
    if (!service || workload.ports.length === 0) {
      this.member.report({ what: `the tool server ${name} has no port that callers could use`, got: workload.ports, allowed: 'a TCP port in `ports`', next: 'name the port of its MCP endpoint' });
      return;
    }
    if (!service.statedLabels) context.mesh.offer(this, model, workload, service);
    guardService(this, 'Resource', this.member, workload, service);
    protectWorkload(this, waypoint ? 'floor' : 'Resource', this.member, workload);
  }

  /** Lets callers use one tool; refused where nothing in the path reads which tool is called. */
  public grantTool(tool: string, ...callers: ICaller[]): void {
    if (!this.tools.includes(tool)) {
      this.member.report({ what: `the tool server ${this.facts.name} has no such tool`, got: tool, allowed: listed(this.tools), next: 'name one of its tools, or add it to `tools`' });
      return;
    }
    const { context } = this.member;
    const refusal = this.member.refusal('tool');
    if (!refusal) return grantTo(this.member, this.facts.workload.callers, callers);
    this.member.report({
      what: `a grant of one tool of ${this.facts.name} is enforced by nobody here: ${refusal.reason}`,
      got: tool,
      allowed: `with ${context.mesh.label} and ${context.gateway.label}: grantAllTools`,
      next: `use ${refusal.instead} for the grant, or grantAllTools if each caller may use every tool`,
    });
  }

  /** Lets callers use every tool of the server: its MCP endpoint, and no other path. */
  public grantAllTools(...callers: ICaller[]): void {
    grantTo(this.member, this.facts.workload.callers, callers);
  }

  /** Where a waypoint may be made: not in a namespace that the mesh was not told to take, only because the server runs there. */
  private claimed(deployed: boolean, namespace: string): string {
    const { namespaces, facts } = this.member.model;
    return deployed || namespaces.has(namespace) ? namespace : facts.namespace;
  }

  private checkProps({ tools, path, servicePort }: McpToolBoundaryProps): void {
    const { healthPath } = this.facts.workload;
    if (healthPath === this.facts.endpointPath) {
      this.member.report({ what: 'the health path is the MCP endpoint, which would be open to whoever may ask for health', got: healthPath, allowed: 'a path of its own', next: 'have the server tell its health at another path' });
    }
    const twice = tools.find((tool, index) => tools.indexOf(tool) !== index);
    if (twice !== undefined) this.member.report({ what: 'a tool is named twice', got: twice, allowed: 'each tool once', next: 'drop one' });
    const bad = tools.find((tool) => !TOOL_NAME.test(tool));
    if (bad !== undefined) this.member.report({ what: 'a tool has a name that MCP refuses', got: bad, allowed: '1 to 128 letters, digits, "_", "-", "." and "/"', next: 'write it as tools/list gives it' });
    if (tools.length === 0) this.member.report({ what: 'the boundary has no tools', got: tools, allowed: 'one name or more', next: 'name what tools/list gives' });
    checkPort(this.member, '`servicePort`', servicePort);
    // What the policy would read as a pattern would open more than one path.
    if (path !== undefined && (!isPath(path) || !/^[A-Za-z0-9._~/-]*$/.test(path))) {
      this.member.report({ what: 'the path of the MCP endpoint is not a plain path', got: path, allowed: '"/" and then letters, digits, ".", "_", "~", "-" and "/", without empty and dot segments', next: 'write it as in "/mcp"' });
    }
  }
}
