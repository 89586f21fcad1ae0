import { Construct } from 'constructs';
import { EgressNode } from '../model/egress';
import { ExternalHostNode } from '../model/external-host';
import { ExternalNetworkNode } from '../model/external-network';
import { MeshModel } from '../model/mesh';

/** External hosts, by workload. */
export interface ExternalHosts {
  /** Whether each port of a host has separate objects. By default the objects of a host are for all its ports. */
  readonly isByPort?: boolean;
  /** Allows a host for the workloads of a namespace that list it. The ids are those of `NamespaceEgress`, or `host` and `callers`. */
  allow(scope: Construct, model: MeshModel, host: ExternalHostNode): void;
}

/** Networks outside the mesh, by workload. */
export interface ExternalNetworks {
  /** Allows a port of a network in a namespace. The ids are `port-<port>`, and `network` for the object that all ports share. */
  allow(scope: Construct, network: ExternalNetworkNode): void;
}

/** External hosts, by namespace. */
export interface NamespaceEgress {
  /** Allows hosts for every pod of a namespace. The id is `host`. */
  allow(scope: Construct, egress: EgressNode): void;
}
