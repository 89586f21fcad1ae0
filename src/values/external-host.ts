import { accepted } from '../input/guard';
import { EXTERNAL_PORT } from '../model/external-host';

/** Protocol with which an external host is called. It determines whether proxies can identify the host. */
export enum ExternalHostProtocol {
  /** TLS from the first byte. Proxies identify the host by the TLS server name (SNI). */
  TLS = 'TLS',
  /** Any other protocol over TCP, also one that negotiates TLS later, such as PostgreSQL or MySQL. Proxies see no hostname. */
  TCP = 'TCP',
}

/** Options that every factory of `ExternalHost` accepts. */
export interface ExternalHostAddressOptions {
  /**
   * Networks of the addresses of the host, as CIDRs. Set it for a host with private addresses, such as a database in the VPC. With sidecars
   * the pods connect to the host themselves, and by default their NetworkPolicy allows no private addresses. In ambient mode `cidrs` has
   * no effect on the NetworkPolicy, because a waypoint connects to the host. Synth fails for private networks on Linkerd.
   *
   * @default - all public addresses
   */
  readonly cidrs?: string[];
}

/** Options of `ExternalHost.https`. */
export interface ExternalHostOptions extends ExternalHostAddressOptions {
  /**
   * TCP port of the host.
   *
   * @default 443
   */
  readonly port?: number;
}

/**
 * A host outside the cluster, with its port and protocol.
 *
 * @example
 * const model = ExternalHost.https('api.example.com');
 * const database = ExternalHost.tcp('db.example.com', 5432, { cidrs: ['10.20.0.0/24'] });
 */
export class ExternalHost {
  /** Returns a host that is called over TLS, by default at port 443. As in `ExternalHost.tls`, the hostname may begin with "*.". */
  public static https(hostname: string, options: ExternalHostOptions = {}): ExternalHost {
    [hostname, options] = accepted('ExternalHost.https', [hostname, options]);
    return new ExternalHost(hostname, options.port ?? EXTERNAL_PORT, ExternalHostProtocol.TLS, [...options.cidrs ?? []]);
  }

  /**
   * Returns a host that is called over TLS from the first byte, by its DNS name. A hostname such as "*.s3.eu-west-1.amazonaws.com" allows
   * all names below it. The proxies then check only the server name (SNI) that a caller sends, and not the address to which it connects.
   * Synth fails for "*." on Istio ambient.
   */
  public static tls(hostname: string, port: number, options: ExternalHostAddressOptions = {}): ExternalHost {
    [hostname, port, options] = accepted('ExternalHost.tls', [hostname, port, options]);
    return new ExternalHost(hostname, port, ExternalHostProtocol.TLS, [...options.cidrs ?? []]);
  }

  /**
   * Returns a host that is called over TCP, by its exact DNS name. Use it for protocols that do not start with TLS: PostgreSQL, MySQL, SMTP
   * and others negotiate TLS first, so proxies see no server name. The mesh does not encrypt this traffic, only the application can. Synth
   * fails on Linkerd.
   */
  public static tcp(hostname: string, port: number, options: ExternalHostAddressOptions = {}): ExternalHost {
    [hostname, port, options] = accepted('ExternalHost.tcp', [hostname, port, options]);
    return new ExternalHost(hostname, port, ExternalHostProtocol.TCP, [...options.cidrs ?? []]);
  }

  /** Protocol with which the host is called. */
  public readonly protocol: ExternalHostProtocol;
  /** Networks of the addresses of the host, as CIDRs. Empty for a host with public addresses. */
  public readonly cidrs: string[];
  private readonly text: string;

  private constructor(
    /** DNS name of the host. Over TLS, callers send it as the server name (SNI). */
    public readonly hostname: string,
    /** TCP port of the host. */
    public readonly port: number,
    protocol: ExternalHostProtocol,
    cidrs: string[],
  ) {
    this.protocol = protocol;
    this.cidrs = cidrs;
    this.text = `${hostname}:${port}`;
  }

  /** Returns the host as text such as "api.example.com:443". */
  public toString(): string {
    return this.text;
  }
}
