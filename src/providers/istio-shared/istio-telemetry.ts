import { Construct } from 'constructs';
import { Telemetry, TelemetrySpec } from '../../../imports/telemetry.istio.io';
import { AccessLogFacts } from '../../model/access-logs';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { emit } from '../emit';

/**
 * Emits a Telemetry with the access logs and with Prometheus metrics of all gateways, waypoints and sidecars of a namespace (Istio 1.30,
 * Telemetry). There is one per namespace: a second Telemetry without a workload selector makes the behaviour of both undefined. With
 * AccessLogs.existing, nothing is emitted.
 */
export function emitTelemetry(scope: Construct, id: string, namespace: string, logs: AccessLogFacts): void {
  if (logs.kind === 'existing') return;
  emit(scope, id, Telemetry, { name: `${namespace}-telemetry`, namespace }, { spec: () => compileTelemetry(logs) });
}

/** Returns the Telemetry of a namespace. Its settings replace those of the root namespace and of the mesh configuration. */
function compileTelemetry(logs: Exclude<AccessLogFacts, { kind: 'existing' }>): TelemetrySpec {
  return {
    // Without a provider to disable, Istio falls back to `accessLogFile` of the mesh configuration.
    accessLogging: [logs.kind === 'off' ? { providers: [{ name: 'envoy' }], disabled: true } : { providers: [{ name: logs.name }] }],
    metrics: [{ providers: [{ name: 'prometheus' }] }],
  };
}

/** Reports a provider without a name, which the API server rejects. */
export function unnamedLogProvider({ facts: { origin } }: MeshModel, logs: AccessLogFacts): CheckResult[] {
  return logs.kind !== 'provider' || logs.name !== '' ? [] : [{
    path: origin.path, message: 'AccessLogs.provider got an empty name', actual: logs.name,
    expected: 'the name of a provider in `meshConfig.extensionProviders`', fix: 'pass this name to AccessLogs.provider',
  }];
}
