import { isPath, pathFix } from '../../model/names';
import { Membership } from '../membership/membership';

/** Reports an endpoint path of a tool server that a policy would interpret as a pattern, or that is also the health path of the server. */
export function checkEndpoint(member: Membership, endpointPath: string, probed: readonly string[]): void {
  const healthPath = probed.find((path) => bare(path) === bare(endpointPath));
  if (healthPath !== undefined) {
    member.report({ message: '`healthPath` is also the path of the MCP endpoint, so any client that may send health probes could call the MCP server', actual: healthPath, expected: 'a health path that differs from the MCP endpoint', fix: 'make the MCP server answer probes at another path, and set `healthPath` to it' });
  }
  if (!isPath(endpointPath) || !/^[A-Za-z0-9._~/-]*$/.test(endpointPath)) {
    member.report({ message: 'the path of the MCP endpoint is not a plain path', actual: endpointPath, expected: '"/" followed by letters, digits, ".", "_", "~", "-" and "/", without empty and dot segments', fix: pathFix(endpointPath, 'write it as in "/mcp"') });
  }
}

/** Returns a path as a lenient server may interpret it: decoded, in lower case, and without trailing slashes. */
function bare(path: string): string {
  const decoded = path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return decoded.toLowerCase().replace(/\/+$/, '');
}
