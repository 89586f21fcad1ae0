import { isSecretKey } from './deployment-checks';
import { McpToolBoundaryProps } from './mcp-tool-boundary-props';
import { Membership } from './membership';
import { isExternal } from '../model/external-host';
import { isPath, isPort, nameProblem, pathFix } from '../model/names';
import { McpServerDescription, mcpServer, McpTransport } from '../values/mcp-server';
import { workloadDescription } from '../values/workload';

/** A server as a boundary asks for it. */
export interface NamedServer extends McpServerDescription {
  readonly name: string;
  /** Path of its endpoint, as `McpServer` has it; none of `server`, which is at the path of the boundary. */
  readonly endpointPath?: string;
}

/** The servers of a boundary: the one that it is for, or those that it names. */
export function serversOf(member: Membership, boundary: string, props: McpToolBoundaryProps): NamedServer[] {
  const { server, servers, tools = [], prompts, resources, transport, credentials } = props;
  const named = Object.entries(servers ?? {}).map(([name, one]) => ({ ...withPath(mcpServer.of(one)), name }));
  const one = server ? [{ name: boundary, place: { kind: 'pods' as const, workload: server }, tools, prompts, resources, transport, credentials }] : [];
  const ofOne = { tools: props.tools, prompts, resources, transport, credentials };
  const besides = Object.entries(ofOne).filter(([, said]) => said !== undefined).map(([key]) => key);
  if (named.length > 0 && (server !== undefined || besides.length > 0)) {
    member.report({ message: 'the boundary says of one server what `servers` say of each', actual: server ? ['server', ...besides] : besides, expected: 'either `server` and what it offers, or `servers`', fix: 'state it in McpServer' });
  }
  if (server === undefined && named.length === 0) {
    member.report({ message: 'the boundary has no server', actual: servers, expected: '`server`, or one or more `servers`', fix: 'name the MCP server' });
  }
  const all = named.length > 0 ? named : one; // both were refused
  for (const each of all) {
    if (named.length > 0) member.checkTexts({ servers: { [each.name]: { ...each, place: undefined } } }); // the only one is said of the boundary
    checkServer(member, boundary, each);
    checkTwice(member, props, each);
  }
  return all;
}

function withPath(server: McpServerDescription): Omit<NamedServer, 'name'> {
  return { ...server, endpointPath: server.path ?? (server.transport === McpTransport.SSE ? '/sse' : '/mcp') };
}

/** What is asked of requests is said once: of the boundary, or of the server's pods. */
function checkTwice(member: Membership, { jwt, rateLimit }: McpToolBoundaryProps, { place }: NamedServer): void {
  const pods = place.kind === 'pods' ? workloadDescription.of(place.workload) : undefined;
  if (!pods || pods.kind === 'bound') return;
  const twice = [...jwt && pods.jwt ? ['jwt'] : [], ...rateLimit && pods.rateLimit ? ['rateLimit'] : []];
  if (twice.length === 0) return;
  member.report({ message: 'what is asked of requests is said of the boundary and of its server', actual: twice, expected: 'once', fix: 'state it of the boundary' });
}

function checkServer(member: Membership, boundary: string, { name, place, tools, path, credentials }: NamedServer): void {
  if (name !== boundary) member.report(nameProblem('the name of the server', name));
  if (tools.length === 0) member.report({ message: name === boundary ? 'the boundary has no tools' : `server ${name} has no tools`, actual: tools, expected: 'one name or more', fix: 'name what tools/list gives' });
  if (path !== undefined && !isPath(path)) member.report({ message: `the path of server ${name} is not a plain path`, actual: path, expected: '"/" and then what a path may hold, without query, empty and dot segments', fix: pathFix(path, 'write it as in "/mcp"') });
  if (place.kind === 'external') {
    const { hostname, port } = place;
    if (!isExternal(hostname)) {
      member.report({ message: `server ${name} is no host outside the cluster`, actual: hostname, expected: 'a lower case DNS name with a dot, none of the cluster\'s own', fix: 'write it as in "mcp.example.com"; pods of the mesh are `McpServer.of`' });
    }
    if (!isPort(port)) member.report({ message: `the port of server ${name} is none`, actual: port, expected: 'whole numbers from 1 to 65535', fix: 'correct it' });
  }
  if (credentials && !isSecretKey(credentials)) {
    member.report({ message: `the credentials of server ${name} are no key of a Secret`, actual: credentials, expected: 'the name of a Secret in the namespace of the boundary, and one of its keys', fix: 'correct the reference' });
  }
}
