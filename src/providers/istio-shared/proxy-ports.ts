/** Ports that the proxies of Istio reserve (Istio 1.30, application requirements). */
const FIRST = 15_000;
const LAST = 15_099;

/** Returns whether a port is used by the proxies of Istio's gateways themselves. */
export function isProxyPort(port: number): boolean {
  return port >= FIRST && port <= LAST;
}
