import { ISTIO_SECURITY } from './groups';
import { KnownPods } from './known-pods';
import { ForeignObjects, TreeObject } from './tree-object';
import { append } from '../../model/lookup';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';

interface Rule { readonly issuer?: string }
interface Ref { readonly kind?: string; readonly name?: string }

interface RequestAuthentication {
  readonly jwtRules?: readonly Rule[];
  readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  readonly targetRefs?: readonly Ref[];
  readonly targetRef?: Ref;
}

/**
 * Reports user-managed policies that accept tokens of an issuer of the mesh with other keys. The token rules of all policies for a target
 * are additive.
 */
export function otherKeys(model: MeshModel, foreign: ForeignObjects, places: readonly string[], root: string): CheckResult[] {
  const own = new Set([...places, ...model.waypoints.map(({ namespace }) => namespace), root]);
  const policies = [...own].flatMap((place) => foreign.in(place)).filter(isRequestAuthentication);
  if (policies.length === 0) return [];
  const verifying = new Set([...model.workloads, ...model.toolServers.map(({ endpoint }) => endpoint)].filter(({ jwt }) => jwt));
  const pods = KnownPods.of(model.index, foreign);
  const byNamespace = new Map<string, WorkloadNode[]>();
  for (const workload of verifying) append(byNamespace, workload.namespace, workload);
  return policies.flatMap((object) => {
    const candidates = object.namespace === root ? [...verifying] : reachedFrom(model, object, byNamespace);
    return added(model, pods, object, candidates);
  });
}

function isRequestAuthentication({ group, kind }: TreeObject): boolean {
  return group === ISTIO_SECURITY && kind === 'RequestAuthentication';
}

/** Returns the workloads to which a policy applies: pods and Services in the namespace of the policy, and every Service behind a waypoint there. */
function reachedFrom(
  { index }: MeshModel, { namespace }: TreeObject, byNamespace: ReadonlyMap<string, readonly WorkloadNode[]>,
): readonly WorkloadNode[] {
  const behind = index.waypointsIn(namespace).flatMap((waypoint) => index.workloadsBehind(waypoint)).filter(({ jwt }) => jwt);
  return [...new Set([...byNamespace.get(namespace) ?? [], ...behind])];
}

function added(model: MeshModel, pods: KnownPods, object: TreeObject, candidates: readonly WorkloadNode[]): CheckResult[] {
  const { jwtRules = [], ...where } = (object.manifest.spec ?? {}) as RequestAuthentication;
  const reached = candidates.filter((workload) => reaches(model, pods, object, where, workload));
  const trusted = new Set(reached.map(({ jwt }) => jwt!.issuer));
  const same = jwtRules.filter(({ issuer }) => trusted.size > 0 && (!issuer || trusted.has(issuer))); // a rule without an issuer accepts tokens of every issuer
  return same.length === 0 ? [] : [{
    path: object.path,
    message: `${object.title} states its own keys for an issuer that \`jwt\` of the mesh names, so ${reached.map(({ title }) => title).join(', ')} would also accept tokens that are signed with these keys`,
    actual: same.map(({ issuer = 'every issuer' }) => issuer),
    expected: 'only issuers that no `jwt` of the mesh names',
    fix: 'state the keys in `jwt` (`jwksUri` or `jwks`), and remove the policy',
  }];
}

function reaches(
  model: MeshModel, pods: KnownPods, object: TreeObject, { selector, targetRefs, targetRef }: RequestAuthentication, workload: WorkloadNode,
): boolean {
  const refs = [...targetRefs ?? [], ...targetRef ? [targetRef] : []];
  if (refs.length > 0) return refs.some((ref) => isAttached(model, object, ref, workload));
  return pods.maySelect(selector ?? {}, workload);
}

/**
 * Returns whether a policy is attached to the Service or waypoint of a workload. Policies of other gateways do not count, because they
 * apply to requests at the gateway only.
 */
function isAttached({ index }: MeshModel, { namespace }: TreeObject, { kind, name }: Ref, { service }: WorkloadNode): boolean {
  if (kind === 'Service' || kind === 'ServiceEntry') return service?.name === name && service?.namespace === namespace;
  return kind !== 'Gateway' || index.waypointsIn(namespace).some((waypoint) => waypoint.name === name);
}
