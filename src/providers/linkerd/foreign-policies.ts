import { ADMIN } from './metrics';
import { egressNetworkOf } from './namespace';
import { MeshModel } from '../../model/mesh';
import { MeshIndex } from '../../model/mesh-index';
import { CheckResult, identified, Problem } from '../../model/problem';
import { podLabelsOf, WorkloadNode } from '../../model/workload';
import { ForeignObjects, TreeObject } from '../foreign/tree-object';

const POLICY = 'policy.linkerd.io';
const ROUTES = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute'];

interface Ref { readonly kind?: string; readonly name?: string }

/** Reports user-managed objects that silently open or replace the policies of the mesh (Linkerd 2.20, inbound and outbound policy). */
export function foreignLinkerdPolicies(model: MeshModel, foreign: ForeignObjects): Problem[] {
  const own = [...model.namespaces.keys()].flatMap((name) => foreign.in(name));
  const servers = serversOf(model.workloads);
  return [
    ...identified('AM103', own.flatMap((object) => [...authorizing(object, servers), ...serving(object, model.index)])),
    ...identified('AM105', own.flatMap((object) => [...routing(object, servers), ...serviceProfile(model, object)])),
    ...identified('AM107', own.flatMap(openingEgress)),
  ];
}

/** Returns the Server names of the workloads, one for each port. Routes of a Server begin with its name. */
function serversOf(workloads: readonly WorkloadNode[]): ReadonlySet<string> {
  return new Set(workloads.flatMap(({ namespace, name, ports }) => ports.map((port) => `${namespace}/${name}-${port}`)));
}

/** Returns whether a name is that of a Server, or that of a Server followed by "-". */
function isOfServer({ namespace }: TreeObject, name: string, servers: ReadonlySet<string>): boolean {
  return name.split('-').some((_, i, parts) => servers.has(`${namespace}/${parts.slice(0, i + 1).join('-')}`));
}

/**
 * Reports user-managed authorizations. One on a Server or a namespace opens every route there, and a ServerAuthorization opens its
 * Server. Authorizations are additive.
 */
function authorizing(object: TreeObject, servers: ReadonlySet<string>): CheckResult[] {
  if (object.group !== POLICY) return [];
  const { targetRef = {} } = (object.manifest.spec ?? {}) as { readonly targetRef?: Ref };
  const isBroad = targetRef.kind === 'Server' || targetRef.kind === 'Namespace' || isOfServer(object, String(targetRef.name), servers);
  const opens = (object.kind === 'AuthorizationPolicy' && isBroad) || object.kind === 'ServerAuthorization';
  return !opens ? [] : [{
    path: object.path,
    message: `${object.title} authorizes callers without a grant of the mesh: authorizations are additive, and one on a Server or a namespace opens all its routes`,
    actual: object.kind === 'AuthorizationPolicy' ? `${targetRef.kind} ${targetRef.name}` : object.kind,
    expected: 'grants; or a policy on a user-managed HTTPRoute',
    fix: 'use a grant (`grantCall`, `grantTools`, `grantAllTools`), and remove the policy',
  }];
}

/**
 * Reports user-managed Servers. Of two Servers for one port it is undefined which applies, and an access policy other than "deny" allows
 * callers without a grant.
 */
function serving(object: TreeObject, index: MeshIndex): CheckResult[] {
  if (object.group !== POLICY || object.kind !== 'Server') return [];
  const { podSelector, port, accessPolicy = 'deny' } = (object.manifest.spec ?? {}) as ServerManifest;
  if (port === ADMIN.name || port === ADMIN.port) return ofProxies(object, port);
  const { matchLabels = {} } = podSelector ?? {};
  const selected = !podSelector ? [] : index.workloadsWith(object.namespace, matchLabels).filter((workload) => {
    const known = podLabelsOf(workload);
    return Object.entries(matchLabels).every(([key, value]) => known[key] === value);
  });
  return selected.length === 0 && accessPolicy === 'deny' ? [] : [{
    path: object.path,
    message: selected.length > 0 ? `${object.title} selects the pods of ${selected.map(({ title }) => title).join(', ')}, whose ports already have Servers of the mesh` : `${object.title} allows callers without a grant`,
    actual: { accessPolicy },
    expected: 'Servers for pods that no construct describes, with `accessPolicy: deny`',
    fix: 'remove the Server, and declare its port in the `ports` of the workload',
  }];
}

interface ServerManifest {
  readonly podSelector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  readonly port?: unknown;
  readonly accessPolicy?: string;
}

/** Reports a user-managed Server for the admin port of the proxies, such as the one that `linkerd viz allow-scrapes` writes. */
function ofProxies({ path, title }: TreeObject, port: unknown): CheckResult[] {
  return [{
    path,
    message: `${title} controls access to the metrics and health endpoints of the proxies in the mesh`,
    actual: { port },
    expected: '`metrics` of the mesh, which emits the Server of that port and its routes',
    fix: 'set `metrics: { scraper }`, and remove the Server and its routes',
  }];
}

/** Reports user-managed routes of Servers of the mesh. Only the most specific route of a Server authorizes a request. */
function routing(object: TreeObject, servers: ReadonlySet<string>): CheckResult[] {
  const parents = parentsOf(object).filter(({ kind, name }) => kind === 'Server' && servers.has(`${object.namespace}/${name}`));
  return parents.length === 0 ? [] : [{
    path: object.path,
    message: `${object.title} matches requests of a Server of the mesh, so the routes of the mesh do not authorize them`,
    actual: parents.map(({ name }) => name),
    expected: 'routes of user-managed Servers',
    fix: 'remove the route',
  }];
}

function openingEgress(object: TreeObject): CheckResult[] {
  const isNetwork = object.group === POLICY && object.kind === 'EgressNetwork';
  const isRoute = parentsOf(object).some(({ kind }) => kind === 'EgressNetwork');
  return !isNetwork && !isRoute ? [] : [{
    path: object.path,
    message: `${object.title} controls egress of a namespace of the mesh, which only allows declared hosts`,
    actual: object.kind,
    expected: `\`egress\` of a workload, or MeshEgress; the mesh emits the EgressNetwork ${egressNetworkOf(object.namespace)}`,
    fix: 'declare the hosts with these, and remove the object',
  }];
}

function parentsOf({ kind, manifest: { spec = {} } }: TreeObject): readonly Ref[] {
  return ROUTES.includes(kind) && Array.isArray(spec.parentRefs) ? spec.parentRefs as readonly Ref[] : [];
}

/** Reports ServiceProfiles of Services with a route. A ServiceProfile disables the routes of its Service. */
function serviceProfile({ index }: MeshModel, object: TreeObject): CheckResult[] {
  if (object.kind !== 'ServiceProfile') return [];
  const [service, namespace, suffix] = object.name.split('.');
  const route = suffix?.startsWith('svc') ? index.meshRoutesAt(namespace, service).at(0) : undefined;
  return !route ? [] : [{
    path: object.path,
    message: `a ServiceProfile disables the route ${route.name} of the same Service`,
    actual: object.name,
    expected: 'a ServiceProfile or a route, not both',
    fix: 'remove the ServiceProfile, and declare retries and timeouts on the route',
  }];
}
