import { isSecretKey } from './deployment-checks';
import { McpToolBoundaryProps } from './mcp-tool-boundary-props';
import { Membership } from './membership';
import { isPath, isPort, nameProblem, pathFix } from '../model/names';
import { isOutside } from '../model/outside-host';
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
    member.report({ what: 'the boundary says of one server what `servers` say of each', got: server ? ['server', ...besides] : besides, allowed: 'either `server` and what it offers, or `servers`', next: 'state it in McpServer' });
  }
  if (server === undefined && named.length === 0) {
    member.report({ what: 'the boundary has no server', got: servers, allowed: '`server`, or one or more `servers`', next: 'name the MCP server' });
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
  member.report({ what: 'what is asked of requests is said of the boundary and of its server', got: twice, allowed: 'once', next: 'state it of the boundary' });
}

function checkServer(member: Membership, boundary: string, { name, place, tools, path, credentials }: NamedServer): void {
  if (name !== boundary) member.report(nameProblem('the name of the server', name));
  if (tools.length === 0) member.report({ what: name === boundary ? 'the boundary has no tools' : `server ${name} has no tools`, got: tools, allowed: 'one name or more', next: 'name what tools/list gives' });
  if (path !== undefined && !isPath(path)) member.report({ what: `the path of server ${name} is not a plain path`, got: path, allowed: '"/" and then what a path may hold, without query, empty and dot segments', next: pathFix(path, 'write it as in "/mcp"') });
  if (place.kind === 'outside') {
    const { hostname, port } = place;
    if (!isOutside(hostname)) {
      member.report({ what: `server ${name} is no host outside the cluster`, got: hostname, allowed: 'a lower case DNS name with a dot, none of the cluster\'s own', next: 'write it as in "mcp.example.com"; pods of the mesh are `McpServer.of`' });
    }
    if (!isPort(port)) member.report({ what: `the port of server ${name} is none`, got: port, allowed: 'whole numbers from 1 to 65535', next: 'correct it' });
  }
  if (credentials && !isSecretKey(credentials)) {
    member.report({ what: `the credentials of server ${name} are no key of a Secret`, got: credentials, allowed: 'the name of a Secret in the namespace of the boundary, and one of its keys', next: 'correct the reference' });
  }
}
