import { ICallee } from './call';

/** When the names of tools and prompts begin with the name of their server and "_", as in "crm_refund" (agentgateway 1.4, prefixMode). */
export enum McpPrefix {
  /** Where several servers are behind one boundary. */
  SEVERAL = 'Conditional',
  /** Always. */
  ALWAYS = 'Always',
  /** Never: a name that two servers have is listed by none of them, and refused. */
  NEVER = 'Never',
}

/** What becomes of sessions while one of several servers is away (agentgateway 1.4, failureMode). */
export enum McpFailureMode {
  /** They fail: nobody takes what is there for all there is. */
  FAIL_CLOSED = 'FailClosed',
  /** They go on with the others. */
  FAIL_OPEN = 'FailOpen',
}

/** Whether the proxy before servers keeps sessions (agentgateway 1.4, sessionRouting). */
export enum McpSessionRouting {
  /** It does, encrypted in what the client is given: any of its pods takes the next request. */
  STATEFUL = 'Stateful',
  /** It does not: each request stands alone, and there are no streams of the server's own. */
  STATELESS = 'Stateless',
}

/** Which way messages are judged. */
export enum GuardrailPhase {
  /** What is asked; what was asked before the judge changed it is then granted or refused. */
  REQUEST = 'Request',
  /** What is answered. */
  RESPONSE = 'Response',
  /** Both. */
  FULL = 'Full',
}

/**
 * Who is shown MCP messages, arguments and results among them, and may refuse or change them: a server of `ExtMcp` in agentgateway's
 * `ext_mcp.proto` (agentgateway 1.4, guardrails). It is trusted: what it makes of a request is not asked for a grant again.
 */
export interface McpGuardrail {
  /**
   * The agent that judges, over gRPC at its Service, in the namespace of the boundary; the proxy is granted to call it. While it is
   * away messages are refused; so they are where the Service is the team's own and its port is not `appProtocol: kubernetes.io/h2c`.
   */
  readonly judge: ICallee;
  /** By method, such as "tools/call", "tools/*", "*\/list" or "*": which way it is judged. What no entry matches is not shown to it. */
  readonly methods: { [method: string]: GuardrailPhase };
}

/** Who issues tokens, where clients need to be told of its ways (agentgateway 1.4, McpIDP). */
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

/** What MCP clients are told of where they get their tokens (RFC 9728, MCP 2026-07-28, authorization). */
export interface McpOAuth {
  /** The URI by which clients know the boundary, as in their tokens' audience. */
  readonly resource: string;
  /**
   * Scopes that clients may ask for.
   *
   * @default - none are named
   */
  readonly scopes?: string[];
  /**
   * Who issues the tokens, where its ways differ from the standard's.
   *
   * @default - somebody who follows the standard
   */
  readonly identityProvider?: McpIdentityProvider;
  /**
   * The client that those use who cannot register one.
   *
   * @default - clients register themselves
   */
  readonly clientId?: string;
}
