import { Located } from './problem';

/** A door for clients outside the mesh. */
export interface GatewayNode {
  readonly origin: Located;
  readonly name: string;
  readonly namespace: string;
  /** Home of the mesh, which it is named for. */
  readonly meshNamespace: string;
  readonly hostnames: readonly string[];
  readonly tls?: TlsFacts;
  readonly infrastructureLabels: Readonly<Record<string, string>>;
  /** The team's own: the ServiceAccount that it says its proxies have. */
  readonly existingServiceAccount?: string;
  /** Whether a policy of ours lets requests for its hosts through. */
  readonly hostsAdmitted: boolean;
}

export interface TlsFacts {
  readonly secretName: string;
  readonly secretNamespace: string;
  /** ConfigMap whose `ca.crt` verifies the certificates that clients must show. */
  readonly clientCaConfigMap?: string;
}
