import { gatewayObject, isMeant, listenersOf, mayShareListener } from './gateway-listeners';
import { GATEWAY_API, GATEWAY_ROUTES } from './groups';
import { KnownPods } from './known-pods';
import { BackendRef, ManifestRule, TakenPaths, takenPaths, takes } from './route-matches';
import { entriesOf, ForeignObjects, TreeObject } from './tree-object';
import { GatewayNode, ListenerFacts } from '../../model/gateway';
import { append } from '../../model/lookup';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { targetsOf } from '../../model/route';
import { WorkloadNode } from '../../model/workload';

interface ParentRef {
  readonly group?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly sectionName?: string;
  readonly port?: number;
}

/** An inner gateway, between an edge gateway and its pools. */
export interface InnerGatewayPlace {
  readonly name: string;
  readonly namespace: string;
  readonly service: string;
}

/** The routes of the mesh at a gateway, collected once for all user-managed routes there. */
class RoutedGateway {
  private known?: ReturnType<RoutedGateway['readRoutes']>;

  public constructor(private readonly model: MeshModel, public readonly node: GatewayNode) {}

  public get paths(): TakenPaths {
    return this.read().paths;
  }

  public get targets(): readonly WorkloadNode[] {
    return this.read().targets;
  }

  /** Targets of the routes, by the Service of the target and by a Service whose calls are split between targets. */
  public get services(): ReadonlyMap<string, readonly WorkloadNode[]> {
    return this.read().services;
  }

  private read() {
    return this.known ??= this.readRoutes();
  }

  private readRoutes() {
    const { model, node } = this;
    const routes = model.routesOf(node);
    const targets = [
      ...routes.flatMap(targetsOf).flatMap((target) => (target.kind === 'service' ? [target.workload] : [])),
      ...model.poolsOf(node).map(({ servers }) => servers),
    ];
    const services = new Map<string, WorkloadNode[]>();
    for (const workload of new Set(targets)) {
      const own = [...workload.service ? [workload.service] : [], ...model.meshRoutesServedBy(workload).map(({ service }) => service)];
      for (const key of new Set(own.map(({ namespace, name }) => keyOf(namespace, name)))) append(services, key, workload);
    }
    return { paths: takenPaths(routes), targets, services };
  }
}

/**
 * Reports user-managed routes at gateways of the mesh that take requests from routes of the mesh, or that send requests to the targets of
 * these routes.
 */
export function foreignGatewayRoutes(model: MeshModel, foreign: ForeignObjects, inner: readonly InnerGatewayPlace[]): CheckResult[] {
  const gateways = new Map(model.gateways.map((node) => [keyOf(node.namespace, node.name), new RoutedGateway(model, node)]));
  const inners = new Set(inner.map(({ namespace, name }) => keyOf(namespace, name)));
  return GATEWAY_ROUTES.flatMap((kind) => foreign.ofKind(GATEWAY_API, kind)).flatMap((object): CheckResult[] => {
    const parents = parentsOf(object).map((ref) => ({ ref, key: keyOf(ref.namespace ?? object.namespace, String(ref.name)) }));
    const entered = parents.filter(({ key }) => inners.has(key)).map(({ ref }) => `the inner gateway ${ref.name}, which serves only InferencePools`);
    const found = parents.flatMap(({ ref, key }) => {
      const gateway = gateways.get(key);
      return gateway ? [...taken(foreign, object, gateway, ref), ...passed(model, foreign, object, gateway, inner)] : [];
    });
    const ways = [...new Set([...entered, ...found])];
    return ways.length === 0 ? [] : [{
      path: object.path,
      message: `${object.title} takes requests from routes of the mesh at a gateway, or sends other requests to the targets of these routes`,
      actual: ways,
      expected: 'routes for other hosts or paths, to Services that are not behind this gateway',
      fix: 'define the route with `addRoute` or `addCanary`, and remove this object',
    }];
  });
}

function parentsOf({ manifest: { spec = {} } }: TreeObject): readonly ParentRef[] {
  return entriesOf<ParentRef>(spec.parentRefs).filter(({ group = GATEWAY_API, kind = 'Gateway' }) => group === GATEWAY_API && kind === 'Gateway');
}

function rulesOf({ manifest: { spec = {} } }: TreeObject): readonly ManifestRule[] {
  return entriesOf<ManifestRule>(spec.rules);
}

/** Returns the hosts for which the route can take requests from routes of the mesh. */
function taken(foreign: ForeignObjects, object: TreeObject, { node: gateway, paths }: RoutedGateway, parent: ParentRef): string[] {
  const known = gateway.existingServiceAccount === undefined ? undefined : gatewayObject(foreign, gateway);
  const listeners = known && listenersOf(known);
  const section: ListenerFacts = { name: parent.sectionName, port: parent.port };
  if (!mayShareListener(section, gateway.listener, listeners)) return [];
  const hosts = (object.manifest.spec?.hostnames ?? []) as readonly string[];
  // A route without hosts has the hosts of its listeners.
  const inherited = listeners ? listeners.filter((one) => isMeant(section, one)).map(({ hostname = '*' }) => hostname) : gateway.hostnames;
  const own = hosts.length > 0 ? hosts : inherited;
  const isOfRequests = object.kind === 'HTTPRoute' || object.kind === 'GRPCRoute';
  const foreignRules = isOfRequests ? rulesOf(object) : [{}];
  const taking = isOfRequests || paths.prefixes.size + paths.exact.size === 0 ? paths : EVERY_PATH;
  return gateway.hostnames.filter((ownHost) => foreignRules.some((one) => own.some((host) => takes(one, host, taking, ownHost))));
}

const EVERY_PATH: TakenPaths = { prefixes: new Map([['', 0]]), exact: new Map() };

/** Returns the targets of routes of the mesh to which the route sends requests. Their pods accept the gateway. */
function passed(
  model: MeshModel, foreign: ForeignObjects, object: TreeObject, { node: gateway, targets, services }: RoutedGateway,
  inner: readonly InnerGatewayPlace[],
): string[] {
  const refs = rulesOf(object).flatMap(({ backendRefs = [], filters = [] }) =>
    [...backendRefs, ...filters.flatMap(({ requestMirror }) => requestMirror?.backendRef ?? [])]);
  if (refs.length === 0) return [];
  return refs.flatMap((ref) => {
    const namespace = ref.namespace ?? object.namespace;
    if (ref.kind === 'InferencePool') {
      return model.poolsOf(gateway).filter((pool) => pool.namespace === namespace && pool.name === ref.name).map(({ name }) => `pool ${name}`);
    }
    const labels = selectedBy(foreign, ref, namespace);
    const entered = inner.filter((one) => one.service === ref.name && one.namespace === namespace).map(({ name }) => `the inner gateway ${name}`);
    const aliased = labels ? KnownPods.of(model.index, foreign).selected(namespace, { matchLabels: labels }) : [];
    const named = (ref.kind ?? 'Service') === 'Service' ? services.get(keyOf(namespace, String(ref.name))) ?? [] : [];
    return [...entered, ...[...named, ...aliased.filter((workload) => targets.includes(workload))].map(({ title }) => title)];
  });
}

/** Returns the selector of a Service in the app, which may select pods of the mesh under another name. */
function selectedBy(foreign: ForeignObjects, { kind = 'Service', name }: BackendRef, namespace: string): Readonly<Record<string, unknown>> | undefined {
  if (kind !== 'Service') return undefined;
  return foreign.named('core', 'Service', namespace, String(name))?.manifest.spec?.selector as Readonly<Record<string, unknown>> | undefined;
}

function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
