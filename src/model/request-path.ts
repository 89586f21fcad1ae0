/**
 * Returns the path that policies of Envoy compare: without the query, with unreserved characters decoded and dot segments resolved. Escaped
 * and repeated slashes stay (Istio 1.30, pathNormalization BASE).
 */
export function normalizedPath(path: string): string {
  const decoded = path.split('?')[0].replaceAll('\\', '/').replace(/%([0-9a-f]{2})/gi, (escape, hex: string) => {
    const character = String.fromCharCode(parseInt(hex, 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : escape;
  });
  const kept: string[] = [];
  const segments = decoded.split('/').slice(1);
  segments.forEach((segment, i) => {
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
    if (i === segments.length - 1 && (segment === '.' || segment === '..')) kept.push('');
  });
  return `/${kept.join('/')}`;
}
