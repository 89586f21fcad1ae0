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

/** The servers behind a proxy, and how it speaks to them. */
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
      // With nothing said of it, TLS asks for the host's name and verifies it by what the proxy's system trusts.
      host: place.hostname, port: place.port, path, protocol,
      policies: { tls: {}, ...(credentials && { auth: { secretRef: secretRefOf(credentials) } }) },
    },
  };
}

/** Sent as a bearer token, whatever the key is called (agentgateway 1.4, backend auth). */
export function secretRefOf({ secretName, key }: NonNullable<ToolTarget['credentials']>): { readonly name: string; readonly key: string } {
  return { name: secretName, key };
}
