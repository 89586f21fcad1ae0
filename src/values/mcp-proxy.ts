import { IAgent } from './agent';

/**
 * Whether the MCP proxy prefixes names of tools and prompts with the name of their server and "_", as in "crm_refund" (source:
 * agentgateway 1.4, prefixMode).
 */
export enum McpPrefix {
  /** Names are prefixed only if the boundary has several servers. */
  SEVERAL = 'Conditional',
  /** Names are always prefixed. */
  ALWAYS = 'Always',
  /** Names are never prefixed. Synth fails if two servers of the boundary declare a tool or prompt of the same name. */
  NEVER = 'Never',
}

/** Session handling of the MCP proxy (source: agentgateway 1.4, sessionRouting). */
export enum McpSessionRouting {
  /** The proxy keeps sessions. It encrypts the session state into the session id of the client, so that any proxy pod can serve the next request. */
  STATEFUL = 'Stateful',
  /** The proxy keeps no sessions. Each request is independent, and servers cannot open streams to clients. */
  STATELESS = 'Stateless',
}

/** Direction of the MCP messages that a guardrail service receives. */
export enum GuardrailPhase {
  /** Requests. The proxy checks grants against the original request, before the guardrail service changes it. */
  REQUEST = 'Request',
  /** Responses. */
  RESPONSE = 'Response',
  /** Requests and responses. */
  FULL = 'Full',
}

/**
 * Guardrail service: an external processor that receives MCP messages, including arguments and results, and may reject or change them. It
 * implements the gRPC service `ExtMcp` of the agentgateway `ext_mcp.proto` (source: agentgateway 1.4, guardrails). Use only a
 * service that you trust, because the proxy does not authorize a request again after the service changed it.
 */
export interface McpGuardrail {
  /**
   * Agent that runs the guardrail service, in the namespace of the boundary. The MCP proxy calls its Service over gRPC, and gets the grant
   * for it. The proxy rejects messages while the service is unavailable. An existing Service needs `appProtocol: kubernetes.io/h2c` at its
   * port, otherwise the proxy rejects all messages.
   */
  readonly service: IAgent;
  /**
   * Directions to process by MCP method, such as "tools/call", "tools/*", "*\/list" or "*". Messages of other methods are not sent to the
   * guardrail service.
   */
  readonly methods: { [method: string]: GuardrailPhase };
}

/** Identity providers with non-standard OAuth behavior, to which agentgateway adapts the metadata for clients (source: agentgateway 1.4, McpIDP). */
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

/**
 * OAuth protected resource metadata, which the MCP proxy serves to tell MCP clients where to get tokens (sources: RFC 9728; MCP 2026-07-28,
 * authorization).
 */
export interface McpOAuth {
  /**
   * Resource URI of the boundary, which must be an audience of the tokens. List the URI in `audiences` of `jwt` too: without `audiences`,
   * the MCP proxy also accepts tokens for other resources.
   */
  readonly resource: string;
  /**
   * OAuth scopes that clients may request.
   *
   * @default - the metadata lists no scopes
   */
  readonly scopes?: string[];
  /**
   * Identity provider that issues the tokens, if its behavior is not standard.
   *
   * @default - an identity provider with standard behavior
   */
  readonly identityProvider?: McpIdentityProvider;
  /**
   * OAuth client id for clients that cannot register themselves.
   *
   * @default - clients register themselves
   */
  readonly clientId?: string;
}
