import { Construct } from 'constructs';
import { ExternalHost } from '../model/external-host';
import { MeshModel, NamespaceNode } from '../model/mesh';
import { Trait } from '../model/trait';
import { Providers } from '../providers/refusals';

/** What every construct of a mesh shares. */
export interface MeshContext extends Providers {
  /** Where what belongs to no construct of its own is made. */
  readonly scope: Construct;
  readonly model: MeshModel;
  /** Enrols a namespace, once. */
  readonly namespace: (name: string) => NamespaceNode;
  /** Lets a host out of a namespace, once, for the workloads that say so. */
  readonly allowExternalHost: (host: ExternalHost) => void;
}

export const meshContext = new Trait<MeshContext>('an AgentMesh');

/** The mesh of what is defined in the scope of none. */
export const memberContext = new Trait<MeshContext>('a member of a mesh');
