import { Construct } from 'constructs';
import { anyOf, itemExpression, originIn, ProofOf } from './cel';
import {
  AgentgatewayBackend, AgentgatewayBackendSpec, AgentgatewayBackendSpecMcpFailureMode, AgentgatewayBackendSpecMcpPrefixMode,
  AgentgatewayBackendSpecMcpTargetsStaticProtocol, AgentgatewayParameters, AgentgatewayPolicy, AgentgatewayPolicySpec,
  AgentgatewayPolicySpecBackendMcpAuthorizationAction, AgentgatewayPolicySpecTrafficAuthorizationAction,
} from '../../../imports/agentgateway.dev';
import {
  Gateway, GatewaySpec, GatewaySpecListenersAllowedRoutesNamespacesFrom, HttpRoute, HttpRouteSpec, HttpRouteSpecRulesMatchesPathType,
} from '../../../imports/gateway.networking.k8s.io';
import { MeshModel } from '../../model/mesh';
import { ToolFront } from '../../model/tool-front';
import { ToolServerNode } from '../../model/tool-server';
import { WorkloadNode } from '../../model/workload';
import { FrontMembership } from '../backend';
import { emit } from '../emit';

const GROUP = 'agentgateway.dev';
const HBONE_PORT = 15008;

/** A proxy before one server: its Gateway, the one way through it, the server behind it, and who may use what of it. */
export function emitFront(
  scope: Construct, model: MeshModel, server: ToolServerNode, front: ToolFront, membership: FrontMembership, className: string,
): void {
  const { name, namespace } = front;
  if (membership.speaksHbone) {
    emit(scope, 'parameters', AgentgatewayParameters, { name, namespace }, { spec: () => ({ istio: { enabled: true, trustDomain: model.facts.trustDomain } }) });
  }
  emit(scope, 'front', Gateway, { name, namespace }, { spec: () => compileFront(front, membership, className) });
  emit(scope, 'server', AgentgatewayBackend, { name, namespace }, { spec: () => compileServer(server) });
  emit(scope, 'route', HttpRoute, { name, namespace }, { spec: () => compileRoute(server, front) });
  // What MCP gates are items; who may speak to the server at all is asked before.
  emit(scope, 'callers', AgentgatewayPolicy, { name: `${name}-callers`, namespace }, { spec: () => compileCallers(server, front, membership) });
  emit(scope, 'Resource', AgentgatewayPolicy, { name, namespace }, { spec: () => compileItems(server, front, membership) });
}

export function compileFront({ name, port }: ToolFront, { marks, speaksHbone }: FrontMembership, className: string): GatewaySpec {
  const allowedRoutes = { namespaces: { from: GatewaySpecListenersAllowedRoutesNamespacesFrom.SAME } };
  return {
    gatewayClassName: className,
    infrastructure: {
      ...(marks.labels && { labels: { ...marks.labels } }),
      ...(marks.annotations && { annotations: { ...marks.annotations } }),
      ...(speaksHbone && { parametersRef: { group: GROUP, kind: 'AgentgatewayParameters', name } }),
    },
    listeners: [
      { name: 'mcp', port, protocol: 'HTTP', allowedRoutes },
      ...speaksHbone ? [{ name: 'mesh', port: HBONE_PORT, protocol: 'HBONE', allowedRoutes }] : [],
    ],
  };
}

export function compileServer({ name, workload, endpointPath }: ToolServerNode): AgentgatewayBackendSpec {
  const service = workload.service!;
  return {
    mcp: {
      failureMode: AgentgatewayBackendSpecMcpFailureMode.FAIL_CLOSED,
      prefixMode: AgentgatewayBackendSpecMcpPrefixMode.CONDITIONAL,
      targets: [{
        name,
        static: {
          backendRef: { name: service.name }, port: service.port, path: endpointPath,
          protocol: AgentgatewayBackendSpecMcpTargetsStaticProtocol.STREAMABLE_HTTP,
        },
      }],
    },
  };
}

/** The endpoint and no other path; no time bounds a stream. */
function compileRoute({ endpointPath }: ToolServerNode, { name }: ToolFront): HttpRouteSpec {
  return {
    parentRefs: [{ name, sectionName: 'mcp' }],
    rules: [{
      matches: [{ path: { type: HttpRouteSpecRulesMatchesPathType.EXACT, value: endpointPath } }],
      backendRefs: [{ group: GROUP, kind: 'AgentgatewayBackend', name }],
    }],
  };
}

/** On the Gateway, so that it holds for whatever route comes to it; a ceiling, which no policy of others raises. */
export function compileCallers({ workload }: ToolServerNode, { name }: ToolFront, { proofOf }: FrontMembership): AgentgatewayPolicySpec {
  return {
    targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name }],
    traffic: {
      authorization: {
        action: AgentgatewayPolicySpecTrafficAuthorizationAction.REQUIRE,
        policy: { matchExpressions: [callersExpression(workload, (principal) => proofOf(principal))] },
      },
    },
  };
}

/** Who may speak to the server at all. */
export function callersExpression({ callers, allowedOrigins }: WorkloadNode, proofOf: ProofOf): string {
  const callersOf = anyOf(callers.principals, proofOf);
  return allowedOrigins ? `(${callersOf}) && ${originIn(allowedOrigins)}` : callersOf;
}

/** On the server itself, so that it holds whichever way leads there; a ceiling too. */
export function compileItems(server: ToolServerNode, { name }: ToolFront, { proofOf }: FrontMembership): AgentgatewayPolicySpec {
  return {
    targetRefs: [{ group: GROUP, kind: 'AgentgatewayBackend', name }],
    backend: {
      mcp: {
        authorization: {
          action: AgentgatewayPolicySpecBackendMcpAuthorizationAction.REQUIRE,
          policy: { matchExpressions: [itemExpression(server.name, server.workload.items!, (principal) => proofOf(principal))] },
        },
      },
    },
  };
}
