import {
  AgentMesh, AgentMeshProps, Cluster, GatewayApiChannel, GatewayProvider, IstioRelease, LinkerdRelease, McpProvider, MeshProvider,
} from '../../src';
import { providersOf } from '../../src/constructs/mesh/mesh-providers';
import { Feature, Refusal } from '../../src/model/feature';
import { refusalOf } from '../../src/providers/refusals';
import { Manifests } from '../synth';

/** The meshes that every case runs on. */
export const MESHES = ['istioAmbient', 'istioSidecar', 'linkerd'] as const;
export type MeshName = typeof MESHES[number];

/** The least and the most of what is told apart. */
export const OLDEST = Cluster.of({
  istioRelease: IstioRelease.V1_30, linkerdRelease: LinkerdRelease.V2_19, gatewayApiChannel: GatewayApiChannel.STANDARD,
});
export const NEWEST = Cluster.of({
  istioRelease: IstioRelease.V1_31, linkerdRelease: LinkerdRelease.V2_20, gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL,
});

/** The gateway implementations that every case runs behind. */
export const GATEWAYS = ['istio', 'istioAgentgateway'] as const;

/** The components that read requests: an edge gateway alone, or agentgateway in front of tool servers beside the usual edge gateway of the mesh. */
export type GatewayName = typeof GATEWAYS[number] | 'agentgateway';

/** The default edge gateway of a mesh: one whose pods are members. */
export const USUAL_GATEWAY: Readonly<Record<MeshName, typeof GATEWAYS[number]>> = { istioAmbient: 'istio', istioSidecar: 'istio', linkerd: 'istioAgentgateway' };

/** Providers of a mesh on a cluster. */
export type On = Pick<AgentMeshProps, 'mesh' | 'gateway' | 'mcp' | 'cluster'>;

/** A mesh and its gateways on a cluster. */
export function meshOn(name: MeshName, cluster: Cluster, by: GatewayName = USUAL_GATEWAY[name]): On {
  const mesh = MeshProvider[name]();
  return by === 'agentgateway' ? { mesh, mcp: McpProvider.agentgateway(), cluster } : { mesh, gateway: GatewayProvider[by](), cluster };
}

/** Why a mesh cannot do something, by the declarations of its own and of its gateways. */
export function declaredRefusal(name: MeshName, feature: Feature, cluster: Cluster, by?: GatewayName): Refusal | undefined {
  return refusalOf(providersOf(meshOn(name, cluster, by)), feature);
}

/** Something that a program may ask for, and what a mesh that can do it writes. */
export interface Case {
  readonly feature: Feature;
  readonly asks: (mesh: AgentMesh) => void;
  readonly shows: Partial<Record<MeshName, (objects: Manifests) => void>>;
  /** What agentgateway before tool servers writes, in ambient and on Linkerd, where it is asked for this. */
  readonly proxied?: (objects: Manifests) => void;
}
