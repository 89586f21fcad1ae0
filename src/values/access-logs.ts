import { accepted } from '../input/guard';
import { AccessLogFacts } from '../model/access-logs';
import { Trait } from '../model/trait';

/**
 * Access logs of the Envoys of an Istio mesh: gateways, waypoints and sidecars, but not ztunnel (source: Istio 1.31, Telemetry).
 *
 * @example
 * const mesh = MeshProvider.istioAmbient({ accessLogs: AccessLogs.provider('otel') });
 */
export class AccessLogs {
  /**
   * Writes access logs as text to the standard output of the proxies, in Envoy's default format. Emits a Telemetry with Istio's built-in
   * provider "envoy".
   */
  public static envoy(): AccessLogs {
    return new AccessLogs(ENVOY);
  }

  /**
   * Sends access logs to an extension provider, such as OpenTelemetry, by its name in `meshConfig.extensionProviders`. Emits a Telemetry.
   * If the mesh configuration has no provider of this name, Istio reports no error and uses `accessLogFile` of the mesh configuration.
   */
  public static provider(name: string): AccessLogs {
    [name] = accepted('AccessLogs.provider', [name]);
    return new AccessLogs({ kind: 'provider', name });
  }

  /**
   * Disables access logs, also if the mesh configuration or a Telemetry in the root namespace enables them. Emits a Telemetry. Metrics are
   * not affected.
   */
  public static off(): AccessLogs {
    return new AccessLogs({ kind: 'off' });
  }

  /**
   * Emits no Telemetry, so that an existing one applies, in the namespace or in the root namespace. Use it if you have a Telemetry without
   * a selector in the namespace: Istio allows only one, and with two its behaviour is undefined. Your Telemetry must then configure metrics
   * too, because the Telemetry that the library would emit configures access logs and metrics.
   */
  public static existing(): AccessLogs {
    return new AccessLogs({ kind: 'existing' });
  }

  private constructor(facts: AccessLogFacts) {
    accessLogFacts.give(this, facts);
  }
}

/** Provider that Istio declares in every mesh configuration (Istio 1.31, mesh configuration). */
const ENVOY: AccessLogFacts = { kind: 'provider', name: 'envoy' };

export const accessLogFacts = new Trait<AccessLogFacts>('AccessLogs');

/** Returns the access log settings. The default is Envoy's standard output. */
export function accessLogsOf(logs: AccessLogs | undefined): AccessLogFacts {
  return logs ? accessLogFacts.of(logs) : ENVOY;
}
