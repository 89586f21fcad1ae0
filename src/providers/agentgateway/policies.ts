import { asks, callersExpression, itemExpression } from './cel';
import { secretRefOf } from './servers';
import {
  AgentgatewayPolicySpec, AgentgatewayPolicySpecBackendMcpAuthorizationAction,
  AgentgatewayPolicySpecBackendMcpGuardrailsProcessorsMethods as GuardrailMethod,
  AgentgatewayPolicySpecBackendMcpGuardrailsProcessorsRemoteFailureMode, AgentgatewayPolicySpecStrategyInheritance,
  AgentgatewayPolicySpecTargetRefs, AgentgatewayPolicySpecTrafficAuthorizationAction, AgentgatewayPolicySpecTrafficCors as Cors,
  AgentgatewayPolicySpecTrafficCorsAllowMethods as Method,
  AgentgatewayPolicySpecTrafficJwtAuthentication as JwtAuthentication, AgentgatewayPolicySpecTrafficJwtAuthenticationMcpProvider as Provider,
  AgentgatewayPolicySpecTrafficJwtAuthenticationMode as Mode, AgentgatewayPolicySpecTrafficRateLimit as RateLimit,
  AgentgatewayPolicySpecTrafficRateLimitConditionalPolicyLocalUnit as UnitOfEach,
  AgentgatewayPolicySpecTrafficRateLimitLocalUnit as UnitOfAll,
} from '../../../imports/agentgateway.dev';
import { PAGE_HEADERS, PAGE_METHODS } from '../../model/mcp-http';
import { GuardrailFacts, OAuthFacts, McpProxyNode } from '../../model/mcp-proxy';
import { distinctPrincipals } from '../../model/principal';
import { JwtFacts } from '../../model/request-rule';
import { ToolServerNode, ToolTarget } from '../../model/tool-server';
import { RateLimitFacts, WorkloadNode } from '../../model/workload';
import { CallerMatcher } from '../backend';
import { gatewayRef } from '../istio-shared/istio-targets';

/** The API group of agentgateway's kinds. */
export const GROUP = 'agentgateway.dev';

export function backendRef(name: string): AgentgatewayPolicySpecTargetRefs {
  return { group: GROUP, kind: 'AgentgatewayBackend', name };
}

/** Policy strategy that overrides policies of routes, so that the policy applies to every route. */
const HELD: Pick<AgentgatewayPolicySpec, 'strategy'> = { strategy: { inheritance: AgentgatewayPolicySpecStrategyInheritance.OVERRIDE } };

/**
 * Returns the policy for callers. It targets the Gateway, so it applies to every route. It uses REQUIRE, so no other policy can widen it.
 */
export function compileCallers({ endpoint }: ToolServerNode, { name }: McpProxyNode, matchOf: CallerMatcher): AgentgatewayPolicySpec {
  return {
    targetRefs: [gatewayRef(name)],
    traffic: {
      ...(endpoint.allowedOrigins && endpoint.allowedOrigins.length > 0 && { cors: answerPreflights(endpoint.allowedOrigins) }),
      authorization: {
        action: AgentgatewayPolicySpecTrafficAuthorizationAction.REQUIRE, policy: { matchExpressions: [callersExpression(endpoint, matchOf)] },
      },
    },
  };
}

/**
 * Returns the CORS settings. The proxy answers preflights before it authorizes the caller. The authorization rule decides whether a page
 * may call at all (agentgateway 1.4, CORS).
 */
function answerPreflights(origins: readonly string[]): Cors {
  return { allowOrigins: [...origins], allowMethods: PAGE_METHODS as Method[], allowHeaders: PAGE_HEADERS.sent, exposeHeaders: PAGE_HEADERS.read };
}

/** Returns the policy for items. It targets the backend, so it applies to requests of every route. It also uses REQUIRE. */
export function compileItems({ endpoint }: ToolServerNode, { name, handling }: McpProxyNode, matchOf: CallerMatcher): AgentgatewayPolicySpec {
  return {
    targetRefs: [backendRef(name)],
    backend: {
      mcp: {
        authorization: {
          action: AgentgatewayPolicySpecBackendMcpAuthorizationAction.REQUIRE,
          policy: { matchExpressions: [itemExpression(endpoint, endpoint.items!, matchOf)] },
        },
        ...(handling.guardrails.length > 0 && { guardrails: { processors: handling.guardrails.map(compileGuardrail) } }),
      },
    },
  };
}

/** Headers with the credentials of callers, which guardrail services do not receive. */
const PRIVATE_HEADERS = ['authorization', 'cookie'];

function compileGuardrail({ service: { name, namespace, port }, methods }: GuardrailFacts) {
  return {
    methods: { ...methods } as Record<string, GuardrailMethod>,
    remote: {
      backendRef: { group: '', kind: 'Service', name, namespace, port },
      failureMode: AgentgatewayPolicySpecBackendMcpGuardrailsProcessorsRemoteFailureMode.FAIL_CLOSED,
      disallowedRequestHeaders: PRIVATE_HEADERS,
    },
  };
}

/** Returns the policy that verifies tokens. A verified token is not forwarded unless passthrough is requested. */
export function compileTokens(jwt: JwtFacts, keysName: string, oauth: OAuthFacts | undefined, { name }: McpProxyNode): AgentgatewayPolicySpec {
  return { ...HELD, targetRefs: [gatewayRef(name)], traffic: { jwtAuthentication: jwtAuthentication(jwt, keysName, oauth) } };
}

function jwtAuthentication({ issuer, audiences, keys, required }: JwtFacts, keysName: string, oauth: OAuthFacts | undefined): JwtAuthentication {
  const remote = () => ({ backendRef: { group: GROUP, kind: 'AgentgatewayBackend', name: keysName }, jwksPath: pathOf(keys.uri!) });
  return {
    mode: required ? Mode.STRICT : Mode.OPTIONAL,
    providers: [{
      issuer, ...(audiences.length > 0 && { audiences: [...audiences] }),
      jwks: keys.uri === undefined ? { inline: keys.inline } : { remote: remote() },
    }],
    ...(oauth && {
      mcp: {
        ...(oauth.provider !== undefined && { provider: oauth.provider as Provider }),
        ...(oauth.clientId !== undefined && { clientId: oauth.clientId }),
        resourceMetadata: { resource: oauth.resource, bearerMethodsSupported: ['header'], ...(oauth.scopes.length > 0 && { scopesSupported: [...oauth.scopes] }) },
      },
    }),
  };
}

function pathOf(uri: string): string {
  const { pathname, search } = new URL(uri);
  return `${pathname}${search}`;
}

/** Returns the rate limit: one limit for all callers, or one entry for each caller. The first matching entry applies. */
export function compileRateLimit(
  { callers, requests }: WorkloadNode, limit: RateLimitFacts, { name }: McpProxyNode, matchOf: CallerMatcher,
): AgentgatewayPolicySpec {
  const { requestsPerSecond: total, requestsPerSecondOfCaller: each } = limit;
  const asked = asks(matchOf, requests?.token);
  const nobody = callers.isEmpty; // without callers no entry is needed, but the list must have one
  const rateLimit: RateLimit = each === undefined || nobody
    ? { local: [{ requests: total ?? each, unit: UnitOfAll.SECONDS }] }
    : {
      conditional: distinctPrincipals(callers.principals).map((principal) => ({
        condition: asked(principal), policy: { local: [{ requests: each, unit: UnitOfEach.SECONDS }] },
      })),
    };
  return { ...HELD, targetRefs: [gatewayRef(name)], traffic: { rateLimit } };
}

/** Returns the policy that sends upstream credentials to one server, in place of the credentials of the caller. */
export function compileCredentials({ name: target, credentials }: ToolTarget, { name }: McpProxyNode): AgentgatewayPolicySpec {
  return { targetRefs: [{ ...backendRef(name), sectionName: target }], backend: { auth: { secretRef: secretRefOf(credentials!) } } };
}

/** Returns the policy that forwards the credentials of callers to the servers, which is unsafe. */
export function compilePassthrough({ name }: McpProxyNode): AgentgatewayPolicySpec {
  return { targetRefs: [backendRef(name)], backend: { auth: { passthrough: {} } } };
}

