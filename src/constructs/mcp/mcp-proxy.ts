import { McpToolBoundaryProps } from './mcp-tool-boundary-props';
import { AgentNode } from '../../model/agent';
import { Caller } from '../../model/callers';
import { GuardrailFacts, McpHandling, OAuthFacts, McpProxyNode } from '../../model/mcp-proxy';
import { ServiceNode } from '../../model/service';
import { opaqueDeclaration, WorkloadNode } from '../../model/workload';
import { FailureMode } from '../../values/failure-mode';
import { McpGuardrail, McpOAuth, McpPrefix, McpSessionRouting } from '../../values/mcp-proxy';
import { agentFacts } from '../agent/agent-facts';
import { isAddress, secretParameters } from '../input/addresses';
import { Membership } from '../membership/membership';

/** Returns the settings of a boundary's MCP proxy. */
export function handlingOf(member: Membership, props: McpToolBoundaryProps, namespace: string): McpHandling {
  const { prefix, failureMode, sessionRouting, guardrails = [], oauth } = props;
  return {
    prefix: prefix ?? McpPrefix.SEVERAL,
    failure: failureMode ?? FailureMode.FAIL_CLOSED,
    sessions: sessionRouting ?? McpSessionRouting.STATEFUL,
    guardrails: guardrails.flatMap((guardrail) => guardrailFacts(member, guardrail, namespace)),
    oauth: oauth && oauthFacts(member, props, oauth),
  };
}

/** Methods that clients can call (MCP 2025-11-25 and 2026-07-28, schema). */
const METHODS = [
  'initialize', 'server/discover', 'ping', 'logging/setLevel', 'completion/complete', 'prompts/list', 'prompts/get', 'resources/list', 'resources/templates/list',
  'resources/read', 'resources/subscribe', 'resources/unsubscribe', 'subscriptions/listen', 'tools/list', 'tools/call', 'tasks/get', 'tasks/list', 'tasks/update',
  'tasks/result', 'tasks/cancel',
];

/** Whether a pattern matches an MCP method: by name, by prefix ("tools/*") or by suffix ("*\/list"). */
function isMethod(text: string): boolean {
  if (text === '*') return true;
  if (text.endsWith('/*')) return METHODS.some((method) => method.startsWith(text.slice(0, -1)));
  return text.startsWith('*/') ? METHODS.some((method) => method.endsWith(text.slice(1))) : METHODS.includes(text);
}

function guardrailFacts(member: Membership, { service: guardrail, methods }: McpGuardrail, namespace: string): GuardrailFacts[] {
  const agent = agentFacts.find(guardrail.asCallee)?.node;
  const workload = agent && onlyOne(agent);
  const service = workload?.service;
  const isHere = agent?.namespace === namespace && member.model.index.agentsAs(namespace, agent.serviceAccount).includes(agent);
  if (!service || !isHere) {
    member.report({ message: 'the MCP proxy cannot reach the guardrail service', actual: `${guardrail.asCallee}`, expected: `an Agent of this mesh in namespace ${namespace}, with exactly one version, which has a Service`, fix: `define such an agent in namespace ${namespace}` });
    return [];
  }
  checkDirect(member, workload, service);
  const named = Object.keys(methods);
  const bad = named.filter((method) => !isMethod(method));
  if (named.length === 0) member.report({ message: '`methods` of a guardrail is empty, so the guardrail service would inspect no message', actual: {}, expected: 'MCP methods and patterns, such as "tools/call", "tools/*", "*/list" and "*"', fix: 'list in `methods` the MCP methods that the guardrail service inspects' });
  if (bad.length > 0) member.report({ message: '`methods` of a guardrail has a method that MCP does not have', actual: bad, expected: `${METHODS.join(', ')}; "tools/*", "*/list", "*"`, fix: 'correct `methods`' });
  return [{ service, callers: agent.callers, title: `${guardrail.asCallee}`, methods }];
}

/** Returns the workload of an agent with a single version. The proxy calls its Service. */
function onlyOne({ versions }: AgentNode): WorkloadNode | undefined {
  return versions.length === 1 ? versions[0].workload : undefined;
}

/**
 * Reports a guardrail service that agentgateway cannot call. agentgateway ignores settings of the Service and connects directly to the
 * pods, but pods behind a waypoint accept connections from that waypoint only.
 */
function checkDirect(member: Membership, workload: WorkloadNode, service: ServiceNode): void {
  const { title, jwt, externalAuthorizer, opaquePorts } = workload;
  const { waypoint, circuitBreaker, connectionPool, targetPort } = service;
  const between = [
    ...waypoint ? [`waypoint ${waypoint.name}`] : [], ...circuitBreaker ? ['circuitBreaker'] : [], ...connectionPool ? ['connectionPool'] : [], ...jwt ? ['jwt'] : [],
    ...externalAuthorizer ? ['externalAuthorizer'] : [], ...opaquePorts.includes(targetPort) ? [opaqueDeclaration(workload, targetPort)] : [],
  ];
  if (between.length === 0) return;
  member.report({
    message: `${title} cannot be a guardrail service: agentgateway calls its pods directly, over gRPC and without a token`, actual: between,
    expected: 'an Agent without `waypoint`, `circuitBreaker`, `connectionPool`, `jwt` and `externalAuthorizer`, with a port that speaks gRPC', fix: opaquePorts.includes(targetPort) ? `remove these settings from the agent, and declare the port as \`Port.grpc(${targetPort})\`` : 'remove these settings from the agent',
  });
}

/** Grants the proxy access to its guardrail services. */
export function grantGuardrailServices({ model }: Membership, title: string, { namespace, serviceAccount, handling }: McpProxyNode): void {
  const proxy: Caller = { title: `the proxy of ${title}`, principal: model.principal(namespace, serviceAccount) };
  for (const { callers } of handling.guardrails) model.grant(callers, proxy);
}

function oauthFacts(member: Membership, { jwt }: McpToolBoundaryProps, { resource, scopes, identityProvider, clientId }: McpOAuth): OAuthFacts {
  if (!jwt || jwt.required === false) {
    member.report({ message: '`oauth` tells clients where to get tokens, but `jwt` does not require a token', actual: resource, expected: '`oauth` together with `jwt` whose `required` is true', fix: 'set `jwt` with `required` true' });
  }
  if (!isAddress(resource)) {
    member.report({ message: '`resource` of `oauth` is not a URI', actual: resource, expected: 'an https:// or http:// URI', fix: 'use the URI at which clients call the boundary' });
  } else if (secretParameters(resource).length > 0) {
    member.report({ message: '`resource` of `oauth` contains a secret, which would be written to the manifest', actual: secretParameters(resource), expected: 'a URI without keys and tokens', fix: 'remove the secret' });
  }
  return { resource, scopes: [...scopes ?? []], provider: identityProvider, clientId };
}
