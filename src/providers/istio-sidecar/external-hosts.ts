import { Construct } from 'constructs';
import { ServiceEntry, ServiceEntrySpec, ServiceEntrySpecLocation, ServiceEntrySpecResolution } from '../../../imports/networking.istio.io';
import { EgressNode } from '../../model/egress';
import { emit } from '../emit';

/** Hosts outside the cluster, known to the sidecars of one namespace alone. */
export function emitExternalHosts(scope: Construct, egress: EgressNode): void {
  emit(scope, 'Resource', ServiceEntry, { name: egress.name, namespace: egress.namespace }, { spec: () => compileExternalHosts(egress) });
}

/** A host that workloads of a namespace call; which of them see it, their own views say. */
export function emitHost(scope: Construct, host: Omit<EgressNode, 'origin'>): void {
  emit(scope, 'host', ServiceEntry, { name: host.name, namespace: host.namespace }, { spec: () => compileExternalHosts(host) });
}

/** Over TLS, told apart by the name that a caller asks for. */
function compileExternalHosts({ hostnames, port }: Pick<EgressNode, 'hostnames' | 'port'>): ServiceEntrySpec {
  return {
    hosts: [...hostnames],
    exportTo: ['.'],
    location: ServiceEntrySpecLocation.MESH_UNDERSCORE_EXTERNAL,
    // Resolved by the proxy: a caller that asks for a host's name is sent there, and not to an address of its own choice.
    resolution: ServiceEntrySpecResolution.DNS,
    ports: [{ name: 'tls', number: port, protocol: 'TLS' }],
  };
}
