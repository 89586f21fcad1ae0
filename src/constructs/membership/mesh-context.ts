import { Construct } from 'constructs';
import { ExternalHostNode } from '../../model/external-host';
import { ExternalNetworkNode } from '../../model/external-network';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { Located } from '../../model/problem';
import { Trait } from '../../model/trait';
import { Providers } from '../../providers/refusals';

/** The state that all constructs of a mesh share. */
export interface MeshContext extends Providers {
  /** Scope of the objects that belong to the mesh and not to a single construct. */
  readonly scope: Construct;
  readonly model: MeshModel;
  /** Adds a namespace to the mesh and returns it. The first call for a namespace emits its objects. */
  readonly enrollNamespace: (name: string) => NamespaceNode;
  /** Allows an external host for the workloads of a namespace that list it. Repeated calls emit nothing. */
  readonly allowExternalHost: (host: ExternalHostNode) => void;
  /** Allows a port of a network outside the mesh for the workloads of a namespace that list it. Repeated calls emit nothing. */
  readonly allowExternalNetwork: (network: ExternalNetworkNode) => void;
}

export const meshContext = new Trait<MeshContext>('an AgentMesh');

/** The mesh of a construct that has a `mesh` prop. */
export const memberContext = new Trait<MeshContext>('a member of a mesh');

/** Returns the mesh of a node. */
export function contextOf({ origin }: { readonly origin: Located & { readonly context?: MeshContext } }): MeshContext | undefined {
  return origin.context;
}
