import { posix } from 'path';
import { PodFacts } from '../../model/pod-facts';
import { Membership } from '../membership/membership';

/**
 * Paths at which Kubernetes mounts the token of a ServiceAccount (Kubernetes 1.36, ServiceAccount admission). In many images /var/run is a
 * link to /run.
 */
const TOKEN_PATHS = ['/var/run/secrets/kubernetes.io/serviceaccount', '/run/secrets/kubernetes.io/serviceaccount'];

/** Returns a normalized path, without ".", "..", doubled slashes and a trailing slash. */
export function mountPath(path: string): string {
  return posix.normalize(path).replace(/(?<=.)\/$/, '');
}

/** Returns the volumes by their normalized mount paths. */
export function mountedVolumes({ volumes }: PodFacts): PodFacts['volumes'] {
  return Object.fromEntries(Object.entries(volumes).map(([path, volume]) => [mountPath(path), volume]));
}

/** Reports paths that cannot be mount paths, or that would hide the token of the ServiceAccount. A mount below another mount is allowed. */
export function checkMounts(member: Membership, writable: readonly string[], volumes: readonly string[] = []): void {
  const paths = [...writable, ...volumes];
  for (const path of paths) {
    if (!path.startsWith('/')) member.report({ message: 'a path in the container is not absolute', actual: path, expected: 'paths that begin with "/"', fix: 'write the full path' });
  }
  const where = volumes.length === 0 ? '`writablePaths`' : '`writablePaths` or `volumes`';
  const mounted = paths.map(mountPath);
  if (mounted.some((path) => path.includes(':') || isWithin(path, '/proc') || path === '/') || new Set(mounted).size !== mounted.length) {
    member.report({ message: `${where} has a path that cannot be mounted, or the same path twice`, actual: paths, expected: 'different absolute paths without ":"; not "/" and no path in "/proc"', fix: `correct ${where}` });
  }
  const hiding = paths.filter((path) => TOKEN_PATHS.some((token) => isWithin(mountPath(path), token)));
  if (hiding.length > 0) {
    member.report({ message: 'a writable path would hide the ServiceAccount token that Kubernetes mounts there', actual: hiding, expected: `paths that are not in ${TOKEN_PATHS[0]}`, fix: 'let the workload write to another path' });
  }
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
