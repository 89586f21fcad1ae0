import { Callers } from './callers';
import { ServiceNode } from './service';

/** A proxy before servers that reads MCP: callers come to it, and the servers' pods admit it alone. */
export interface McpProxyNode {
  readonly name: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Where it listens, and callers call. */
  readonly port: number;
  /** Labels that select its pods. */
  readonly labels: Readonly<Record<string, string>>;
  readonly handling: McpHandling;
}

/** What a proxy that reads MCP is told beside who may use what. */
export interface McpHandling {
  /** When the names of items begin with the name of their server. */
  readonly prefix: 'Conditional' | 'Always' | 'Never';
  /** What becomes of sessions while one of several servers is away. */
  readonly failure: 'FailClosed' | 'FailOpen';
  readonly sessions: 'Stateful' | 'Stateless';
  /** Who is shown messages, and may refuse or change them. */
  readonly guardrails: readonly GuardrailFacts[];
  readonly oauth?: OAuthFacts;
}

export interface GuardrailFacts {
  /** Where the judge is asked, and who may ask it. */
  readonly service: ServiceNode;
  readonly callers: Callers;
  /** What people call it. */
  readonly title: string;
  /** By method of MCP: which way it is judged. */
  readonly methods: Readonly<Record<string, 'Request' | 'Response' | 'Full'>>;
}

/** What clients are told of where they get their tokens (RFC 9728). */
export interface OAuthFacts {
  readonly resource: string;
  readonly scopes: readonly string[];
  readonly provider?: string;
  readonly clientId?: string;
}
