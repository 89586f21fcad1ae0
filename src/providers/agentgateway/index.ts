import { Construct } from 'constructs';
import { checkFronts } from './checks';
import { emitFront } from './front';
import { Refusal } from '../../model/capability';
import { MeshModel } from '../../model/mesh';
import { Problem } from '../../model/problem';
import { ToolFront } from '../../model/tool-front';
import { ToolServerNode } from '../../model/tool-server';
import { WorkloadNode } from '../../model/workload';
import { MeshBackend, ToolBackend } from '../backend';

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
    return checkFronts(model, this.mesh, this.className);
  }
}
