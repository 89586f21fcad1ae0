import { McpToolBoundaryProps } from './mcp-tool-boundary-props';
import { isExternal } from '../../model/external-host';
import { isPath, isPort, nameProblem, pathFix } from '../../model/names';
import { sortedKeys } from '../../model/sorted-keys';
import { McpServerDescription, mcpServer, McpTransport } from '../../values/mcp-server';
import { workloadDescription } from '../../values/workload';
import { Membership } from '../membership/membership';
import { isSecretKey } from '../workload/deployment-checks';

/** A server, as a boundary requests it. */
export interface NamedServer extends McpServerDescription {
  readonly name: string;
  /** Path of its endpoint, as set in `McpServer`. It is not set for `server`, which uses the path of the boundary. */
  readonly endpointPath?: string;
}

/** Returns the servers of a boundary: `server`, or those in `servers`. */
export function serversOf(member: Membership, boundary: string, props: McpToolBoundaryProps): NamedServer[] {
  const { server, servers, tools = [], prompts, resources, transport, credentials } = props;
  const named = Object.entries(sortedKeys(servers)).map(([name, one]) => ({ ...withPath(mcpServer.of(one)), name }));
  const one = server ? [{ name: boundary, place: { kind: 'pods' as const, workload: server }, tools, prompts, resources, transport, credentials }] : [];
  const ofOne = { tools: props.tools, prompts, resources, transport, credentials };
  const besides = Object.entries(ofOne).filter(([, said]) => said !== undefined).map(([key]) => key);
  if (named.length > 0 && (server !== undefined || besides.length > 0)) {
    member.report({ message: 'the boundary has `servers` and also props of a single server', actual: server ? ['server', ...besides] : besides, expected: 'either `server` and its props, or `servers`', fix: 'move these props into McpServer' });
  }
  if (server === undefined && named.length === 0) {
    member.report({ message: 'the boundary has no server', actual: servers, expected: '`server`, or one or more `servers`', fix: 'set `server` to the MCP server' });
  }
  const all = named.length > 0 ? named : one; // if both are set, both were reported
  for (const each of all) {
    if (named.length > 0) member.checkTexts({ servers: { [each.name]: { ...each, place: undefined } } }); // the texts of a single server were checked with the props of the boundary
    checkServer(member, boundary, each);
    checkTwice(member, props, each);
  }
  return all;
}

function withPath(server: McpServerDescription): Omit<NamedServer, 'name'> {
  return { ...server, endpointPath: server.path ?? (server.transport === McpTransport.SSE ? '/sse' : '/mcp') };
}

/** Reports `jwt` or `rateLimit` that is set on the boundary and also on the pods of its server. */
function checkTwice(member: Membership, { jwt, rateLimit }: McpToolBoundaryProps, { place }: NamedServer): void {
  const pods = place.kind === 'pods' ? workloadDescription.of(place.workload) : undefined;
  if (!pods || pods.kind === 'bound') return;
  const twice = [...jwt && pods.jwt ? ['jwt'] : [], ...rateLimit && pods.rateLimit ? ['rateLimit'] : []];
  if (twice.length === 0) return;
  member.report({ message: '`jwt` or `rateLimit` is set on the boundary and also on its server', actual: twice, expected: 'once', fix: 'set it on the boundary only' });
}

function checkServer(member: Membership, boundary: string, { name, place, tools, path, credentials }: NamedServer): void {
  if (name !== boundary) member.report(nameProblem('the name of the server', name));
  if (tools.length === 0) member.report({ message: name === boundary ? 'the boundary has no tools' : `server ${name} has no tools`, actual: tools, expected: 'one name or more', fix: 'list the names that tools/list returns' });
  if (path !== undefined && !isPath(path)) member.report({ message: `the path of server ${name} is not a plain path`, actual: path, expected: '"/" followed by path characters, without query, empty and dot segments', fix: pathFix(path, 'write it as in "/mcp"') });
  if (place.kind === 'external') {
    const { hostname, port } = place;
    if (!isExternal(hostname)) {
      member.report({ message: `server ${name} is not a host outside the cluster`, actual: hostname, expected: 'a lower case DNS name with a dot, not in the cluster\'s domain', fix: 'write it as in "mcp.example.com"; for pods of the mesh use `McpServer.of`' });
    }
    if (!isPort(port)) member.report({ message: `the port of server ${name} is not a valid port`, actual: port, expected: 'whole numbers from 1 to 65535', fix: 'correct the port' });
  }
  if (credentials && !isSecretKey(credentials)) {
    member.report({ message: `the credentials of server ${name} do not name a key of a Secret`, actual: credentials, expected: 'the name of a Secret in the namespace of the boundary, and one of its keys', fix: 'correct the reference' });
  }
}
