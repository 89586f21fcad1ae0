import { PodTemplate, podTemplatesOf } from './pod-template';
import { TEMPLATES } from './pods';
import { ForeignObjects, TreeObject } from './tree-object';
import { Caller } from '../../model/callers';
import { MeshModel } from '../../model/mesh';
import { MeshIndex } from '../../model/mesh-index';
import { CheckResult, identified, Problem } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';

/** Label of the pods of a Gateway, by which its Service finds them (Gateway API 1.6, GEP-1762). */
const GATEWAY_NAME = 'gateway.networking.k8s.io/gateway-name';

/** Groups whose controllers give pods no labels that their templates lack; other kinds may, and a selector may name those. */
const AS_TEMPLATED = ['core', 'apps'];

/** Pods of the app in a namespace of the mesh or of its proxies: a ServiceAccount is an identity, and labels are what policies and Services select by. */
export function foreignIdentities(model: MeshModel, proxies: readonly Caller[], foreign: ForeignObjects): Problem[] {
  const places = new Set([...model.namespaces.keys(), ...proxies.map(({ principal }) => principal.namespace)]);
  const found = [...places].flatMap((name) => foreign.in(name)).flatMap((object) => podTemplatesOf(object).map((template) => ({ object, template })));
  const known = proxiesOf(model, proxies);
  return [
    ...identified('AM115', found.flatMap(({ object, template }) => [...borrowedAccount(model, known, object, template), ...borrowedLabels(model, known, object, template)])),
    ...identified('AM116', found.flatMap(({ object, template }) => misstatedAccounts(model, object, template))),
  ];
}

/** Proxies that no pod of the app is. */
interface Proxies {
  /** By namespace and ServiceAccount: what people call them. */
  readonly byAccount: ReadonlyMap<string, string>;
  /** By namespace and the name of a Gateway that the library makes: the same. */
  readonly byGateway: ReadonlyMap<string, string>;
  /** Accounts of gateways and waypoints of the team, whose Deployments the app may have. */
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

/** The names that the Gateway of a ServiceAccount may have: the same, or that before the class (Istio 1.30, deployment controller). */
function gatewaysOf(serviceAccount: string): string[] {
  return [serviceAccount, ...serviceAccount.includes('-') ? [serviceAccount.slice(0, serviceAccount.lastIndexOf('-'))] : []];
}

/** A pod with the ServiceAccount of a workload passes as that workload. */
function borrowedAccount({ index }: MeshModel, { byAccount, existing }: Proxies, object: TreeObject, template: PodTemplate): CheckResult[] {
  const account = accountOf(template);
  const key = `${object.namespace}/${account}`;
  const workloads = index.workloadsAs(object.namespace, account);
  const isDescribed = workloads.some((workload) => !isDeployed(index, workload) && mayBeOf(workload, object, template));
  if (isDescribed || (existing.has(key) && isGateway(template))) return [];
  const owner = workloads.length > 0 ? workloads[0].title : byAccount.get(key);
  return owner === undefined ? [] : [{
    path: object.path,
    message: `the pods of ${object.title} have the ServiceAccount of ${owner}, and with it everything that it was granted`,
    actual: key,
    expected: 'a ServiceAccount of their own',
    fix: 'give the pods another ServiceAccount, and grant it what they need',
  }];
}

/** Pods that a selector finds take the calls of the workload, and its policies open them. */
function borrowedLabels({ index }: MeshModel, { byGateway }: Proxies, object: TreeObject, { metadata: { labels = {} } }: PodTemplate): CheckResult[] {
  const deployed = index.workloadsSelecting(object.namespace, labels).filter((workload) => isDeployed(index, workload));
  const proxy = byGateway.get(`${object.namespace}/${String(labels[GATEWAY_NAME])}`);
  const taken = [
    ...deployed.map((workload) => ({ title: workload.title, labels: workload.labels })),
    ...proxy === undefined ? [] : [{ title: proxy, labels: { [GATEWAY_NAME]: labels[GATEWAY_NAME] } }],
  ];
  return taken.length === 0 ? [] : [{
    path: object.path,
    message: `the pods of ${object.title} have the labels by which ${taken.map(({ title }) => title).join(', ')} is selected: they would get its calls, and its policies would open them`,
    actual: taken.map((one) => one.labels),
    expected: 'labels that no workload of the mesh is selected by',
    fix: 'give the pods other labels',
  }];
}

/** Grants would be to an identity that the pods do not have, and what they call would be refused. */
function misstatedAccounts({ index }: MeshModel, object: TreeObject, template: PodTemplate): CheckResult[] {
  const account = accountOf(template);
  const workloads = index.workloadsSelecting(object.namespace, template.metadata.labels ?? {});
  const misstated = workloads.filter((workload) => !isDeployed(index, workload) && workload.serviceAccount !== account);
  return misstated.map(({ origin, title, serviceAccount }) => ({
    path: origin.path,
    message: `the pods of ${object.title} have the labels of ${title} but not the ServiceAccount that the program states, so the grants do not apply to them`,
    actual: account,
    expected: serviceAccount,
    fix: `correct \`serviceAccount\` in Workload.existing, or the pods of ${object.path}`,
  }));
}

/** Whether the library makes its pods; those of a picker it makes for the pool. */
function isDeployed(index: MeshIndex, workload: WorkloadNode): boolean {
  return workload.deployment !== undefined || index.poolsPickedBy(workload).some(({ picker }) => picker.deployment !== undefined);
}

/** Whether the pods are those that the team described; of kinds whose controllers add labels, those that have no other. */
function mayBeOf({ labels: selector }: WorkloadNode, { group }: TreeObject, { metadata: { labels = {} } }: PodTemplate): boolean {
  const isLike = (key: string) => labels[key] === selector[key] || (labels[key] === undefined && !AS_TEMPLATED.includes(group));
  return Object.keys(selector).every(isLike);
}

/** A proxy of the team's own Gateway, which the injector makes one or which has the Gateway's name (Istio 1.30, gateway injection). */
function isGateway({ metadata: { labels = {}, annotations = {} } }: PodTemplate): boolean {
  return labels[GATEWAY_NAME] !== undefined || annotations[TEMPLATES] === 'gateway';
}

/** As the API server completes it; the older name of the field is read where the other is not there. */
function accountOf({ spec: { serviceAccountName, serviceAccount } }: PodTemplate): string {
  const [account] = [serviceAccountName, serviceAccount].filter((name) => typeof name === 'string' && name !== '');
  return account === undefined ? 'default' : String(account);
}
