import { Construct } from 'constructs';
import { bindWorkload } from './bind-workload';
import { calleeWorkloads } from './callee';
import { grantTo } from './callers';
import { checkPort } from './deployment-checks';
import { checkEndpoint } from './mcp-endpoint';
import { checkItems, itemsOf, originsOf } from './mcp-items';
import { freshId, Membership, MeshMemberProps } from './membership';
import { deployWorkload, guardService, protectWorkload } from './protect';
import { toolServer } from './tool-server-facts';
import { namespaceWaypoint, ownWaypoint, Waypoint, waypointNode } from './waypoint';
import { Callers } from '../model/callers';
import { ItemGrants, ItemKind } from '../model/item-grants';
import { listed } from '../model/problem';
import { ToolServerNode } from '../model/tool-server';
import { WaypointNode } from '../model/waypoint';
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
   * Names of the prompts that the server offers, of those that are granted by name.
   *
   * @default - none
   */
  readonly prompts?: string[];
  /**
   * URIs of the resources that the server offers, of those that are granted by name.
   *
   * @default - none
   */
  readonly resources?: string[];
  /**
   * States that the server speaks revision 2026-07-28 and refuses requests whose `Mcp-Method` and `Mcp-Name` headers are
   * missing, repeated or say something else than their body. Then proxies that read headers tell tools apart; on a server that
   * does not check them, a caller could name one tool and call another. Mind the repeated ones: to Envoy and to Linkerd one of
   * the values is enough, so a server that reads the first or the last alone must not be stated to enforce them.
   *
   * @default false
   */
  readonly enforcesMirroredHeaders?: boolean;
  /**
   * Whether the server keeps sessions in the memory of a pod, as servers before revision 2026-07-28 may (`Mcp-Session-Id`).
   * Then the requests of a session come to one pod, as long as there are the same pods; refused where nobody sees to that.
   *
   * @default false
   */
  readonly keepsSessions?: boolean;
  /**
   * Origins of the web pages whose requests are taken, such as "https://desk.example.com"; an empty list takes none. What is
   * no browser states no origin. It guards against pages that call a server by a name of their own; refused where nobody looks.
   *
   * @default - nobody looks: MCP has the server do it
   */
  readonly allowedOrigins?: string[];
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
   * Port that callers call, of the Service that is made here.
   *
   * @default 80; 8080 where a proxy reads MCP before the server (GatewayProvider.agentgateway), which takes none below 1024
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

/** What tells sessions apart (MCP 2025-11-25, Transports). */
const SESSION_HEADER = 'mcp-session-id';

/** Port of the proxy that reads MCP, where none is stated. */
const FRONT_PORT = 8080;

/** What is appended to the name of a server behind one. */
const SERVER_SUFFIX = '-server';

/** Methods of MCP's streamable HTTP transport (MCP 2025-06-18, Transports). */
const METHODS = ['DELETE', 'GET', 'POST'];

/**
 * An MCP server, its named tools, and who may call which. Emits a Service and the policy of the requests that it takes: at a
 * waypoint, at its pods, or at a proxy of agentgateway that has the boundary's name; and the floor: the pods admit nobody who
 * came around.
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
    const name = this.member.name('the name of the tool server', props.name ?? this.node.id, context.gateway.tools && SERVER_SUFFIX);
    const description = workloadDescription.of(props.server);
    const namespace = (description.kind === 'existing' ? description.namespace : undefined) ?? props.namespace ?? model.facts.namespace;
    const front = context.gateway.tools?.frontOf(name, namespace, props.servicePort ?? FRONT_PORT);
    const waypoint = front ? undefined : this.waypoint(props, this.claimed(description.kind === 'deploy', namespace));
    const endpointPath = props.path ?? '/mcp';
    const items = itemsOf(props);
    // What callers call has the boundary's name: the server itself, or the proxy that reads MCP before it.
    const own = front ? `${name}${SERVER_SUFFIX}` : name;
    const workload = bindWorkload(this.member, props.server, {
      title: `tool server ${name}`, name: own, namespace, serviceAccount: own, callers: new Callers(), routable: false, waypoint, front,
      labels: { 'app.kubernetes.io/name': own },
      service: { name: own, port: front ? 80 : props.servicePort ?? 80, affinityHeader: props.keepsSessions && !front ? SESSION_HEADER : undefined },
      requests: { paths: [endpointPath], methods: METHODS }, items: front ?? props.enforcesMirroredHeaders ? new ItemGrants(items) : undefined,
      allowedOrigins: originsOf(this.member, props.allowedOrigins),
    });
    this.title = workload.title;
    calleeWorkloads.give(this, () => [workload]);
    this.tools = [...props.tools];
    this.facts = { origin: this.member, name, workload, tools: this.tools, items, endpointPath, waypoint, front };
    toolServer.give(this, this.facts);
    model.toolServers.push(this.facts);
    this.checkProps(props);
    checkItems(this.member, items);
    deployWorkload(this, this.member, workload);
    const { service } = workload;
    if (!service || workload.ports.length === 0) {
      this.member.report({ what: `the tool server ${name} has no port that callers could use`, got: workload.ports, allowed: 'a TCP port in `ports`', next: 'name the port of its MCP endpoint' });
      return;
    }
    if (!service.statedLabels) context.mesh.offer(this, model, workload, service);
    guardService(this, 'Resource', this.member, workload, service);
    if (front) context.gateway.tools!.serve(this, model, this.facts);
    protectWorkload(this, waypoint ?? front ? 'floor' : 'Resource', this.member, workload);
  }

  /**
   * Lets callers use one tool, and ask which tools there are. Refused where nothing in the path reads which tool is called: by
   * mirrored headers, on a server that enforces them, every mesh does.
   */
  public grantTool(tool: string, ...callers: ICaller[]): void {
    this.grantItems('tool', [tool], callers);
  }

  /** Lets callers use some tools, as `grantTool` does. */
  public grantTools(tools: string[], ...callers: ICaller[]): void {
    this.grantItems('tool', tools, callers);
  }

  /** Lets callers get some prompts of the server, and ask which there are, as `grantTool` does. */
  public grantPrompts(prompts: string[], ...callers: ICaller[]): void {
    this.grantItems('prompt', prompts, callers);
  }

  /** Lets callers read some resources of the server, by URI, and ask which there are, as `grantTool` does. */
  public grantResources(uris: string[], ...callers: ICaller[]): void {
    this.grantItems('resource', uris, callers);
  }

  /** Lets callers use every tool, prompt and resource of the server: its MCP endpoint, and no other path. */
  public grantAllTools(...callers: ICaller[]): void {
    const { workload } = this.facts;
    grantTo(this.member, workload.callers, callers, workload.items?.everything);
  }

  /** Who reads the requests before the server, where no proxy of its own reads MCP. */
  private waypoint({ waypoint, mesh }: McpToolBoundaryProps, namespace: string): WaypointNode | undefined {
    return waypoint ? ownWaypoint(this.member, waypoint) : namespaceWaypoint(this.member, mesh, namespace);
  }

  private grantItems(kind: ItemKind, names: readonly string[], callers: readonly ICaller[]): void {
    const { name, workload, items } = this.facts;
    const known = items.filter((item) => item.kind === kind).map((item) => item.name);
    const unknown = names.filter((one) => !known.includes(one));
    for (const one of unknown) {
      this.member.report({ what: `the tool server ${name} has no such ${kind}`, got: one, allowed: listed(known), next: `name one of its ${kind}s, or add it to \`${kind}s\`` });
    }
    if (names.length === 0) this.member.report({ what: `a grant names no ${kind}`, got: [], allowed: `one ${kind} or more`, next: 'name what is granted, or drop the grant' });
    if (unknown.length > 0 || names.length === 0 || this.refusedItems(kind, names)) return;
    for (const one of names) grantTo(this.member, workload.callers, callers, workload.items!.of({ kind, name: one }));
  }

  /** Whether nobody here tells one item from another. */
  private refusedItems(kind: ItemKind, names: readonly string[]): boolean {
    const { context } = this.member;
    const { front, workload } = this.facts;
    const refusal = front ? undefined : this.member.refusal(workload.items ? 'item' : 'tool');
    if (!refusal) return false;
    this.member.report({
      what: `a grant of one ${kind} of ${this.facts.name} is enforced by nobody here: ${refusal.reason}`,
      got: names.length === 1 ? names[0] : names,
      allowed: `with ${context.mesh.label} and ${context.gateway.label}: grantAllTools, or a server that enforces mirrored headers (\`enforcesMirroredHeaders\`)`,
      next: `use ${refusal.instead} for the grant, or grantAllTools if each caller may use every tool`,
    });
    return true;
  }

  /** Where a waypoint may be made: not in a namespace that the mesh was not told to take, only because the server runs there. */
  private claimed(deployed: boolean, namespace: string): string {
    const { namespaces, facts } = this.member.model;
    return deployed || namespaces.has(namespace) ? namespace : facts.namespace;
  }

  /** agentgateway keeps sessions itself; elsewhere it is the Service that the library makes. */
  private checkSessions(): void {
    const { name, workload } = this.facts;
    if (this.member.refuse('session-affinity', `one pod for a session of ${name}`, { keepsSessions: true })) return;
    if (workload.service?.statedLabels) {
      this.member.report({ what: `the Service of ${name} is the team's, and its sessions are the team's to keep together`, got: workload.service.name, allowed: '`keepsSessions` of what is deployed here', next: 'drop it, and have a DestinationRule of your own hash `mcp-session-id`' });
    }
  }

  private checkProps({ tools, servicePort, waypoint, keepsSessions }: McpToolBoundaryProps): void {
    const { endpointPath, front, name, workload: { healthPath, service } } = this.facts;
    checkEndpoint(this.member, endpointPath, healthPath);
    if (keepsSessions && !front) this.checkSessions();
    if (front && waypoint) {
      this.member.report({ what: `the waypoint of ${name} would read nothing: callers come to a proxy that reads MCP`, got: waypointNode.of(waypoint).name, allowed: 'no `waypoint`, or GatewayProvider.istio', next: 'drop one of the two' });
    }
    if (tools.length === 0) this.member.report({ what: 'the boundary has no tools', got: tools, allowed: 'one name or more', next: 'name what tools/list gives' });
    checkPort(this.member, '`servicePort`', servicePort);
    if (servicePort !== undefined && !front && service?.statedLabels) {
      this.member.report({ what: `the Service of ${name} is the team's, and has a port already`, got: servicePort, allowed: `no \`servicePort\`: callers use ${service.port}`, next: 'drop it, or state the port with the Service' });
    }
  }
}
