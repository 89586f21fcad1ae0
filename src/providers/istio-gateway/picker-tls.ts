import { DestinationRuleSpec, DestinationRuleSpecTrafficPolicyPortLevelSettingsTlsMode } from '../../../imports/networking.istio.io';
import { PickerNode } from '../../model/pool';
import { serviceHost } from '../../model/service';

/**
 * Returns a DestinationRule for the self-signed certificate of a picker. The picker creates the certificate at start, so clients cannot
 * verify it. Without this rule every call to the picker fails and the gateway answers 500. The mutual TLS of the mesh still wraps the
 * connection. Other ports of the Service, such as the metrics port, do not use TLS.
 */
export function compilePickerTls({ serviceName, port, workload: { namespace } }: PickerNode): DestinationRuleSpec {
  const tls = { mode: DestinationRuleSpecTrafficPolicyPortLevelSettingsTlsMode.SIMPLE, insecureSkipVerify: true };
  return { host: serviceHost({ name: serviceName, namespace }), trafficPolicy: { portLevelSettings: [{ port: { number: port }, tls }] } };
}
