import { Principal } from '../model/principal';
import { WorkloadNode } from '../model/workload';

/** A request to a workload on a Service port, or on a pod port if it has no Service or a pool reaches it. */
export interface Call {
  /** Identity of the caller. Undefined for unauthenticated calls. */
  readonly caller?: Principal;
  /** Source address of the connection. Undefined if unknown. */
  readonly sourceAddress?: string;
  readonly callee: WorkloadNode;
  readonly port: number;
  /** Path as written, including the query. */
  readonly path: string;
  readonly method: string;
  /** Content of the token. Undefined if the call carries no valid token. */
  readonly token?: TokenSaid;
  /** Value of the Origin header. Undefined if the caller is not a browser. */
  readonly origin?: string;
  /** Mirrored MCP headers. Undefined if the call has none. */
  readonly mcp?: { readonly method: string; readonly name?: string };
}

/** Content of a valid token. */
export interface TokenSaid {
  readonly issuer: string;
  readonly subject?: string;
  /** Values by claim. A claim with a single value is a list of one. */
  readonly claims?: Readonly<Record<string, readonly string[]>>;
}

export interface Decision {
  readonly allowed: boolean;
  /** Whether the call is allowed because the mesh does not restrict it. */
  readonly unrestricted?: boolean;
  /** Reason as one sentence. */
  readonly reason: string;
}
