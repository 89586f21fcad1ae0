import { Located } from './problem';

/** A door for clients outside the mesh. */
export interface GatewayNode {
  readonly origin: Located;
  readonly name: string;
  readonly namespace: string;
  /** Home of the mesh, which it is named for. */
  readonly meshNamespace: string;
  readonly hostnames: readonly string[];
  /** The listeners to which routes attach. */
  readonly listener: ListenerFacts;
  readonly tls?: TlsFacts;
  readonly infrastructureLabels: Readonly<Record<string, string>>;
  /** The team's own: the ServiceAccount that it says its proxies have. */
  readonly existingServiceAccount?: string;
  /** Networks whose addresses may not connect to its pods. */
  readonly deniedNetworks: readonly string[];
  /** Whether a policy of ours lets requests for its hosts through. */
  readonly hostsAllowed: boolean;
}

/** Listeners of a Gateway, by name, by port or by both; a route without either would attach to all of them. */
export interface ListenerFacts {
  readonly name?: string;
  readonly port?: number;
}

/** Port of HTTPS: where nothing else is stated, routes attach there. */
export const HTTPS_PORT = 443;

/** Whether one listener may be meant by both. */
export function mayOverlap(one: ListenerFacts, other: ListenerFacts): boolean {
  return mayBeEqual(one.name, other.name) && mayBeEqual(one.port, other.port);
}

function mayBeEqual<T>(one: T | undefined, other: T | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}

export interface TlsFacts {
  readonly secretName: string;
  readonly secretNamespace: string;
  /** ConfigMap whose `ca.crt` verifies the certificates that clients must show. */
  readonly clientCaConfigMap?: string;
}
