import { Construct } from 'constructs';
import { authorize, serverRef } from './authorization';
import { portName } from './inbound';
import { AuthorizationPolicy, NetworkAuthentication } from '../../../imports/policy.linkerd.io';
import { MeshModel } from '../../model/mesh';
import { networkText } from '../../model/networks';
import { UnauthenticatedPortFacts, WorkloadNode } from '../../model/workload';
import { emit } from '../emit';

const EVERYWHERE = ['0.0.0.0/0', '::/0'];

/**
 * Emits a second authorization of the Server of each port, by network. A Server accepts a connection that one of its authorizations allows,
 * with or without mutual TLS (Linkerd 2.20, inbound index).
 */
export function emitUnauthenticatedPorts(
  scope: Construct, _model: MeshModel, workload: WorkloadNode, ports: readonly UnauthenticatedPortFacts[],
): void {
  const { namespace } = workload;
  for (const { port, networks = EVERYWHERE } of ports) {
    const server = portName(workload, port);
    const name = `${server}-unauthenticated`;
    emit(scope, `unauthenticated-networks-${port}`, NetworkAuthentication, { name, namespace }, { spec: () => ({ networks: networks.map((cidr) => ({ cidr: networkText(cidr) })) }) });
    emit(scope, `unauthenticated-${port}`, AuthorizationPolicy, { name, namespace }, { spec: () => authorize(serverRef(server), 'NetworkAuthentication', name) });
  }
}
