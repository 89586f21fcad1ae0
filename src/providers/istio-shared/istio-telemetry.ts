import { Construct } from 'constructs';
import { Telemetry } from '../../../imports/telemetry.istio.io';
import { emit } from '../emit';

/**
 * Emits a Telemetry that enables access logs on standard output and Prometheus metrics for all gateways and waypoints of a namespace
 * (Istio 1.30, Telemetry). There is one per namespace: a second Telemetry without a workload selector makes the behaviour of both
 * undefined.
 */
export function emitTelemetry(scope: Construct, id: string, namespace: string): void {
  // Both providers are built in. Any other provider must be declared in the mesh configuration, or it logs nothing.
  emit(scope, id, Telemetry, { name: `${namespace}-telemetry`, namespace }, {
    spec: () => ({
      accessLogging: [{ providers: [{ name: 'envoy' }] }],
      metrics: [{ providers: [{ name: 'prometheus' }] }],
    }),
  });
}
