import { Construct } from 'constructs';
import { compileFront, compileParameters, compileRoute } from './front';
import { compileCallers, compileCredentials, compileItems, compilePassthrough, compileRateLimit, compileTokens } from './policies';
import { compileServers } from './servers';
import { AgentgatewayBackend, AgentgatewayParameters, AgentgatewayPolicy } from '../../../imports/agentgateway.dev';
import { Gateway, HttpRoute } from '../../../imports/gateway.networking.k8s.io';
import { Refusal } from '../../model/capability';
import { MeshModel } from '../../model/mesh';
import { OUTSIDE_PORT, outsideHosts } from '../../model/outside-host';
import { JwtFacts } from '../../model/request-rule';
import { McpHandling, ToolFront } from '../../model/tool-front';
import { ToolServerNode } from '../../model/tool-server';
import { FrontMembership, MeshBackend, ToolBackend } from '../backend';
import { emit } from '../emit';
import { LABELS } from '../shared/istio-targets';

/** agentgateway's own controller: a proxy before the servers of each boundary, which reads MCP and knows who calls. */
export class AgentgatewayTools implements ToolBackend {
  public constructor(private readonly mesh: MeshBackend, private readonly className: string) {}

  /** Why it cannot know who calls. */
  public get refusal(): Refusal | undefined {
    if (this.mesh.fronts) return undefined;
    return this.mesh.frontsRefusal ?? {
      reason: `${this.mesh.label} has no way to tell agentgateway's proxies who calls`, instead: 'MeshProvider.istioAmbient or MeshProvider.linkerd',
    };
  }

  /** Its controller names Service and ServiceAccount like the Gateway (agentgateway 1.4, deployer). */
  public frontOf(place: Pick<ToolFront, 'name' | 'namespace' | 'port'>, handling: McpHandling): ToolFront {
    return { ...place, serviceAccount: place.name, labels: { [LABELS.gatewayName]: place.name }, handling };
  }

  public serve(scope: Construct, model: MeshModel, server: ToolServerNode): void {
    const { mesh: { fronts } } = this;
    const { front, door } = server;
    if (!front || !fronts) return;
    this.proxy(scope, model, server, front, fronts);
    this.policies(scope, server, front, fronts);
    if (fronts.confined) this.letOut(scope, server, front);
    if (!fronts.guarded) return;
    // The proxy's own pods take connections of those who were granted something; what they may ask for it sees to itself.
    const pods = { ...door, title: `proxy of ${door.title}`, items: undefined, requests: undefined, rateLimit: undefined, jwt: undefined, trustsHeaders: true };
    this.mesh.protect(new Construct(scope, 'proxy'), 'floor', model, pods, () => [{ principals: door.callers.principals, ports: [front.port] }]);
  }

  private proxy(scope: Construct, model: MeshModel, server: ToolServerNode, front: ToolFront, fronts: FrontMembership): void {
    const meta = { name: front.name, namespace: front.namespace };
    emit(scope, 'parameters', AgentgatewayParameters, meta, { spec: () => compileParameters(fronts, model.facts) });
    emit(scope, 'front', Gateway, meta, { spec: () => compileFront(front, fronts, this.className) });
    emit(scope, 'server', AgentgatewayBackend, meta, { spec: () => compileServers(server, front.handling) });
    emit(scope, 'route', HttpRoute, meta, { spec: () => compileRoute(server, front) });
  }

  private policies(scope: Construct, server: ToolServerNode, front: ToolFront, { proofOf }: FrontMembership): void {
    const { door, targets } = server;
    const { name, namespace, handling } = front;
    const meta = (suffix: string) => ({ name: `${name}-${suffix}`, namespace });
    // What MCP gates are items; who may speak to the servers at all is asked before.
    emit(scope, 'callers', AgentgatewayPolicy, meta('callers'), { spec: () => compileCallers(server, front, proofOf) });
    emit(scope, 'Resource', AgentgatewayPolicy, { name, namespace }, { spec: () => compileItems(server, front, proofOf) });
    const { jwt, rateLimit } = door;
    if (jwt) {
      emit(scope, 'tokens', AgentgatewayPolicy, meta('tokens'), { spec: () => compileTokens(jwt, meta('keys').name, handling.oauth, front) });
      this.keys(scope, jwt, meta('keys'));
    }
    if (rateLimit) emit(scope, 'limits', AgentgatewayPolicy, meta('limits'), { spec: () => compileRateLimit(door, rateLimit, front, proofOf) });
    for (const target of targets.filter(({ place, credentials }) => place.kind === 'pods' && credentials)) {
      emit(scope, `credentials-${target.name}`, AgentgatewayPolicy, meta(`credentials-${target.name}`), { spec: () => compileCredentials(target, front) });
    }
    if (jwt && door.tokens === 'passed-on') emit(scope, 'passthrough', AgentgatewayPolicy, meta('passthrough'), { spec: () => compilePassthrough(front) });
  }

  /** Where the controller fetches the issuer's keys. */
  private keys(scope: Construct, { keys }: JwtFacts, meta: { readonly name: string; readonly namespace: string }): void {
    if (keys.uri === undefined || !URL.canParse(keys.uri)) return;
    const { hostname, port, protocol } = new URL(keys.uri);
    const isTls = protocol === 'https:';
    emit(scope, 'keys', AgentgatewayBackend, meta, {
      spec: () => ({ static: { host: hostname, port: Number(port || (isTls ? OUTSIDE_PORT : 80)) }, ...(isTls && { policies: { tls: {} } }) }),
    });
  }

  /** Whom the proxy calls outside: servers, and whoever issues tokens where clients are told of it. */
  private letOut(scope: Construct, server: ToolServerNode, { name, namespace }: ToolFront): void {
    const byPort = new Map<number, string[]>();
    for (const { hostname, port } of outsideHosts(server)) byPort.set(port, [...byPort.get(port) ?? [], hostname]);
    for (const [port, hostnames] of byPort) {
      const egress = { origin: server.origin, name: `${name}-outside${port === OUTSIDE_PORT ? '' : `-${port}`}`, namespace, hostnames: [...new Set(hostnames)].sort(), port };
      this.mesh.allowEgress(new Construct(scope, `outside-${port}`), egress);
    }
  }
}
