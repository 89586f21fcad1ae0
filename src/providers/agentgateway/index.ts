import { Construct } from 'constructs';
import { anyOf, itemExpression } from './cel';
import { emitFront } from './front';
import { Refusal } from '../../model/capability';
import { MeshModel } from '../../model/mesh';
import { Problem } from '../../model/problem';
import { ToolFront } from '../../model/tool-front';
import { ToolServerNode } from '../../model/tool-server';
import { WorkloadNode } from '../../model/workload';
import { FrontMembership, MeshBackend, ToolBackend } from '../backend';

/** The longest CEL expression that a policy takes (agentgateway 1.4, AgentgatewayPolicy). */
const MOST_CEL = 16_384;

/** Below this a process without rights cannot listen, and the controller moves the port. */
const FIRST_PLAIN_PORT = 1024;

/** agentgateway's own controller: a proxy before each tool server, which reads MCP and knows who calls. */
export class Agentgateway implements ToolBackend {
  public constructor(private readonly mesh: MeshBackend, private readonly className: string) {}

  /** Why it cannot know who calls. */
  public get refusal(): Refusal | undefined {
    return this.mesh.fronts ? undefined : {
      reason: `${this.mesh.label} has no way to tell agentgateway's proxies who calls`,
      instead: 'MeshProvider.istioAmbient or MeshProvider.linkerd',
    };
  }

  /** Its controller names Service and ServiceAccount like the Gateway (agentgateway 1.4, deployer). */
  public frontOf(name: string, namespace: string, port: number): ToolFront {
    return { name, namespace, serviceAccount: name, port };
  }

  public serve(scope: Construct, model: MeshModel, server: ToolServerNode): void {
    if (!server.front || !this.mesh.fronts) return;
    emitFront(scope, model, server, server.front, this.mesh.fronts, this.className);
    if (this.mesh.fronts.guarded) this.guard(scope, model, server, server.front);
  }

  /** The proxy's own pods take connections of those who were granted something, and of nobody else. */
  private guard(scope: Construct, model: MeshModel, { origin, workload: { callers } }: ToolServerNode, front: ToolFront): void {
    const { name, namespace, serviceAccount, port } = front;
    const pods: WorkloadNode = {
      origin, title: `proxy of tool server ${name}`, name, namespace, serviceAccount, labels: { 'gateway.networking.k8s.io/gateway-name': name },
      ports: [port], opaquePorts: [], mediaPorts: [], callers, routable: false, trustsHeaders: true,
    };
    this.mesh.protect(new Construct(scope, 'proxy'), 'floor', model, pods, () => [{ principals: callers.principals, ports: [port] }]);
  }

  public check(model: MeshModel): Problem[] {
    const { fronts } = this.mesh;
    const fronted = model.toolServers.filter(({ front }) => front !== undefined);
    return fronts ? fronted.flatMap((server) => [...tooLong(server, fronts), ...lowPort(server)]) : [];
  }
}

function tooLong({ origin, name, workload }: ToolServerNode, { proofOf }: FrontMembership): Problem[] {
  const proof = (principal: Parameters<typeof proofOf>[0]) => proofOf(principal);
  const longest = Math.max(itemExpression(name, workload.items!, proof).length, anyOf(workload.callers.principals, proof).length);
  return longest <= MOST_CEL ? [] : [{
    path: origin.path, what: `the grants of ${name} do not fit into one policy of agentgateway`, got: `${longest} characters`, allowed: `at most ${MOST_CEL}`,
    next: 'spread the tools over two boundaries, or grant fewer callers',
  }];
}

function lowPort({ origin, front }: ToolServerNode): Problem[] {
  return front!.port >= FIRST_PLAIN_PORT ? [] : [{
    path: origin.path, what: 'agentgateway does not listen below port 1024', got: front!.port, allowed: `whole numbers from ${FIRST_PLAIN_PORT}`, next: 'state another `servicePort`',
  }];
}
