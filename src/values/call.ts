import { ICaller } from './identity';

/** What can be called: an Agent, meaning each of its versions; one of them (`agent.version()`); or an McpToolBoundary. */
export interface ICallee {
  /** What people call it in messages. */
  readonly title: string;
}

/** A request, to ask `AgentMesh.decide` about. */
export interface Call {
  /** What is called. */
  readonly callee: ICallee;
  /**
   * Who calls.
   *
   * @default - somebody who proves no identity
   */
  readonly caller?: ICaller;
  /**
   * The port that is called: of the callee's Service, or of its pods where it has none; or that of the mesh's proxy in its pods, where the
   * mesh's policies hold there (Linkerd: 4191).
   *
   * @default - the one that callers use
   */
  readonly port?: number;
  /**
   * Path of the request.
   *
   * @default - the endpoint of a tool server; "/" of an agent
   */
  readonly path?: string;
  /**
   * Method of the request.
   *
   * @default 'POST'
   */
  readonly method?: string;
  /**
   * Origin of the web page that it is for, such as "https://desk.example.com", as browsers state it. With method OPTIONS it is the preflight of
   * that page.
   *
   * @default - none: no browser sends it
   */
  readonly origin?: string;
  /**
   * The MCP tool that it calls, by the name that callers use.
   *
   * @default - none: it says nothing of itself
   */
  readonly tool?: string;
  /**
   * Issuer of the good token that it carries.
   *
   * @default - none: it carries no token
   */
  readonly tokenIssuer?: string;
  /**
   * Subject of the token that it carries.
   *
   * @default - none
   */
  readonly tokenSubject?: string;
  /**
   * Other claims of the token that it carries.
   *
   * @default - none
   */
  readonly tokenClaims?: { [name: string]: string };
}

/** Whether a call may be made. */
export interface Decision {
  /** Whether it is let through. */
  readonly allowed: boolean;
  /** Why, in one sentence. */
  readonly reason: string;
}
