import { accepted } from '../input/guard';

/** Protocol of a pod port inside the mesh. */
export enum PortProtocol {
  /** HTTP/1.1. */
  HTTP = 'HTTP',
  /** The protocol gRPC, or other HTTP/2 without TLS. */
  GRPC = 'GRPC',
  /** Any protocol other than HTTP, which proxies do not inspect. */
  TCP = 'TCP',
}

/**
 * A TCP port that the pods of a workload listen on, with its protocol.
 *
 * @example
 * const ports = [Port.http(8080), Port.grpc(9000), Port.tcp(5432)];
 */
export class Port {
  /** Returns a port that speaks HTTP/1.1. */
  public static http(port: number): Port {
    [port] = accepted('Port.http', [port]);
    return new Port(port, PortProtocol.HTTP);
  }

  /**
   * Returns a port that speaks gRPC or other HTTP/2 without TLS. Services that the library creates set `appProtocol: kubernetes.io/h2c`, so that
   * proxies use HTTP/2. An existing Service must set it itself.
   */
  public static grpc(port: number): Port {
    [port] = accepted('Port.grpc', [port]);
    return new Port(port, PortProtocol.GRPC);
  }

  /** Returns a port that does not speak HTTP. Callers are authorized by identity only, and proxies do not inspect the traffic. */
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
