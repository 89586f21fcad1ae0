import { accountOf, PodTemplate, podTemplatesOf } from './pod-template';
import { TEMPLATES } from './pods';
import { ForeignObjects, TreeObject } from './tree-object';
import { Caller } from '../../model/callers';
import { poolSelector } from '../../model/disaggregation';
import { MeshModel } from '../../model/mesh';
import { MeshIndex } from '../../model/mesh-index';
import { PoolNode } from '../../model/pool';
import { CheckResult, identified, Problem } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';

/** Label of the pods of a Gateway, by which its Service finds them (Gateway API 1.6, GEP-1762). */
const GATEWAY_NAME = 'gateway.networking.k8s.io/gateway-name';

/** API groups whose controllers add no labels to pods. Controllers of other groups may add labels that a selector contains. */
const AS_TEMPLATED = ['core', 'apps'];

/**
 * Reports pods of the app that have the ServiceAccount or the labels of a workload or proxy of the mesh. The ServiceAccount is the
 * identity, and policies and Services select pods by labels.
 */
export function foreignIdentities(model: MeshModel, proxies: readonly Caller[], foreign: ForeignObjects): Problem[] {
  const places = new Set([...model.namespaces.keys(), ...proxies.map(({ principal }) => principal.namespace)]);
  const found = [...places].flatMap((name) => foreign.in(name)).flatMap((object) => podTemplatesOf(object).map((template) => ({ object, template })));
  const known = proxiesOf(model, proxies);
  return [
    ...identified('AM115', found.flatMap(({ object, template }) => [...borrowedAccount(model, known, object, template), ...borrowedLabels(model, known, object, template)])),
    ...identified('AM116', found.flatMap(({ object, template }) => misstatedAccounts(model, object, template))),
  ];
}

/** Proxies of the mesh whose identity and labels no pod of the app may have. */
interface Proxies {
  /** Display names by namespace and ServiceAccount. */
  readonly byAccount: ReadonlyMap<string, string>;
  /** Display names by namespace and name of a Gateway that the library emits. */
  readonly byGateway: ReadonlyMap<string, string>;
  /** ServiceAccounts of existing gateways and waypoints, whose Deployments may be in the app. */
  readonly existing: ReadonlySet<string>;
}

function proxiesOf({ gateways, waypoints }: MeshModel, proxies: readonly Caller[]): Proxies {
  const existing = [
    ...gateways.flatMap(({ namespace, existingServiceAccount: account }) => (account === undefined ? [] : [`${namespace}/${account}`])),
    ...waypoints.flatMap((waypoint) => (waypoint.existing ? [`${waypoint.namespace}/${waypoint.serviceAccount}`] : [])),
  ];
  const isOwn = ({ namespace, serviceAccount }: Account) => !existing.includes(`${namespace}/${serviceAccount}`);
  const labelled = proxies.filter(({ principal }) => isOwn(principal)).flatMap(({ title, principal: { namespace, serviceAccount } }) =>
    gatewaysOf(serviceAccount).map((name) => [`${namespace}/${name}`, title] as const));
  return {
    byAccount: new Map(proxies.map(({ title, principal: { namespace, serviceAccount } }) => [`${namespace}/${serviceAccount}`, title])),
    byGateway: new Map(labelled),
    existing: new Set(existing),
  };
}

interface Account { readonly namespace: string; readonly serviceAccount: string }

/**
 * Returns the names that the Gateway of a ServiceAccount may have: the same name, or the part before the class (Istio 1.30, deployment
 * controller).
 */
function gatewaysOf(serviceAccount: string): string[] {
  return [serviceAccount, ...serviceAccount.includes('-') ? [serviceAccount.slice(0, serviceAccount.lastIndexOf('-'))] : []];
}

/** Reports pods with the ServiceAccount of a workload of the mesh, because they have its identity. */
function borrowedAccount({ index }: MeshModel, { byAccount, existing }: Proxies, object: TreeObject, template: PodTemplate): CheckResult[] {
  const account = accountOf(template);
  const key = `${object.namespace}/${account}`;
  const workloads = index.workloadsAs(object.namespace, account);
  const isDescribed = workloads.some((workload) => !isDeployed(index, workload) && mayBeOf(workload, object, template));
  if (isDescribed || (existing.has(key) && isGateway(template))) return [];
  const owner = workloads.length > 0 ? workloads[0].title : byAccount.get(key);
  return owner === undefined ? [] : [{
    path: object.path,
    message: `the pods of ${object.title} have the ServiceAccount of ${owner}, so they may make every call that was granted to ${owner}`,
    actual: key,
    expected: 'a ServiceAccount of their own',
    fix: 'give the pods another ServiceAccount, and grant it what they need',
  }];
}

/**
 * Reports pods that the selector of a workload also selects, because they get calls to the workload, and the policies of the workload apply
 * to them.
 */
function borrowedLabels(
  { index, pools }: MeshModel, { byGateway }: Proxies, object: TreeObject, { metadata: { labels = {} } }: PodTemplate,
): CheckResult[] {
  const deployed = index.workloadsSelecting(object.namespace, labels).filter((workload) => isDeployed(index, workload));
  const proxy = byGateway.get(`${object.namespace}/${String(labels[GATEWAY_NAME])}`);
  const taken = [
    ...deployed.map((workload) => ({ title: workload.title, labels: workload.labels })),
    ...pooled(pools, object, labels).map((pool) => ({ title: `pool ${pool.name}`, labels: poolSelector(pool) })),
    ...proxy === undefined ? [] : [{ title: proxy, labels: { [GATEWAY_NAME]: labels[GATEWAY_NAME] } }],
  ];
  return taken.length === 0 ? [] : [{
    path: object.path,
    message: `the pods of ${object.title} match the selector of ${taken.map(({ title }) => title).join(', ')}: ${taken.length === 1 ? 'its Service would send requests to them, and its' : 'their Services would send requests to these pods, and their'} policies would allow callers to connect to ${taken.length === 1 ? 'them' : 'these pods'}`,
    actual: taken.map((one) => one.labels),
    expected: 'labels that no selector of the mesh matches',
    fix: 'give the pods other labels',
  }];
}

/** Returns the pools with prefill servers that select pods which neither the library nor the program says to be in them. */
function pooled(pools: readonly PoolNode[], { namespace, path }: TreeObject, labels: Readonly<Record<string, unknown>>): PoolNode[] {
  const matches = (selector: Readonly<Record<string, string>>) => {
    const pairs = Object.entries(selector);
    return pairs.length > 0 && pairs.every(([key, value]) => labels[key] === value);
  };
  const isOf = ({ labels: own, readFrom, deployment }: WorkloadNode) => readFrom === path || (!deployment && matches(own));
  const isSelected = (pool: PoolNode) => pool.namespace === namespace && matches(poolSelector(pool));
  return pools.filter((pool) => pool.prefill && isSelected(pool) && ![pool.servers, pool.prefill.servers].some(isOf));
}

/**
 * Reports pods of a workload whose ServiceAccount is not the one that the program states. Grants would be for an identity that the pods do
 * not have, so their calls would be denied.
 */
function misstatedAccounts({ index }: MeshModel, object: TreeObject, template: PodTemplate): CheckResult[] {
  const account = accountOf(template);
  const workloads = index.workloadsSelecting(object.namespace, template.metadata.labels ?? {});
  const misstated = workloads.filter((workload) => !isDeployed(index, workload) && workload.serviceAccount !== account)
    .filter(({ readFrom }) => readFrom !== object.path); // another check compares these with the object that was read
  return misstated.map(({ origin, title, serviceAccount }) => ({
    path: origin.path,
    message: `the pods of ${object.title} have the labels of ${title} but another ServiceAccount than the program states, so grants to ${title} do not apply to them`,
    actual: account,
    expected: serviceAccount,
    fix: `correct \`serviceAccount\` in Workload.existing, or the pods of ${object.path}`,
  }));
}

/** Returns whether the library deploys the pods of a workload. The pods of a picker are deployed with the pool. */
function isDeployed(index: MeshIndex, workload: WorkloadNode): boolean {
  return workload.deployment !== undefined || index.poolsPickedBy(workload).some(({ picker }) => picker.deployment !== undefined);
}

/** Returns whether the pods may be those of an existing workload. Controllers of some kinds add labels, so missing labels are accepted there. */
function mayBeOf({ labels: selector }: WorkloadNode, { group }: TreeObject, { metadata: { labels = {} } }: PodTemplate): boolean {
  const isLike = (key: string) => labels[key] === selector[key] || (labels[key] === undefined && !AS_TEMPLATED.includes(group));
  return Object.keys(selector).every(isLike);
}

/**
 * Returns whether a pod is a user-managed gateway: the injector makes it a gateway, or it has the label with the name of a Gateway (Istio
 * 1.30, gateway injection).
 */
function isGateway({ metadata: { labels = {}, annotations = {} } }: PodTemplate): boolean {
  return labels[GATEWAY_NAME] !== undefined || annotations[TEMPLATES] === 'gateway';
}
