import { AgentMeshProps } from './agent-mesh-props';
import { defaultGateway, gatewayProviderFacts } from '../../providers/gateway-provider';
import { mcpProviderFacts } from '../../providers/mcp-provider';
import { meshProviderFacts } from '../../providers/mesh-provider';
import { Providers } from '../../providers/refusals';
import { Cluster, clusterFacts } from '../../values/cluster';

type StatedProviders = Pick<AgentMeshProps, 'mesh' | 'gateway' | 'mcp' | 'cluster'>;

/** Returns the providers of a mesh on its cluster, with defaults for those that the props leave out. */
export function providersOf({ mesh: meshProvider, gateway, mcp, cluster = Cluster.of() }: StatedProviders): Providers {
  const facts = clusterFacts.of(cluster);
  const mesh = meshProviderFacts.of(meshProvider).backendOn(facts);
  return {
    mesh,
    gateway: gateway ? gatewayProviderFacts.of(gateway).backendOn(mesh, facts) : defaultGateway(mesh, facts),
    mcp: mcp && mcpProviderFacts.of(mcp).backendOn(mesh),
  };
}

/** Returns the options of the providers and of the cluster, as stated. */
export function statedOptions({ mesh, gateway, mcp, cluster }: StatedProviders): object {
  return {
    mesh: meshProviderFacts.of(mesh).options,
    gateway: gateway && gatewayProviderFacts.of(gateway).options,
    mcp: mcp && mcpProviderFacts.of(mcp).options,
    cluster: cluster && clusterFacts.of(cluster).options,
  };
}
