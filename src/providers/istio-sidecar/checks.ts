import { Caller } from '../../model/callers';
import { MeshModel } from '../../model/mesh';
import { PoolNode } from '../../model/pool';
import { CheckResult, identified, Problem } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';
import { overfullPolicies } from '../shared/istio-limits';

/** What only sidecars get wrong. */
export function checkSidecars(model: MeshModel, isOwn: (namespace: string) => boolean, revision?: string): Problem[] {
  return [
    ...identified('AM311', wrongRevision(model, revision)),
    ...identified('AM220', [...overfullPolicies(model), ...tooManyHosts(model)]),
    ...identified('AM312', [...blindCallers(model, isOwn), ...blindScraper(model, isOwn)]),
    ...identified('AM312', unseenCallees(model.workloads.filter(({ namespace }) => isOwn(namespace)))),
    ...identified('AM313', encryptedPickers(model.pools.filter(({ namespace }) => isOwn(namespace)))),
  ];
}

function wrongRevision({ facts: { origin } }: MeshModel, revision: string | undefined): CheckResult[] {
  return revision === undefined || /^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/.test(revision) ? [] : [{
    path: origin.path, message: 'the revision is not one that a label can name', actual: revision, expected: 'a revision or a tag, as in the label `istio.io/rev`', fix: 'correct it on the MeshProvider',
  }];
}

/** Hosts of a ServiceEntry (Istio 1.30, ServiceEntrySpec). */
const MOST_HOSTS = 256;

function tooManyHosts({ egress }: MeshModel): CheckResult[] {
  return egress.filter(({ hostnames }) => hostnames.length > MOST_HOSTS).map(({ origin, name, hostnames }) => ({
    path: origin.path, message: `the hosts of ${name} do not fit into one ServiceEntry`, actual: `${hostnames.length} hosts`, expected: `at most ${MOST_HOSTS}`, fix: 'spread them over two MeshEgress',
  }));
}

/** Whether a caller runs beside a sidecar of some mesh, and no construct says what that sidecar sees. */
function isBlind(model: MeshModel, isOwn: (namespace: string) => boolean): (caller: Caller) => boolean {
  const { cluster } = model.facts;
  const described = new Map<MeshModel, ReadonlySet<string>>();
  return ({ principal: { namespace, identity } }) => {
    const home = cluster.meshOf(namespace);
    if (!home || (home === model ? !isOwn(namespace) : cluster.gapBetween(namespace, model.facts.namespace))) return false;
    if (!described.has(home)) described.set(home, identitiesOf(home));
    return !described.get(home)!.has(identity);
  };
}

/** In a namespace of the mesh, pods that no construct describes see nothing: what is granted to them they cannot call. */
function blindCallers(model: MeshModel, isOwn: (namespace: string) => boolean): CheckResult[] {
  const areBlind = isBlind(model, isOwn);
  return model.workloads.flatMap(({ origin, title, callers }) => callers.all.filter(areBlind).map((caller) => ({
    path: origin.path,
    message: `${caller.title} was granted ${title} and is in a namespace of the mesh, where pods see only what their own description lets them`,
    actual: caller.title,
    expected: 'callers of the mesh\'s namespaces that are described',
    fix: 'describe it as an Agent (Workload.existing), and grant to that',
  })));
}

function identitiesOf(model: MeshModel): ReadonlySet<string> {
  return new Set(model.workloads.map(({ namespace, serviceAccount }) => model.principal(namespace, serviceAccount).identity));
}

/** The same of who reads the metrics of pickers. */
function blindScraper(model: MeshModel, isOwn: (namespace: string) => boolean): CheckResult[] {
  const { scraper, pools, facts } = model;
  if (!scraper || !pools.some(({ picker }) => picker.deployment) || !isBlind(model, isOwn)(scraper)) return [];
  return [{
    path: facts.origin.path,
    message: `${scraper.title} scrapes and is in a namespace of the mesh, where pods see only what their own description lets them: it would not see the pickers`,
    actual: scraper.title,
    expected: 'a scraper that is described, or whose namespace is none of the mesh',
    fix: 'describe it as an Agent (Workload.existing), or run it in a namespace of its own',
  }];
}

/** A sidecar sends to a pod's address that it does not know in plain text, which the pods refuse. */
function unseenCallees(workloads: readonly WorkloadNode[]): CheckResult[] {
  const isUnseen = ({ callers, ports, service, deployment }: WorkloadNode) =>
    !callers.isEmpty && ports.length > 0 && !service && !deployment; // of what listens on nothing it is told elsewhere
  return workloads.filter(isUnseen).map(({ origin, title }) => ({
    path: origin.path,
    message: `${title} was granted to callers and has no Service that is known: their sidecars would not speak mutual TLS to its pods`,
    actual: undefined,
    expected: 'a workload with a Service',
    fix: 'state the Service in Workload.existing',
  }));
}

/** Between a gateway and a picker with a sidecar, mutual TLS is the sidecar's: TLS of the picker's own would be refused by STRICT. */
function encryptedPickers(pools: readonly PoolNode[]): CheckResult[] {
  return pools.filter(({ picker }) => picker.selfSignedTls && !picker.deployment).map(({ origin, name }) => ({
    path: origin.path,
    message: `the picker of pool ${name} speaks TLS of its own, which its sidecar would refuse as no mutual TLS`,
    actual: { selfSignedTls: true },
    expected: 'a picker without TLS of its own: the sidecars encrypt what it says',
    fix: 'start it with --secure-serving=false and state `selfSignedTls: false`',
  }));
}
