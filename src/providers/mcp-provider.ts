import { McpBackend, MeshBackend } from './backend';
import { accepted } from '../input/guard';
import { Trait } from '../model/trait';

/** Options of `McpProvider.agentgateway`. */
export interface AgentgatewayOptions {
  /**
   * Name of the GatewayClass of agentgateway's own controller.
   *
   * @default 'agentgateway'
   */
  readonly gatewayClassName?: string;
}

/**
 * The implementation of the MCP proxies of an AgentMesh. An MCP proxy is in front of the servers of a boundary, and inspects MCP messages.
 *
 * @example
 * new AgentMesh(chart, 'mesh', { namespace: 'voice', mesh: MeshProvider.istioAmbient(), mcp: McpProvider.agentgateway() });
 */
export class McpProvider {
  /**
   * agentgateway with its own controller (agentgateway 1.4). It parses MCP messages, so it authorizes single tools for any MCP server. It
   * needs `MeshProvider.istioAmbient` or `MeshProvider.linkerd`, from which the proxy gets the identity of callers. On other meshes, synth
   * fails for features that only an MCP proxy supports.
   */
  public static agentgateway(options: AgentgatewayOptions = {}): McpProvider {
    [options] = accepted('McpProvider.agentgateway', [options]);
    const className = options.gatewayClassName ?? 'agentgateway';
    return McpProvider._of('McpProvider.agentgateway', { options, backendOn: (mesh) => new (agentgateway().Agentgateway)(mesh, className) });
  }

  /**
   * A proxy of another implementation, for contributors.
   *
   * @internal
   */
  public static _of(label: string, facts: McpProviderFacts): McpProvider {
    const provider = new McpProvider(label);
    mcpProviderFacts.give(provider, facts);
    return provider;
  }

  private constructor(
    /** Name of the factory, such as "McpProvider.agentgateway". */
    public readonly label: string,
  ) {}
}

// Loaded only when a program needs it, because it loads large generated classes.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const agentgateway = () => require('./agentgateway') as typeof import('./agentgateway');

export interface McpProviderFacts {
  /** The options that the program passed to the factory, without defaults. */
  readonly options: object;
  readonly backendOn: (mesh: MeshBackend) => McpBackend;
}

export const mcpProviderFacts = new Trait<McpProviderFacts>('an McpProvider');
