import { Construct } from 'constructs';
import { Telemetry } from '../../../imports/telemetry.istio.io';
import { emit } from '../emit';

/**
 * Switches on access logs, to standard output, and Prometheus metrics of every gateway and waypoint of a namespace
 * (Istio 1.30, Telemetry). One for all: a second one without a workload selector would make both undefined.
 */
export function emitTelemetry(scope: Construct, id: string, namespace: string): void {
  // Both providers are built in; any other would have to be declared in the mesh configuration, or nothing would be written.
  emit(scope, id, Telemetry, { name: `${namespace}-telemetry`, namespace }, {
    spec: () => ({
      accessLogging: [{ providers: [{ name: 'envoy' }] }],
      metrics: [{ providers: [{ name: 'prometheus' }] }],
    }),
  });
}
