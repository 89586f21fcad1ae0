import { posix } from 'path';
import { Membership } from '../membership/membership';

/**
 * Where Kubernetes mounts the token of a ServiceAccount (Kubernetes 1.36, ServiceAccount admission). In many images /var/run is a link to
 * /run.
 */
const TOKEN_PATHS = ['/var/run/secrets/kubernetes.io/serviceaccount', '/run/secrets/kubernetes.io/serviceaccount'];

/** Returns a path without redundant parts: ".", "..", doubled slashes and a slash at the end. */
export function mountPath(path: string): string {
  return posix.normalize(path).replace(/(?<=.)\/$/, '');
}

/**
 * Reports paths that cannot be mounted, each as a volume of its own. A mount below another one stays visible, but a mount over the token
 * would hide it.
 */
export function checkMounts(member: Membership, paths: readonly string[]): void {
  for (const path of paths) {
    if (!path.startsWith('/')) member.report({ message: 'a path in the container is not absolute', actual: path, expected: 'paths that begin with "/"', fix: 'write the full path' });
  }
  const mounted = paths.map(mountPath);
  if (mounted.some((path) => path.includes(':') || isWithin(path, '/proc') || path === '/') || new Set(mounted).size !== mounted.length) {
    member.report({ message: '`writablePaths` has a path that cannot be mounted, or the same path twice', actual: paths, expected: 'different paths without ":", neither "/" nor in "/proc"', fix: 'correct `writablePaths`' });
  }
  const hiding = paths.filter((path) => TOKEN_PATHS.some((token) => isWithin(mountPath(path), token)));
  if (hiding.length > 0) {
    member.report({ message: 'a writable path would hide the ServiceAccount token that Kubernetes mounts there', actual: hiding, expected: `paths that are not in ${TOKEN_PATHS[0]}`, fix: 'let the workload write to another path' });
  }
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
