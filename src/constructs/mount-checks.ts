import { posix } from 'path';
import { Membership } from './membership';

/** Where Kubernetes puts the token of a ServiceAccount (Kubernetes 1.36, ServiceAccount admission); in many images /var/run is a link to /run. */
const TOKEN_PATHS = ['/var/run/secrets/kubernetes.io/serviceaccount', '/run/secrets/kubernetes.io/serviceaccount'];

/** A path without what changes nothing: "." and "..", doubled slashes, a slash at the end. */
export function mountPath(path: string): string {
  return posix.normalize(path).replace(/(?<=.)\/$/, '');
}

/** Folders that can be mounted, each at a place of its own. What is mounted below another one is seen there; a token would be hidden. */
export function checkMounts(member: Membership, paths: readonly string[]): void {
  for (const path of paths) {
    if (!path.startsWith('/')) member.report({ message: 'a path of the container is not absolute', actual: path, expected: 'paths that begin with "/"', fix: 'write the whole path' });
  }
  const mounted = paths.map(mountPath);
  if (mounted.some((path) => path.includes(':') || isWithin(path, '/proc') || path === '/') || new Set(mounted).size !== mounted.length) {
    member.report({ message: 'the writable paths are not ones that can be mounted', actual: paths, expected: 'different paths without ":", neither "/" nor in "/proc"', fix: 'correct `writablePaths`' });
  }
  const hiding = paths.filter((path) => TOKEN_PATHS.some((token) => isWithin(mountPath(path), token)));
  if (hiding.length > 0) {
    member.report({ message: 'a writable path is where Kubernetes puts the token of the ServiceAccount', actual: hiding, expected: `paths that are not in ${TOKEN_PATHS[0]}`, fix: 'have the workload write elsewhere' });
  }
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
