import { Callers } from './callers';
import { ServiceNode } from './service';

/** A proxy in front of MCP servers that inspects MCP messages. Callers call the proxy, and the server pods allow only the proxy. */
export interface McpProxyNode {
  readonly name: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Port on which the proxy listens. */
  readonly port: number;
  /** Labels that select the proxy pods. */
  readonly labels: Readonly<Record<string, string>>;
  readonly handling: McpHandling;
}

/** Settings of an MCP proxy, except authorization. */
export interface McpHandling {
  /** Whether item names are prefixed with the name of their server. */
  readonly prefix: 'Conditional' | 'Always' | 'Never';
  /** What happens to sessions while one of several servers is unavailable. */
  readonly failure: 'FailClosed' | 'FailOpen';
  readonly sessions: 'Stateful' | 'Stateless';
  /** External processors that receive messages and may reject or change them. */
  readonly guardrails: readonly GuardrailFacts[];
  readonly oauth?: OAuthFacts;
}

export interface GuardrailFacts {
  /** Service of the external processor. */
  readonly service: ServiceNode;
  readonly callers: Callers;
  /** Display name in messages. */
  readonly title: string;
  /** Phase in which the messages of each MCP method are processed. */
  readonly methods: Readonly<Record<string, 'Request' | 'Response' | 'Full'>>;
}

/** OAuth protected resource metadata for clients (RFC 9728). */
export interface OAuthFacts {
  readonly resource: string;
  readonly scopes: readonly string[];
  readonly provider?: string;
  readonly clientId?: string;
}
