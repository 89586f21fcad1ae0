import { otherClientKeys } from './gateway-tokens';
import { ISTIO_NETWORKING, ISTIO_SECURITY } from './groups';
import { KnownPods } from './known-pods';
import { isAdded, KnownLabels, maySelect } from './label-selector';
import { otherKeys } from './token-policies';
import { ForeignObjects, TreeObject } from './tree-object';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { CheckResult, identified, Problem } from '../../model/problem';

/** Root namespace of Istio, whose policies apply to the whole mesh (Istio 1.30, rootNamespace). */
const ROOT_NAMESPACE = 'istio-system';

/** Reports user-managed policies that allow what the mesh denies, in the namespaces of the mesh and in the root namespace of Istio. */
export function foreignIstioPolicies(model: MeshModel, foreign: ForeignObjects, namespaces: readonly NamespaceNode[]): Problem[] {
  const own = namespaces.flatMap(({ name }) => foreign.in(name));
  const root = model.namespaces.has(ROOT_NAMESPACE) ? [] : foreign.in(ROOT_NAMESPACE);
  const pods = KnownPods.of(model.index, foreign);
  return [
    ...identified('AM103', [
      ...[...own, ...root].filter(isAuthorizationPolicy).filter((object) => !allowsOthersAlone(model, pods, object)).flatMap(allowing),
      ...otherKeys(model, foreign, namespaces.map(({ name }) => name), ROOT_NAMESPACE),
      ...otherClientKeys(model, foreign, ROOT_NAMESPACE),
    ]),
    ...identified('AM104', own.flatMap(permissive)),
    ...identified('AM106', [...own, ...root].flatMap(configuringEnvoy)),
    ...identified('AM108', own.flatMap(secondTelemetry)),
  ];
}

function isAuthorizationPolicy({ group, kind }: TreeObject): boolean {
  return group === ISTIO_SECURITY && kind === 'AuthorizationPolicy';
}

/**
 * Returns whether a policy selects only pods that the program does not describe. In an existing namespace such pods are user-managed. A
 * policy of the root namespace applies to pods of every namespace.
 */
function allowsOthersAlone(model: MeshModel, pods: KnownPods, object: TreeObject): boolean {
  const { selector, targetRefs = [], targetRef } = (object.manifest.spec ?? {}) as Targets;
  const namespace = model.namespaces.get(object.namespace);
  if (!namespace) {
    const refs = [...targetRefs, ...targetRef ? [targetRef] : []];
    if (refs.length > 0) return refs.every(({ kind }) => kind !== 'GatewayClass');
  } else if (!namespace.existing) {
    return false;
  }
  const { matchLabels = {} } = selector ?? {};
  if (Object.keys(matchLabels).length === 0 || Object.keys(matchLabels).some(isAdded)) return false;
  if (!namespace && /gateway$/.test(String(matchLabels.istio))) return true; // charts of Istio label gateways like this
  return (namespace ? [namespace.name] : [...model.namespaces.keys()]).every((name) => !selectsDescribed(model, pods, name, matchLabels));
}

interface Targets {
  readonly selector?: { readonly matchLabels?: Readonly<Record<string, unknown>> };
  readonly targetRefs?: readonly { readonly kind?: string }[];
  readonly targetRef?: { readonly kind?: string };
}

function selectsDescribed(model: MeshModel, pods: KnownPods, namespace: string, matchLabels: Readonly<Record<string, unknown>>): boolean {
  const selects = (known: KnownLabels) => maySelect({ matchLabels }, known);
  const gateways = model.gateways.filter((gateway) => gateway.namespace === namespace);
  return gateways.some(({ infrastructureLabels: labels }) => selects({ labels, isAll: true }))
    || pods.maybeSelected(namespace, { matchLabels }).length > 0;
}

/**
 * Reports user-managed ALLOW policies. They are additive: a request is allowed if a rule of any ALLOW policy matches (Istio 1.30,
 * AuthorizationPolicy).
 */
function allowing(object: TreeObject): CheckResult[] {
  const { action = 'ALLOW', rules } = (object.manifest.spec ?? {}) as { readonly action?: string; readonly rules?: readonly unknown[] };
  return action !== 'ALLOW' || !rules || rules.length === 0 ? [] : [{
    path: object.path,
    message: `${object.title} allows requests for which the program has no grant (a request is allowed if any one ALLOW policy matches it)`,
    actual: rules,
    expected: 'grants (`grantCall`, `grantTools`, `grantAllTools`), or DENY policies',
    fix: 'replace the policy by a grant, or move the policy and its pods to a namespace outside the mesh',
  }];
}

const LAX = ['PERMISSIVE', 'DISABLE'];

interface Mtls { readonly mode?: string }
interface PeerAuthentication { readonly mtls?: Mtls; readonly portLevelMtls?: Readonly<Record<string, Mtls>> }

function permissive(object: TreeObject): CheckResult[] {
  if (object.group !== ISTIO_SECURITY || object.kind !== 'PeerAuthentication') return [];
  const { mtls = {}, portLevelMtls = {} } = (object.manifest.spec ?? {}) as PeerAuthentication;
  const stated = [['every port', mtls] as const, ...Object.entries(portLevelMtls).map(([port, one]) => [`port ${port}`, one] as const)];
  const lax = stated.filter(([, { mode = '' }]) => LAX.includes(mode));
  return lax.length === 0 ? [] : [{
    path: object.path,
    message: `${object.title} allows plain text, which carries no caller identity, to pods for which the mesh requires mutual TLS`,
    actual: lax.map(([where, { mode }]) => `${where}: ${mode}`),
    expected: 'STRICT',
    fix: 'remove the object; state a port for callers without an identity in `unauthenticatedPorts` of its workload, or run its pods in a namespace outside the mesh',
  }];
}

/**
 * Reports user-managed objects that change the Envoy configuration, because they can disable its authorization filter. All WasmPlugins and
 * TrafficExtensions are reported.
 */
function configuringEnvoy(object: TreeObject): CheckResult[] {
  const isFilter = (object.group === ISTIO_NETWORKING && object.kind === 'EnvoyFilter') || object.group === 'extensions.istio.io';
  return !isFilter ? [] : [{
    path: object.path,
    message: `${object.title} changes the Envoy configuration, which can disable authorization, and no check can verify it`,
    actual: object.kind,
    expected: 'no EnvoyFilter or WasmPlugin in the namespaces of the mesh',
    fix: 'remove the object, or acknowledge it if you know that it does not change authorization',
  }];
}

/**
 * Reports a second Telemetry for a whole namespace. Two without a selector make the behaviour of both undefined (Istio 1.30, Telemetry).
 */
function secondTelemetry(object: TreeObject): CheckResult[] {
  if (object.group !== 'telemetry.istio.io' || object.kind !== 'Telemetry') return [];
  const { selector, targetRefs } = (object.manifest.spec ?? {}) as { readonly selector?: unknown; readonly targetRefs?: unknown };
  return selector !== undefined || targetRefs !== undefined ? [] : [{
    path: object.path,
    message: `${object.title} applies to a whole namespace, as the Telemetry of the mesh does, and Istio would apply only one of the two Telemetries`,
    actual: object.name,
    expected: 'only the Telemetry of the mesh, or a Telemetry with `targetRefs` or a `selector`',
    fix: 'set `targetRefs` or `selector` on this Telemetry',
  }];
}
