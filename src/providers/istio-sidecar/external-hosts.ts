import { Construct } from 'constructs';
import { ServiceEntry } from '../../../imports/networking.istio.io';
import { EgressNode } from '../../model/egress';
import { emit } from '../emit';
import { externalServiceEntry } from '../istio-shared/external-service-entry';

/**
 * Emits a ServiceEntry for external hosts, visible to the sidecars of one namespace. The sidecars match the TLS server name (SNI) of the
 * caller.
 */
export function emitExternalHosts(scope: Construct, { name, namespace, hostnames, port }: EgressNode): void {
  emit(scope, 'host', ServiceEntry, { name, namespace }, {
    spec: () => ({ ...externalServiceEntry(hostnames, [{ name: 'tls', number: port, protocol: 'TLS' }]), exportTo: ['.'] }),
  });
}
