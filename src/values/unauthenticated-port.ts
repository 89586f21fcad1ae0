import { accepted } from '../input/guard';

/** Options of `UnauthenticatedPort.of`. */
export interface UnauthenticatedPortOptions {
  /**
   * Networks (CIDRs) from which callers may connect. The proxy at the pods compares the source address that it sees. If a load
   * balancer or a node replaces the source address, the proxy sees the address of the load balancer or node.
   *
   * @default - every address that reaches the pods: all pods of the cluster, and all clients of load balancers that forward to the port
   */
  readonly networks?: string[];
}

/**
 * A port of the pods that accepts plain text from callers without an identity, and mutual TLS from every caller of the mesh. It must be one
 * of `ports`. Synth fails if the port also serves callers that need a grant.
 *
 * @example
 * const webhook = UnauthenticatedPort.of(9443, { networks: ['10.0.0.0/28'] });
 */
export class UnauthenticatedPort {
  /** Returns a port for callers without an identity, from some networks or from everywhere. */
  public static of(port: number, options?: UnauthenticatedPortOptions): UnauthenticatedPort {
    [port, options = {}] = accepted('UnauthenticatedPort.of', [port, options]);
    return new UnauthenticatedPort(port, options.networks && [...options.networks]);
  }

  private constructor(
    /** Port number of the pods. */
    public readonly port: number,
    /** Networks from which callers may connect. Undefined for every address. */
    public readonly networks?: string[],
  ) {}

  /** Returns the port as text such as "port 9443 from 10.0.0.0/28". */
  public toString(): string {
    return this.networks ? `port ${this.port} from ${this.networks.join(', ')}` : `port ${this.port}`;
  }
}
