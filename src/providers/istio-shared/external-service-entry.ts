import { ServiceEntrySpec, ServiceEntrySpecLocation, ServiceEntrySpecPorts, ServiceEntrySpecResolution } from '../../../imports/networking.istio.io';

/**
 * Returns a ServiceEntry for external hosts with DNS resolution. The proxy resolves the host name itself, so a caller cannot choose the
 * address.
 */
export function externalServiceEntry(hosts: readonly string[], ports: readonly ServiceEntrySpecPorts[]): ServiceEntrySpec {
  return {
    hosts: [...hosts],
    location: ServiceEntrySpecLocation.MESH_UNDERSCORE_EXTERNAL,
    resolution: ServiceEntrySpecResolution.DNS,
    ports: [...ports],
  };
}
