import { DestinationRuleSpec, DestinationRuleSpecTrafficPolicyTlsMode } from '../../../imports/networking.istio.io';
import { PickerNode } from '../../model/pool';

/**
 * The picker makes its own certificate at start, so nobody can verify it; without this rule every call to it fails and
 * the gateway answers 500. The mesh's mutual TLS goes around it all the same.
 */
export function compilePickerTls(picker: PickerNode): DestinationRuleSpec {
  return {
    host: `${picker.serviceName}.${picker.workload.namespace}.svc.cluster.local`,
    trafficPolicy: { tls: { mode: DestinationRuleSpecTrafficPolicyTlsMode.SIMPLE, insecureSkipVerify: true } },
  };
}
