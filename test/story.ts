import {
  Agent, AgentMesh, EndpointPicker, InferenceGateway, McpServer, McpServerOptions, McpToolBoundary, McpToolBoundaryProps, Port, Workload,
} from '../src';

export const IMAGE = 'registry.example.com/any:1.0.0';

/** Public keys of an issuer; nobody signs with them. */
export const JWKS = '{"keys":[{"kty":"RSA","n":"xnVo37t2JPPE3Cdot_ZSFeeHnmLWySEC57Ro5vv7_QYS87eR9R6KRy_wFUogOVUF_ch3tJ9glfvZBSZpRKcENGzSAtxD0h1SEM7nr2R2HImzapdBuqNqWr1DIM7gIstq0TB_y_CyoVjNHZ0QULChv-ufEJX38U0tTEWuQgm28vV0fVPSMXv6ELC1qQLQKvFhUlkioXobCHSacWwa82UE-T8rEPdO0acdfQyl6Mdw_89qYcZpUA1LJBQeF9l9Jfi8Cp2ztpicfRsBhSl-G5KUzn_FIbeBp8qdk7ZRgHSMx6wgFwjNTMQ4BRY1QtVAuhS8eodhpNnsqYXFzzuQOVSlLQ","e":"AQAB"}]}';

export const deploy = (ports: number[] = [8000]) => Workload.deploy({ image: IMAGE, ports: ports.map((port) => Port.http(port)) });

export const existing = (name: string, more: Partial<Parameters<typeof Workload.existing>[0]> = {}) =>
  Workload.existing({ labels: { app: name }, serviceAccount: name, ports: [Port.http(8000)], ...more });

/** Props of a boundary beside the options of its only server. */
export type BoundaryOptions = Partial<Omit<McpToolBoundaryProps, 'server'> & McpServerOptions> & { readonly server?: Workload };

/** The props of a boundary: of `servers`, or of one server, to which `path` then belongs. */
export function boundaryProps(options: BoundaryOptions, offered: McpServerOptions = { tools: ['find'] }): McpToolBoundaryProps {
  const {
    server = deploy([8080]), tools = offered.tools, prompts, resources, transport, path, messagesPath, credentials,
    enforcesMirroredHeaders, servesOAuthMetadata, keepsSessions, ...props
  } = options;
  const stated = { transport, messagesPath, credentials, enforcesMirroredHeaders, servesOAuthMetadata, keepsSessions };
  if (props.servers) {
    const ofServer = { ...stated, prompts, resources, server: options.server, tools: options.tools };
    if (Object.values(ofServer).some((one) => one !== undefined)) throw new Error('state it in McpServer');
    return { ...props, path };
  }
  const items = { tools, ...(prompts && { prompts }), ...(resources && { resources }) };
  return { ...props, server: McpServer.of(server, { ...offered, ...items, ...stated, path }) };
}

/** A picker that the team runs. */
export const existingPicker = (name = 'picker') => EndpointPicker.existing(existing(name, { ports: [Port.http(9002)], service: { name, port: 9002 } }));

/** The parts of the voice-agents story, for tests that change one of them. */
export function story(mesh: AgentMesh) {
  const assistant = new Agent(mesh, 'assistant', { versions: { v1: deploy(), v2: deploy() }, stable: 'v1' });
  const gateway = new InferenceGateway(mesh, 'voice-gw', { hostnames: ['voice.example.com'], tls: { secretName: 'voice-tls' } });
  const stable = gateway.addPool('assistant-v1', { workload: assistant.version('v1') });
  const canary = gateway.addPool('assistant-v2', { workload: assistant.version('v2') });
  const route = gateway.addCanary('chat', { stable, canary, percent: 5 });
  const crm = new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find_customer', 'refund'] }) });
  crm.grantAllTools(assistant);
  return { assistant, gateway, stable, canary, route, crm };
}
