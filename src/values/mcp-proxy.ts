import { IAgent } from './agent';

/**
 * When names of tools and prompts are prefixed with the name of their server and "_", as in "crm_refund" (agentgateway 1.4, prefixMode).
 */
export enum McpPrefix {
  /** Names are prefixed if the boundary has several servers. */
  SEVERAL = 'Conditional',
  /** Names are always prefixed. */
  ALWAYS = 'Always',
  /** Names are never prefixed. A name that two servers share is not listed and is denied. */
  NEVER = 'Never',
}

/** Session handling of the MCP proxy (agentgateway 1.4, sessionRouting). */
export enum McpSessionRouting {
  /** Sessions are kept, encrypted in the session id of the client, so that any proxy pod can serve the next request. */
  STATEFUL = 'Stateful',
  /** Sessions are not kept. Each request is independent, and servers cannot open streams on their own. */
  STATELESS = 'Stateless',
}

/** Direction of the messages that a guardrail processes. */
export enum GuardrailPhase {
  /** Requests. Grants are checked against the original request, before the guardrail changes it. */
  REQUEST = 'Request',
  /** Responses. */
  RESPONSE = 'Response',
  /** Requests and responses. */
  FULL = 'Full',
}

/**
 * External processor that receives MCP messages, including arguments and results, and may reject or change them. It implements the service
 * `ExtMcp` of the agentgateway `ext_mcp.proto` (agentgateway 1.4, guardrails). It is trusted: a request that it changed is not authorized
 * again.
 */
export interface McpGuardrail {
  /**
   * Agent that runs the external processor, called over gRPC at its Service in the namespace of the boundary. The proxy is granted to call
   * it. Messages are rejected while it is unavailable, and also if an existing Service has a port without `appProtocol: kubernetes.io/h2c`.
   */
  readonly service: IAgent;
  /** Phase by MCP method, such as "tools/call", "tools/*", "*\/list" or "*". Methods without a matching entry are not processed. */
  readonly methods: { [method: string]: GuardrailPhase };
}

/** Identity providers with non-standard OAuth behavior that clients must know (agentgateway 1.4, McpIDP). */
export enum McpIdentityProvider {
  /** Auth0. */
  AUTH0 = 'Auth0',
  /** Authentik. */
  AUTHENTIK = 'Authentik',
  /** Descope. */
  DESCOPE = 'Descope',
  /** Microsoft Entra. */
  ENTRA = 'Entra',
  /** Keycloak. */
  KEYCLOAK = 'Keycloak',
  /** Okta. */
  OKTA = 'Okta',
}

/** OAuth protected resource metadata, which tells MCP clients where to get tokens (RFC 9728, MCP 2026-07-28, authorization). */
export interface McpOAuth {
  /** Resource URI of the boundary, as in the audience of the tokens. */
  readonly resource: string;
  /**
   * Scopes that clients may request.
   *
   * @default - no scopes are listed
   */
  readonly scopes?: string[];
  /**
   * Identity provider of the tokens, if it deviates from the standard.
   *
   * @default - an identity provider that follows the standard
   */
  readonly identityProvider?: McpIdentityProvider;
  /**
   * Client id for clients that cannot register themselves.
   *
   * @default - clients register themselves
   */
  readonly clientId?: string;
}
