import { DestinationRuleSpec, DestinationRuleSpecTrafficPolicyPortLevelSettingsTlsMode } from '../../../imports/networking.istio.io';
import { PickerNode } from '../../model/pool';

/**
 * The picker makes its own certificate at start, so nobody can verify it; without this rule every call to it fails and
 * the gateway answers 500. The mesh's mutual TLS goes around it all the same. Other ports of its Service, as that of its metrics, speak no TLS.
 */
export function compilePickerTls({ serviceName, port, workload: { namespace } }: PickerNode): DestinationRuleSpec {
  const tls = { mode: DestinationRuleSpecTrafficPolicyPortLevelSettingsTlsMode.SIMPLE, insecureSkipVerify: true };
  return { host: `${serviceName}.${namespace}.svc.cluster.local`, trafficPolicy: { portLevelSettings: [{ port: { number: port }, tls }] } };
}
