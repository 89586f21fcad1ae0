import { ServiceEntrySpec, ServiceEntrySpecLocation, ServiceEntrySpecPorts, ServiceEntrySpecResolution } from '../../../imports/networking.istio.io';

/** Hosts outside the cluster, resolved by the proxy: who asks for a host's name is sent there, and not to an address of its own choice. */
export function externalServiceEntry(hosts: readonly string[], ports: readonly ServiceEntrySpecPorts[]): ServiceEntrySpec {
  return {
    hosts: [...hosts],
    location: ServiceEntrySpecLocation.MESH_UNDERSCORE_EXTERNAL,
    resolution: ServiceEntrySpecResolution.DNS,
    ports: [...ports],
  };
}
