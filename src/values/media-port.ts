import { accepted } from '../input/guard';
/** Transport protocol of a media port. */
export enum TransportProtocol {
  /** UDP, the usual protocol of WebRTC media, which no mesh carries. */
  UDP = 'UDP',
  /** TCP, for WebRTC media in networks that block UDP. */
  TCP = 'TCP',
}

/**
 * A pod port that is excluded from the mesh, such as for WebRTC media. It has no mutual TLS, no caller identity and no mesh policies.
 *
 * @example
 * const media = MediaPort.udp(40000);
 */
export class MediaPort {
  /** Returns a UDP media port. */
  public static udp(port: number): MediaPort {
    [port] = accepted('MediaPort.udp', [port]);
    return new MediaPort(port, TransportProtocol.UDP);
  }

  /** Returns a TCP media port. Synth fails if the mesh cannot exclude single ports (Istio ambient). */
  public static tcp(port: number): MediaPort {
    [port] = accepted('MediaPort.tcp', [port]);
    return new MediaPort(port, TransportProtocol.TCP);
  }

  private constructor(
    /** Port number, from 1 to 65535. */
    public readonly port: number,
    /** Transport protocol of the port. */
    public readonly protocol: TransportProtocol,
  ) {}

  /** Returns the port as text such as "UDP 40000". */
  public toString(): string {
    return `${this.protocol} ${this.port}`;
  }
}
