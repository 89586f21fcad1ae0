import {
  AgentgatewayBackendSpec, AgentgatewayBackendSpecMcpFailureMode, AgentgatewayBackendSpecMcpPrefixMode, AgentgatewayBackendSpecMcpSessionRouting,
  AgentgatewayBackendSpecMcpTargets, AgentgatewayBackendSpecMcpTargetsStaticProtocol,
} from '../../../imports/agentgateway.dev';
import { McpHandling } from '../../model/mcp-proxy';
import { ToolServerNode, ToolTarget } from '../../model/tool-server';

const FAILURE: Readonly<Record<McpHandling['failure'], AgentgatewayBackendSpecMcpFailureMode>> = {
  FailClosed: AgentgatewayBackendSpecMcpFailureMode.FAIL_CLOSED, FailOpen: AgentgatewayBackendSpecMcpFailureMode.FAIL_OPEN,
};
const PREFIX: Readonly<Record<McpHandling['prefix'], AgentgatewayBackendSpecMcpPrefixMode>> = {
  Conditional: AgentgatewayBackendSpecMcpPrefixMode.CONDITIONAL,
  Always: AgentgatewayBackendSpecMcpPrefixMode.ALWAYS,
  Never: AgentgatewayBackendSpecMcpPrefixMode.NEVER,
};
const SESSIONS: Readonly<Record<McpHandling['sessions'], AgentgatewayBackendSpecMcpSessionRouting>> = {
  Stateful: AgentgatewayBackendSpecMcpSessionRouting.STATEFUL, Stateless: AgentgatewayBackendSpecMcpSessionRouting.STATELESS,
};
const PROTOCOL: Readonly<Record<ToolTarget['transport'], AgentgatewayBackendSpecMcpTargetsStaticProtocol>> = {
  StreamableHTTP: AgentgatewayBackendSpecMcpTargetsStaticProtocol.STREAMABLE_HTTP, SSE: AgentgatewayBackendSpecMcpTargetsStaticProtocol.SSE,
};

/** Returns the backend of an MCP proxy: its servers, and how the proxy connects to them. */
export function compileServers({ targets }: ToolServerNode, { failure, prefix, sessions }: McpHandling): AgentgatewayBackendSpec {
  return {
    mcp: {
      failureMode: FAILURE[failure],
      prefixMode: PREFIX[prefix],
      sessionRouting: SESSIONS[sessions],
      targets: targets.map(compileTarget),
    },
  };
}

function compileTarget({ name, place, path, transport, credentials }: ToolTarget): AgentgatewayBackendSpecMcpTargets {
  const protocol = PROTOCOL[transport];
  if (place.kind === 'pods') {
    const { service } = place.workload;
    return { name, static: { backendRef: { name: service!.name }, port: service!.port, path, protocol } };
  }
  return {
    name,
    static: {
      // Empty TLS settings send the host name as SNI and verify it with the system trust store of the proxy.
      host: place.hostname, port: place.port, path, protocol,
      policies: { tls: {}, ...(credentials && { auth: { secretRef: secretRefOf(credentials) } }) },
    },
  };
}

/**
 * Returns the Secret reference of upstream credentials. agentgateway sends the value as a bearer token for any name of the key
 * (agentgateway 1.4, backend auth).
 */
export function secretRefOf({ secretName, key }: NonNullable<ToolTarget['credentials']>): { readonly name: string; readonly key: string } {
  return { name: secretName, key };
}
