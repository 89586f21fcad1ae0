import { Construct } from 'constructs';
import { ServiceEntry, ServiceEntrySpecLocation, ServiceEntrySpecResolution } from '../../../imports/networking.istio.io';
import { EgressNode } from '../../model/egress';
import { emit } from '../emit';

/** Hosts outside the cluster, known to the sidecars of one namespace alone: over TLS, told apart by the name that a caller asks for. */
export function emitExternalHosts(scope: Construct, { name, namespace, hostnames, port }: EgressNode): void {
  emit(scope, 'Resource', ServiceEntry, { name, namespace }, {
    spec: () => ({
      hosts: [...hostnames],
      exportTo: ['.'],
      location: ServiceEntrySpecLocation.MESH_UNDERSCORE_EXTERNAL,
      // Resolved by the proxy: a caller that asks for a host's name is sent there, and not to an address of its own choice.
      resolution: ServiceEntrySpecResolution.DNS,
      ports: [{ name: 'tls', number: port, protocol: 'TLS' }],
    }),
  });
}
