import { AgentMesh, AgentMeshProps, GatewayApiChannel, GatewayProvider, IstioRelease, LinkerdRelease, MeshProvider } from '../../src';
import { Feature, Refusal } from '../../src/model/feature';
import { refusalOf } from '../../src/providers/backend';
import { gatewayProviderFacts } from '../../src/providers/gateway-provider';
import { meshProviderFacts } from '../../src/providers/mesh-provider';
import { Manifests } from '../synth';

/** The meshes that every case runs on. */
export const MESHES = ['istioAmbient', 'istioSidecar', 'linkerd'] as const;
export type MeshName = typeof MESHES[number];

/** What the cluster has, of what matters to capabilities. */
export interface Cluster {
  readonly istio: IstioRelease;
  readonly linkerd: LinkerdRelease;
  readonly channel: GatewayApiChannel;
}

/** The least and the most of what is told apart. */
export const OLDEST: Cluster = { istio: IstioRelease.V1_30, linkerd: LinkerdRelease.V2_19, channel: GatewayApiChannel.STANDARD };
export const NEWEST: Cluster = { istio: IstioRelease.V1_31, linkerd: LinkerdRelease.V2_20, channel: GatewayApiChannel.EXPERIMENTAL };

/** The doors that every case runs behind. */
export const GATEWAYS = ['istio', 'istioAgentgateway'] as const;

/** Who reads requests: a door alone, or agentgateway before tool servers and the mesh's usual door for what comes from outside. */
export type GatewayName = typeof GATEWAYS[number] | 'agentgateway';

/** The door of a mesh where nothing else is said: one whose pods are members. */
export const USUAL_GATEWAY: Readonly<Record<MeshName, typeof GATEWAYS[number]>> = { istioAmbient: 'istio', istioSidecar: 'istio', linkerd: 'istioAgentgateway' };

/** A mesh and its gateways on a cluster. */
export function meshOn(
  name: MeshName, { istio, linkerd, channel }: Cluster, by: GatewayName = USUAL_GATEWAY[name],
): Pick<AgentMeshProps, 'provider' | 'gateway' | 'gatewayApiChannel'> {
  const provider = name === 'linkerd' ? MeshProvider.linkerd({ release: linkerd }) : MeshProvider[name]({ release: istio });
  const gateway = by === 'agentgateway' ? GatewayProvider.agentgateway({ clients: GatewayProvider[USUAL_GATEWAY[name]]({ release: istio }) }) : GatewayProvider[by]({ release: istio });
  return { provider, gateway, gatewayApiChannel: channel };
}

/** Why a mesh cannot do something, by the declarations of its own and of its gateways. */
export function declaredRefusal(name: MeshName, feature: Feature, cluster: Cluster, by?: GatewayName): Refusal | undefined {
  const { provider, gateway } = meshOn(name, cluster, by);
  const facts = meshProviderFacts.of(provider);
  const mesh = facts.backendOn(cluster.channel);
  return refusalOf(mesh, gatewayProviderFacts.of(gateway).backendOn(mesh, facts.istioRelease, cluster.channel), feature);
}

/** Something that a program may ask for, and what a mesh that can do it writes. */
export interface Case {
  readonly feature: Feature;
  readonly asks: (mesh: AgentMesh) => void;
  readonly shows: Partial<Record<MeshName, (objects: Manifests) => void>>;
  /** What agentgateway before tool servers writes, in ambient and on Linkerd, where it is asked for this. */
  readonly proxied?: (objects: Manifests) => void;
}
