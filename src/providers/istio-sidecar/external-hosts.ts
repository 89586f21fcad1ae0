import { Construct } from 'constructs';
import { networkHost } from './egress-view';
import { ServiceEntry, ServiceEntrySpec, ServiceEntrySpecPorts, ServiceEntrySpecResolution } from '../../../imports/networking.istio.io';
import { EgressNode } from '../../model/egress';
import { callersOf, ExternalHostNode, hostName, HostPort, isWildcard, statedPorts } from '../../model/external-host';
import { ExternalNetworkNode, networkName } from '../../model/external-network';
import { MeshModel } from '../../model/mesh';
import { emit } from '../emit';
import { externalServiceEntry } from '../istio-shared/external-service-entry';

/**
 * Emits a ServiceEntry for an external host that workloads name, visible to the sidecars of its namespace. It has the ports that these
 * workloads state.
 */
export function emitNamedHost(scope: Construct, model: MeshModel, host: ExternalHostNode): void {
  const { hostname, namespace } = host;
  emit(scope, 'host', ServiceEntry, { name: hostName(host), namespace }, {
    spec: () => compileHosts([hostname], statedPorts(callersOf(model, host), hostname)),
  });
}

/** Emits a ServiceEntry for the external hosts that a whole namespace may call. */
export function emitExternalHosts(scope: Construct, { name, namespace, hostnames, port, protocol }: EgressNode): void {
  emit(scope, 'host', ServiceEntry, { name, namespace }, { spec: () => compileHosts(hostnames, [{ port, protocol }]) });
}

/**
 * Returns a ServiceEntry that is visible only in its namespace. Sidecars match the TLS server name (SNI) of the caller, or the port for
 * other protocols, and connect to the addresses to which the hostname resolves. A wildcard does not resolve, so sidecars connect to the
 * address that the caller chose.
 */
function compileHosts(hostnames: readonly string[], ports: readonly HostPort[]): ServiceEntrySpec {
  return {
    ...externalServiceEntry(hostnames, ports.map((one) => passedOn(one, ports.length))),
    ...hostnames.some(isWildcard) && { resolution: ServiceEntrySpecResolution.NONE },
    exportTo: ['.'],
  };
}

function passedOn({ port: number, protocol }: HostPort, of: number): ServiceEntrySpecPorts {
  const name = protocol.toLowerCase();
  return { name: of === 1 ? name : `${name}-${number}`, number, protocol };
}

/**
 * Emits a ServiceEntry for a port of a network, with a hostname that no DNS server resolves. Sidecars forward connections to the address
 * that the caller chose. A single address is written without its prefix length, so that Envoy gets a listener for this address and does not
 * share one with HTTP Services at the same port (Istio 1.31, outbound listeners).
 */
export function emitExternalNetwork(scope: Construct, network: ExternalNetworkNode): void {
  const { namespace, cidr, port } = network;
  emit(scope, `port-${port}`, ServiceEntry, { name: `${namespace}-network-${networkName(cidr)}-${port}`, namespace }, {
    spec: () => ({
      ...externalServiceEntry([networkHost(network)], [{ name: 'tcp', number: port, protocol: 'TCP' }]),
      addresses: [cidr.replace(cidr.includes(':') ? /\/128$/ : /\/32$/, '')],
      resolution: ServiceEntrySpecResolution.NONE,
      exportTo: ['.'],
    }),
  });
}
