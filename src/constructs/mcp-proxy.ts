import { isAddress, secretParameters } from './addresses';
import { agentFacts } from './agent-facts';
import { McpToolBoundaryProps } from './mcp-tool-boundary-props';
import { Membership } from './membership';
import { AgentNode } from '../model/agent';
import { Caller } from '../model/callers';
import { ServiceNode } from '../model/service';
import { GuardrailFacts, McpHandling, OAuthFacts, ToolFront } from '../model/tool-front';
import { WorkloadNode } from '../model/workload';
import { McpFailureMode, McpGuardrail, McpOAuth, McpPrefix, McpSessionRouting } from '../values/mcp-proxy';

/** What the proxy of a boundary is told. */
export function handlingOf(member: Membership, props: McpToolBoundaryProps, namespace: string): McpHandling {
  const { prefix, failureMode, sessionRouting, guardrails = [], oauth } = props;
  return {
    prefix: prefix ?? McpPrefix.SEVERAL,
    failure: failureMode ?? McpFailureMode.FAIL_CLOSED,
    sessions: sessionRouting ?? McpSessionRouting.STATEFUL,
    guardrails: guardrails.flatMap((guardrail) => guardrailFacts(member, guardrail, namespace)),
    oauth: oauth && oauthFacts(member, props, oauth),
  };
}

/** What clients ask servers for (MCP 2025-11-25 and 2026-07-28, schema). */
const METHODS = [
  'initialize', 'server/discover', 'ping', 'logging/setLevel', 'completion/complete', 'prompts/list', 'prompts/get', 'resources/list', 'resources/templates/list',
  'resources/read', 'resources/subscribe', 'resources/unsubscribe', 'subscriptions/listen', 'tools/list', 'tools/call', 'tasks/get', 'tasks/list', 'tasks/update',
  'tasks/result', 'tasks/cancel',
];

/** Whether some method is meant: by its name, by what it is of ("tools/*"), or by what is done ("*\/list"). */
function isMethod(text: string): boolean {
  if (text === '*') return true;
  if (text.endsWith('/*')) return METHODS.some((method) => method.startsWith(text.slice(0, -1)));
  return text.startsWith('*/') ? METHODS.some((method) => method.endsWith(text.slice(1))) : METHODS.includes(text);
}

function guardrailFacts(member: Membership, { judge, methods }: McpGuardrail, namespace: string): GuardrailFacts[] {
  const agent = agentFacts.find(judge)?.node;
  const workload = agent && onlyOne(agent);
  const service = workload?.service;
  const isHere = agent?.namespace === namespace && member.model.index.agentsAs(namespace, agent.serviceAccount).includes(agent);
  if (!service || !isHere) {
    member.report({ what: 'the judge of a guardrail is none that the proxy could ask', got: judge.title, allowed: `an Agent of this mesh in namespace ${namespace}, in one version that has a Service`, next: 'define it there' });
    return [];
  }
  checkDirect(member, workload, service);
  const named = Object.keys(methods);
  const bad = named.filter((method) => !isMethod(method));
  if (named.length === 0) member.report({ what: 'a guardrail names no method, and would judge nothing', got: {}, allowed: '"tools/call", "tools/*", "*/list", "*" and the like', next: 'name what is judged' });
  if (bad.length > 0) member.report({ what: 'a guardrail is for methods that MCP does not have, and would not judge them', got: bad, allowed: `${METHODS.join(', ')}; "tools/*", "*/list", "*"`, next: 'correct `methods`' });
  return [{ service, callers: agent.callers, title: judge.title, methods: { ...methods } }];
}

/** The only one that runs of an agent, by whose Service it is asked. */
function onlyOne({ versions }: AgentNode): WorkloadNode | undefined {
  return versions.length === 1 ? versions[0].workload : undefined;
}

/** agentgateway goes to the pods, which take messages of a waypoint alone where there is one, and takes no account of what is said of a Service. */
function checkDirect(member: Membership, { title, jwt, externalAuthorizer, opaquePorts }: WorkloadNode, service: ServiceNode): void {
  const { waypoint, circuitBreaker, targetPort } = service;
  const between = [
    ...waypoint ? [`waypoint ${waypoint.name}`] : [], ...circuitBreaker ? ['circuitBreaker'] : [], ...jwt ? ['jwt'] : [],
    ...externalAuthorizer ? ['externalAuthorizer'] : [], ...opaquePorts.includes(targetPort) ? ['opaquePorts'] : [],
  ];
  if (between.length === 0) return;
  member.report({
    what: `${title} cannot judge messages: agentgateway asks its pods itself, by gRPC and without a token`, got: between,
    allowed: 'an Agent without `waypoint`, `circuitBreaker`, `jwt` and `externalAuthorizer`, and a port that is not in `opaquePorts`', next: 'drop what stands before it',
  });
}

/** Has the proxy admitted by those who judge its messages. */
export function grantJudges({ model }: Membership, title: string, { namespace, serviceAccount, handling }: ToolFront): void {
  const proxy: Caller = { title: `the proxy of ${title}`, principal: model.principal(namespace, serviceAccount) };
  for (const { callers } of handling.guardrails) model.grant(callers, proxy);
}

function oauthFacts(member: Membership, { jwt }: McpToolBoundaryProps, { resource, scopes, identityProvider, clientId }: McpOAuth): OAuthFacts {
  if (!jwt || jwt.required === false) {
    member.report({ what: 'clients are told where to get tokens that nobody asks for', got: resource, allowed: '`oauth` beside a `jwt` that is required', next: 'state `jwt`' });
  }
  if (!isAddress(resource)) {
    member.report({ what: 'the resource of `oauth` is no address', got: resource, allowed: 'an https:// or http:// URI', next: 'write it as clients call the boundary' });
  } else if (secretParameters(resource).length > 0) {
    member.report({ what: 'the resource of `oauth` carries a secret, which would stand in the manifest', got: secretParameters(resource), allowed: 'an address without keys and tokens', next: 'drop it' });
  }
  return { resource, scopes: [...scopes ?? []], provider: identityProvider, clientId };
}
