import { ambiguousHosts } from './host-checks';
import { AccessLogFacts } from '../../model/access-logs';
import { Caller } from '../../model/callers';
import { inferenceEntries } from '../../model/inference-entry';
import { MeshModel } from '../../model/mesh';
import { PoolNode } from '../../model/pool';
import { grantedPorts } from '../../model/port-rules';
import { isNamespace } from '../../model/principal';
import { CheckResult, identified, Problem } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';
import { overfullPolicies } from '../istio-shared/istio-limits';
import { unnamedLogProvider } from '../istio-shared/istio-telemetry';

/** What a program states about the sidecars of a mesh. */
interface StatedSidecars {
  readonly revision?: string;
  readonly accessLogs: AccessLogFacts;
}

/** Reports problems of meshes with sidecars. */
export function checkSidecars(model: MeshModel, isOwn: (namespace: string) => boolean, { revision, accessLogs }: StatedSidecars): Problem[] {
  return [
    ...identified('AM311', wrongRevision(model, revision)),
    ...identified('AM305', unnamedLogProvider(model, accessLogs)),
    ...identified('AM220', [...overfullPolicies(model), ...tooManyHosts(model)]),
    ...identified('AM312', [...blindCallers(model, isOwn), ...blindScraper(model, isOwn)]),
    ...identified('AM312', unseenCallees(model.workloads.filter(({ namespace }) => isOwn(namespace)))),
    ...identified('AM314', ambiguousHosts(model, isOwn)),
    ...identified('AM313', encryptedPickers(model.pools.filter(({ namespace }) => isOwn(namespace)))),
  ];
}

function wrongRevision({ facts: { origin } }: MeshModel, revision: string | undefined): CheckResult[] {
  return revision === undefined || /^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/.test(revision) ? [] : [{
    path: origin.path, message: '`revision` of the sidecars is not a valid label value', actual: revision, expected: 'a revision or a tag, as in the label `istio.io/rev`', fix: 'correct `revision` of the MeshProvider',
  }];
}

/** Maximum number of hosts in a ServiceEntry (Istio 1.30, ServiceEntrySpec). */
const MOST_HOSTS = 256;

function tooManyHosts({ egress }: MeshModel): CheckResult[] {
  return egress.filter(({ hostnames }) => hostnames.length > MOST_HOSTS).map(({ origin, name, hostnames }) => ({
    path: origin.path, message: `the hosts of ${name} do not fit into one ServiceEntry`, actual: `${hostnames.length} hosts`, expected: `at most ${MOST_HOSTS}`, fix: 'divide the hosts between two MeshEgress',
  }));
}

/** Returns a test for callers that have a sidecar but no construct that declares what the sidecar sees. */
function isBlind(model: MeshModel, isOwn: (namespace: string) => boolean): (caller: Caller) => boolean {
  const { cluster } = model.facts;
  const described = new Map<MeshModel, ReadonlySet<string>>();
  return ({ principal }) => {
    const { namespace, identity } = principal;
    if (isNamespace(principal)) return false; // every pod of the namespace sees the callee
    const home = cluster.meshOf(namespace);
    if (!home || (home === model ? !isOwn(namespace) : cluster.gapBetween(namespace, model.facts.namespace))) return false;
    if (!described.has(home)) described.set(home, identitiesOf(home));
    return !described.get(home)!.has(identity);
  };
}

/**
 * Reports granted callers in a namespace of the mesh that no construct describes. Their sidecars see no Services, so they cannot call
 * what they were granted.
 */
function blindCallers(model: MeshModel, isOwn: (namespace: string) => boolean): CheckResult[] {
  const areBlind = isBlind(model, isOwn);
  const callersOf = (workload: WorkloadNode) => [workload.callers, ...grantedPorts(workload).map(({ callers }) => callers)].flatMap(({ all }) => all);
  const granted = [
    ...model.workloads.map((workload) => ({ origin: workload.origin, title: workload.title, all: callersOf(workload) })),
    ...inferenceEntries(model).map(({ origin, title, callers: { all } }) => ({ origin, title, all })),
  ];
  return granted.flatMap(({ origin, title, all }) => all.filter(areBlind).map((caller) => ({
    path: origin.path,
    message: `${caller.title} has a grant for ${title} and runs in a namespace of the mesh, but no construct describes this caller, so its sidecar is not configured to reach ${title}`,
    actual: caller.title,
    expected: 'callers that a construct describes, or that run in a namespace outside the mesh',
    fix: 'describe the caller as an Agent (Workload.existing), and grant to that Agent',
  })));
}

function identitiesOf(model: MeshModel): ReadonlySet<string> {
  return new Set(model.workloads.map(({ namespace, serviceAccount }) => model.principal(namespace, serviceAccount).identity));
}

/** Reports a metrics scraper in a namespace of the mesh that no construct describes. */
function blindScraper(model: MeshModel, isOwn: (namespace: string) => boolean): CheckResult[] {
  const { scraper, pools, facts } = model;
  if (!scraper || !pools.some(({ picker }) => picker.deployment) || !isBlind(model, isOwn)(scraper)) return [];
  return [{
    path: facts.origin.path,
    message: `${scraper.title} scrapes metrics and runs in a namespace of the mesh, but no construct describes it, so its sidecar is not configured to reach the endpoint pickers`,
    actual: scraper.title,
    expected: 'a scraper that a construct describes, or that runs in a namespace outside the mesh',
    fix: 'describe the scraper as an Agent (Workload.existing), or run it in a namespace outside the mesh',
  }];
}

/**
 * Reports granted workloads without a Service. A sidecar sends plain text to pod addresses that it does not know, which the pods refuse.
 */
function unseenCallees(workloads: readonly WorkloadNode[]): CheckResult[] {
  const isUnseen = ({ callers, ports, service, deployment }: WorkloadNode) =>
    !callers.isEmpty && ports.length > 0 && !service && !deployment; // another check reports workloads without ports
  return workloads.filter(isUnseen).map(({ origin, title }) => ({
    path: origin.path,
    message: `${title} has grants but no Service that the library knows, so the sidecars of callers would send plain text instead of mutual TLS to the pods`,
    actual: undefined,
    expected: 'a workload with a Service',
    fix: 'describe the Service as `service` in Workload.existing',
  }));
}

/**
 * Reports existing pickers that serve TLS themselves. With a sidecar the mutual TLS is that of the sidecar, and STRICT mode rejects other
 * TLS.
 */
function encryptedPickers(pools: readonly PoolNode[]): CheckResult[] {
  return pools.filter(({ picker }) => picker.selfSignedTls && !picker.deployment).map(({ origin, name }) => ({
    path: origin.path,
    message: `the picker of pool ${name} serves its own TLS, which its sidecar rejects because it is not the mutual TLS of the mesh`,
    actual: { selfSignedTls: true },
    expected: 'an endpoint picker that serves plain text, which the sidecars encrypt',
    fix: 'start the endpoint picker with --secure-serving=false, and set `selfSignedTls` of EndpointPicker.existing to false',
  }));
}
