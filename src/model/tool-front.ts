/** A proxy before a server that reads MCP: callers come to it, and the server's pods admit it alone. */
export interface ToolFront {
  readonly name: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Where it listens, and callers call. */
  readonly port: number;
}
