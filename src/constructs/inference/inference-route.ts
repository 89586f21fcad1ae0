import { Construct } from 'constructs';
import { gatewayOf, IInferenceGateway } from './gateway-facts';
import { accepted } from '../../input/guard';
import { HeaderMatch } from '../../model/route';
import { ToolServerNode } from '../../model/tool-server';
import { IRouteTarget } from '../../values/route-target';
import { toolServer } from '../mcp/tool-server-facts';
import { freshId, Membership, MeshMemberProps } from '../membership/membership';
import { headerMatches, matchProblems } from '../routing/header-match';
import { addRoute } from '../routing/route-facts';
import { readMirror } from '../routing/route-mirror';
import { RouteOptions } from '../routing/route-options';
import { rulesTo } from '../routing/route-rules';
import { corsToServer, exactPathsOf, rulesToServer, unfitGrants } from '../routing/tool-server-route';

/** Options of `InferenceGateway.addRoute`. */
export interface InferenceRouteOptions extends RouteOptions {
  /**
   * Target of the requests: a pool, an agent, a version of an agent, or an McpToolBoundary. If it is an agent, the route splits the requests
   * as `canary` of the agent states. A route to a boundary matches exactly its endpoint and the paths of its OAuth metadata. It grants
   * nothing: clients may use what is granted to their token (`TokenCaller`), so the boundary needs `jwt`. The gateway answers preflights
   * from its `allowedOrigins`.
   */
  readonly target: IRouteTarget;
}

/** Props of `InferenceRoute`. */
export interface InferenceRouteProps extends InferenceRouteOptions, MeshMemberProps {
  /**
   * Gateway to which the route is attached.
   *
   * @default - the gateway in whose scope the route is defined
   */
  readonly gateway?: IInferenceGateway;
}

/**
 * A route from a gateway to one target, for all requests or for those with a path prefix and headers. Emits an HTTPRoute. Synth fails if
 * the route has no gateway, or if the target is not a pool, an agent with a Service, an agent version with a Service, or a boundary with
 * `jwt`.
 *
 * @example
 * // gateway: an InferenceGateway; pool: one of its pools
 * new InferenceRoute(mesh, 'chat', { gateway, target: pool, pathPrefix: '/v1' });
 */
export class InferenceRoute extends Construct {
  public constructor(scope: Construct, id: string, props: InferenceRouteProps) {
    [scope, id, props] = accepted('new InferenceRoute', [scope, id, props]);
    super(scope, freshId(scope, id, props.mesh));
    const member = Membership.of(this, props);
    const server = toolServer.find(props.target.asRouteTarget);
    const headers = headerMatches(props.headers);
    member.reportAll(matchProblems(headers));
    if (server) this.toServer(member, server, props, headers);
    else this.toAgent(member, props, headers);
  }

  private toAgent(member: Membership, props: InferenceRouteProps, headers: readonly HeaderMatch[]): void {
    const { home, rules, splitAt, problems } = rulesTo(member.model, props.target);
    const { mirror, problems: ofMirror } = readMirror(member.model, props.mirror, rules);
    member.reportAll([...problems, ...ofMirror]);
    addRoute(this, member, {
      gateway: props.gateway,
      name: props.name ?? this.node.id,
      options: props,
      headers,
      mirror,
      home,
      rules,
      splitAt,
    });
  }

  private toServer(member: Membership, server: ToolServerNode, props: InferenceRouteProps, headers: readonly HeaderMatch[]): void {
    const { model, context } = member;
    const gateway = gatewayOf(this, props.gateway)?.node.name;
    const { home, rules, problems } = rulesToServer(member, server, props);
    member.reportAll(problems);
    addRoute(this, member, {
      gateway: props.gateway,
      name: props.name ?? [...gateway === undefined ? [] : [gateway], this.node.id].join('-'), // an MCP proxy has a route with the name of the boundary
      options: { ...props, cors: corsToServer(member, server, props.cors) },
      headers,
      mirror: undefined,
      home,
      rules,
      exact: (node) => exactPathsOf(model, node, server),
      check: (route) => unfitGrants(model, route, server, context.gateway.caller(model, route.gateway).principal),
    });
  }
}
