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

/** Reports user-managed objects that silently extend or replace policies and routes of the mesh (Linkerd 2.20, inbound and outbound policy). */
export function foreignLinkerdPolicies(model: MeshModel, foreign: ForeignObjects): Problem[] {
  const own = [...model.namespaces.keys()].flatMap((name) => foreign.in(name));
  const servers = serversOf(model);
  const pods = KnownPods.of(model.index, foreign);
  /** Returns whether a Server is user-managed, selects only pods that the program does not describe, and denies by default. */
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

/**
 * Returns the names of the Servers of the mesh. Each port of a workload has a Server, and the names of its routes begin with the name of
 * the Server.
 */
function serversOf({ workloads, namespaces, scraper }: MeshModel): ReadonlySet<string> {
  return new Set([
    ...workloads.flatMap((workload) => workload.ports.map((port) => `${workload.namespace}/${portName(workload, port)}`)),
    ...scraper ? [...namespaces.keys()].flatMap((name) => Object.values(metricsNames(name)).map((own) => `${name}/${own}`)) : [],
  ]);
}

/** Returns whether a name is the name of a Server, or begins with the name of a Server and "-". */
function isOfServer({ namespace }: TreeObject, name: string, servers: ReadonlySet<string>): boolean {
  return name.split('-').some((_, i, parts) => servers.has(`${namespace}/${parts.slice(0, i + 1).join('-')}`));
}

/**
 * Reports authorizations. An authorization of a Server or of a namespace allows requests of all its routes, and a ServerAuthorization
 * allows requests to its Server. Authorizations are additive.
 */
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
    message: `${object.title} allows requests for which the program has no grant (a request is allowed if any one AuthorizationPolicy matches it, and one for a Server or namespace matches all routes there)`,
    actual: object.kind === 'AuthorizationPolicy' ? `${targetRef.kind} ${targetRef.name}` : object.kind,
    expected: 'only AuthorizationPolicies for HTTPRoutes of your own',
    fix: 'grant the calls (`grantCall`, `grantTools`, `grantAllTools`), and remove the policy',
  }];
}

/**
 * Reports Servers. If a port has two Servers, it is undefined which one applies. A Server with an access policy other than "deny" allows
 * callers without a grant.
 */
function serving(object: TreeObject, pods: KnownPods): CheckResult[] {
  if (object.group !== POLICY_GROUP || object.kind !== 'Server') return [];
  const { podSelector, port, accessPolicy = 'deny' } = (object.manifest.spec ?? {}) as ServerManifest;
  if (port === ADMIN.name || port === ADMIN.port) return ofProxies(object, port);
  const candidates = podSelector ? pods.maybeSelected(object.namespace, podSelector) : [];
  // Only the pods define the number of a named port.
  const selected = candidates.filter((workload) => typeof port !== 'number' || workload.ports.includes(port));
  return selected.length === 0 && accessPolicy === 'deny' ? [] : [{
    path: object.path,
    message: selected.length > 0 ? `${object.title} selects pods of ${selected.map(({ title }) => title).join(', ')}, for whose ports the library already emits Servers` : `${object.title} allows callers without a grant`,
    actual: { accessPolicy },
    expected: 'Servers with `accessPolicy: deny`, for pods that no construct of the mesh describes',
    fix: 'remove the Server, and list its ports in `ports` of the workload',
  }];
}

interface ServerManifest {
  readonly podSelector?: LabelSelector;
  readonly port?: unknown;
  readonly accessPolicy?: string;
}

/** Reports Servers for the admin port of the proxies, such as `linkerd viz allow-scrapes` creates. */
function ofProxies({ path, title }: TreeObject, port: unknown): CheckResult[] {
  return [{
    path,
    message: `${title} changes who may read the metrics and the health of the proxies of the mesh`,
    actual: { port },
    expected: '`metrics` of the AgentMesh, which emits the Server of this port (the admin port of the proxies) and its routes',
    fix: 'set `scraper` in `metrics` of the AgentMesh, and remove the Server and its routes',
  }];
}

/** Reports routes of Servers of the mesh. Only the most specific route of a Server authorizes a request. */
function routing(object: TreeObject, servers: ReadonlySet<string>): CheckResult[] {
  const parents = parentsOf(object).filter(({ kind, name }) => kind === 'Server' && servers.has(`${object.namespace}/${name}`));
  return parents.length === 0 ? [] : [{
    path: object.path,
    message: `${object.title} is attached to a Server of the mesh, so requests that it matches bypass the routes and authorization of the mesh`,
    actual: parents.map(({ name }) => name),
    expected: 'routes attached only to Servers of your own',
    fix: 'remove the route',
  }];
}

function openingEgress(object: TreeObject): CheckResult[] {
  const isNetwork = object.group === POLICY_GROUP && object.kind === 'EgressNetwork';
  const isRoute = parentsOf(object).some(({ kind }) => kind === 'EgressNetwork');
  return !isNetwork && !isRoute ? [] : [{
    path: object.path,
    message: `${object.title} allows or denies external hosts in a namespace whose egress the mesh already restricts`,
    actual: object.kind,
    expected: `only the EgressNetwork ${egressNetworkOf(object.namespace)} of the mesh; hosts in \`egress\` of a workload or in a MeshEgress`,
    fix: 'state the hosts in `egress` of a workload or in a MeshEgress, and remove the object',
  }];
}

function parentsOf({ kind, manifest: { spec = {} } }: TreeObject): readonly Ref[] {
  return GATEWAY_ROUTES.includes(kind) ? entriesOf<Ref>(spec.parentRefs) : [];
}

/** Reports rate limits of Servers of the mesh. If a Server has two rate limits, it is undefined which one applies. */
function limiting(object: TreeObject, servers: ReadonlySet<string>): CheckResult[] {
  if (object.group !== POLICY_GROUP || object.kind !== 'HTTPLocalRateLimitPolicy') return [];
  const { targetRef = {} } = (object.manifest.spec ?? {}) as { readonly targetRef?: Ref };
  return !servers.has(`${object.namespace}/${targetRef.name}`) ? [] : [{
    path: object.path,
    message: `${object.title} limits the requests to a Server that the library emits`,
    actual: targetRef.name,
    expected: '`rateLimit` of the workload',
    fix: 'set `rateLimit` on the workload, and remove the policy',
  }];
}
