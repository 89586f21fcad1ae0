import { McpBackend, MeshBackend } from './backend';
import { accepted } from '../input/guard';
import { Trait } from '../model/trait';

/** Options of `McpProvider.agentgateway`. */
export interface AgentgatewayOptions {
  /**
   * GatewayClass of agentgateway's own controller.
   *
   * @default 'agentgateway'
   */
  readonly gatewayClassName?: string;
}

/**
 * The role of the proxy that inspects MCP messages in front of tool servers.
 *
 * @example
 * new AgentMesh(chart, 'mesh', { namespace: 'voice', mesh: MeshProvider.istioAmbient(), mcp: McpProvider.agentgateway() });
 */
export class McpProvider {
  /**
   * agentgateway with its own controller (agentgateway 1.4). It inspects MCP messages, so that single tools are granted whatever the server
   * itself checks. Needs `MeshProvider.istioAmbient` or `MeshProvider.linkerd`, which tell the proxy who calls.
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
    /** As in a program: "McpProvider.agentgateway". */
    public readonly label: string,
  ) {}
}

// Loaded when a program needs it: what it emits comes with large generated classes.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const agentgateway = () => require('./agentgateway') as typeof import('./agentgateway');

export interface McpProviderFacts {
  /** The options that the program passed to the factory, without defaults. */
  readonly options: object;
  readonly backendOn: (mesh: MeshBackend) => McpBackend;
}

export const mcpProviderFacts = new Trait<McpProviderFacts>('an McpProvider');
