import { KnownPods } from './known-pods';
import { isAdded, KnownLabels, maySelect } from './label-selector';
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
  const pods = new KnownPods(model.index, foreign);
  return [
    ...identified('AM103', [...own, ...root].flatMap((object) => (allowsOthersAlone(model, pods, object) ? [] : allowing(object)))),
    ...identified('AM104', own.flatMap(permissive)),
    ...identified('AM106', [...own, ...root].flatMap(configuringEnvoy)),
    ...identified('AM108', own.flatMap(secondTelemetry)),
  ];
}

/** Pods of a namespace of the team's that nobody describes are its own; a policy of the root namespace is for pods of every namespace. */
function allowsOthersAlone(model: MeshModel, pods: KnownPods, object: TreeObject): boolean {
  if (object.group !== SECURITY || object.kind !== 'AuthorizationPolicy') return false;
  const { selector, targetRefs = [], targetRef } = (object.manifest.spec ?? {}) as Targets;
  const namespace = model.namespaces.get(object.namespace);
  if (!namespace) {
    const refs = [...targetRefs, ...targetRef ? [targetRef] : []];
    if (refs.length > 0) return refs.every(({ kind }) => kind !== 'GatewayClass');
  } else if (!namespace.existing) {return false;}
  const { matchLabels = {} } = selector ?? {};
  if (Object.keys(matchLabels).length === 0 || Object.keys(matchLabels).some(isAdded)) return false;
  if (!namespace && /gateway$/.test(String(matchLabels.istio))) return true; // as Istio's own charts label their gateways
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
    || pods.candidates(namespace, matchLabels).some((workload) => pods.labelsOf(workload).some(selects));
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

/** What is written into Envoy's configuration can switch off its authorization filter. */
function configuringEnvoy(object: TreeObject): CheckResult[] {
  const isFilter = (object.group === 'networking.istio.io' && object.kind === 'EnvoyFilter') || (object.group === 'extensions.istio.io' && object.kind === 'WasmPlugin');
  return !isFilter ? [] : [{
    path: object.path,
    message: `${object.title} changes what Envoy does with requests, authorization among it, and no check can tell how`,
    actual: object.kind,
    expected: 'namespaces of the mesh without one',
    fix: 'drop it, unless it changes no authorization',
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
