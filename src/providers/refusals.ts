import { FeatureSupport, GatewayBackend, McpBackend, MeshBackend } from './backend';
import { refusalWithoutMcpProxy } from './without-mcp-proxy';
import { FEATURES, Feature, Refusal, Role, unsupportedBy } from '../model/feature';

/** The providers of a mesh, by role. Without `mcp` no proxy inspects MCP messages. */
export interface Providers {
  readonly mesh: MeshBackend;
  readonly gateway: GatewayBackend;
  readonly mcp?: McpBackend;
}

/** Returns why no provider supports a feature, or nothing if one does. Only the providers in `decidedBy` of the feature count. */
export function refusalOf(providers: Providers, feature: Feature): Refusal | undefined {
  const refusals = decidersOf(providers, feature)
    .map((provider) => (provider === providers.mesh ? refusalOfMesh(providers.mesh, feature) : provider.refuses(feature)));
  if (refusals.length === 0) return refusalWithoutMcpProxy(providers.mesh, feature);
  return refusals.every((refusal) => refusal !== undefined) ? refusals.at(-1) : undefined;
}

/** The property of a MeshBackend that a feature needs. */
const PARTS: Readonly<Partial<Record<Feature, keyof MeshBackend>>> = {
  'waypoint': 'waypoints', 'mesh-canary': 'routes', 'mesh-mirror': 'routes', 'mesh-timeouts': 'routes', 'mesh-retries': 'routes', 'fault-injection': 'routes',
  'named-hosts': 'externalHosts', 'egress': 'namespaceEgress',
  'federation': 'clusterLinks', 'unauthenticated-ports': 'unauthenticatedPorts',
};

/** Returns why a mesh does not support a feature: the mesh declares it as unsupported, or lacks the property that the feature needs. */
export function refusalOfMesh(mesh: MeshBackend, feature: Feature): Refusal | undefined {
  const part = PARTS[feature];
  return mesh.refuses(feature) ?? (part && !mesh[part] ? unsupportedBy(mesh.label) : undefined);
}

/** Returns the providers that decide about a feature. One of them must support it. */
export function decidersOf(providers: Providers, feature: Feature): FeatureSupport[] {
  const roles: readonly Role[] = FEATURES[feature].decidedBy;
  return roles.flatMap((role) => providers[role] ?? []);
}
