import { Endpoint } from './request-rule';

/** Path of OAuth protected resource metadata (RFC 9728). The path of a resource follows it. */
export const RESOURCE_METADATA = '/.well-known/oauth-protected-resource';

/** Path of OAuth authorization server metadata (RFC 8414). */
export const ISSUER_METADATA = '/.well-known/oauth-authorization-server';

/** Metadata paths without the path of a resource, which an older client tries. */
export const BARE_METADATA: readonly string[] = [RESOURCE_METADATA, ISSUER_METADATA];

/** Path of client registration below the metadata path, for issuers with a non-standard registration. */
const REGISTRATION = '/client-registration';

/** Returns the endpoints of the metadata that a server serves for its own endpoint. */
export function metadataOf(endpointPath: string): Endpoint[] {
  return [RESOURCE_METADATA, `${RESOURCE_METADATA}${endpointPath}`].map(read);
}

/** Returns the endpoints of the metadata that an MCP proxy serves: also that of the issuer, and client registration if it stands in for the issuer. */
export function metadataAtProxy(endpointPath: string, registersClients: boolean): Endpoint[] {
  const told = BARE_METADATA.flatMap((path) => [path, `${path}${endpointPath}`]).map(read);
  return registersClients ? [...told, { path: `${ISSUER_METADATA}${endpointPath}${REGISTRATION}`, methods: ['POST'] }] : told;
}

function read(path: string): Endpoint {
  return { path, methods: ['GET'] };
}

/** Methods that MCP clients use, and headers that they send and read beyond the safelisted ones (MCP 2026-07-28, transports and authorization). */
export const PAGE_METHODS: readonly string[] = ['GET', 'POST', 'DELETE'];
export const PAGE_HEADERS = {
  sent: ['Authorization', 'Content-Type', 'Last-Event-ID', 'MCP-Protocol-Version', 'Mcp-Method', 'Mcp-Name', 'Mcp-Session-Id'],
  read: ['Mcp-Session-Id', 'WWW-Authenticate'],
};
