import { Construct } from 'constructs';
import { ServiceEntry } from '../../../imports/networking.istio.io';
import { EgressNode } from '../../model/egress';
import { emit } from '../emit';
import { externalServiceEntry } from '../shared/external-service-entry';

/** Hosts outside the cluster, known to the sidecars of one namespace alone: over TLS, told apart by the name that a caller asks for. */
export function emitExternalHosts(scope: Construct, { name, namespace, hostnames, port }: EgressNode): void {
  emit(scope, 'Resource', ServiceEntry, { name, namespace }, {
    spec: () => ({ ...externalServiceEntry(hostnames, [{ name: 'tls', number: port, protocol: 'TLS' }]), exportTo: ['.'] }),
  });
}
