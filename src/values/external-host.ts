import { accepted } from '../input/guard';
import { EXTERNAL_PORT } from '../model/external-host';

/** Options of `ExternalHost.https`. */
export interface ExternalHostOptions {
  /**
   * Port of the host.
   *
   * @default 443
   */
  readonly port?: number;
}

/**
 * A host outside the cluster, and how it is called.
 *
 * @example
 * const model = ExternalHost.https('api.example.com');
 */
export class ExternalHost {
  /** Returns a host that is called over TLS, by its exact DNS name. */
  public static https(hostname: string, options: ExternalHostOptions = {}): ExternalHost {
    [hostname, options] = accepted('ExternalHost.https', [hostname, options]);
    return new ExternalHost(hostname, options.port ?? EXTERNAL_PORT);
  }

  private readonly text: string;

  private constructor(
    /** DNS name of the host, as callers send it in the TLS server name (SNI). */
    public readonly hostname: string,
    /** Port of the host. */
    public readonly port: number,
  ) {
    this.text = `${hostname}:${port}`;
  }

  /** Returns the host as text such as "api.example.com:443". */
  public toString(): string {
    return this.text;
  }
}
