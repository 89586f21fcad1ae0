import { MeshModel, NamespaceNode } from '../model/mesh';
import { Trait } from '../model/trait';
import { GatewayBackend, MeshBackend } from '../providers/backend';

/** What every construct of a mesh shares. */
export interface MeshContext {
  readonly model: MeshModel;
  readonly mesh: MeshBackend;
  readonly gateway: GatewayBackend;
  /** Enrols a namespace, once. */
  readonly namespace: (name: string) => NamespaceNode;
}

export const meshContext = new Trait<MeshContext>('an AgentMesh');
