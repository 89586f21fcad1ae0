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

/** What verifies tokens of an issuer that the mesh trusts, by keys of the team's choice: the rules of all policies of a place add up. */
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

/** A policy counts for pods and Services of its own namespace, and for every request of a waypoint there. */
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
  const same = jwtRules.filter(({ issuer }) => trusted.size > 0 && (!issuer || trusted.has(issuer))); // without an issuer tokens of every one are taken
  return same.length === 0 ? [] : [{
    path: object.path,
    message: `${object.title} verifies tokens of an issuer by keys of its own, and ${reached.map(({ title }) => title).join(', ')} would take them for the issuer's: rules of two policies add up`,
    actual: same.map(({ issuer = 'every issuer' }) => issuer),
    expected: 'issuers that no `jwt` of the mesh names',
    fix: 'state it as `jwt` in the program, and drop the policy',
  }];
}

function reaches(
  model: MeshModel, pods: KnownPods, object: TreeObject, { selector, targetRefs, targetRef }: RequestAuthentication, workload: WorkloadNode,
): boolean {
  const refs = [...targetRefs ?? [], ...targetRef ? [targetRef] : []];
  if (refs.length > 0) return refs.some((ref) => isAttached(model, object, ref, workload));
  return pods.maySelect(selector ?? {}, workload);
}

/** A gateway that is no waypoint reads no requests for the workload's own policies: what it verifies, it verifies for itself. */
function isAttached({ index }: MeshModel, { namespace }: TreeObject, { kind, name }: Ref, { service }: WorkloadNode): boolean {
  if (kind === 'Service' || kind === 'ServiceEntry') return service?.name === name && service?.namespace === namespace;
  return kind !== 'Gateway' || index.waypointsIn(namespace).some((waypoint) => waypoint.name === name);
}
