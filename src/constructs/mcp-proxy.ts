import { agentFacts } from './agent-facts';
import { McpToolBoundaryProps } from './mcp-tool-boundary-props';
import { Membership } from './membership';
import { AgentNode } from '../model/agent';
import { Caller } from '../model/callers';
import { ServiceNode } from '../model/service';
import { GuardrailFacts, McpHandling, OAuthFacts, ToolFront } from '../model/tool-front';
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

const METHOD = /^(\*|[a-z]+\/(\*|[A-Za-z_]+)|\*\/[A-Za-z_]+|[a-z]+)$/;

function guardrailFacts(member: Membership, { judge, methods }: McpGuardrail, namespace: string): GuardrailFacts[] {
  const agent = agentFacts.find(judge)?.node;
  const service = agent && serviceOf(agent);
  const isHere = agent?.namespace === namespace && member.model.agents.includes(agent);
  if (!service || !isHere) {
    member.report({ what: 'the judge of a guardrail is none that the proxy could ask', got: judge.title, allowed: `an Agent of this mesh in namespace ${namespace}, in one version that has a Service`, next: 'define it there' });
    return [];
  }
  const bad = Object.keys(methods).filter((method) => !METHOD.test(method));
  if (bad.length > 0 || Object.keys(methods).length === 0) {
    member.report({ what: 'a guardrail is for methods that MCP does not have', got: bad, allowed: 'one or more such as "tools/call", "tools/*", "*/list" or "*"', next: 'correct `methods`' });
  }
  return [{ service, callers: agent.callers, methods: { ...methods } }];
}

/** The Service by which an agent is asked. */
function serviceOf({ versions }: AgentNode): ServiceNode | undefined {
  return versions.length === 1 ? versions[0].workload.service : undefined;
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
  if (!/^https?:\/\/[\x21-\x7e]{1,2000}$/.test(resource) || !URL.canParse(resource)) {
    member.report({ what: 'the resource of `oauth` is no address', got: resource, allowed: 'an https:// or http:// URI', next: 'write it as clients call the boundary' });
  }
  return { resource, scopes: [...scopes ?? []], provider: identityProvider, clientId };
}
