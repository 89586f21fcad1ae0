/** How packets of media travel. */
export enum TransportProtocol {
  /** UDP, as WebRTC's media: no mesh carries it. */
  UDP = 'UDP',
  /** TCP, as WebRTC's media where UDP is blocked. */
  TCP = 'TCP',
}

/** A port of pods that the mesh leaves alone: no identity is proven there, and no policy of the mesh holds. */
export class MediaPort {
  /** A UDP port. */
  public static udp(port: number): MediaPort {
    return new MediaPort(port, TransportProtocol.UDP);
  }

  /** A TCP port; refused where the mesh cannot leave a single port alone. */
  public static tcp(port: number): MediaPort {
    return new MediaPort(port, TransportProtocol.TCP);
  }

  private constructor(
    /** Number of the port, 1 to 65535. */
    public readonly port: number,
    /** How its packets travel. */
    public readonly protocol: TransportProtocol,
  ) {}

  /** As in messages. */
  public toString(): string {
    return `${this.protocol} ${this.port}`;
  }
}
