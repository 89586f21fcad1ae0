import { isPath, pathFix } from '../../model/names';
import { Membership } from '../membership/membership';

/** Reports an endpoint path of a tool server that a policy would read as a pattern, or that is also its health path. */
export function checkEndpoint(member: Membership, endpointPath: string, healthPath: string | undefined): void {
  if (healthPath !== undefined && bare(healthPath) === bare(endpointPath)) {
    member.report({ message: 'the health path is also the MCP endpoint, so everybody who may probe it could call the MCP server', actual: healthPath, expected: 'a health path that differs from the MCP endpoint', fix: 'serve the health check at another path' });
  }
  if (!isPath(endpointPath) || !/^[A-Za-z0-9._~/-]*$/.test(endpointPath)) {
    member.report({ message: 'the path of the MCP endpoint is not a plain path', actual: endpointPath, expected: '"/" followed by letters, digits, ".", "_", "~", "-" and "/", without empty and dot segments', fix: pathFix(endpointPath, 'write it as in "/mcp"') });
  }
}

/** Returns a path as a lenient server may read it: decoded, in lower case, without slashes at the end. */
function bare(path: string): string {
  const decoded = path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return decoded.toLowerCase().replace(/\/+$/, '');
}
