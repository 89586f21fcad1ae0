import { Principal } from '../model/principal';
import { WorkloadNode } from '../model/workload';

/** A request to a workload, at a port of its Service, or of its pods where it has none or where a pool reaches them. */
export interface Call {
  /** Who calls; none where no identity was proven. */
  readonly caller?: Principal;
  readonly callee: WorkloadNode;
  readonly port: number;
  /** As it is written, with its query. */
  readonly path: string;
  readonly method: string;
  /** What its token says; none where it carries none that is good. */
  readonly token?: TokenSaid;
  /** The web page that it is for; none where no browser sends it. */
  readonly origin?: string;
  /** What it says of itself in headers; nothing where it says nothing that a server checks. */
  readonly mcp?: { readonly method: string; readonly name?: string };
}

/** What a good token says. */
export interface TokenSaid {
  readonly issuer: string;
  readonly subject?: string;
  /** Each as a list: of one value, where it is no list. */
  readonly claims?: Readonly<Record<string, readonly string[]>>;
}

export interface Decision {
  readonly allowed: boolean;
  /** One sentence for people. */
  readonly reason: string;
}
