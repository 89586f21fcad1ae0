import { Workload } from './workload';
import { SecretKeyReference } from './workload-options';
import { EXTERNAL_PORT } from '../model/external-host';
import { Trait } from '../model/trait';

/** How a server speaks MCP. */
export enum McpTransport {
  /** One endpoint, of revision 2025-03-26 and later, those without sessions too. */
  STREAMABLE_HTTP = 'StreamableHTTP',
  /**
   * Streams at one path and messages at another, as before that revision. A stream and its messages must come to one pod: the server
   * has one (`replicas: 1`), or a proxy that reads MCP pins it and speaks streamable HTTP to callers.
   */
  SSE = 'SSE',
}

/** What an MCP server offers by name, and how it speaks. */
export interface McpServerOptions {
  /** Names of its tools, as its `tools/list` gives them. */
  readonly tools: string[];
  /**
   * Names of its prompts, of those that are granted by name.
   *
   * @default - none
   */
  readonly prompts?: string[];
  /**
   * URIs of its resources, of those that are granted by name.
   *
   * @default - none
   */
  readonly resources?: string[];
  /**
   * How it speaks MCP.
   *
   * @default McpTransport.STREAMABLE_HTTP
   */
  readonly transport?: McpTransport;
  /**
   * Path of its endpoint; of the older transport, of its streams.
   *
   * @default '/mcp', or '/sse' of the older transport
   */
  readonly path?: string;
  /**
   * What it is shown in the caller's stead: a key of a Secret in the namespace of the boundary, whose value is the token alone. It is
   * sent as `Authorization: Bearer <token>`; no caller has to have it. Refused where nobody in the path adds it.
   *
   * @default - nothing is added
   */
  readonly credentials?: SecretKeyReference;
}

/** Options of `McpServer.external`. */
export interface ExternalMcpServerOptions extends McpServerOptions {
  /**
   * DNS name of the host, outside the cluster; it is called over TLS and its certificate is verified. Where a waypoint stands
   * before it, callers call it in plain HTTP inside the mesh (`http://mcp.example.com/mcp`); that port is the boundary's for every pod in
   * ambient. By its own ports 443 and 80 the host stays open to pods outside the mesh's namespaces and to workloads without an `egress`.
   */
  readonly hostname: string;
  /**
   * Port of the host.
   *
   * @default 443
   */
  readonly port?: number;
}

/** An MCP server: pods of the mesh, or a host outside the cluster. */
export class McpServer {
  /** Pods, deployed here or the team's own. */
  public static of(workload: Workload, options: McpServerOptions): McpServer {
    return described(new McpServer(), options, { kind: 'pods', workload });
  }

  /** A host outside the cluster that somebody else runs. */
  public static external(options: ExternalMcpServerOptions): McpServer {
    return described(new McpServer(), options, { kind: 'external', hostname: options.hostname, port: options.port ?? EXTERNAL_PORT });
  }

  private constructor() {}
}

export interface McpServerDescription extends McpServerOptions {
  readonly place: { readonly kind: 'pods'; readonly workload: Workload } | { readonly kind: 'external'; readonly hostname: string; readonly port: number };
}

export const mcpServer = new Trait<McpServerDescription>('an McpServer');

function described(
  server: McpServer, { tools, prompts, resources, transport, path, credentials }: McpServerOptions, place: McpServerDescription['place'],
): McpServer {
  mcpServer.give(server, {
    tools: [...tools], prompts: [...prompts ?? []], resources: [...resources ?? []], transport, path, place,
    credentials: credentials && { ...credentials },
  });
  return server;
}
