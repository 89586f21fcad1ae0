import { Located } from './problem';
import { JwtFacts } from './request-rule';

/** A gateway of models and agents, for clients outside the mesh or only for callers inside it. */
export interface GatewayNode {
  readonly origin: Located;
  readonly name: string;
  readonly namespace: string;
  /** Main namespace of the mesh, which is part of object names. */
  readonly meshNamespace: string;
  readonly hostnames: readonly string[];
  /** Whether only callers inside the mesh reach the pools of the gateway. It then has no hosts and no proxies of its own. */
  readonly inMesh?: boolean;
  /** Number of inner gateways in each namespace with pools. One if undefined. */
  readonly poolShards?: number;
  /** Listeners to which routes attach. */
  readonly listener: ListenerFacts;
  readonly tls?: TlsFacts;
  /** Whether a load balancer in front of the gateway terminates TLS, so that the listeners accept plain HTTP. */
  readonly plainText?: boolean;
  /** Settings with which istiod creates the Service and the pods. Undefined for an existing Gateway. */
  readonly infrastructure?: GatewayInfrastructure;
  /** JWT validation of client requests. Clients need no token if undefined. */
  readonly jwt?: GatewayJwtFacts;
  readonly infrastructureLabels: Readonly<Record<string, string>>;
  /** ServiceAccount of the proxies of an existing Gateway. Undefined if the library creates the Gateway. */
  readonly existingServiceAccount?: string;
  /** CIDRs whose addresses may not connect to the gateway pods. */
  readonly deniedNetworks: readonly string[];
  /** Whether the library emits a policy that allows requests for the hostnames. */
  readonly hostsAllowed: boolean;
}

/** Settings of the Service and the pods that a controller creates for a Gateway. */
export interface GatewayInfrastructure {
  readonly annotations: Readonly<Record<string, string>>;
  /** Type of the Service: LoadBalancer if undefined. */
  readonly serviceType?: string;
  readonly loadBalancerClass?: string;
  /** Number of proxies in front of the gateway whose `X-Forwarded-For` is trusted. */
  readonly trustedProxies?: number;
}

/** JWT validation at a gateway. */
export interface GatewayJwtFacts extends JwtFacts {
  /** Claims that targets of routes receive as headers, by header name in lower case. */
  readonly claimHeaders: Readonly<Record<string, string>>;
  /** Whether the gateway forwards the token to targets. */
  readonly isForwarded: boolean;
}

/** Listeners of a Gateway, selected by name, port or both. A route that sets neither attaches to all listeners. */
export interface ListenerFacts {
  readonly name?: string;
  readonly port?: number;
}

/** HTTPS port, to which routes attach by default. */
export const HTTPS_PORT = 443;

/** Returns whether both constructs mean the same Gateway object, as several constructs may for an existing one. */
export function isSameGateway(one: Pick<GatewayNode, 'name' | 'namespace'>, other: Pick<GatewayNode, 'name' | 'namespace'>): boolean {
  return one.name === other.name && one.namespace === other.namespace;
}

/** Returns whether both selections may include the same listener. */
export function mayOverlap(one: ListenerFacts, other: ListenerFacts): boolean {
  return mayBeEqual(one.name, other.name) && mayBeEqual(one.port, other.port);
}

function mayBeEqual<T>(one: T | undefined, other: T | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}

export interface TlsFacts {
  readonly secretName: string;
  /** Secrets of single hosts, by hostname. Every other host uses `secretName`. */
  readonly secretNames?: Readonly<Record<string, string>>;
  readonly secretNamespace: string;
  /** ConfigMap whose `ca.crt` verifies client certificates. Clients need no certificate if undefined. */
  readonly clientCaConfigMapName?: string;
}
