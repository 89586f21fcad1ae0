import { titleIn } from './audit-only';
import { reachedHosts } from './host-decision';
import { Caller } from '../model/callers';
import { inferenceEntries } from '../model/inference-entry';
import { MeshModel, NamespaceNode } from '../model/mesh';
import { MeshLimitations } from '../model/mesh-limitations';
import { grantedPorts } from '../model/port-rules';
import { isAnyone, isNamespace, namespacePrincipal, Principal } from '../model/principal';
import { WorkloadNode } from '../model/workload';

type Limits = Pick<MeshLimitations, 'allowsUnnamedHosts' | 'hostsAreShared' | 'openNetworks'>;

/** Returns what the mesh means for pods and objects that the program does not create: what it closes to them, and what it takes as stated. */
export function existingReport(model: MeshModel, limits: Limits): string[] {
  const granted = grantsOf(model);
  return [
    ...[...model.namespaces.values()].map((namespace) => undescribedPods(model, namespace, granted, limits)),
    ...identities(model, granted),
    ...statedFacts(model),
  ];
}

/** A grant as caller and callee. */
interface Granted {
  readonly caller: Caller;
  readonly callee: string;
}

/** Returns every grant of the mesh, also those of single ports. */
function grantsOf(model: MeshModel): Granted[] {
  const { workloads, toolServers } = model;
  const endpoints = toolServers.map(({ name, endpoint }) => ({ callee: `tool server ${name}`, callers: endpoint.callers }));
  const called = new Set(endpoints.map(({ callers }) => callers));
  const own = workloads.filter(({ callers }) => !called.has(callers)).map(({ title, callers }) => ({ callee: title, callers }));
  const ports = workloads.flatMap((workload) => grantedPorts(workload).map(({ port, callers }) => ({ callee: `${workload.title}: port ${port}`, callers })));
  const inferred = inferenceEntries(model).map(({ title, callers }) => ({ callee: title, callers }));
  return [...own, ...endpoints, ...ports, ...inferred].flatMap(({ callee, callers }) => callers.all.map((caller) => ({ caller, callee })));
}

/** Returns the block of the pods of a namespace that no construct describes. The mesh denies every call to them. */
function undescribedPods(model: MeshModel, { name, existing }: NamespaceNode, granted: readonly Granted[], limits: Limits): string {
  const own = namespacePrincipal(model.facts.trustDomain, name);
  const isTheirs = ({ caller: { principal } }: Granted) => principal.identity === own.identity;
  const holders = granted.filter(({ caller: { principal } }) => isAnyone(principal));
  return [
    titleIn(model, name, `pods of namespace ${name}${existing ? ' (existing)' : ''} that no construct describes`),
    model.isAuditOnly(name) ? '  <- everyone who can reach them' : '  <- nobody, if they are in the mesh: NOT CHECKED for pods that a label, an annotation or the host network excludes',
    ...distinct([...granted.filter(isTheirs).map(({ callee }) => callee), ...holders.map(({ caller, callee }) => `${callee}, as ${caller.title}`)]).map(to),
    ...egressOfOthers(model, name, limits).map(to),
  ].join('\n');
}

function egressOfOthers(model: MeshModel, namespace: string, { allowsUnnamedHosts, hostsAreShared, openNetworks }: Limits): string[] {
  if (model.isAuditOnly(namespace)) return ['external hosts: NOT LIMITED'];
  if (allowsUnnamedHosts(namespace)) return ['external hosts: NOT LIMITED, except those that a waypoint denies to them'];
  const shared = hostsAreShared ? reachedHosts(model, namespace).map((host) => `${host}, which the mesh opens to the whole namespace`) : [];
  return [...shared.length > 0 ? shared : ['no external host'], ...openNetworks === undefined ? [] : [`${openNetworks}: NOT LIMITED`]];
}

/** Returns the callers that the program names by their ServiceAccount alone, with what each may call. */
function identities(model: MeshModel, granted: readonly Granted[]): string[] {
  const titles = distinct(granted.filter(({ caller }) => isStated(model, caller.principal)).map(({ caller }) => caller.title));
  return titles.map((title) => {
    const own = granted.filter(({ caller }) => caller.title === title);
    const [{ caller: { principal: { namespace } } }] = own;
    const isMember = model.namespaces.has(namespace);
    return [
      `${title}, which no construct describes`,
      ...distinct(own.map(({ callee }) => callee)).map(to),
      '  NOT CHECKED: which pods run as this ServiceAccount',
      ...isMember ? [] : [`  NOT LIMITED: namespace ${namespace} is not in this mesh, so the mesh restricts neither calls to these pods nor their other calls`],
    ].join('\n');
  });
}

function isStated({ facts }: MeshModel, principal: Principal): boolean {
  if (isAnyone(principal) || isNamespace(principal)) return false;
  const { trustDomain, namespace, serviceAccount } = principal;
  const isOwn = trustDomain === facts.trustDomain;
  return !isOwn || facts.cluster.meshes.every(({ index }) => index.workloadsAs(namespace, serviceAccount).length === 0);
}

/** Returns the facts about existing objects that the program states. Only objects that are part of the app are compared with them. */
function statedFacts(model: MeshModel): string[] {
  const facts = [
    ...[...model.namespaces.values()].filter(({ existing }) => existing).map(({ name }) => `namespace ${name}: that it is enrolled, and its other policies`),
    ...model.workloads.filter((workload) => isExisting(model, workload)).map(({ title, namespace, labels, serviceAccount }) =>
      `${title}: that the pods of namespace ${namespace} with ${labelText(labels)} are in the mesh, run as ${serviceAccount}, and are the only pods with these labels`),
    ...model.gateways.flatMap(({ name, existingServiceAccount }) => (existingServiceAccount === undefined ? [] : [`gateway ${name}: its listeners, its policies, and that its pods run as ${existingServiceAccount}`])),
    ...model.waypoints.filter(({ existing }) => existing).map(({ name, namespace, deniesByDefault }) => `waypoint ${namespace}/${name}: that it runs${deniesByDefault ? ', and that it denies by default' : ''}`),
    ...model.pools.filter(({ existing }) => existing).map(({ name }) => `pool ${name}: its selector, ports and picker`),
  ];
  return facts.length === 0 ? [] : ['existing objects, which synth compares only with objects of this app', ...facts.map((fact) => `  NOT CHECKED: ${fact}`)];
}

/** Returns whether the program only describes the pods. What it reads from a construct of the app is compared with it. */
function isExisting(model: MeshModel, workload: WorkloadNode): boolean {
  const isDeployed = workload.deployment ?? model.index.poolsPickedBy(workload).some(({ picker }) => picker.deployment);
  return !isDeployed && workload.readFrom === undefined;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => `${key}=${value}`).join(',');
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}

const to = (text: string): string => `  -> ${text}`;
