import { accepted } from '../input/guard';

/** Protocol of a pod port inside the mesh. */
export enum PortProtocol {
  /** HTTP/1.1. */
  HTTP = 'HTTP',
  /** The protocol gRPC, or another protocol over HTTP/2 without TLS. */
  GRPC = 'GRPC',
  /** TLS that the workload itself terminates. Proxies do not inspect it. */
  TLS = 'TLS',
  /** Any protocol other than HTTP. Proxies do not inspect it. */
  TCP = 'TCP',
}

/**
 * A TCP port that the pods of a workload listen on, with its protocol.
 *
 * @example
 * const ports = [Port.http(8080), Port.grpc(9000), Port.tls(8443), Port.tcp(5432)];
 */
export class Port {
  /** Returns a port that speaks HTTP/1.1, as A2A and MCP do. */
  public static http(port: number): Port {
    [port] = accepted('Port.http', [port]);
    return new Port(port, PortProtocol.HTTP);
  }

  /**
   * Returns a port that speaks gRPC or another protocol over HTTP/2 without TLS. Services that the library creates have the `appProtocol`
   * "kubernetes.io/h2c", so that proxies use HTTP/2. An existing Service must already have it.
   */
  public static grpc(port: number): Port {
    [port] = accepted('Port.grpc', [port]);
    return new Port(port, PortProtocol.GRPC);
  }

  /**
   * Returns a port where the workload itself terminates TLS, from the first byte: an HTTPS server, or a database with a certificate of its
   * own. Callers send this TLS inside the mutual TLS of the mesh, and the mesh authorizes callers by identity only. Synth fails for
   * settings that need a proxy to inspect requests: routes, `jwt`, `rateLimit`, tools and `healthPath`. On Istio, Services that the library
   * creates have `appProtocol: tls`; on Linkerd the port is opaque. For a protocol that begins in plain text, such as PostgreSQL, use
   * `Port.tcp`.
   */
  public static tls(port: number): Port {
    [port] = accepted('Port.tls', [port]);
    return new Port(port, PortProtocol.TLS);
  }

  /** Returns a port that does not speak HTTP. Proxies authorize callers by identity only, and do not inspect the traffic. */
  public static tcp(port: number): Port {
    [port] = accepted('Port.tcp', [port]);
    return new Port(port, PortProtocol.TCP);
  }

  private readonly text: string;

  private constructor(
    /** Port number, from 1 to 65535. */
    public readonly number: number,
    /** Protocol of the port. */
    public readonly protocol: PortProtocol,
  ) {
    this.text = `${protocol} ${number}`;
  }

  /** Returns the port as text such as "HTTP 8080". */
  public toString(): string {
    return this.text;
  }
}
