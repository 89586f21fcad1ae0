import { otherKeys } from './token-policies';
import { ForeignObjects, TreeObject } from './tree-object';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { CheckResult, identified, Problem } from '../../model/problem';

/** Where Istio looks for policies of the whole mesh (Istio 1.30, rootNamespace). */
const ROOT_NAMESPACE = 'istio-system';

const SECURITY = 'security.istio.io';

/** Policies of the team in the namespaces of the mesh, and those for every namespace, which open what the mesh closes. */
export function foreignIstioPolicies(model: MeshModel, foreign: ForeignObjects, namespaces: readonly NamespaceNode[]): Problem[] {
  const own = namespaces.flatMap(({ name }) => foreign.in(name));
  const root = model.namespaces.has(ROOT_NAMESPACE) ? [] : foreign.in(ROOT_NAMESPACE);
  return [
    ...identified('AM103', [...[...own, ...root].flatMap(allowing), ...otherKeys(model, foreign, namespaces.map(({ name }) => name), ROOT_NAMESPACE)]),
    ...identified('AM104', own.flatMap(permissive)),
    ...identified('AM106', [...own, ...root].flatMap(configuringEnvoy)),
    ...identified('AM108', own.flatMap(secondTelemetry)),
  ];
}

/** ALLOW policies add up: one rule that matches is enough, whatever others do not name (Istio 1.30, AuthorizationPolicy). */
function allowing(object: TreeObject): CheckResult[] {
  if (object.group !== SECURITY || object.kind !== 'AuthorizationPolicy') return [];
  const { action = 'ALLOW', rules } = (object.manifest.spec ?? {}) as { readonly action?: string; readonly rules?: readonly unknown[] };
  return action !== 'ALLOW' || !rules || rules.length === 0 ? [] : [{
    path: object.path,
    message: `${object.title} allows what no grant of the mesh names: ALLOW policies add up`,
    actual: rules,
    expected: 'grants (`grantCall`, `grantTools`, `grantAllTools`), or policies that deny',
    fix: 'grant it and drop the policy, or move what it is for to a namespace that is not one of the mesh',
  }];
}

const LAX = ['PERMISSIVE', 'DISABLE'];

interface Mtls { readonly mode?: string }
interface PeerAuthentication { readonly mtls?: Mtls; readonly portLevelMtls?: Readonly<Record<string, Mtls>> }

function permissive(object: TreeObject): CheckResult[] {
  if (object.group !== SECURITY || object.kind !== 'PeerAuthentication') return [];
  const { mtls = {}, portLevelMtls = {} } = (object.manifest.spec ?? {}) as PeerAuthentication;
  const stated = [['every port', mtls] as const, ...Object.entries(portLevelMtls).map(([port, one]) => [`port ${port}`, one] as const)];
  const lax = stated.filter(([, { mode = '' }]) => LAX.includes(mode));
  return lax.length === 0 ? [] : [{
    path: object.path,
    message: `${object.title} accepts plain text, whose sender proves no identity, where the mesh demands mutual TLS`,
    actual: lax.map(([where, { mode }]) => `${where}: ${mode}`),
    expected: 'STRICT',
    fix: 'drop it; callers without an identity need a namespace that is not one of the mesh',
  }];
}

/** What is written into Envoy's configuration can switch off its authorization filter; of kinds that extend it (WasmPlugin, TrafficExtension), all. */
function configuringEnvoy(object: TreeObject): CheckResult[] {
  const isFilter = (object.group === 'networking.istio.io' && object.kind === 'EnvoyFilter') || object.group === 'extensions.istio.io';
  return !isFilter ? [] : [{
    path: object.path,
    message: `${object.title} changes what Envoy does with requests, authorization among it, and no check can tell how`,
    actual: object.kind,
    expected: 'namespaces of the mesh without one',
    fix: 'drop it, or acknowledge it if it changes no authorization',
  }];
}

/** Two of them without a selector in a namespace make both undefined (Istio 1.30, Telemetry). */
function secondTelemetry(object: TreeObject): CheckResult[] {
  if (object.group !== 'telemetry.istio.io' || object.kind !== 'Telemetry') return [];
  const { selector, targetRefs } = (object.manifest.spec ?? {}) as { readonly selector?: unknown; readonly targetRefs?: unknown };
  return selector !== undefined || targetRefs !== undefined ? [] : [{
    path: object.path,
    message: `${object.title} is a second Telemetry for a whole namespace, and Istio then applies either`,
    actual: object.name,
    expected: 'the Telemetry of the mesh, or one with `targetRefs` or a `selector`',
    fix: 'give it `targetRefs`',
  }];
}
