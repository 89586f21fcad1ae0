import { Located } from './problem';

/** An ingress gateway for clients outside the mesh. */
export interface GatewayNode {
  readonly origin: Located;
  readonly name: string;
  readonly namespace: string;
  /** Main namespace of the mesh, which is part of object names. */
  readonly meshNamespace: string;
  readonly hostnames: readonly string[];
  /** Listeners to which routes attach. */
  readonly listener: ListenerFacts;
  readonly tls?: TlsFacts;
  readonly infrastructureLabels: Readonly<Record<string, string>>;
  /** ServiceAccount of the proxies of an existing Gateway. Undefined if the library creates the Gateway. */
  readonly existingServiceAccount?: string;
  /** CIDRs whose addresses may not connect to the gateway pods. */
  readonly deniedNetworks: readonly string[];
  /** Whether the library emits a policy that allows requests for the hostnames. */
  readonly hostsAllowed: boolean;
}

/** Listeners of a Gateway, selected by name, port or both. A route that sets neither attaches to all listeners. */
export interface ListenerFacts {
  readonly name?: string;
  readonly port?: number;
}

/** HTTPS port, to which routes attach by default. */
export const HTTPS_PORT = 443;

/** Returns whether both selections may include the same listener. */
export function mayOverlap(one: ListenerFacts, other: ListenerFacts): boolean {
  return mayBeEqual(one.name, other.name) && mayBeEqual(one.port, other.port);
}

function mayBeEqual<T>(one: T | undefined, other: T | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}

export interface TlsFacts {
  readonly secretName: string;
  readonly secretNamespace: string;
  /** ConfigMap whose `ca.crt` verifies client certificates. Clients need no certificate if undefined. */
  readonly clientCaConfigMapName?: string;
}
