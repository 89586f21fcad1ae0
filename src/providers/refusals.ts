import { FeatureSupport, GatewayBackend, McpBackend, MeshBackend } from './backend';
import { refusalWithoutMcpProxy } from './without-mcp-proxy';
import { FEATURES, Feature, Refusal, Role, unsupportedBy } from '../model/feature';

/** The providers of a mesh, by role. Without `mcp` no proxy inspects MCP messages. */
export interface Providers {
  readonly mesh: MeshBackend;
  readonly gateway: GatewayBackend;
  readonly mcp?: McpBackend;
}

/** Returns why none of the providers that decide about a feature supports it, or nothing where one does. */
export function refusalOf(providers: Providers, feature: Feature): Refusal | undefined {
  const refusals = decidersOf(providers, feature)
    .map((provider) => (provider === providers.mesh ? refusalOfMesh(providers.mesh, feature) : provider.refuses(feature)));
  if (refusals.length === 0) return refusalWithoutMcpProxy(providers.mesh, feature);
  return refusals.every((refusal) => refusal !== undefined) ? refusals.at(-1) : undefined;
}

/** The part of a mesh that a feature needs. */
const PARTS: Readonly<Partial<Record<Feature, keyof MeshBackend>>> = {
  'waypoint': 'waypoints', 'mesh-canary': 'routes', 'mesh-timeouts': 'routes', 'mesh-retries': 'routes', 'named-hosts': 'externalHosts', 'egress': 'namespaceEgress',
  'federation': 'clusterLinks',
};

/** Returns why a mesh does not support a feature: it declares so, or lacks the part that the feature needs. */
export function refusalOfMesh(mesh: MeshBackend, feature: Feature): Refusal | undefined {
  const part = PARTS[feature];
  return mesh.refuses(feature) ?? (part && !mesh[part] ? unsupportedBy(mesh.label) : undefined);
}

/** Returns the providers of which one must support a feature. */
export function decidersOf(providers: Providers, feature: Feature): FeatureSupport[] {
  const roles: readonly Role[] = FEATURES[feature].decidedBy;
  return roles.flatMap((role) => providers[role] ?? []);
}
