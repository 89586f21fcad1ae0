import { McpToolBoundaryProps } from './mcp-tool-boundary-props';
import { isExternal } from '../../model/external-host';
import { isPort, nameProblem } from '../../model/names';
import { McpServer, McpServerDescription, mcpServer, McpTransport } from '../../values/mcp-server';
import { workloadDescription } from '../../values/workload';
import { Membership } from '../membership/membership';
import { isSecretKey } from '../workload/deployment-checks';

/** An MCP server of a boundary, with its name. */
export interface NamedServer extends McpServerDescription {
  /** Key of the server in `servers`. For `server`, it is the name of the boundary. */
  readonly name: string;
  /** Path of its endpoint. */
  readonly endpointPath: string;
}

/** Returns the servers of a boundary: `server`, or those in `servers`. */
export function serversOf(member: Membership, boundary: string, props: McpToolBoundaryProps): NamedServer[] {
  const { server, servers } = props;
  const named = Object.entries(servers ?? {});
  if (server !== undefined && servers !== undefined) {
    member.report({ message: 'the boundary has both `server` and `servers`', actual: ['server', ...named.map(([name]) => name)], expected: 'either `server`, or `servers`', fix: 'move `server` into `servers`, with a name of its own' });
  } else if (server === undefined && named.length === 0) {
    member.report({ message: 'the boundary has no server', actual: servers, expected: '`server`, or one or more `servers`', fix: 'set `server` to the MCP server' });
  }
  const all = server ? [namedServer(boundary, server)] : named.map(([name, one]) => namedServer(name, one)); // setting both was reported
  checkExempt(member, props, all);
  for (const each of all) {
    const texts = { ...each, name: undefined, endpointPath: undefined, place: undefined };
    member.checkTexts(server ? { server: texts } : { servers: { [each.name]: texts } });
    checkServer(member, boundary, each);
    checkTwice(member, props, each);
  }
  return all;
}

function namedServer(name: string, server: McpServer): NamedServer {
  const description = mcpServer.of(server);
  return { ...description, name, endpointPath: description.path ?? (description.transport === McpTransport.SSE ? '/sse' : '/mcp') };
}

/** Reports `exemptPaths` of `jwt`, because a boundary accepts requests at its endpoint only. */
function checkExempt(member: Membership, { jwt }: McpToolBoundaryProps, servers: readonly NamedServer[]): void {
  const ofPods = servers.flatMap(({ place }) => {
    const pods = place.kind === 'pods' ? workloadDescription.of(place.workload) : undefined;
    return pods && pods.kind !== 'bound' ? pods.jwt?.exemptPaths ?? [] : [];
  });
  const stated = [...jwt?.exemptPaths ?? [], ...ofPods];
  if (stated.length === 0) return;
  member.report({ message: '`exemptPaths` of `jwt` has no effect on a boundary, which accepts requests only at its MCP endpoint', actual: stated, expected: '`exemptPaths` of an agent or a gateway', fix: 'remove `exemptPaths`; set `required` to false if only some callers need a token' });
}

/** Reports `jwt` or `rateLimit` that is set on the boundary and also on the pods of its server. */
function checkTwice(member: Membership, { jwt, rateLimit }: McpToolBoundaryProps, { place }: NamedServer): void {
  const pods = place.kind === 'pods' ? workloadDescription.of(place.workload) : undefined;
  if (!pods || pods.kind === 'bound') return;
  const twice = [...jwt && pods.jwt ? ['jwt'] : [], ...rateLimit && pods.rateLimit ? ['rateLimit'] : []];
  if (twice.length === 0) return;
  member.report({ message: '`jwt` or `rateLimit` is set on the boundary and also on its server', actual: twice, expected: 'once', fix: 'set it on the boundary only' });
}

function checkServer(member: Membership, boundary: string, { name, place, tools, credentials }: NamedServer): void {
  if (name !== boundary) member.report(nameProblem('the name of the server', name));
  if (tools.length === 0) member.report({ message: name === boundary ? 'the boundary has no tools' : `server ${name} has no tools`, actual: tools, expected: 'one name or more', fix: 'list the names that tools/list returns' });
  if (place.kind === 'external') {
    const { hostname, port, isTls } = place;
    if (!isExternal(hostname)) {
      member.report({ message: `the host of external server ${name} is not an external DNS name`, actual: hostname, expected: 'a lower case DNS name with a dot, not in the cluster\'s domain', fix: 'write it as in "mcp.example.com"; for pods of the mesh use `McpServer.of`' });
    }
    if (!isTls) member.report({ message: `server ${name} is called over TCP, but MCP servers outside the cluster are called over TLS`, actual: `${hostname}:${port}`, expected: 'a host over TLS', fix: `use \`ExternalHost.tls("${hostname}", ${port})\`` });
    if (!isPort(port)) member.report({ message: `the port of server ${name} is not a valid port`, actual: port, expected: 'whole numbers from 1 to 65535', fix: 'correct the port' });
  }
  if (credentials && !isSecretKey(credentials)) {
    member.report({ message: `\`credentials\` of server ${name} do not refer to a key of a Secret`, actual: credentials, expected: 'the name of a Secret in the namespace of the boundary, and one of its keys', fix: 'correct `secretName` or `key`' });
  }
}
