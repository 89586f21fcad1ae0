import { Construct } from 'constructs';
import { ExternalHostNode } from '../../model/external-host';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { Located } from '../../model/problem';
import { Trait } from '../../model/trait';
import { Providers } from '../../providers/refusals';

/** The state that all constructs of a mesh share. */
export interface MeshContext extends Providers {
  /** Scope of the objects that belong to no construct of their own. */
  readonly scope: Construct;
  readonly model: MeshModel;
  /** Enrolls a namespace and returns it; emits its objects the first time. */
  readonly enrollNamespace: (name: string) => NamespaceNode;
  /** Allows an external host in a namespace, once, for the workloads that name it. */
  readonly allowExternalHost: (host: ExternalHostNode) => void;
}

export const meshContext = new Trait<MeshContext>('an AgentMesh');

/** The mesh of a construct that is defined outside the scope of its mesh. */
export const memberContext = new Trait<MeshContext>('a member of a mesh');

/** Returns the mesh of a node, whose origin is a member of it. */
export function contextOf({ origin }: { readonly origin: Located & { readonly context?: MeshContext } }): MeshContext | undefined {
  return origin.context;
}
