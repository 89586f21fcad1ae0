import { Membership } from './membership';
import { isPath, pathFix } from '../model/names';

/** Where a tool server speaks MCP: one path that no policy reads as a pattern, and that nobody else may ask for. */
export function checkEndpoint(member: Membership, endpointPath: string, healthPath: string | undefined): void {
  if (healthPath !== undefined && bare(healthPath) === bare(endpointPath)) {
    member.report({ message: 'the health path is the MCP endpoint, which would be open to whoever may ask for health', actual: healthPath, expected: 'a path of its own', fix: 'have the server tell its health at another path' });
  }
  if (!isPath(endpointPath) || !/^[A-Za-z0-9._~/-]*$/.test(endpointPath)) {
    member.report({ message: 'the path of the MCP endpoint is not a plain path', actual: endpointPath, expected: '"/" and then letters, digits, ".", "_", "~", "-" and "/", without empty and dot segments', fix: pathFix(endpointPath, 'write it as in "/mcp"') });
  }
}

/** As a server may read it that decodes what it is sent, and takes letters and a last slash lightly. */
function bare(path: string): string {
  const decoded = path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return decoded.toLowerCase().replace(/\/+$/, '');
}
