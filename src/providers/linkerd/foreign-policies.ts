import { POLICY_GROUP } from './facts';
import { portName } from './inbound';
import { ADMIN, metricsNames } from './metrics';
import { egressNetworkOf } from './namespace';
import { MeshModel } from '../../model/mesh';
import { CheckResult, identified, Problem } from '../../model/problem';
import { GATEWAY_ROUTES } from '../foreign/groups';
import { KnownPods } from '../foreign/known-pods';
import { LabelSelector } from '../foreign/label-selector';
import { entriesOf, ForeignObjects, TreeObject } from '../foreign/tree-object';

interface Ref { readonly kind?: string; readonly name?: string }

/** Objects of the team that silently open or replace what the mesh states (Linkerd 2.20, inbound and outbound policy). */
export function foreignLinkerdPolicies(model: MeshModel, foreign: ForeignObjects): Problem[] {
  const own = [...model.namespaces.keys()].flatMap((name) => foreign.in(name));
  const servers = serversOf(model);
  const pods = KnownPods.of(model.index, foreign);
  /** Whether a Server is user-managed, selects only pods that the program does not describe, and denies by default. */
  const isTheirs = ({ namespace }: TreeObject, name: string) => {
    const server = model.namespaces.get(namespace)?.existing ? foreign.named(POLICY_GROUP, 'Server', namespace, name) : undefined;
    return server !== undefined && !servers.has(`${namespace}/${name}`) && serving(server, pods).length === 0;
  };
  return [
    ...identified('AM103', own.flatMap((object) => [...authorizing(object, servers, isTheirs), ...serving(object, pods)])),
    ...identified('AM105', own.flatMap((object) => [...routing(object, servers), ...limiting(object, servers)])),
    ...identified('AM107', own.flatMap(openingEgress)),
  ];
}

/** Every workload has a Server of this name for each of its ports; routes of the Server begin with it. */
function serversOf({ workloads, namespaces, scraper }: MeshModel): ReadonlySet<string> {
  return new Set([
    ...workloads.flatMap((workload) => workload.ports.map((port) => `${workload.namespace}/${portName(workload, port)}`)),
    ...scraper ? [...namespaces.keys()].flatMap((name) => Object.values(metricsNames(name)).map((own) => `${name}/${own}`)) : [],
  ]);
}

/** Whether a name is that of a Server, or begins with one and a "-". */
function isOfServer({ namespace }: TreeObject, name: string, servers: ReadonlySet<string>): boolean {
  return name.split('-').some((_, i, parts) => servers.has(`${namespace}/${parts.slice(0, i + 1).join('-')}`));
}

/** An authorization of a Server or of a namespace opens every route there; a ServerAuthorization, the Server; authorizations add up. */
function authorizing(
  object: TreeObject, servers: ReadonlySet<string>, isTheirs: (object: TreeObject, name: string) => boolean,
): CheckResult[] {
  if (object.group !== POLICY_GROUP) return [];
  const { targetRef = {} } = (object.manifest.spec ?? {}) as { readonly targetRef?: Ref };
  if (object.kind === 'AuthorizationPolicy' && targetRef.kind === 'Server' && isTheirs(object, String(targetRef.name))) return [];
  const isBroad = targetRef.kind === 'Server' || targetRef.kind === 'Namespace' || isOfServer(object, String(targetRef.name), servers);
  const opens = (object.kind === 'AuthorizationPolicy' && isBroad) || object.kind === 'ServerAuthorization';
  return !opens ? [] : [{
    path: object.path,
    message: `${object.title} authorizes callers without a grant of the mesh: authorizations are additive, and one on a Server or a namespace opens all its routes`,
    actual: object.kind === 'AuthorizationPolicy' ? `${targetRef.kind} ${targetRef.name}` : object.kind,
    expected: 'grants; or a policy of your own on an HTTPRoute of your own',
    fix: 'grant it (`grantCall`, `grantTools`, `grantAllTools`), and drop the policy',
  }];
}

/** Which of two Servers of one port counts is not defined, and an access policy other than "deny" needs no grant. */
function serving(object: TreeObject, pods: KnownPods): CheckResult[] {
  if (object.group !== POLICY_GROUP || object.kind !== 'Server') return [];
  const { podSelector, port, accessPolicy = 'deny' } = (object.manifest.spec ?? {}) as ServerManifest;
  if (port === ADMIN.name || port === ADMIN.port) return ofProxies(object, port);
  const candidates = podSelector ? pods.maybeSelected(object.namespace, podSelector) : [];
  // Only the pods define the number of a named port.
  const selected = candidates.filter((workload) => typeof port !== 'number' || workload.ports.includes(port));
  return selected.length === 0 && accessPolicy === 'deny' ? [] : [{
    path: object.path,
    message: selected.length > 0 ? `${object.title} selects the pods of ${selected.map(({ title }) => title).join(', ')}, for whose ports the mesh has Servers` : `${object.title} lets callers in without a grant`,
    actual: { accessPolicy },
    expected: 'Servers of pods that the mesh does not describe, with `accessPolicy: deny`',
    fix: 'drop the Server; name the ports in the `ports` of the workload',
  }];
}

interface ServerManifest {
  readonly podSelector?: LabelSelector;
  readonly port?: unknown;
  readonly accessPolicy?: string;
}

/** What `linkerd viz allow-scrapes` writes, among others. */
function ofProxies({ path, title }: TreeObject, port: unknown): CheckResult[] {
  return [{
    path,
    message: `${title} decides who reads the metrics of the proxies of the mesh, and who asks for their health`,
    actual: { port },
    expected: '`metrics` of the mesh, which writes the Server of that port with its routes',
    fix: 'set `scraper` of `metrics`, and drop the Server and its routes',
  }];
}

/** Reports routes of Servers of the mesh. Only the most specific route of a Server authorizes a request. */
function routing(object: TreeObject, servers: ReadonlySet<string>): CheckResult[] {
  const parents = parentsOf(object).filter(({ kind, name }) => kind === 'Server' && servers.has(`${object.namespace}/${name}`));
  return parents.length === 0 ? [] : [{
    path: object.path,
    message: `${object.title} takes requests of a Server of the mesh, whose own routes then do not authorize them`,
    actual: parents.map(({ name }) => name),
    expected: 'routes of Servers of your own',
    fix: 'drop the route',
  }];
}

function openingEgress(object: TreeObject): CheckResult[] {
  const isNetwork = object.group === POLICY_GROUP && object.kind === 'EgressNetwork';
  const isRoute = parentsOf(object).some(({ kind }) => kind === 'EgressNetwork');
  return !isNetwork && !isRoute ? [] : [{
    path: object.path,
    message: `${object.title} decides what leaves a namespace of the mesh, which allows only named hosts`,
    actual: object.kind,
    expected: `\`egress\` of a workload, MeshEgress; the mesh has the EgressNetwork ${egressNetworkOf(object.namespace)}`,
    fix: 'state the hosts in the program, and drop the object',
  }];
}

function parentsOf({ kind, manifest: { spec = {} } }: TreeObject): readonly Ref[] {
  return GATEWAY_ROUTES.includes(kind) ? entriesOf<Ref>(spec.parentRefs) : [];
}

/** Of two limits of one Server one counts, and nobody is told which. */
function limiting(object: TreeObject, servers: ReadonlySet<string>): CheckResult[] {
  if (object.group !== POLICY_GROUP || object.kind !== 'HTTPLocalRateLimitPolicy') return [];
  const { targetRef = {} } = (object.manifest.spec ?? {}) as { readonly targetRef?: Ref };
  return !servers.has(`${object.namespace}/${targetRef.name}`) ? [] : [{
    path: object.path,
    message: `${object.title} limits the requests of a Server of the mesh`,
    actual: targetRef.name,
    expected: '`rateLimit` of the workload',
    fix: 'state it in the program, and drop the policy',
  }];
}
